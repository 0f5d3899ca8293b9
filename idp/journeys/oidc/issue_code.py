"""Turning a finished sign-in into an authorization code."""

import json

from idp.domain.clients.registry import Client
from idp.domain.grants import grants, pushed
from idp.domain.people.records import Person, Status
from idp.domain.sessions import participants
from idp.domain.sessions.browser import Session
from idp.foundation.audit.event import Event
from idp.foundation.randomness import octets
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, mint
from idp.protocol.assurance import acr_of
from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.errors import ACCESS_DENIED, INVALID_REQUEST_URI, OAuthError
from idp.protocol.response_mode import success
from idp.protocol.scopes import OFFLINE_ACCESS


def issue_code(
    tx: Tx, provider: Provider, request: AuthorizationRequest, client: Client, session: Session, person: Person
) -> dict[str, str]:
    """The parameters of a successful authorization response; the caller has checked sign-in, assurance and consent.

    Here, and nowhere else, a pushed request is spent. Raises OAuthError(invalid_request_uri) when it was spent before,
    (access_denied) when the person may not sign in any more.
    """
    if request.pushed is not None and not pushed.spend(tx, request.pushed, client.id):
        raise OAuthError(INVALID_REQUEST_URI, "This request was used before.")
    if person.status is not Status.ACTIVE:
        raise OAuthError(ACCESS_DENIED, "This person cannot sign in.")
    wanted, must = request.acr_wanted, request.acr_is_essential
    acr = acr_of(wanted, person.assurance, session.strength, provider.policy, essential=must)
    code = mint(Kind.CODE, octets(32))
    grants.open_grant(
        tx,
        code,
        grants.Parties(person.id, client.id, session.id),
        _context(request, session, acr),
        offline=OFFLINE_ACCESS in request.scope,
        lifetime=provider.lifetimes.grant,
        code_lifetime=provider.lifetimes.code,
    )
    participants.join(tx, session.id, client.id)
    tx.record(Event("oidc.code.issued", person.id, person.id, {"client": client.id, "acr": acr}))
    return success(provider.issuer, code, request.state)


def _context(request: AuthorizationRequest, session: Session, acr: str) -> grants.Context:
    asked = request.claims.document()
    return grants.Context(
        redirect_uri=request.redirect_uri,
        scope=" ".join(request.scope),
        nonce=request.nonce,
        code_challenge=request.code_challenge,
        claims=json.dumps(asked) if asked["id_token"] or asked["userinfo"] else None,
        acr=acr,
        amr=session.amr,
        auth_time=session.auth_time,
        jkt=request.dpop_jkt,
        resource=request.resource,
        details=request.authorization_details,
    )
