"""One page for each step: it shows what was given before, keeps what is given now, and leads on.

A step whose turn has not come leads to the one that has; data are kept when somebody goes back.
"""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request, url_for

from idp.domain.proofing.cases import State
from idp.domain.proofing.details import Document
from idp.domain.proofing.images import LARGEST_FILE
from idp.domain.proofing.levels import reachable_with
from idp.foundation.refusal import Refusal
from idp.journeys.proofing import progress, submit_evidence
from idp.journeys.proofing.progress import Progress
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.proofing import words, zone_faults
from idp.web.redirects import local
from idp.web.signin.current import require_session

Page = Callable[[Progress, Form], Response]
LONGEST_NAME = 120
LONGEST_LINE = 120


def register(blueprint: Blueprint) -> None:
    """Give each step its address."""
    pages: dict[str, Page] = {
        "document": _document,
        "details": _details,
        "names": _names,
        "portrait": _portrait,
        "document-image": _document_image,
    }
    for name, page in pages.items():
        endpoint = name.replace("-", "_")
        blueprint.add_url_rule(f"/{name}", endpoint, _guarded(name, page), methods=["GET", "POST"])


def onward(person_id: str) -> Response:
    """To whatever comes next for this person."""
    done = progress.of(provider(), person_id)
    if done.case is None:
        return local(url_for("proofing.start"))
    if done.case.state is not State.OPEN:
        return local(url_for("proofing.status"))
    return local(url_for(f"proofing.{progress.next_step(done).replace('-', '_')}"))


def _guarded(step: str, page: Page) -> Callable[[], Response]:
    """Only with an open case, and when everything before is done; a stale window starts again from what is true."""

    def view() -> Response:
        done = progress.of(provider(), require_session(first_hand=True).person_id)
        if done.case is None or done.case.state is not State.OPEN or not progress.may_visit(done, step):
            return onward(done.person.id)
        try:
            return page(done, Form(request.form, request.files))
        except Refusal as refusal:
            if refusal.code not in ("proofing.changed", "proofing.no_open_case"):
                raise
            return onward(done.person.id)

    return view


def _document(done: Progress, form: Form) -> Response:
    case = done.open_case
    options = [option for option in words.document_options() if reachable_with(Document(option[0])) >= case.level]
    if request.method == "POST":
        chosen = form.choice("document", [code for code, *_ in options], missing=words.CHOOSE_DOCUMENT)
        if chosen:
            submit_evidence.choose_document(provider(), done.person.id, Document(chosen))
            return local(url_for("proofing.details"))
    value = case.document.value if case.document else ""
    return render("document", 1, "start", form, options=options, value=value)


def _details(done: Progress, form: Form) -> Response:
    document = done.open_case.document
    return _card_data(done, form) if document is Document.CARD_DATA else _zone(done, form)


def _zone(done: Progress, form: Form) -> Response:
    count = 2 if done.open_case.document is Document.PASSPORT else 3
    typed = list(done.details.mrz)
    if request.method == "POST":
        typed = [form.text(f"mrz-line-{number}", limit=LONGEST_LINE) for number in range(1, count + 1)]
        try:
            submit_evidence.read_zone(provider(), done.person.id, "\n".join(typed))
            return local(url_for("proofing.names"))
        except Refusal as refusal:
            zone_faults.explain(form, refusal, typed)
    typed += [""] * (count - len(typed))
    return render("zone", 2, "document", form, lines=count, typed=typed, hints=words.zone_hints(count))


def _card_data(done: Progress, form: Form) -> Response:
    known = done.details
    if request.method == "POST":
        number = form.text("document-number", limit=40, missing=words.MISSING_NUMBER)
        birthdate = form.date("birthdate", missing=words.MISSING_DATE, wrong=words.WRONG_DATE)
        expires_on = form.date("expires-on", missing=words.MISSING_DATE, wrong=words.WRONG_DATE)
        if number and birthdate and expires_on:
            try:
                submit_evidence.keep_card_data(provider(), done.person.id, number, birthdate, expires_on)
                return local(url_for("proofing.names"))
            except Refusal as refusal:
                zone_faults.explain_document(form, refusal, "expires-on-day")
    return render(
        "card_data",
        2,
        "document",
        form,
        number=request.form.get("document-number", known.document_number),
        birthdate=words.date_parts("birthdate", known.birthdate),
        expires_on=words.date_parts("expires-on", known.expires_on),
    )


def _names(done: Progress, form: Form) -> Response:
    given, family = words.names_to_show(done.details)
    if request.method == "POST":
        given = form.text("given-name", limit=LONGEST_NAME)
        family = form.text("family-name", limit=LONGEST_NAME)
        if given or family:
            submit_evidence.keep_names(provider(), done.person.id, given, family)
            return local(url_for("proofing.portrait"))
        form.fail("given-name", words.MISSING_NAME)
    return render("names", 3, "details", form, given_name=given, family_name=family)


def _portrait(done: Progress, form: Form) -> Response:
    return _picture(done, form, "portrait", 4)


def _document_image(done: Progress, form: Form) -> Response:
    return _picture(done, form, "document", 5)


def _picture(done: Progress, form: Form, kind: str, step: int) -> Response:
    field, back, after = words.PICTURE_PAGES[kind]
    onward_to = url_for(f"proofing.{after}")
    if request.method == "POST":
        too_big = words.picture_fault("proofing.image.too_big", LARGEST_FILE)
        content = form.upload(field, limit=LARGEST_FILE, missing=words.MISSING_PICTURE, too_big=too_big)
        if content:
            try:
                submit_evidence.upload(provider(), done.person.id, kind, content)
                return local(onward_to)
            except Refusal as refusal:
                if not refusal.code.startswith("proofing.image."):
                    raise
                form.fail(field, words.picture_fault(refusal.code, refusal.facts.get("limit")))
    title, rules = words.picture_page(kind)
    picture = next((piece for piece in done.pictures if piece.kind == kind), None)
    shown = words.shown_size(picture) if picture else (0, 0)
    extra = {"kind": kind, "title": title, "rules": rules, "picture": picture, "shown": shown, "onward": onward_to}
    return render("picture", step, back, form, field=field, **extra)


def render(template: str, step: int, back: str, form: Form, **values: object) -> Response:
    """A step's page; `back` is the endpoint of the page before, `step` its number, or 0 for none."""
    back_to = url_for(f"proofing.{back}")
    page = render_template(f"proofing/{template}.html", step=step, back=back_to, errors=form.errors, **values)
    return make_response(page, 422 if form.errors else 200)
