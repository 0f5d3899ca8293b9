"""OpenID Connect Core 1.0 section 5.1, https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims: values.

Turns what is recorded of a person into the JSON types the standard gives its claims. A value that is missing is left
out, never null or empty (section 5.3.2). Left out: values with a language tag, and any guess at a name's parts.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

Attributes: TypeAlias = Mapping[str, object]
"""What is recorded, by claim name. `address` and `place_of_birth` are objects, or texts under `address.locality`."""

ADDRESS: Final = ("formatted", "street_address", "locality", "region", "postal_code", "country")  # section 5.1.1
PLACE_OF_BIRTH: Final = ("country", "region", "locality")  # Identity Assurance Claims section 4.1
NAME_PARTS: Final = ("given_name", "middle_name", "family_name")


def value_of(claim: str, attributes: Attributes) -> object | None:
    """The JSON value of `claim`; None if it is not recorded. A person with a single name has no `family_name`."""
    reader = _READERS.get(claim)
    return _text(attributes.get(claim)) if reader is None else reader(attributes)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _name(attributes: Attributes) -> str | None:
    parts = filter(None, (_text(attributes.get(part)) for part in NAME_PARTS))
    return _text(attributes.get("name")) or " ".join(parts) or None


def _object(claim: str, members: Sequence[str], attributes: Attributes) -> dict[str, str] | None:
    whole = attributes.get(claim)
    source = whole if isinstance(whole, Mapping) else {m: attributes.get(f"{claim}.{m}") for m in members}
    found = {member: text for member in members if (text := _text(source.get(member)))}
    return found or None


def _address(attributes: Attributes) -> dict[str, str] | None:
    address = _object("address", ADDRESS, attributes) or {}
    whole = _text(attributes.get("address"))
    lines = (
        address.get("street_address"),
        " ".join(filter(None, (address.get("postal_code"), address.get("locality")))),
        address.get("region"),
        address.get("country"),
    )
    formatted = address.get("formatted") or whole or "\n".join(filter(None, lines))
    return {"formatted": formatted, **address} if formatted else None


def _texts(claim: str, attributes: Attributes) -> list[str] | None:
    value = attributes.get(claim)
    values = [value] if isinstance(value, str) else value if isinstance(value, Sequence) else []
    return [text for text in values if _text(text)] or None


def _verified(claim: str, attributes: Attributes) -> bool | None:
    """Whether the address beside it was proved (anything but True is false); without the address there is no answer."""
    return attributes.get(f"{claim}_verified") is True if _text(attributes.get(claim)) else None


def _instant(claim: str, attributes: Attributes) -> int | None:
    value = attributes.get(claim)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_READERS: Final[Mapping[str, Callable[[Attributes], object | None]]] = {
    "name": _name,
    "address": _address,
    "place_of_birth": partial(_object, "place_of_birth", PLACE_OF_BIRTH),
    "nationalities": partial(_texts, "nationalities"),
    "email_verified": partial(_verified, "email"),
    "phone_number_verified": partial(_verified, "phone_number"),
    "updated_at": partial(_instant, "updated_at"),
}
