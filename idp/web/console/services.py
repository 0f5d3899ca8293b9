"""Services: who they are, how much they are used, whether our notices reach them, and suspending one."""

from flask import Response, request, url_for

from idp.domain.clients.registry import ACTIVE, SUSPENDED
from idp.domain.oversight.permissions import Action
from idp.journeys.clients.grading import is_production, report
from idp.journeys.console import queries, registrations
from idp.journeys.console import services as journey
from idp.journeys.console.services import Reason
from idp.web.console import lint_words, words
from idp.web.console.door import FRESH_SECONDS, blueprint, needs, page, staff
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.redirects import local


@blueprint.get("/services")
@needs(Action.VIEW_SERVICES)
def services() -> tuple[str, int]:
    """Every registered service."""
    with provider().reading() as connection:
        listed = queries.services(connection)
        waiting = registrations.waiting(connection)
    return page("services", services=listed, waiting=waiting)


@blueprint.get("/services/<path:client_id>")
@needs(Action.VIEW_SERVICES)
def service(client_id: str) -> tuple[str, int]:
    """One service, as registered, with its latest notices."""
    with provider().reading() as connection:
        file = queries.service(connection, client_id)
    graded = report(file.service.client.metadata, production=is_production(provider()))
    return page("service", file=file, report=graded, lint=lint_words, may_suspend=staff().may(Action.SUSPEND_SERVICES))


@blueprint.route("/service-status/<path:client_id>", methods=["GET", "POST"])
@needs(Action.SUSPEND_SERVICES, fresh=FRESH_SECONDS)
def service_status(client_id: str) -> Response | tuple[str, int]:
    """Suspend a working service, or let a suspended one work again."""
    with provider().reading() as connection:
        client = queries.service(connection, client_id).service.client
    if client.status not in (ACTIVE, SUSPENDED):  # What was never approved is approved, not reinstated.
        return local(url_for("console.service", client_id=client_id))
    options = words.suspension_reasons() if client.active else words.reinstatement_reasons()
    form = Form(request.form)
    if request.method == "POST":
        reason = form.choice("reason", [code for code, _ in options], missing=words.choose_a_reason())
        if reason:
            change, said = (journey.suspend, "suspended") if client.active else (journey.reinstate, "reinstated")
            change(provider(), staff(), client_id, Reason(reason))
            return local(url_for("console.service", client_id=client_id, said=said))
    return page("service_status", errors=form.errors, client=client, options=options)
