"""Pages of signing in and registering: a dispatcher that asks for the next step, and one file for each page.

It leaves which step is next, and whether a proof holds, to journeys.signin.
"""

from idp.web.signin import (
    authenticate,
    closing,
    consent,
    elsewhere,
    enrol,
    handover,
    new_password,
    reclaim,
    register,
    second_factor,
    text_message,
    verify_identity,
)
from idp.web.signin.dispatch import blueprint

__all__ = [
    "authenticate",
    "blueprint",
    "closing",
    "consent",
    "elsewhere",
    "enrol",
    "handover",
    "new_password",
    "reclaim",
    "register",
    "second_factor",
    "text_message",
    "verify_identity",
]
