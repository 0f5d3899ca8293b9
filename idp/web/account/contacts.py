"""How we reach you: e-mail addresses and telephone numbers, and the codes that prove them."""

from collections.abc import Callable

from flask import Response, request
from flask_babel import gettext as _

from idp.domain.people.contact_changes import Act
from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.account import contacts, passkeys
from idp.journeys.account.contacts import Contact
from idp.journeys.sent_codes import COOLDOWN
from idp.protocol import telephone_number
from idp.protocol.assurance import Strength
from idp.protocol.email_address import EMAIL, canonical
from idp.web.account.frame import FRESH, blueprint, changed, page, session_for_changes
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import require_session
from idp.web.signin.dispatch import corrected
from idp.web.signin.words import message

DIGITS = 6
LONGEST = {"email": 254, "phone": telephone_number.LONGEST_TYPED}
CODE = "contact-code"
DONE = {Act.ADD: "contact-added", Act.CHANGE: "contact-changed", Act.REMOVE: "removed", Act.PREFER: "contact-preferred"}


@blueprint.get("/account/contacts")
def contacts_page() -> Response:
    """Every address and number."""
    return _list(require_session())


@blueprint.get("/account/contacts/add/<any(email, phone):kind>")
def add_contact_page(kind: str) -> Response:
    """Ask for another."""
    return _form(session_for_changes(), kind, None)


@blueprint.post("/account/contacts/add/<any(email, phone):kind>")
def add_contact(kind: str) -> Response:
    """Send a code there."""
    return _take(kind, None)


@blueprint.get("/account/contacts/<contact_id>/change")
def change_contact_page(contact_id: str) -> Response:
    """Ask for what takes its place."""
    session = session_for_changes()
    one = _one(session, contact_id)
    return _form(session, one.kind, one)


@blueprint.post("/account/contacts/<contact_id>/change")
def change_contact(contact_id: str) -> Response:
    """Send a code to the present one."""
    one = _one(session_for_changes(), contact_id)
    return _take(one.kind, one)


@blueprint.post("/account/contacts/<contact_id>/<any(confirm, prefer, remove):act>")
def alter_contact(contact_id: str, act: str) -> Response:
    """Send a code, to the new one or the present one."""
    session = session_for_changes()
    work = {"confirm": contacts.confirm, "prefer": contacts.prefer, "remove": contacts.remove}[act]
    try:
        work(provider(), session.person_id, contact_id, _network())
    except Refusal as refusal:
        return corrected(_list(session, [("", _said(refusal))]), refusal)
    if contacts.waiting(provider(), session.person_id) is None:
        return changed("contacts", DONE[{"confirm": Act.ADD, "prefer": Act.PREFER, "remove": Act.REMOVE}[act]])
    return local("/account/contacts/code")


@blueprint.get("/account/contacts/code")
def contact_code_page() -> Response:
    """Ask for the code that was sent."""
    return _code(session_for_changes())


@blueprint.post("/account/contacts/code")
def prove_contact() -> Response:
    """Check it."""
    session = session_for_changes()
    form = Form(request.form)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits from the message."), field_id=CODE)
    if form.errors:
        return corrected(_code(session, form.errors))
    return _go_on(session, lambda: contacts.prove(provider(), session.person_id, code, _network()))


@blueprint.post("/account/contacts/code/again")
def another_contact_code() -> Response:
    """Send another code."""
    session = session_for_changes()

    def work() -> bool:
        contacts.send_again(provider(), session.person_id, _network())
        return False

    return _go_on(session, work, done="code-sent", field_id="contact-again")


@blueprint.get("/account/contacts/code/lost")
def contact_is_lost_page() -> Response:
    """Say what is needed to go on without the present one, and ask for it."""
    session = session_for_changes()
    present = contacts.waiting(provider(), session.person_id)
    return local("/account/contacts") if present is None else page("contact_lost", session, "details", present=present)


@blueprint.post("/account/contacts/code/lost")
def contact_is_lost() -> Response:
    """Go on without it, after a fresh sign-in with two factors."""
    session = session_for_changes()
    if contacts.can_do_without(provider(), session.person_id):  # Nobody is led to add a factor that would not do.
        session = require_session(Strength.TWO_FACTORS, FRESH)
    person_id, strength = session.person_id, session.strength
    return _go_on(session, lambda: contacts.without_the_old(provider(), person_id, strength, _network()), field_id="")


@blueprint.post("/account/contacts/give-up")
def give_up_contact() -> Response:
    """Change nothing."""
    contacts.give_up(provider(), session_for_changes().person_id)
    return changed("contacts", "given-up")


