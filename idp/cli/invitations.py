"""`idp clients invite` and its relatives: who may register services over the network."""

import click

from idp.cli.house import House, pass_house, tell
from idp.domain.clients import invitations as invited
from idp.journeys.clients import invite as journey
from idp.protocol import scopes
from idp.protocol.client_metadata import GRANT_TYPES
from idp.protocol.client_profile import PROFILES
from idp.protocol.registration_policy import FREEDOMS, Policy

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.command()
@click.option("--agency", required=True, help="The authority whose services may be registered.")
@click.option("--profile", "profiles", multiple=True, type=click.Choice(list(PROFILES)), default=("standard",))
@click.option("--scope", "scope", default="openid profile email", show_default=True, help="What they may ask for.")
@click.option("--host", "hosts", multiple=True, help="A host of their addresses; none, unless it is named.")
@click.option("--grant", multiple=True, type=click.Choice(GRANT_TYPES), default=("authorization_code", "refresh_token"))
@click.option("--detail", "details", multiple=True, help="A type of authorization_details.")
@click.option("--allow", multiple=True, type=click.Choice(list(FREEDOMS)), help="What is denied otherwise.")
@click.option("--uses", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many services.")
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="How long it is good.")
@JSON
@pass_house
def invite(house: House, /, as_json: bool, uses: int, days: int, **asked: tuple[str, ...]) -> None:
    """Let an agency register its services itself; prints a token, once.

    Options that may be repeated are a list of what is allowed; everything else is refused. What is registered waits
    for approval in the console.
    """
    policy = Policy(
        agency=str(asked["agency"]),
        profiles=asked["profiles"],
        scopes=tuple(dict.fromkeys(str(asked["scope"]).split())),
        grant_types=asked["grant"],
        hosts=asked["hosts"],
        details=asked["details"],
        freedoms=asked["allow"],
    )
    made, token = journey.invite(house.provider, policy, uses, days)
    told = {"id": made.id, "token": token, "uses": uses, "expires_at": made.expires_at}
    tell(as_json, told | {"policy": policy.document()}, token, *_remarks(house, policy))


@click.command()
@JSON
@pass_house
def invitations(house: House, as_json: bool) -> None:
    """List every invitation, without its token, which is not kept."""
    with house.store.reading() as connection:
        found = invited.listing(connection)
    now = house.store.now()
    rows = [
        {"id": one.id, "open": one.is_open(now), "uses_left": one.uses_left, "expires_at": one.expires_at}
        | {"policy": one.policy.document()}
        for one in found
    ]
    lines = (f"{one.id}  {'open' if one.is_open(now) else 'over':4}  {one.policy.agency}" for one in found)
    tell(as_json, rows, *lines)


@click.command()
@click.argument("invitation_id")
@JSON
@pass_house
def withdraw(house: House, invitation_id: str, as_json: bool) -> None:
    """Take an invitation back. What was registered by it stays."""
    journey.withdraw(house.provider, invitation_id)
    tell(as_json, {"withdrawn": invitation_id}, f"Nobody registers by {invitation_id} any more.")


@click.command()
@click.argument("client_id")
@JSON
@pass_house
def renew(house: House, client_id: str, as_json: bool) -> None:
    """Print a new registration access token of CLIENT_ID, once; the old one is good for nothing."""
    token = journey.renew(house.provider, client_id)
    tell(as_json, {"client_id": client_id, "token": token}, token)


def _remarks(house: House, policy: Policy) -> list[str]:
    """What an operator should know now."""
    remarks = []
    if not policy.hosts and "authorization_code" in policy.grant_types:
        remarks.append("No host is allowed (--host), so no redirect address can be registered.")
    unknown = [scope for scope in policy.scopes if scope not in scopes.CLAIMS_OF]
    if unknown:
        remarks.append(f"These scopes stand for no claim: {', '.join(unknown)}.")
    if not house.provider.registering.offered:
        remarks.append("IDP_REGISTRATION is off: nobody can register before it is approval.")
    return remarks
