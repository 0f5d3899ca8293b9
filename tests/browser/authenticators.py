"""What a person holds in her hand: an authenticator app, and a device with passkeys that Chromium simulates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyotp
from playwright.sync_api import CDPSession, Page

from idp.foundation.clock import pause, system_clock

STEP = 30
VERIFYING = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": False,
}


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
    """A virtual authenticator (WebDriver extension of Web Authentication Level 3 section 11) that verifies its user.

    It answers only while somebody touches it: an offer in the username field waits for ever.
    """

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": VERIFYING})
        self._which = {"authenticatorId": made["authenticatorId"]}

    @property
    def passkeys(self) -> int:
        """How many it keeps."""
        return len(self._session.send("WebAuthn.getCredentials", self._which)["credentials"])

    @contextmanager
    def touched(self) -> Iterator[None]:
        """A finger on the sensor."""
        self._touch(enabled=True)
        yield
        self._touch(enabled=False)

    def _touch(self, *, enabled: bool) -> None:
        self._session.send("WebAuthn.setAutomaticPresenceSimulation", self._which | {"enabled": enabled})