def _take(kind: str, instead_of: Contact | None) -> Response:
    session = session_for_changes()
    form = Form(request.form)
    typed = form.text("address", limit=LONGEST[kind], missing=_missing(kind))
    value = _read(kind, typed, form)
    if form.errors:
        return corrected(_form(session, kind, instead_of, form.errors, typed))
    try:
        if instead_of is None:
            contacts.add(provider(), session.person_id, kind, value, _network())
        else:
            contacts.change(provider(), session.person_id, instead_of.id, value, _network())
    except Refusal as refusal:
        return corrected(_form(session, kind, instead_of, [("address", _said(refusal))], typed), refusal)
    return local("/account/contacts/code")


def _read(kind: str, typed: str, form: Form) -> str:
    """The address or number in its one form; what is wrong with it is collected."""
    if kind == "email":
        address = canonical(typed)
        if typed and not EMAIL.fullmatch(address):
            form.fail("address", _("Enter an e-mail address in the form name@example.org."))
        return address
    try:
        return telephone_number.mobile(typed, provider().telephone_region) if typed else ""
    except Refusal as refusal:
        form.fail("address", _said(refusal))
        return ""


def _go_on(session: Session, work: Callable[[], bool], done: str = "", field_id: str = CODE) -> Response:
    """To the next code, or back to the list. A change that was given up meanwhile leads there too."""
    present = contacts.waiting(provider(), session.person_id)
    if present is None:
        return local("/account/contacts")
    try:
        finished = work()
    except Refusal as refusal:
        if refusal.code == "contacts.nothing_waits":
            return local("/account/contacts")
        if contacts.waiting(provider(), session.person_id) is None:
            return corrected(_list(session, [("", _said(refusal))]), refusal)
        return corrected(_code(session, [(field_id, _said(refusal))]), refusal)
    if finished:
        return changed("contacts", DONE[present.wish.act])
    return changed("contacts/code", done) if done else local("/account/contacts/code")


def _list(session: Session, errors: Errors | tuple[()] = ()) -> Response:
    held = contacts.held(provider(), session.person_id)
    present = contacts.waiting(provider(), session.person_id)
    values = {"held": held, "present": present, "spaced": telephone_number.spaced}
    told = {"texts": "sms" in provider().channels, "signals": passkeys.signals(provider(), session.person_id)}
    return page("contacts", session, "details", errors, **values, **told)


def _form(
    session: Session, kind: str, instead_of: Contact | None, errors: Errors | tuple[()] = (), value: str = ""
) -> Response:
    values = {"kind": kind, "instead_of": instead_of, "value": value, "longest": LONGEST[kind]}
    return page("contact", session, "details", errors, **values)


def _code(session: Session, errors: Errors | tuple[()] = ()) -> Response:
    present = contacts.waiting(provider(), session.person_id)
    if present is None:
        return local("/account/contacts")
    left = 0 if present.sent_at is None else max(present.sent_at + COOLDOWN - provider().store.now(), 0)
    shown = telephone_number.spaced(present.address) if present.wish.kind == "phone" else present.address
    return page("contact_code", session, "details", errors, present=present, address=shown, left=left)


def _one(session: Session, contact_id: str) -> Contact:
    found = {one.id: one for one in contacts.held(provider(), session.person_id)}
    if contact_id not in found:
        raise Refusal("contacts.unknown", "no such address or number")
    return found[contact_id]


def _network() -> str:
    return request.remote_addr or ""


def _missing(kind: str) -> str:
    return str(_("Enter your e-mail address.") if kind == "email" else _("Enter your telephone number."))


def _said(refusal: Refusal) -> str:
    known: dict[str, str] = {
        "telephone.invalid": _("Enter a telephone number, such as 691 234 5678 or +30 691 234 5678."),
        "telephone.not_mobile": _("We cannot send text messages to this number. Enter the number of a mobile phone."),
        "contacts.held": _("You already have this one. Enter another."),
        "contacts.last": _("This is the last way to reach you. Add another one first, or change this one."),
        "contacts.is_factor": _("Codes for signing in go to this number. Remove that under Security first."),
        "contacts.unsettled": _(
            "For this you need a passkey or an authenticator app that you have had for a week. Use the code that we "
            "sent, or ask support."
        ),
        "people.identifier_taken": _("This one cannot be added any more. Nothing was changed."),
    }
    words = known.get(refusal.code) or message(refusal)
    if words is None:
        raise refusal
    return words
