"""An account that is taken back, and a passkey that is added and used, when the worker dies in the middle."""

import hashlib
from collections.abc import Iterator
from copy import copy

import pyotp
from flask import Flask

from idp.domain.authenticators import registry
from idp.domain.recovery import alarms
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.protocol.assurance import Strength
from tests.builders import PASSWORD, REDIRECT_URI
from tests.faults.deeds import ASK, SECRET, Deed, Heard, letter_to
from tests.fixtures.storage import Clock
from tests.passkeys import SoftKey
from tests.web.pages import Window
from tests.web.passkey_forms import answers, makes

NEW = "seventeen quiet lamps"
KEY = SoftKey("localhost", "http://localhost")
"""Made before any life begins, so that whoever comes after a death holds the same."""


def address_of(number: int) -> str:
    """Each life has somebody of its own."""
    return f"somebody{number}@people.example"


def prove(app: Flask, clock: Clock, number: int) -> Window:
    """Both ways, by a letter and by the code of the app; the password is what was lost, and somebody came in by it."""
    with app.extensions["provider"].transaction() as tx:
        came_in = Authenticated(person_of(number), ("pwd",), Strength.ONE_FACTOR, clock.now)
        browser.start(tx, came_in, "whoever found the password", 3600)
    window = Window.of(app).goes("/recover").submits("/name", username=address_of(number))
    window.submits("/send/email")
    window.submits("/way/email", code=letter_to(app, address_of(number)))
    window.goes(f"{window.at.removesuffix('/ways')}/way/totp")
    return window.submits("/way/totp", code=pyotp.TOTP(SECRET).at(clock.now))


def take_back(_app: Flask, _clock: Clock, _number: int, window: Window) -> None:
    """A new password instead of the old one, and what comes with it."""
    window.submits("/method", password=NEW)
    window.submits("/recovery-codes", saved="yes")


def after_take_back(app: Flask, clock: Clock, number: int, heard: Heard) -> Iterator[str]:
    """One password opens the account, never both; a recovery that nobody finished is begun anew."""
    came = _what_came_with_it(app, clock, number)
    again = [_opens(app, clock, number, password) for password in (PASSWORD, NEW)]
    if heard.get("typed") == "303" and any(again):
        yield "a code of the app was taken twice"
    if "recovered" in heard and _opens_later(app, clock, number, PASSWORD):
        yield "the password that was lost still opens the account"
    opened = [_opens_later(app, clock, number, password) for password in (PASSWORD, NEW)]
    if opened.count(True) != 1:
        yield f"old and new password open it: {opened}"
    if came != dict.fromkeys(came, opened[1]):
        yield f"the new password opens it: {opened[1]}; and {came}"
    if opened[1]:
        return
    if "recovered" in heard:
        yield "new ways that were confirmed are lost"
    clock.advance(3700)  # Letters are counted by the hour.
    take_back(app, clock, number, prove(app, clock, number))
    opened = [_opens_later(app, clock, number, password) for password in (PASSWORD, NEW)]
    if opened != [False, True]:
        yield f"after another recovery old and new password open it: {opened}"


def _what_came_with_it(app: Flask, clock: Clock, number: int) -> dict[str, bool]:
    """What a new way in must not come without."""
    provider = app.extensions["provider"]
    with provider.reading() as connection:
        still = browser.of_person(connection, person_of(number), clock.now, provider.lifetimes.session_idle)
    return {"everybody is signed out": not still, "she was told": _was_told(app, number, "account_recovered")}


def _was_told(app: Flask, number: int, letter: str) -> bool:
    with app.extensions["provider"].reading() as connection:
        return letter in alarms.announced(connection, person_of(number), 0)


def _opens_later(app: Flask, clock: Clock, number: int, password: str) -> bool:
    """With a code that nobody has used."""
    clock.advance(30)
    return _opens(app, clock, number, password)


def _opens(app: Flask, clock: Clock, number: int, password: str) -> bool:
    return sign_in(app, clock, number, password).at == "/account"


def sign_in(app: Flask, clock: Clock, number: int, password: str = PASSWORD) -> Window:
    """With a password and the code of this moment."""
    window = Window.of(app).goes("/account")
    window.submits("/authenticate", username=address_of(number), password=password)
    if window.at.endswith("/second-factor"):
        window.submits("/second-factor", code=pyotp.TOTP(SECRET).at(clock.now))
    return window


def add_and_use_a_key(app: Flask, _clock: Clock, number: int, window: Window) -> None:
    """A passkey from the account's page, which then signs in to a service."""
    key = _key(number)
    _adds(window, key)
    _uses(app, key).submits("/consent")


def after_the_key(app: Flask, clock: Clock, number: int, heard: Heard) -> Iterator[str]:
    """It is there once or not at all; what was confirmed opens the door, and what was not can be added."""
    if "session" in heard and not _is_signed_in(app, heard["session"]):
        yield "a session that somebody was told of is lost"
    key = _key(number, used=1)
    clock.advance(30)
    window = sign_in(app, clock, number)
    if window.at != "/account":
        yield f"nobody can sign in any more: {window.at} {window.status}"
    held = _keys_of(app, number)
    if "bound" in heard and held != 1:
        yield f"of a passkey that was confirmed there are {held}"
    if _was_told(app, number, "authenticator_added") is not bool(held):
        yield f"there are {held} passkeys, and she was not told so"
    if held == 0:
        _adds(window, key)
    if _keys_of(app, number) != 1:
        yield f"there are {_keys_of(app, number)} passkeys, not one"
    window = _uses(app, key)
    reached = window.submits("/consent").at if window.at.endswith("/consent") else window.at
    if not reached.startswith(REDIRECT_URI):
        yield f"the passkey opens nothing: {window.at} {window.status}"


def _is_signed_in(app: Flask, session: str) -> bool:
    browser = app.test_client()
    browser.set_cookie("session", session)
    return browser.get("/account").status_code == 200


def _key(number: int, used: int = 0) -> SoftKey:
    """Somebody's own, by its name; `used` is how often it answered in an earlier life."""
    key = copy(KEY)
    key.raw_id, key.handle, key.count = hashlib.sha256(str(number).encode()).digest(), person_of(number), used
    return key


def person_of(number: int) -> str:
    return f"somebody-{number}"


def _adds(window: Window, key: SoftKey) -> None:
    makes(window.goes("/account/security/add"), key, "/account/security/passkey")


def _uses(app: Flask, key: SoftKey) -> Window:
    return answers(Window.of(app).goes(ASK), key, "/authenticate/passkey")


def _keys_of(app: Flask, number: int) -> int:
    with app.extensions["provider"].reading() as connection:
        return sum(one.method == registry.PASSKEY for one in registry.of(connection, person_of(number)))


DEEDS = {
    "taking back": Deed(take_back, after_take_back, prove),
    "passkey": Deed(add_and_use_a_key, after_the_key, sign_in),
}
