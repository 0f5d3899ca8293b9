"""The pages on which a citizen verifies an identity, one thing at a time, and learns how it ended.

They leave what is asked and checked to journeys/proofing, and what verifiers see to web/console.
"""

from idp.web.proofing.routes import blueprint

__all__ = ["blueprint"]
