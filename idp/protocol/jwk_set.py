"""RFC 7517, https://www.rfc-editor.org/rfc/rfc7517: the public keys a client registers, and those we publish.

A client's set holds public RSA (2,048 bits or more), P-256 and Ed25519 keys only. A set that is registered must be
without a fault; of one that is published at `jwks_uri`, what cannot be used is passed over (section 5). Left out:
certificates in keys (`x5c` is kept for who compares them, `x5u` is never fetched), encryption keys.
"""

import json
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

MOST_KEYS: Final = 10
MOST_PUBLISHED: Final = 50
SMALLEST_RSA: Final = 2048
LARGEST_RSA: Final = 8192
PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 section 6
KEY_TYPES: Final[Mapping[str, type[RSAKey | ECKey | OKPKey]]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
CURVES: Final = frozenset({"P-256", "Ed25519"})


def faults(document: object) -> list[str]:
    """Everything wrong with a client's JWK Set, each the rest of a sentence about it; empty if it may be registered."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        return [f"is not a JWK Set of 1 to {MOST_KEYS} keys"]
    found = [f"key {number} {fault}" for number, key in enumerate(keys, 1) if (fault := _fault(key))]
    identifiers = [key.get("kid") for key in keys if isinstance(key, Mapping)]
    if len(keys) > 1 and len(set(map(str, identifiers))) < len(keys):
        found.append("needs a different kid for each of several keys")
    return found


def public_keys(document: Mapping[str, Any]) -> KeySet:
    """The keys of a set that has no `faults`; made once, for a client shows itself by them in every request."""
    return _made(json.dumps(document["keys"]))


@lru_cache(maxsize=256)
def _made(keys: str) -> KeySet:
    return KeySet([_imported(key) for key in json.loads(keys)])


def usable_keys(document: object) -> KeySet:
    """The keys of a set that somebody else publishes, without those that we could not use (section 5).

    Of several keys with one `kid` none is used: which was meant is anybody's guess. Raises ValueError if that leaves
    nothing, or if `document` is no set or an absurdly large one.
    """
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list) or len(keys) > MOST_PUBLISHED:
        raise ValueError(f"it is not a JWK Set of at most {MOST_PUBLISHED} keys")
    good = [key for key in keys if _fault(key) is None]
    times = Counter(_name(key) for key in good)
    unique = [key for key in good if times[_name(key)] == 1]
    if not unique:
        raise ValueError("it holds no key that can be used")
    return public_keys({"keys": unique})


def _name(key: Mapping[str, Any]) -> str:
    return str(key.get("kid"))


def public_key(document: object) -> RSAKey | ECKey | OKPKey:
    """One key that came by itself. ValueError with the rest of a sentence about it, if it could not be registered."""
    key = _read(document)
    if isinstance(key, str):
        raise ValueError(key)  # noqa: TRY004 (of the right type, and no good)
    return key


def published(keys: Iterable[Key]) -> dict[str, object]:
    """The JWK Set document of our own `keys`: public members only, each with `kid`, `use` and `alg` if it has them."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def _fault(key: object) -> str | None:
    found = _read(key)
    return found if isinstance(found, str) else None


def _read(key: object) -> RSAKey | ECKey | OKPKey | str:
    """The key, or its fault."""
    if not isinstance(key, Mapping) or not all(isinstance(name, str) for name in key):
        return "is not an object"
    if str(key.get("kty")) not in KEY_TYPES:
        return "has a kty other than RSA, EC and OKP"
    if not PRIVATE_MEMBERS.isdisjoint(key):
        return "holds private members; register the public key, and replace this one, for it is no longer secret"
    if key.get("use", "sig") != "sig":
        return "is not for signatures (use)"
    return _read_material(key)


def _read_material(key: Mapping[str, Any]) -> RSAKey | ECKey | OKPKey | str:
    try:
        bits = _modulus_bits(key) if key["kty"] == "RSA" else SMALLEST_RSA
        if not SMALLEST_RSA <= bits <= LARGEST_RSA:
            return f"has {bits} bits; {SMALLEST_RSA} to {LARGEST_RSA} are allowed"
        imported = _imported(key)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return "cannot be read"
    return imported if str(key.get("crv", "P-256")) in CURVES else "is on another curve than P-256 and Ed25519"


def _modulus_bits(key: Mapping[str, Any]) -> int:
    """RFC 7518 section 6.3.1.1; judged before the key is built, for a huge one is costly."""
    modulus = str(key["n"])
    return int.from_bytes(urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))).bit_length()


def _imported(key: Mapping[str, Any]) -> RSAKey | ECKey | OKPKey:
    return KEY_TYPES[key["kty"]].import_key(dict(key))
