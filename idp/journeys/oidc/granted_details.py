"""Which of the details that a person granted one access token carries, and who reads them (RFC 9396)."""

from collections.abc import Mapping

from idp.domain.grants.grants import AccessToken, Grant, Terms
from idp.journeys.provider import Provider
from idp.protocol.errors import INVALID_AUTHORIZATION_DETAILS, OAuthError
from idp.protocol.rich_authorization import PARAMETER, Detail, is_for, kept, narrowed


def details_asked(parameters: Mapping[str, str], grant: Grant) -> tuple[int, ...] | None:
    """Those of the grant that a token request asks for, by their places; None for all (section 6).

    Raises OAuthError(invalid_authorization_details) for what was not granted.
    """
    if PARAMETER not in parameters:
        return None
    granted = kept(grant.context.details)
    return narrowed(parameters[PARAMETER], granted, range(len(granted)))


def details_passed_on(
    provider: Provider, parameters: Mapping[str, str], grant: Grant, subject: AccessToken
) -> tuple[int, ...] | None:
    """As `details_asked` in an exchange, which gives nothing that the subject token did not carry."""
    granted = kept(grant.context.details)
    held = _carried(provider, granted, subject.terms)
    if PARAMETER in parameters:
        return narrowed(parameters[PARAMETER], granted, held)
    return held if granted else None


def refuse_details(parameters: Mapping[str, str]) -> None:
    """Raises OAuthError(invalid_authorization_details) where no person granted any."""
    if PARAMETER in parameters:
        reason = f"The parameter {PARAMETER}: no person granted any to this client for a token of its own."
        raise OAuthError(INVALID_AUTHORIZATION_DETAILS, reason)


def assigned(grant: Grant | None, terms: Terms) -> list[Detail]:
    """What the client that gets the token is told (section 7)."""
    granted = _granted(grant)
    return [granted[place] for place in _places(granted, terms)]


def carried(provider: Provider, grant: Grant | None, terms: Terms) -> list[Detail]:
    """What the token says to whom it is for: nothing that is only meant for somebody else (sections 9.1 and 9.2)."""
    granted = _granted(grant)
    return [granted[place] for place in _carried(provider, granted, terms)]


def _granted(grant: Grant | None) -> tuple[Detail, ...]:
    return () if grant is None else kept(grant.context.details)


def _carried(provider: Provider, granted: tuple[Detail, ...], terms: Terms) -> tuple[int, ...]:
    if not granted:  # Most often.
        return ()
    addresses = _addresses(provider, terms)
    return tuple(place for place in _places(granted, terms) if is_for(granted[place], addresses))


def _places(granted: tuple[Detail, ...], terms: Terms) -> tuple[int, ...]:
    return tuple(range(len(granted))) if terms.details is None else terms.details


def _addresses(provider: Provider, terms: Terms) -> tuple[str, ...]:
    """All that the token's resource server registered, whichever of it the token names; our own is the issuer."""
    if not terms.audience:
        return (provider.issuer,)
    server = provider.clients.server_of(terms.audience[0])
    return () if server is None else server.metadata.resources
