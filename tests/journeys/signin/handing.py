"""A kiosk and a telephone, of which one signs in with the help of the other."""

from collections.abc import Callable

import pytest

from idp.domain.clients.registry import Client
from idp.domain.sessions import frames
from idp.domain.sessions.frames import LIVE
from idp.domain.sessions.handovers import State
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider
from idp.journeys.signin import approve_elsewhere, handover
from idp.protocol.assurance import Strength
from tests.builders import Citizen
from tests.fixtures.storage import Clock
from tests.journeys.signin.conftest import Browser, asking

KIOSK, PHONE = "Firefox, Windows", "Chrome, Android"


class Pair:
    """A kiosk and a telephone."""

    def __init__(self, provider: Provider, kiosk: Browser, phone: Browser, login_id: str) -> None:
        self.provider, self.kiosk, self.phone, self.login_id = provider, kiosk, phone, login_id
        self.handle = ""

    def begins(self) -> "Pair":
        handover.begin(self.provider, self.login_id, self.kiosk.visitor, KIOSK)
        return self

    @property
    def found(self):
        return handover.look_at(self.provider, self.login_id, self.kiosk.secret)

    @property
    def state(self) -> State:
        return self.found.state

    @property
    def shown(self):
        return handover.shown_of(self.provider, self.found)

    @property
    def frame(self) -> str:
        return frames.draw(self.shown.key, self.shown.handle, LIVE, self.provider.store.now())

    def opens(self, phone: Browser | None = None) -> "Pair":
        phone = phone or self.phone
        ticket = approve_elsewhere.scanned(self.provider, self.frame, phone.secret)
        self.handle = approve_elsewhere.open_scanned(self.provider, ticket, phone.visitor, PHONE)
        return self

    def approves(self, matching: str | None = None, phone: Browser | None = None) -> "Pair":
        phone = phone or self.phone
        assert phone.session is not None
        typed = self.shown.matching if matching is None else matching
        approve_elsewhere.approve(self.provider, self.handle, phone.visitor, phone.session, typed)
        return self

    def takes(self) -> "Pair":
        handover.take_over(self.provider, self.login_id, self.kiosk.visitor)
        return self

    @property
    def wrong(self) -> str:
        return "10" if self.shown.matching != "10" else "11"


@pytest.fixture
def a_pair(provider: Provider, a_browser: Callable[..., Browser], service: Client) -> Callable[..., Pair]:
    def make(**asked: object) -> Pair:
        kiosk, phone = a_browser("the kiosk's"), a_browser("the telephone's", address="198.51.100.7")
        return Pair(provider, kiosk, phone, kiosk.begins(asking(service, **asked)))

    return make


@pytest.fixture
def opened(a_pair: Callable[..., Pair], anna: Citizen, clock: Clock) -> Callable[..., Pair]:
    """Anna opened it and has signed in on her telephone since."""

    def make(citizen: Citizen = anna, **asked: object) -> Pair:
        pair = a_pair(**asked).begins().opens()
        clock.advance(1)
        pair.phone.signs_in(citizen, strength=Strength.RESTRICTED if citizen.totp_secret else Strength.ONE_FACTOR)
        return pair

    return make


def refused(code: str):
    return pytest.raises(Refusal, match=code.replace(".", r"\."))
