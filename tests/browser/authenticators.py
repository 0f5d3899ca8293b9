"""What a person holds in her hand: an authenticator app, and a device with passkeys that Chromium simulates."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyotp
from playwright.sync_api import CDPSession, Page

from idp.foundation.clock import monotonic, pause, system_clock
from tests.passkeys import SoftKey

STEP = 30
PATIENCE = 5
"""Seconds."""
VERIFYING = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": False,
}
SIMPLE = VERIFYING | {
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "isUserVerified": False,
}
"""A security key without a PIN, which keeps nothing itself."""
SYNCED = VERIFYING | {"transport": "usb", "defaultBackupEligibility": True, "defaultBackupState": True}
"""What copies itself to other devices, and answers for a security key all the same."""
HELD_BY_HAND = """
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const answering = (hand) => async ({ publicKey }) => {
  const asked = { challenge: text(publicKey.challenge) };
  if (publicKey.user) asked.user = { id: text(publicKey.user.id) };
  const credential = JSON.parse(await hand(JSON.stringify(asked)));
  return { toJSON: () => credential };
};
navigator.credentials.create = answering((options) => window.handMakes(options));
navigator.credentials.get = (request) => request.mediation ? new Promise(() => {})
  : answering((options) => window.handAnswers(options))(request);
"""
"""The browser reaches for a key of ours, because none that Chromium simulates has a maker's certificate that lasts."""


@dataclass
class App:
    """An authenticator app, whose owner never gives one code twice: the provider would refuse it."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)
    """Kept in the same drawer."""
    given: set[int] = field(default_factory=set)

    def code(self) -> str:
        """A code that is good now; waits for the next if those of this moment were given."""
        while True:
            present = system_clock() // STEP
            fresh = [step for step in (present, present + 1) if step not in self.given]
            if fresh:
                self.given.add(fresh[0])
                return str(pyotp.TOTP(self.secret).at(fresh[0] * STEP))
            pause(1)

    def stale(self) -> str:
        """A code of ten minutes ago."""
        return str(pyotp.TOTP(self.secret).at(system_clock() - 600))


class Device:
    """A virtual authenticator (WebDriver extension of Web Authentication Level 3 section 11), by default a phone's.

    It answers only while somebody touches it: an offer in the username field waits for ever.
    """

    def __init__(self, page: Page, kind: Mapping[str, object] = VERIFYING) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": dict(kind)})
        self._which = {"authenticatorId": made["authenticatorId"]}

    @property
    def passkeys(self) -> int:
        """How many it keeps."""
        return len(self._credentials())

    @property
    def names(self) -> list[str]:
        """What it calls the accounts of its passkeys."""
        return [one["userName"] for one in self._credentials()]

    def comes_to(self, wanted: Callable[["Device"], bool]) -> bool:
        """Whether it is so soon: the browser tells it in its own time."""
        deadline = monotonic() + PATIENCE
        while not wanted(self) and monotonic() < deadline:
            pause(0.1)
        return wanted(self)

    def _credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._session.send("WebAuthn.getCredentials", self._which)["credentials"]
        return found

    @contextmanager
    def touched(self) -> Iterator[None]:
        """A finger on the sensor."""
        self._touch(enabled=True)
        yield
        self._touch(enabled=False)

    def _touch(self, *, enabled: bool) -> None:
        self._session.send("WebAuthn.setAutomaticPresenceSimulation", self._which | {"enabled": enabled})


def holds(page: Page, key: SoftKey) -> None:
    """Put the key into the hand of whoever sits at the page, from its next visit on."""
    page.expose_function("handMakes", key.make)
    page.expose_function("handAnswers", key.answer)
    page.add_init_script(HELD_BY_HAND)
