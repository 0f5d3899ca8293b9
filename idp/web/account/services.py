"""Your services."""

from flask import Response

from idp.journeys.account import services
from idp.web.account.frame import blueprint, changed, page
from idp.web.claim_words import label, listed
from idp.web.frame import provider
from idp.web.signin.current import require_session


@blueprint.get("/account/services")
def services_page() -> Response:
    """Each service, what it receives, and when."""
    session = require_session()
    used = services.in_use(provider(), session.person_id)
    return page("services", session, "services", used=used, label=label, listed=listed)


@blueprint.post("/account/services/<client_id>/remove")
def remove_service(client_id: str) -> Response:
    """Withdraw the consent."""
    session = require_session()
    services.remove(provider(), session.person_id, client_id)
    return changed("services", "withdrawn")
