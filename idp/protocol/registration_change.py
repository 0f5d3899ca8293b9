"""RFC 7592 section 2.2, https://www.rfc-editor.org/rfc/rfc7592#section-2.2: which changes a person must look at.

A client that asks for less, or for the same with other keys, may have it at once. Everything else waits, what we do
not know included: a member is harmless only if it stands here. Left out: who decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from idp.protocol import scopes
from idp.protocol.client_metadata import ClientMetadata

Harmless = Callable[[Any, Any], bool]
"""Whether going from the first value to the second gives nobody more than before."""


def _fewer(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return set(new) <= set(old)


def _switched_on(old: bool, new: bool) -> bool:  # noqa: FBT001 (as tables of values call it)
    return new or not old


def _switched_off(old: bool, new: bool) -> bool:  # noqa: FBT001
    return old or not new


def _whatever(_old: object, _new: object) -> bool:
    return True


HARMLESS: Final[Mapping[str, Harmless]] = {
    "redirect_uris": _fewer,
    "post_logout_redirect_uris": _fewer,
    "request_uris": _fewer,
    "resources": _fewer,
    "grant_types": _fewer,
    "response_types": _fewer,
    "scope": _fewer,
    "authorization_details_types": _fewer,
    "agreed_claims": _fewer,
    "require_pkce": _switched_on,
    "require_pushed_authorization_requests": _switched_on,
    "require_signed_request_object": _switched_on,
    "dpop_bound_access_tokens": _switched_on,
    "tls_client_certificate_bound_access_tokens": _switched_on,
    "backchannel_logout_session_required": _switched_on,
    "frontchannel_logout_session_required": _switched_on,
    "signing": _switched_off,
    "single_factor": _switched_off,
    # Keys are changed every few months and must not wait for office hours; who holds the registration access token is
    # who registered the first ones. Another address for them is another matter: somebody else may answer there.
    "jwks": _whatever,
    "contacts": _whatever,
    "software_version": _whatever,
}


def changed(old: ClientMetadata, new: ClientMetadata) -> tuple[str, ...]:
    """The members that differ."""
    return tuple(one.name for one in fields(ClientMetadata) if getattr(old, one.name) != getattr(new, one.name))


def to_approve(old: ClientMetadata, new: ClientMetadata) -> tuple[str, ...]:
    """The members whose change gives the client more, or shows people something else; empty if none does."""
    wider = [name for name in changed(old, new) if not _is_harmless(name, old, new)]
    moved = old.sector != new.sector and "sector_identifier_uri" not in wider
    return (*wider, "sector_identifier_uri") if moved else tuple(wider)


def _is_harmless(name: str, old: ClientMetadata, new: ClientMetadata) -> bool:
    harmless = HARMLESS.get(name)
    return harmless is not None and harmless(_meant(old, name), _meant(new, name))


def _meant(client: ClientMetadata, name: str) -> Any:
    """No agreed claim stands for all of the scopes'."""
    value = getattr(client, name)
    return value or scopes.claims_of(client.scope) if name == "agreed_claims" else value
