"""The end of a browser session, everywhere at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.sessions import browser, participants, remembered
from idp.domain.sessions.browser import Session
from idp.foundation.audit.event import Event
from idp.foundation.outbox import Job
from idp.foundation.transaction import Tx
from idp.journeys.oidc.subjects import session_for, subject_for
from idp.journeys.provider import Provider
from idp.protocol import jose
from idp.protocol.frontchannel_logout import address
from idp.protocol.logout import LogoutRequest, client_id_of, redirect_target
from idp.protocol.response_mode import redirect_location

NOTICE = "backchannel_logout"


def log_out(provider: Provider, session: Session, reason: str) -> tuple[str, ...]:
    """End the session, revoke what was granted within it, and queue a notice to every service that took part.

    Returns the addresses that the browser at hand is to open in frames, for services that want to hear it that way.
    """
    with provider.transaction() as tx:
        took_part = participants.of(tx.connection, session.id)
        end_session(tx, provider, session, reason, session.person_id)
    services = filter(None, map(provider.clients.find, took_part))
    told = (address(one.metadata, provider.issuer, session_for(provider, one, session.id)) for one in services)
    return tuple(filter(None, told))


def end_session(tx: Tx, provider: Provider, session: Session, reason: str, actor: str) -> None:
    """As `log_out`, within the caller's transaction, and for a browser that need not be at hand."""
    took_part = participants.of(tx.connection, session.id)
    browser.end(tx, session.id)
    grants.revoke_session(tx, session.person_id, session.id)
    notify_services(tx, provider, session, took_part)
    tx.record(Event("sessions.browser.ended", actor, session.person_id, {"reason": reason, "services": len(took_part)}))


def end_every_session(
    tx: Tx, provider: Provider, person_id: str, reason: str, actor: str, keep: Session | None = None
) -> int:
    """All of somebody's but one, and no other browser remembers her; returns how many sessions ended."""
    held = browser.of_person(tx.connection, person_id, tx.now, provider.lifetimes.session_idle)
    ending = [session for session in held if keep is None or session.id != keep.id]
    for session in ending:
        end_session(tx, provider, session, reason, actor)
    remembered.forget_all(tx, person_id, actor, None if keep is None else keep.remembered)
    return len(ending)


def notify_services(tx: Tx, provider: Provider, session: Session, client_ids: Iterable[str]) -> None:
    """Queue one back-channel logout for each service that wants them, so that one that is down delays no other."""
    for client_id in client_ids:
        client = provider.clients.find(client_id)
        if client is not None and client.metadata.backchannel_logout_uri:
            tx.send(_notice(client, session))


def _notice(client: Client, session: Session) -> Job:
    return Job(NOTICE, {"client": client.id, "session": session.id, "person": session.person_id}, about=client.id)


@dataclass(frozen=True, slots=True)
class Wish:
    """A logout request that was understood. `proven` says that it comes from whom the session was made for."""

    client: Client | None
    location: str | None
    proven: bool


def understand(provider: Provider, request: LogoutRequest, session: Session | None) -> Wish:
    """Check hint, client and address (RP-Initiated Logout 1.0 section 2). Raises OAuthError, shown on our own page."""
    hint = None if request.id_token_hint is None else _hint(provider, request.id_token_hint)
    client_id = client_id_of(request, hint)
    client = None if client_id is None else provider.clients.find(client_id)
    uri = redirect_target(request, None if client is None else client.metadata, hint)
    state = {} if request.state is None else {"state": request.state}
    location = None if uri is None else redirect_location(uri, state)
    return Wish(client, location, _is_proven(provider, client, hint, session))


def _hint(provider: Provider, token: str) -> dict[str, Any]:
    keys = provider.keyring.published("tokens")
    return jose.verify(jose.ID_TOKEN_HINT, token, keys, provider.store.now(), issuer=provider.issuer)


def _is_proven(
    provider: Provider, client: Client | None, hint: Mapping[str, Any] | None, session: Session | None
) -> bool:
    if client is None or hint is None or session is None:
        return False
    return bool(
        hint.get("sub") == subject_for(provider, client, session.person_id)
        and hint.get("sid") == session_for(provider, client, session.id)
    )
