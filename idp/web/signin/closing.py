"""The account is being closed: keep it and go on, or go back to the service."""

from flask import Response

from idp.journeys.signin.keep import STEP, due_at, keep
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, page, posted, rendered


@blueprint.get(f"/signin/<login_id>/{STEP}")
def closing_page(login_id: str) -> Response:
    """Say when it will be closed, and ask."""
    return page(
        login_id,
        STEP,
        lambda progress: rendered("closing", progress=progress, due_at=due_at(provider(), progress)),
    )


@blueprint.post(f"/signin/<login_id>/{STEP}")
def keep_account(login_id: str) -> Response:
    """Keep it; going back is the dispatcher's cancel."""
    return posted(login_id, lambda: keep(provider(), login_id, visitor()), lambda _errors: closing_page(login_id), "")
