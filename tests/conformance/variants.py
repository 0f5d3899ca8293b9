"""The variants of the FAPI 2.0 security plan: how its clients prove who they are, and what binds their tokens."""

from dataclasses import replace
from typing import Any, NamedTuple

from cryptography import x509

from tests.assertions import public
from tests.conformance.party import Party
from tests.holders import Authority, Holder, Key, self_signed


class Variant(NamedTuple):
    """A method of client authentication, and `dpop` or `certificate`."""

    method: str
    bound: str

    def __str__(self) -> str:
        return f"{self.method}+{self.bound}"

    @property
    def asserts(self) -> bool:
        """Whether its clients sign assertions; others show their certificates."""
        return self.method == "private_key_jwt"

    def certificate(self, authority: Authority, now: int, name: str) -> Holder | None:
        """What a client of this name shows; nothing if it proves everything by signatures."""
        if self.method == "tls_client_auth":
            return authority.issues(x509.DNSName(name))
        return None if self == PLAIN else self_signed(now)

    def registration(self, key: Key, certificate: Holder | None, name: str, *more: Key) -> dict[str, Any]:
        """What a client of this name registers, whose keys are these."""
        published: dict[str, dict[str, Any]] = {
            "private_key_jwt": {"jwks": public(key, *more)},
            "tls_client_auth": {"tls_client_auth_san_dns": name},
            "self_signed_tls_client_auth": {"jwks": certificate.jwks if certificate else None},
        }
        promise = "dpop_bound_access_tokens" if self.bound == "dpop" else "tls_client_certificate_bound_access_tokens"
        return {"token_endpoint_auth_method": self.method, promise: True, **published[self.method]}


PLAIN = Variant("private_key_jwt", "dpop")
VARIANTS = (
    PLAIN,
    Variant("private_key_jwt", "certificate"),
    Variant("tls_client_auth", "dpop"),
    Variant("tls_client_auth", "certificate"),
    Variant("self_signed_tls_client_auth", "certificate"),
)


def renewed(party: Party, authority: Authority) -> Party:
    """The same, with the certificate that follows the one it had."""
    assert party.certificate is not None
    name = party.client.metadata.tls_client_auth_san_dns
    if name:
        return replace(party, certificate=authority.issues(x509.DNSName(name)))
    return replace(party, certificate=self_signed(party.now(), key=party.certificate.key))


def thieves(party: Party, key: Key) -> list[Party]:
    """Who has the tokens of the party, and not what they are bound to; one of them has this other key."""
    if party.key is not None:
        return [replace(party, key=key), replace(party, key=None)]
    return [replace(party, certificate=self_signed(party.now())), replace(party, certificate=None)]
