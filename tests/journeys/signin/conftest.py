from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from idp.domain.clients.registry import Client
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Session
from idp.journeys.provider import Provider
from idp.journeys.signin import authenticate, consent, second_factor
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.finish import Finished, finish
from idp.journeys.signin.login import InProgress, Opener, begin, look_at
from idp.protocol.assurance import Level
from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.claims import ClaimsRequest
from tests.builders import REDIRECT_URI, Citizen, a_citizen, a_client
from tests.fixtures.storage import Clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEVICE = "Firefox, Linux"


@pytest.fixture
def anna(provider: Provider) -> Citizen:
    """Verified to the highest level, with an authenticator app."""
    return a_citizen(provider, assurance=Level.HIGH, totp=SECRET, username="anna")


@pytest.fixture
def boris(provider: Provider) -> Citizen:
    """Hardly known, with a password alone."""
    return a_citizen(provider, username="boris")


@pytest.fixture
def service(provider: Provider) -> Client:
    return a_client(provider, client_id="service")


def essential(*levels: Level) -> ClaimsRequest:
    """A claims parameter that insists on one of the levels."""
    return ClaimsRequest({"acr": {"essential": True, "values": [level.acr for level in levels]}})


def asking(service: Client, **more: Any) -> AuthorizationRequest:
    """A request for a sign-in and nothing else."""
    asked = {"scope": ("openid",), "state": "s", "acr_values": service.metadata.default_acr_values}
    return AuthorizationRequest(service.id, REDIRECT_URI, "code", "query", **{**asked, **more})


@dataclass
class Browser:
    """Somebody's browser: the secret that binds sign-ins to it, the cookie of its session, and whom it remembers."""

    provider: Provider
    clock: Clock
    secret: str = "a browser's secret"
    cookie: str = ""
    known: str = ""
    address: str = "192.0.2.1"
    finished: list[Finished] = field(default_factory=list)

    def begins(self, request: AuthorizationRequest | None = None, **page: Any) -> str:
        return begin(self.provider, Opener(self.secret, self.address), request=request, **page)

    @property
    def session(self) -> Session | None:
        with self.provider.reading() as connection:
            idle = self.provider.lifetimes.session_idle
            return browser.find(connection, self.cookie, self.provider.store.now(), idle)

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.secret, self.session, self.address, self.known)

    def looks_at(self, login_id: str) -> InProgress:
        return look_at(self.provider, login_id, self.secret, self.session)

    def step(self, login_id: str) -> str | None:
        """The name of the step that is due."""
        step = self.looks_at(login_id).step
        return None if step is None else step.name

    def types_password(self, login_id: str, citizen: Citizen, password: str | None = None) -> None:
        typed = citizen.password if password is None else password
        authenticate.with_password(self.provider, login_id, self.visitor, citizen.username, typed)

    def types_code(self, login_id: str, citizen: Citizen) -> None:
        """The next code of the app: each works once."""
        self.clock.advance(30)
        second_factor.with_code(self.provider, login_id, self.visitor, citizen.code(self.clock.now))

    def consents(self, login_id: str) -> None:
        consent.approve(self.provider, login_id, self.visitor)

    def finishes(self, login_id: str) -> Finished:
        done = finish(self.provider, login_id, self.visitor, DEVICE)
        self.cookie = done.secret or self.cookie
        self.known = done.remembered or self.known
        self.finished.append(done)
        return done

    def signs_in(self, citizen: Citizen, request: AuthorizationRequest | None = None, **page: Any) -> Finished:
        """From beginning to end, with whatever is asked for."""
        login_id = self.begins(request, **({} if request else {"return_to": "/account", **page}))
        while step := self.step(login_id):
            does: dict[str, Callable[[], None]] = {
                "authenticate": lambda: self.types_password(login_id, citizen),
                "second-factor": lambda: self.types_code(login_id, citizen),
                "consent": lambda: self.consents(login_id),
            }
            does[step]()
        return self.finishes(login_id)


@pytest.fixture
def a_browser(provider: Provider, clock: Clock) -> Callable[..., Browser]:
    def make(secret: str = "a browser's secret", **more: Any) -> Browser:
        return Browser(provider, clock, secret, **more)

    return make


@pytest.fixture
def user(a_browser: Callable[..., Browser]) -> Browser:
    """One browser without a session."""
    return a_browser()
