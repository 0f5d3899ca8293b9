"""Uploaded pictures: capped, decoded and drawn anew, so that nothing of the file but its pixels survives.

Re-encoding removes EXIF (with its GPS position), colour profiles, trailing bytes and every other format that a file
pretended to be. Call it outside any transaction: it takes up to a second.
"""

import hashlib
import threading
from dataclasses import dataclass
from io import BytesIO

from PIL import ExifTags, Image

from idp.foundation.refusal import Refusal

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = {"JPEG": 40_000_000, "PNG": 24_000_000, "WEBP": 12_500_000}
"""JPEG is scaled while it decodes; the others are held whole, WebP several times over: each stays near 200 MB."""
LONGEST_SIDE = 2400
QUALITY = 88
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF 2.32 tag 0x0112: what a camera held sideways says."""
SIGNATURES = {"JPEG": (0, b"\xff\xd8\xff"), "PNG": (0, b"\x89PNG\r\n\x1a\n"), "WEBP": (8, b"WEBPVP8")}

_one_at_a_time = threading.Semaphore(1)
"""Two at once would not fit beside the rest of a worker."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean JPEG; `sha256` of `content`, hexadecimal; sizes in pixels."""

    content: bytes
    width: int
    height: int
    sha256: str
    media_type: str = "image/jpeg"


def clean(content: bytes, shortest_side: int = 0) -> Picture:
    """The picture in an uploaded JPEG, PNG or WebP file, whatever its name says.

    Raises Refusal `proofing.image.empty`, `.too_big` (limit in bytes), `.not_an_image`, `.too_many_pixels` (limit),
    `.too_small` (limit: pixels of the shorter side) or `.damaged`.
    """
    kind = _kind(content)
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(content), formats=[kind]) as opened:
                _check_size(kind, opened.size, shortest_side)
                return _encoded(_upright(opened))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels(kind) from None
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
            # What Pillow raises for truncated and hostile files.
            raise Refusal("proofing.image.damaged", f"{kind} does not decode: {type(error).__name__}") from None


def _kind(content: bytes) -> str:
    if not content:
        raise Refusal("proofing.image.empty", "the file is empty")
    if len(content) > LARGEST_FILE:
        raise Refusal("proofing.image.too_big", f"more than {LARGEST_FILE} bytes", limit=LARGEST_FILE)
    for kind, (offset, signature) in SIGNATURES.items():
        if content.startswith(signature, offset):
            return kind
    raise Refusal("proofing.image.not_an_image", "neither JPEG nor PNG nor WebP")


def _check_size(kind: str, size: tuple[int, int], shortest_side: int) -> None:
    """By the file's header, before any pixel is decoded."""
    width, height = size
    if width * height > MOST_PIXELS[kind]:
        raise _too_many_pixels(kind)
    if min(width, height) < shortest_side:
        raise Refusal("proofing.image.too_small", f"{width} x {height} pixels", limit=shortest_side)


def _too_many_pixels(kind: str) -> Refusal:
    limit = MOST_PIXELS[kind]
    return Refusal("proofing.image.too_many_pixels", f"more than {limit} pixels", limit=limit)


def _upright(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    orientation = opened.getexif().get(ExifTags.Base.Orientation, 1)
    opaque = opened.convert("RGB")
    opaque.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    turn = TURNS.get(orientation)
    return opaque if turn is None else opaque.transpose(turn)


def _encoded(picture: Image.Image) -> Picture:
    # A fresh image, because `info` of the old one would be written again (comment, profile, EXIF).
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture)
    out = BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    content = out.getvalue()
    return Picture(content, *fresh.size, hashlib.sha256(content).hexdigest())
