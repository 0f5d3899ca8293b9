"""One case: closed to everybody but the verifier who holds it, and an auditor who said why."""

from flask import Response, request, url_for

from idp.domain.oversight.permissions import Action
from idp.domain.oversight.viewings import CHOICES, Purpose
from idp.domain.proofing import cases
from idp.domain.proofing.cases import State
from idp.domain.proofing.decisions import LONGEST_NOTE, Choice
from idp.domain.proofing.desk import File
from idp.domain.proofing.reasons import VERIFIER_REASONS, Reason
from idp.foundation.refusal import Refusal
from idp.journeys.console import case_files, queries
from idp.journeys.console.comparison import compare
from idp.journeys.proofing.claim_case import claim_case, release_case
from idp.journeys.proofing.decide import decide as decide_case
from idp.web.console import words
from idp.web.console.door import blueprint, needs, page, staff
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local

PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""A picture is data, whatever it says of itself."""


@blueprint.get("/cases/<case_id>")
@needs(Action.SEE_QUEUE)
def case(case_id: str) -> tuple[str, int]:
    """The whole case for who may look, its outside for the rest."""
    return _shown(case_id)


@blueprint.post("/cases/<case_id>/claim")
@needs(Action.DECIDE)
def claim(case_id: str) -> Response | tuple[str, int]:
    """Take it for half an hour."""
    try:
        claim_case(provider(), staff().person_id, case_id)
    except Refusal as refusal:
        return _closed(case_id, _errors(refusal, "case-claim"))
    return local(url_for("console.case", case_id=case_id, said="claimed"))


@blueprint.post("/cases/<case_id>/release")
@needs(Action.DECIDE)
def release(case_id: str) -> Response:
    """Put it back."""
    release_case(provider(), staff().person_id, case_id)
    return local(url_for("console.queue", said="released"))


@blueprint.route("/cases/<case_id>/decision", methods=["GET", "POST"])
@needs(Action.DECIDE)
def decide(case_id: str) -> Response | tuple[str, int]:
    """Approve or refuse; a page left open for too long decides nothing."""
    if request.method == "GET":
        return local(url_for("console.case", case_id=case_id))
    form = Form(request.form)
    chosen = form.choice("choice", list(Choice), missing=words.choose_a_decision())
    reasons = form.choices("reason", [reason.value for reason in VERIFIER_REASONS])
    note = form.text("note", limit=LONGEST_NOTE, lines=True)
    if form.errors:
        return _shown(case_id, form.errors, chosen, reasons, note)
    try:
        decided = decide_case(
            provider(), staff().person_id, case_id, Choice(chosen), [Reason(one) for one in sorted(reasons)], note
        )
    except Refusal as refusal:
        if refusal.code == "proofing.not_claimed":
            return local(url_for("console.case", case_id=case_id, said="not_claimed"))
        return _shown(case_id, _errors(refusal, "decision-reason"), chosen, reasons, note)
    said = "first_approval" if decided.state is State.WAITING else decided.state.value
    return local(url_for("console.queue", said=said))


@blueprint.post("/cases/<case_id>/inspect")
@needs(Action.INSPECT)
def inspect(case_id: str) -> Response | tuple[str, int]:
    """State why the case is to be opened."""
    form = Form(request.form)
    purpose, reference = read_purpose(form)
    if not form.errors:
        try:
            case_files.inspect(provider(), staff(), case_id, Purpose(purpose), reference)
        except Refusal as refusal:
            return _closed(case_id, _errors(refusal, "reference"), purpose, reference)
        return local(url_for("console.case", case_id=case_id))
    return _closed(case_id, form.errors, purpose, reference)


@blueprint.get("/cases/<case_id>/evidence/<any(portrait, document):kind>")
@needs(Action.SEE_QUEUE)
def evidence(case_id: str, kind: str) -> Response:
    """A picture, decrypted for this one answer."""
    piece, content = case_files.picture(provider(), staff(), case_id, kind)
    headers = {
        "Content-Disposition": "inline",
        "Content-Security-Policy": PICTURE_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return Response(content, mimetype=piece.media_type, headers=headers)


def read_purpose(form: Form) -> tuple[str, str]:
    """Purpose and file reference, as every look at a record asks for."""
    purpose = form.choice("purpose", [one.value for one in CHOICES], missing=words.state_a_purpose())
    reference = form.text("reference", limit=80, missing=words.message("oversight.reference_needed") or "")
    return purpose, reference


def _shown(
    case_id: str, errors: Errors | None = None, choice: str = "", reasons: frozenset[str] = frozenset(), note: str = ""
) -> tuple[str, int]:
    try:
        file = case_files.open_file(provider(), staff(), case_id)
    except Refusal as refusal:
        if refusal.code != "oversight.no_viewing":
            raise
        return _closed(case_id)
    return page(
        "case",
        errors=errors,
        file=file,
        lines=compare(file),
        colleagues=_colleagues(file),
        holds=case_files.holds(staff(), file.case, provider().store.now()),
        reasons=VERIFIER_REASONS,
        chosen={"choice": choice, "reasons": reasons, "note": note},
        longest_note=LONGEST_NOTE,
    )


def _closed(case_id: str, errors: Errors | None = None, purpose: str = "", reference: str = "") -> tuple[str, int]:
    now = provider().store.now()
    with provider().reading() as connection:
        found = cases.get(connection, case_id)
        colleagues = queries.names_of_staff(connection, provider().vault, [found.claimed_by])
    return page(
        "case_closed",
        errors=errors,
        case=found,
        claimed=(found.claimed_until or 0) > now,
        colleagues=colleagues,
        may_claim=staff().may(Action.DECIDE) and found.state is State.WAITING,
        may_inspect=staff().may(Action.INSPECT),
        purposes=words.purposes(),
        purpose=purpose,
        reference=reference,
    )


def _colleagues(file: File) -> dict[str, str]:
    ids = [decision.verifier_id for decision in file.decisions]
    with provider().reading() as connection:
        return queries.names_of_staff(connection, provider().vault, ids)


def _errors(refusal: Refusal, field_id: str) -> Errors:
    """The refusal as something to correct. Raises it again if there are no words for it."""
    message = words.message(refusal.code)
    if message is None:
        raise refusal
    return [(field_id, message)]
