"""Somebody is about to have the account: stop it and go on, or know of it and go on."""

from flask import Response

from idp.journeys.signin.reclaimed import STEP, let_it_be, stop, waiting
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, page, posted, rendered


@blueprint.get(f"/signin/<login_id>/{STEP}")
def reclaim_page(login_id: str) -> Response:
    """Say what was shown to staff, and ask."""
    return page(
        login_id,
        STEP,
        lambda progress: rendered("reclaim", progress=progress, waiting=waiting(provider(), progress)),
    )


@blueprint.post(f"/signin/<login_id>/{STEP}")
def stop_reclaim(login_id: str) -> Response:
    """Keep the account."""
    return posted(login_id, lambda: stop(provider(), login_id, visitor()), lambda _errors: reclaim_page(login_id), "")


@blueprint.post(f"/signin/<login_id>/{STEP}/go-on")
def go_on(login_id: str) -> Response:
    """It is she herself, or she decides later."""
    return posted(
        login_id, lambda: let_it_be(provider(), login_id, visitor()), lambda _errors: reclaim_page(login_id), ""
    )
