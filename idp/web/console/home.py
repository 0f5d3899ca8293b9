"""The console's first page: what waits, and what is one's own."""

from idp.domain.oversight.permissions import Action
from idp.journeys.console import queries
from idp.web.console.door import blueprint, needs, page, staff
from idp.web.frame import provider


@blueprint.get("")
@needs(Action.OPEN)
def home() -> tuple[str, int]:
    """Counts, each only for who may see what is counted."""
    now = provider().store.now()
    with provider().reading() as connection:
        overview = queries.overview(connection, staff().person_id, now)
        seal = queries.sealed_until(connection, provider().issuer)
    return page("home", overview=overview, seal=seal, staff=staff(), Action=Action)
