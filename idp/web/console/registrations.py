"""Registrations that wait: what a service asks for, what would change, and the decision."""

from flask import Response, request, url_for

from idp.domain.oversight.permissions import Action
from idp.foundation.refusal import Refusal
from idp.journeys.clients.grading import is_production, report
from idp.journeys.console import registrations as journey
from idp.journeys.console.registrations import LONGEST_NOTE, Reason
from idp.web.console import lint_words, registration_words, words
from idp.web.console.door import FRESH_SECONDS, blueprint, needs, page, staff
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local

CHOICES = ("approve", "refuse")


@blueprint.get("/registrations/<path:client_id>")
@needs(Action.VIEW_SERVICES)
def registration(client_id: str) -> Response | tuple[str, int]:
    """The whole record in words, with its grade."""
    return _shown("registration", client_id)


@blueprint.route("/registration-decision/<path:client_id>", methods=["GET", "POST"])
@needs(Action.APPROVE_SERVICES, fresh=FRESH_SECONDS)
def registration_decision(client_id: str) -> Response | tuple[str, int]:
    """Approve or refuse exactly what the page showed."""
    if request.method == "GET":
        return _shown("registration_decision", client_id)
    form = Form(request.form)
    choice = form.choice("choice", CHOICES, missing=words.choose_a_decision())
    reason = form.choice("reason", [one.value for one in Reason])
    note = form.text("note", limit=LONGEST_NOTE)
    if choice == "refuse" and not reason:
        form.fail("reason", words.choose_a_reason())
    if form.errors:
        return _shown("registration_decision", client_id, form.errors, choice, reason, note)
    return _decided(client_id, form.text("seen", limit=64), choice, reason, note)


def _decided(client_id: str, seen: str, choice: str, reason: str, note: str) -> Response:
    try:
        if choice == "approve":
            journey.approve(provider(), staff(), client_id, seen)
        else:
            journey.refuse(provider(), staff(), client_id, seen, Reason(reason), note)
    except Refusal as refusal:
        if refusal.code != "clients.nothing_waits":
            raise
        return local(url_for("console.services", said="not_decided"))
    return local(url_for("console.services", said=f"registration_{choice}"))


def _shown(
    template: str, client_id: str, errors: Errors | None = None, choice: str = "", reason: str = "", note: str = ""
) -> Response | tuple[str, int]:
    try:
        with provider().reading() as connection:
            file = journey.open_file(connection, client_id)
    except Refusal as refusal:
        if refusal.code != "clients.nothing_waits":
            raise
        return local(url_for("console.services", said="no_registration_waits"))
    return page(
        template,
        errors=errors,
        file=file,
        report=report(file.proposed, production=is_production(provider())),
        told=registration_words,
        lint=lint_words,
        may_decide=staff().may(Action.APPROVE_SERVICES),
        reasons=registration_words.refusal_reasons(),
        chosen={"choice": choice, "reason": reason, "note": note},
        longest_note=LONGEST_NOTE,
    )
