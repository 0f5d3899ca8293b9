"""Which level a sign-in in progress asks for, and whether the citizen can still go back to it."""

from dataclasses import dataclass

from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider
from idp.journeys.signin.login import look_at
from idp.protocol.assurance import Level
from idp.protocol.client_metadata import ClientMetadata


@dataclass(frozen=True, slots=True)
class Asked:
    """A living sign-in of this browser. `level` is LOW if it requires none; `client` is who will be told."""

    login_id: str
    level: Level
    client: ClientMetadata | None

    def service(self, language: str) -> str:
        """The client's name in a language (BCP 47); '' for a sign-in to our own pages."""
        return "" if self.client is None else self.client.name(language)


def asked(provider: Provider, login_id: str, browser: str, session: Session) -> Asked | None:
    """The sign-in, or None if it is unknown, over, or another browser's: then there is nothing to go back to."""
    try:
        goal = look_at(provider, login_id, browser, session).goal
    except Refusal:
        return None
    return Asked(login_id, goal.identity, None if goal.client is None else goal.client.metadata)
