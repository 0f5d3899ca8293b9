"""What one picture of a refreshed QR code says: which handover, and when it was drawn. Pure.

A photograph of it is worthless a few seconds later. Each frame is an HMAC (RFC 2104) of its moment under a key that
never leaves the provider, so that nobody can draw the next one.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

SIZE = 16
"""Bytes of the HMAC that are shown: nobody has time for more than a few guesses."""
PARTS = 3
LONGEST_STEP = 12


@dataclass(frozen=True, slots=True)
class Pace:
    """A new frame each `seconds`; one is still good while at most `grace` newer ones have been drawn."""

    mark: str
    seconds: int
    grace: int


LIVE = Pace("a", 2, 3)
"""On a page whose script draws it anew: dead after six to eight seconds, the time that a camera and a network take."""
STILL = Pace("b", 20, 1)
"""On a page that loads itself again."""
PACES = {pace.mark: pace for pace in (LIVE, STILL)}


def draw(key: bytes, handle: str, pace: Pace, now: int) -> str:
    """The text of the frame of this moment (Unix seconds)."""
    moment = f"{pace.mark}{now // pace.seconds}"
    return f"{handle}.{moment}.{_seal(key, handle, moment)}"


def handle_of(frame: str) -> str:
    """Which handover a frame names; nothing is proved by that. Empty for what is no frame."""
    parts = frame.split(".")
    return parts[0] if len(parts) == PARTS else ""


def is_live(key: bytes, frame: str, now: int) -> bool:
    """Whether it was drawn here, just now."""
    handle, _, rest = frame.partition(".")
    moment, _, seal = rest.partition(".")
    pace, step = PACES.get(moment[:1]), moment[1:]
    if pace is None or not (step.isascii() and step.isdecimal() and len(step) <= LONGEST_STEP):
        return False
    right = hmac.compare_digest(_seal(key, handle, moment).encode(), seal.encode("utf-8", "replace"))
    return right and 0 <= now // pace.seconds - int(step) <= pace.grace


def _seal(key: bytes, handle: str, moment: str) -> str:
    mac = hmac.digest(key, f"{handle}.{moment}".encode("utf-8", "replace"), "sha256")[:SIZE]
    return urlsafe_b64encode(mac).decode().rstrip("=")
