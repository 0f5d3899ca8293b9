"""Under which name somebody signs: the verified one, with a pseudonym that only the asking service can place."""

from typing import Final

from cryptography.x509.oid import NameOID
from sqlalchemy import Connection

from idp.domain.clients.registry import Client
from idp.domain.people import attributes
from idp.domain.signatures.names import Signer, subject
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.protocol.claim_values import NAME_PARTS, value_of

NAMES: Final = ("name", *NAME_PARTS)
BASE64: Final = str.maketrans("-_", "+/")
"""serialNumber is a PrintableString (RFC 5280 appendix A), which has no underscore: the subject in plain base64."""


def signer_of(connection: Connection, provider: Provider, client: Client, person_id: str) -> Signer:
    """The person as a signature for this service names them; a signed file spreads, so without national number."""
    held = attributes.read(connection, provider.vault, person_id, NAMES)
    name, given, family = (str(value_of(part, held) or "") for part in ("name", "given_name", "family_name"))
    pseudonym = subject_for(provider, client, person_id).translate(BASE64)
    return Signer(name, given, family, provider.country, pseudonym)


def printed_name(signer: Signer) -> str:
    """The name as the certificate will carry it. Raises Refusal("signatures.name")."""
    return str(subject(signer).get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
