"""What somebody was doing when the worker died, and what whoever comes after must find."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.app import create_courier
from idp.domain.authenticators import registry
from idp.domain.grants import consents
from idp.domain.people import attributes, records
from idp.domain.people.records import Status
from idp.foundation.audit import log
from idp.journeys.people import close_due
from tests.agents import challenge
from tests.builders import PASSWORD, REDIRECT_URI
from tests.fixtures.storage import Clock
from tests.web.pages import Window

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CLIENT, CLIENT_SECRET = "agency-1", "a-secret-of-the-agency-0123456789"
VERIFIER = "v" * 43
ASK = "/oidc/authorize?" + urlencode(
    {
        "client_id": CLIENT,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid offline_access",
        "prompt": "consent",
        "state": "st",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
)
Heard = Mapping[str, str]


@dataclass(frozen=True)
class Deed:
    """`live` does it; `inherit` says in words what it finds wrong afterwards.

    `prepare` leads to where it begins; nobody dies on the way there.
    """

    live: Callable[[Flask, Clock, int, Window], None]
    inherit: Callable[[Flask, Clock, int, Heard], Iterator[str]]
    prepare: Callable[[Flask, Clock, int], Window] = lambda app, _clock, _number: Window.of(app)


def told(browser: FlaskClient, answer: TestResponse) -> dict[str, str]:
    """What a browser or a service has in its hands once this answer has arrived."""
    heard = {}
    for name in ("session", "signin"):
        cookie = browser.get_cookie(name)
        if cookie is not None:
            heard[name] = cookie.value
    if (answer.location or "").startswith(REDIRECT_URI):
        heard["code"] = parse_qs(urlsplit(str(answer.location)).query)["code"][0]
    if answer.request.method == "POST":
        heard |= _sent(answer)
    elif answer.request.path.endswith("/recovery-codes") and answer.status_code == 200:
        heard["recovered"] = "yes"
    if answer.request.path == "/oidc/token" and answer.status_code == 200:
        document = answer.get_json()
        which = "refreshed" if browser.environ_base.get("redeemed") else "redeemed"
        browser.environ_base["redeemed"] = True
        heard |= {which: document["access_token"], f"{which}_refresh": document["refresh_token"]}
    return heard


def _sent(answer: TestResponse) -> dict[str, str]:
    if answer.request.path.endswith(("/second-factor", "/way/totp")):
        return {"typed": str(answer.status_code)}
    if answer.request.path.endswith("/authenticate") and answer.status_code == 303:
        return {"begun": str(answer.location)}
    if answer.request.path == "/account/security/passkey" and answer.status_code == 303:
        return {"bound": "yes"}
    return {}


def sign_in(app: Flask, clock: Clock, _number: int, _window: Window) -> None:
    """From the service to the service, and what the service does with the code."""
    window = second_factor(app, clock.now)
    window.submits("/consent")
    code = parse_qs(urlsplit(window.at).query)["code"][0]
    first = redeem(window.client, code).get_json()
    refresh(window.client, first["refresh_token"])


def second_factor(app: Flask, at: int) -> Window:
    """As far as the code of the app, which is that of `at`."""
    window = Window.of(app).goes(ASK)
    window.submits("/authenticate", username="anna", password=PASSWORD)
    return window.submits("/second-factor", code=pyotp.TOTP(SECRET).at(at))


def after_sign_in(app: Flask, clock: Clock, _number: int, heard: Heard) -> Iterator[str]:
    began = clock.now
    browser = app.test_client()
    if "session" in heard:
        browser.set_cookie("session", heard["session"])
    admitted = browser.get("/account").status_code == 200
    if admitted is not ("session" in heard):
        yield f"{'nobody' if admitted else 'somebody'} was signed in, and the account says {admitted}"
    yield from _tokens(browser, heard)
    yield from _records(app, began, heard)
    again = [second_factor(app, clock.now).at.endswith("/consent") for _ in range(2)]
    if again.count(True) + (heard.get("typed") == "303" or _goes_on(app, heard)) > 1:
        yield "a code of the app was taken twice"
    clock.advance(30)
    window = second_factor(app, clock.now)
    window.submits("/consent")
    if not window.at.startswith(REDIRECT_URI):
        yield f"nobody can sign in any more: {window.at} {window.status}"


def _tokens(service: FlaskClient, heard: Heard) -> Iterator[str]:
    latest = heard.get("refreshed") or heard.get("redeemed")
    if latest is not None and not active(service, latest):
        yield "a token that was handed out is lost"
    if "redeemed_refresh" in heard:
        answers = [refresh(service, heard["redeemed_refresh"]).status_code for _ in range(2)]
        if answers.count(200) + ("refreshed" in heard) > 1:
            yield "a refresh token was spent twice"
    if "code" in heard:
        answers = [redeem(service, heard["code"]).status_code for _ in range(2)]
        if answers.count(200) + ("redeemed" in heard) > 1:
            yield "a code was redeemed twice"


def _records(app: Flask, since: int, heard: Heard) -> Iterator[str]:
    """Whoever spent it, the dead worker or the heir, has left one leaf."""
    spent = {"code": "oidc.code.redeemed", "redeemed_refresh": "oidc.token.refreshed"}
    with app.extensions["provider"].reading() as connection:
        for what in spent.keys() & heard.keys():
            times = len(log.search(connection, name=spent[what], since=since))
            if times != 1:
                yield f"{spent[what]} is on record {times} times, not once"


def _goes_on(app: Flask, heard: Heard) -> bool:
    """Whether the sign-in that was left in the middle has taken the code of the app, though nobody was told."""
    if "begun" not in heard:
        return False
    window = Window.of(app)
    window.client.set_cookie("signin", heard["signin"])
    return window.goes(heard["begun"]).at.endswith("/consent")


def redeem(service: FlaskClient, code: str) -> TestResponse:
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return service.post("/oidc/token", data=asked, auth=(CLIENT, CLIENT_SECRET))


def refresh(service: FlaskClient, token: str) -> TestResponse:
    asked = {"grant_type": "refresh_token", "refresh_token": token}
    return service.post("/oidc/token", data=asked, auth=(CLIENT, CLIENT_SECRET))


def active(service: FlaskClient, token: str) -> bool:
    answer = service.post("/oidc/introspect", data={"token": token}, auth=(CLIENT, CLIENT_SECRET))
    return bool(answer.get_json()["active"])


def register(app: Flask, clock: Clock, number: int, window: Window) -> None:
    """From an address to the account, with a password and an app."""
    window.goes("/register")
    window.submits("/address", email=newcomer(number))
    window.submits("/code", code=letter_to(app, newcomer(number)))
    window.submits("/method", password="seventeen quiet lamps")
    secret = next(word for word in window.page.words.split() if re.fullmatch("[A-Z2-7]{32}", word))
    window.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    window.submits("/recovery-codes", saved="yes")


def newcomer(number: int) -> str:
    return f"newcomer{number}@people.example"


def letter_to(app: Flask, address: str) -> str:
    """The code in the last letter, once a new worker's courier has been, whose first round sweeps too."""
    create_courier(app.extensions["provider"]).round()
    letters: list[dict[str, Any]] = app.test_client().get(f"/inbox?format=json&to={address}").get_json()
    found = re.search(r"\b\d{6}\b", letters[0]["subject"])
    assert found
    return found[0]


