"""A code by text message: as the second proof, and bound in the middle of a sign-in. One page asks for either."""

from collections.abc import Callable

from flask import Response, request
from flask_babel import gettext as _

from idp.foundation.refusal import Refusal
from idp.journeys.sent_codes import COOLDOWN
from idp.journeys.signin import enrol, second_factor, text_message
from idp.journeys.signin.login import InProgress
from idp.journeys.signin.text_message import Telephone
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin import remember
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, corrected, page, posted, rendered

CODE, AGAIN = "login-sms-code", "login-sms-send"
DIGITS = 6
LONGEST_ID = 64


@blueprint.get(f"/signin/<login_id>/<any('{second_factor.STEP}', {enrol.STEP}):step>/text-message")
def text_message_page(login_id: str, step: str) -> Response:
    """Offer to send a code, or ask for the one that was sent."""
    return page(login_id, step, lambda progress: _show(progress, step, ()))


@blueprint.post(f"/signin/<login_id>/<any('{second_factor.STEP}', {enrol.STEP}):step>/text-message/send")
def send_text_message(login_id: str, step: str) -> Response:
    """Send a code, or another."""
    to = Form(request.form).text("to", limit=LONGEST_ID)
    work = {second_factor.STEP: text_message.send, enrol.STEP: text_message.send_to_enrol}[step]
    answer = posted(login_id, lambda: work(provider(), login_id, visitor(), to), _again(login_id, step), AGAIN)
    return local(f"/signin/{login_id}/{step}/text-message") if answer.location else answer


@blueprint.post(f"/signin/<login_id>/<any('{second_factor.STEP}', {enrol.STEP}):step>/text-message")
def check_text_message(login_id: str, step: str) -> Response:
    """Check the code."""
    form = Form(request.form)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits from the message."), field_id=CODE)
    if form.errors:
        return corrected(_again(login_id, step)(form.errors))

    def work() -> None:
        if step == enrol.STEP:
            text_message.enrol_number(provider(), login_id, visitor(), code)
        else:
            wish = remember.wished(form)
            second_factor.with_text_message(provider(), login_id, visitor(), code, remember=wish)

    return posted(login_id, work, _again(login_id, step), CODE)


def _again(login_id: str, step: str) -> Callable[[Errors], Response]:
    return lambda errors: page(login_id, step, lambda progress: _show(progress, step, errors))


def _show(progress: InProgress, step: str, errors: Errors | tuple[()]) -> Response:
    telephones = _telephones(progress, step)
    if not telephones:
        return local(f"/signin/{progress.login.id}/{step}")
    asked = progress.login.facts.get("sms", {})
    sent_to = next((one for one in telephones if one.id == asked.get("to")), None)
    left = 0 if sent_to is None else max(asked["sent_at"] + COOLDOWN - provider().store.now(), 0)
    values = {"step": step, "telephones": telephones, "sent_to": sent_to, "left": left, **remember.box()}
    return rendered("text_message", errors, progress=progress, **values)


def _telephones(progress: InProgress, step: str) -> tuple[Telephone, ...]:
    if "sms" not in provider().channels:
        raise Refusal("contacts.no_channel", "no text messages leave here")
    listed = {second_factor.STEP: text_message.bound, enrol.STEP: text_message.enrollable}[step]
    return listed(provider(), progress)
