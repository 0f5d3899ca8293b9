"""A citizen's passkey made of software."""

from idp.domain.authenticators import registry
from idp.journeys.provider import Provider
from tests.passkeys import SoftKey, decoded, encoded

__all__ = ["SoftPasskey", "decoded", "encoded"]


class SoftPasskey(SoftKey):
    """A credential that one person has added already."""

    def __init__(self, provider: Provider, person_id: str) -> None:
        super().__init__(provider.rp_id, provider.issuer, person_id)
        with provider.transaction() as tx:
            columns = {"credential_id": self.id, "verifier": encoded(self.cose_key())}
            registry.add(tx, person_id, registry.PASSKEY, "Soft passkey", **columns)
