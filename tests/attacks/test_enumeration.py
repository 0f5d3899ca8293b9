"""What a stranger learns about who has an account: nothing, in status, words, headers, statements or hashes."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from idp.domain.authenticators import lockout
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.journeys.provider import Provider
from tests.builders import a_citizen
from tests.journeys.signing.passkeys import SoftPasskey
from tests.web.pages import Window
from tests.web.signin.conftest import SECRET, app, asked, at_sign_in, revenue
from tests.witness import watching

__all__ = ["app", "asked", "at_sign_in", "revenue"]
CHANCE = re.compile(
    r'name="(csrf_token|challenge)" value="[^"]*"|data-options="[^"]*"|nonce(="|-)[\w-]+'
    r"|/(signin|register|recover)/[\w-]+|from=[\w-]+"
)
COOKIE = re.compile(r"=[^;]*")
KNOWN, UNKNOWN = "somebody", "stranger"
"""Of one length, so that pages are."""


def password_alone(provider: Provider, name: str) -> None:
    a_citizen(provider, username=name)


def two_factors(provider: Provider, name: str) -> None:
    a_citizen(provider, username=name, totp=SECRET)


def passkey_alone(provider: Provider, name: str) -> None:
    with provider.transaction() as tx:
        person = records.create(tx, provider.vault)
        identifiers.claim(tx, provider.vault, person.id, "username", name, tx.now)
        identifiers.claim(tx, provider.vault, person.id, "email", f"{name}@people.example", tx.now)
    SoftPasskey(provider, person.id)


def unproved(provider: Provider, name: str) -> None:
    a_citizen(provider, username=name, email=f"{name}@people.example", email_verified=False)


def standing(status: Status) -> Callable[[Provider, str], None]:
    def make(provider: Provider, name: str) -> None:
        a_citizen(provider, username=name, status=status.value)

    return make


def nobody(provider: Provider, name: str) -> None:
    pass


KINDS = {
    "password": password_alone,
    "two factors": two_factors,
    "passkey alone": passkey_alone,
    "address unproved": unproved,
    "locked": standing(Status.LOCKED),
    "closed": standing(Status.CLOSED),
    "deceased": standing(Status.DECEASED),
}


def observed(window: Window, name: str) -> dict[str, Any]:
    """What comes back, without what is random in every answer and without the name that was typed."""
    assert window.response is not None
    headers = [(key, CHANCE.sub("", value)) for key, value in window.response.headers if key != "Set-Cookie"]
    cookies = [COOKIE.sub(_length, one) for one in window.response.headers.getlist("Set-Cookie")]
    body = CHANCE.sub("", window.response.text).replace(name, "")
    page = {"status": window.status, "at": CHANCE.sub("", window.at), "body": body}
    return page | {"headers": headers, "cookies": cookies}


def _length(value: re.Match[str]) -> str:
    return f"={len(value[0])}"


def watched(provider: Provider, name: str, does: Callable[[], Window]) -> dict[str, Any]:
    """The same with what it cost."""
    with watching(provider) as witness:
        window = does()
    # The registration of a service is read again every two seconds, whoever asks.
    statements = [one for one in witness.statements if "FROM clients" not in one]
    return observed(window, name) | {"statements": statements, "hashes": witness.hashes}


def sign_in(provider: Provider, at_sign_in: Callable[[], Window], name: str) -> dict[str, Any]:
    window = at_sign_in()
    return watched(provider, name, lambda: window.submits("/authenticate", username=name, password="wrong wrong"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["{}", "{}@people.example"], ids=["name", "address"])
def test_a_wrong_password_is_answered_alike_whoever_it_is(
    provider: Provider, at_sign_in: Callable[[], Window], kind: str, by: str
) -> None:
    KINDS[kind](provider, KNOWN)
    known, unknown = (sign_in(provider, at_sign_in, by.format(name)) for name in (KNOWN, UNKNOWN))

    assert known["hashes"] == ["verify"]
    assert known == unknown


@pytest.mark.parametrize("kind", KINDS)
def test_so_is_every_try_until_no_more_are_evaluated(
    provider: Provider, at_sign_in: Callable[[], Window], kind: str
) -> None:
    KINDS[kind](provider, KNOWN)
    for _ in range(lockout.PER_METHOD["password"].most + 2):
        known, unknown = (sign_in(provider, at_sign_in, name) for name in (KNOWN, UNKNOWN))
        assert known == unknown

    assert (known["status"], known["hashes"]) == (429, [])


def register(provider: Provider, app: Any, address: str) -> dict[str, Any]:
    window = Window.of(app).goes("/register")
    return watched(provider, address, lambda: window.submits("/address", email=address))


@pytest.mark.parametrize("kind", KINDS)
def test_registering_an_address_is_answered_alike_whoever_has_it(provider: Provider, app: Any, kind: str) -> None:
    KINDS[kind](provider, KNOWN)
    known, unknown = (register(provider, app, f"{name}@people.example") for name in (KNOWN, UNKNOWN))

    assert known["at"].endswith("/code")
    assert known == unknown


@pytest.mark.parametrize("kind", KINDS)
def test_so_is_the_code_that_is_guessed(provider: Provider, app: Any, kind: str) -> None:
    def guess(name: str) -> list[dict[str, Any]]:
        window = Window.of(app).goes("/register").submits("/address", email=f"{name}@people.example")
        return [watched(provider, name, lambda: window.submits("/code", code="000000")) for _ in range(12)]

    KINDS[kind](provider, KNOWN)

    assert guess(KNOWN) == guess(UNKNOWN)
