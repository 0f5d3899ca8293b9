"""The front page of an account: how services and security stand, and what to do next."""

from dataclasses import dataclass

from idp.domain.authenticators import registry
from idp.domain.people import attributes, records
from idp.domain.people.records import Person
from idp.domain.recovery.reclaims import Reclaim
from idp.journeys.account import security, services
from idp.journeys.account.security import Held
from idp.journeys.account.services import ServiceInUse
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim
from idp.protocol.assurance import Level, Strength

FEW_CODES = 3


@dataclass(frozen=True, slots=True)
class Home:
    """At a glance. `name` is empty if none is on record; `asks_for_two` says whether signing in takes two factors.

    `reclaimed` says that somebody is about to have this account, `reclaiming` that its person is to have another.
    """

    person: Person
    name: str
    held: Held
    asks_for_two: bool
    services: tuple[ServiceInUse, ...]
    reclaimed: Reclaim | None
    reclaiming: Reclaim | None

    @property
    def needs_another_way(self) -> bool:
        """One way to sign in is none on the day that it is lost, and a password alone is too little."""
        return not self.asks_for_two or len(self.held.authenticators) == 1

    @property
    def needs_codes(self) -> bool:
        """Who is asked for a second factor needs something for the day that it is lost."""
        return self.asks_for_two and self.held.recovery_codes_left <= FEW_CODES

    @property
    def needs_verification(self) -> bool:
        """Nobody has looked yet whether she is who she says."""
        return self.person.assurance is Level.LOW


def of(provider: Provider, person_id: str) -> Home:
    """Everything for the front page."""
    with provider.reading() as connection:
        person = records.get(connection, person_id)
        name = attributes.read(connection, provider.vault, person_id, ("name",)).get("name", "")
        asks_for_two = registry.reachable(connection, person_id) > Strength.ONE_FACTOR
    held = security.held(provider, person_id)
    used = tuple(services.in_use(provider, person_id))
    against, mine = reclaim.against(provider, person_id), reclaim.of_mine(provider, person_id)
    return Home(person, str(name), held, asks_for_two, used, against, mine)
