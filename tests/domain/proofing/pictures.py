"""Pictures as phones, and as attackers, make them."""

from io import BytesIO

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112


def jpeg(picture: Image.Image, **options: object) -> bytes:
    """The bytes of a JPEG file."""
    out = BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


def encoded(picture: Image.Image, kind: str) -> bytes:
    """The bytes of a file of that kind."""
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def from_a_phone(width: int = 1200, height: int = 900, *, orientation: int = 1) -> bytes:
    """A photograph with a position, a camera's name, a comment and a turn in its EXIF."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(GPS).update({1: "N", 2: (37.0, 30.0, 0.0), 3: "E", 4: (22.0, 22.0, 0.0)})
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    return jpeg(picture, exif=exif, comment=b"SECRET-COMMENT")


def polyglot() -> bytes:
    """A photograph that is a web page as well."""
    return from_a_phone() + b"<html><script>alert(1)</script></html>"


def flood(kind: str = "PNG") -> bytes:
    """A small file of very many pixels."""
    return encoded(Image.new("1" if kind == "PNG" else "L", (12_000, 12_000)), kind)
