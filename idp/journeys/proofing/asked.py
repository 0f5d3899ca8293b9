"""Which level a sign-in in progress asks for, and whether the citizen can still go back to it."""

from dataclasses import dataclass

from idp.domain.sessions import logins
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level, wanted
from idp.protocol.authorization import AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """A living sign-in of this browser; `level` is None if it asks for none, `service` the client's name for people."""

    login_id: str
    level: Level | None
    service: str


def asked(provider: Provider, login_id: str, browser: str) -> Asked | None:
    """The sign-in, or None if it is unknown, over, or another browser's: then there is nothing to go back to."""
    with provider.reading() as connection:
        try:
            login = logins.get(connection, login_id, browser, provider.store.now())
        except Refusal:
            return None
    if login.request is None:
        return Asked(login_id, None, "")
    request = AuthorizationRequest.from_json(login.request)
    client = provider.clients.find(request.client_id)
    return Asked(login_id, wanted(request.acr_wanted), "" if client is None else client.metadata.client_name)
