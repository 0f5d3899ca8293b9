"""What clients sign to say that they are themselves: by a key of their own, or by a secret."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.foundation.randomness import token

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def claims(client_id: str, audience: object, now: int, **changes: object) -> dict[str, Any]:
    """A change of None leaves the claim out."""
    said = {"iss": client_id, "sub": client_id, "aud": audience, "exp": now + 60, "iat": now, "jti": token()} | changes
    return {name: value for name, value in said.items() if value is not None}


def signed(
    said: Mapping[str, object], key: ECKey | RSAKey | OKPKey | str, alg: str = "", **header: object
) -> dict[str, str]:
    """The two parameters of a request; `key` is a private key or a secret."""
    by: Any = OctKey.import_key(key) if isinstance(key, str) else key
    alg = alg or ("HS256" if isinstance(key, str) else "ES256")
    named = {"kid": by.kid} if by.kid else {}
    text = jwt.encode({"alg": alg, **named, **header}, dict(said), by, [alg])
    return {"client_assertion_type": TYPE, "client_assertion": text}


def public(*keys: ECKey | RSAKey | OKPKey) -> dict[str, object]:
    """The set that a client registers or publishes."""
    return {"keys": [key.as_dict(private=False) for key in keys]}
