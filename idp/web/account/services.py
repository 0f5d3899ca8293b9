"""Your services: each with what it may receive and when it was used, and taking that back."""

from flask import Response

from idp.journeys.account import services
from idp.protocol.scopes import OFFLINE_ACCESS
from idp.protocol.third_party_login import entrance
from idp.web.account.frame import blueprint, changed, page
from idp.web.claim_words import label, listed, spoken
from idp.web.frame import provider
from idp.web.signin.current import require_session


@blueprint.get("/account/services")
def services_page() -> Response:
    """Each service, last used first."""
    session = require_session()
    used = services.in_use(provider(), session.person_id)
    out = services.out_of_service(provider(), session.person_id)
    return page("services", session, "services", used=used, out=out, label=label, listed=listed)


@blueprint.get("/account/services/<client_id>")
def service_page(client_id: str) -> Response:
    """One service, with the very values that it would be told now."""
    session = require_session()
    one, told = services.one_in_use(provider(), session.person_id, client_id)
    rows = [(label(name), spoken(value)) for name, value in told.items() if not name.endswith("_verified")]
    return page(
        "service",
        session,
        "services",
        one=one,
        rows=rows,
        offline=OFFLINE_ACCESS in one.consent.allowed,
        entrance=entrance(one.client.metadata, provider().issuer),
    )


@blueprint.get("/account/services/<client_id>/remove")
def remove_service_page(client_id: str) -> Response:
    """What follows from removing it."""
    session = require_session()
    one = services.removable(provider(), session.person_id, client_id)
    offline, works = OFFLINE_ACCESS in one.consent.allowed, isinstance(one, services.ServiceInUse)
    return page("service_removal", session, "services", one=one, offline=offline, works=works)


@blueprint.post("/account/services/<client_id>/remove")
def remove_service(client_id: str) -> Response:
    """Withdraw the consent."""
    session = require_session()
    services.remove(provider(), session.person_id, client_id)
    return changed("services", "withdrawn")
