"""The signing API for services, the pages on which a citizen signs or declines, and the public check of a signature.

It leaves what is signed, by whom and how to journeys.signing.
"""

from flask import Blueprint

from idp.web.signing import api, authorise, review, verify

blueprint = Blueprint("signing", __name__)
for part in (api.blueprint, review.blueprint, authorise.blueprint, verify.blueprint):
    blueprint.register_blueprint(part)

__all__ = ["blueprint"]
