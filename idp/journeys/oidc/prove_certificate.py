"""Whether a client is who it says it is, by its certificate (RFC 8705 section 2)."""

from functools import partial

from idp.domain.clients.registry import Client
from idp.journeys.oidc.client_keys import keys_that
from idp.journeys.oidc.prove_possession import Proofs
from idp.journeys.provider import Provider
from idp.protocol import mutual_tls
from idp.protocol.mutual_tls import ClientCertificate


def shows_issued_certificate(provider: Provider, proofs: Proofs, client: Client) -> bool:
    """tls_client_auth: from an authority that the operator named, with the name that the client registered."""
    certificate = _shown(provider, proofs)
    if certificate is None or provider.mutual_tls is None:
        return False
    authorities = provider.mutual_tls.authorities
    issued = mutual_tls.is_issued_by(certificate, authorities, provider.store.now())
    return issued and mutual_tls.names(certificate, client.metadata)


def shows_own_certificate(provider: Provider, proofs: Proofs, client: Client) -> bool:
    """self_signed_tls_client_auth: with a key that the client registered, or publishes by now (section 2.2)."""
    certificate = _shown(provider, proofs)
    if certificate is None:
        return False
    is_of = partial(mutual_tls.has_key_of, certificate)
    return is_of(keys_that(provider, client, is_of))


def _shown(provider: Provider, proofs: Proofs) -> ClientCertificate | None:
    return None if proofs.certificate is None else mutual_tls.read(proofs.certificate, provider.store.now())
