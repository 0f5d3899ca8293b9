"""An operator invites an agency to register services: a token that is shown once, and what it allows."""

from idp.domain.clients import invitations, registrations
from idp.domain.clients.invitations import Invitation
from idp.foundation.audit.event import Event
from idp.foundation.randomness import octets
from idp.foundation.refusal import Refusal
from idp.journeys.people.admit import OPERATOR
from idp.journeys.provider import Provider
from idp.protocol import redirect_uri
from idp.protocol import registration_values as values
from idp.protocol.access_token import Kind, digest, mint
from idp.protocol.registration_policy import Policy


def invite(provider: Provider, policy: Policy, uses: int, days: int) -> tuple[Invitation, str]:
    """The invitation, and its token, of which only the digest is kept.

    Raises Refusal("clients.invitation") for a policy that could never be kept.
    """
    _check(policy)
    token = mint(Kind.INVITATION, octets(32))
    with provider.transaction() as tx:
        return invitations.invite(tx, digest(token), policy, uses, days, OPERATOR), token


def withdraw(provider: Provider, invitation_id: str) -> None:
    """Nobody registers by it any more. Raises Refusal("clients.unknown_invitation")."""
    with provider.transaction() as tx:
        invitations.withdraw(tx, invitation_id, OPERATOR)


def renew(provider: Provider, client_id: str) -> str:
    """Another registration access token, for a developer who lost hers; the old one is good for nothing.

    Raises Refusal("clients.unknown") for a client that was not registered over the network.
    """
    token = mint(Kind.REGISTRATION, octets(32))
    with provider.transaction() as tx:
        if not registrations.replace_token(tx, client_id, digest(token)):
            raise Refusal("clients.unknown", "no client of this name was registered over the network")
        tx.record(Event("clients.registration.token_renewed", OPERATOR, client_id))
    return token


def _check(policy: Policy) -> None:
    if not policy.agency:
        raise Refusal("clients.invitation", "The agency needs a name.")
    for host in policy.hosts:
        if redirect_uri.fault(f"https://{host}/") or redirect_uri.host(f"https://{host}/") != host:
            raise Refusal("clients.invitation", f"{host} is not a host name in small letters, without a port.")
    try:
        values.text(200)(policy.agency)
        values.scope(" ".join(policy.scopes))
    except values.WrongValue as error:
        raise Refusal("clients.invitation", f"The agency or a scope {error}.") from error