def after_register(app: Flask, clock: Clock, number: int, heard: Heard) -> Iterator[str]:
    browser = app.test_client()
    if "session" in heard:
        browser.set_cookie("session", heard["session"])
    admitted = browser.get("/account").status_code == 200
    if admitted is not ("session" in heard):
        yield f"session heard of: {'session' in heard}, and the account says {admitted}"
    if admitted:
        return
    clock.advance(3700)  # Letters are counted by the hour.
    alone = (
        Window.of(app).goes(ASK).submits("/authenticate", username=newcomer(number), password="seventeen quiet lamps")
    )
    if alone.at.startswith(REDIRECT_URI):
        yield "half a registration was enough to sign in to a service"
    try:
        register(app, clock, number, Window.of(app))
    except (StopIteration, AssertionError):
        # The record was made before the death: the address is taken, by nobody but herself, and the password is hers.
        if not alone.at.endswith(("/consent", "/second-factor", "/enrol")):
            yield f"the address is lost: {alone.at}"


def close(app: Flask, _clock: Clock, _number: int, _window: Window) -> None:
    """The courier finds one account whose waiting is over."""
    close_due.run(app.extensions["provider"])


def after_close(app: Flask, _clock: Clock, number: int, _heard: Heard) -> Iterator[str]:
    """All of it is there, or nothing; and the next courier does what the dead one did not."""
    provider = app.extensions["provider"]
    person_id = f"closing-{number}"
    states = []
    for _ in range(2):
        with provider.reading() as connection:
            status = records.get(connection, person_id).status
            left = (
                len(attributes.sources(connection, person_id)),
                len(registry.of(connection, person_id)),
                len(consents.of_person(connection, person_id)),
            )
            erased = [leaf.name for leaf in log.search(connection, about=person_id, limit=200)]
        is_closed = status is Status.CLOSED
        if (is_closed and left != (0, 0, 0)) or (not is_closed and 0 in left):
            yield f"half erased: {status} with {left}"
        if erased.count("people.record.erased") != is_closed:
            yield f"erased {erased.count('people.record.erased')} times, and the record is {status}"
        states.append(status)
        close_due.run(provider)
    if states[-1] is not Status.CLOSED:
        yield "it is never erased"


DEEDS = {
    "sign-in": Deed(sign_in, after_sign_in),
    "registration": Deed(register, after_register),
    "closing": Deed(close, after_close),
}
