"""People and services to tell a test's story with, made the way an operator makes them."""

import json
from dataclasses import dataclass
from itertools import count

import pyotp
from sqlalchemy import select, update

from idp.domain.clients import registry
from idp.domain.clients.registry import Client
from idp.domain.clients.tables import clients
from idp.foundation.transaction import Store
from idp.journeys.people.admit import Newcomer, admit
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level

PASSWORD = "correct horse battery staple"
REDIRECT_URI = "https://agency.example/callback"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with a record, and what only they know and hold."""

    id: str
    username: str
    password: str
    totp_secret: str
    email: str

    def code(self, now: int) -> str:
        """What their authenticator app shows at `now`."""
        return pyotp.TOTP(self.totp_secret).at(now)


def a_citizen(
    provider: Provider,
    *,
    assurance: Level = Level.LOW,
    username: str | None = None,
    password: str = PASSWORD,
    totp: str = "",
    status: str = "active",
    roles: tuple[str, ...] = (),
    **claims: object,
) -> Citizen:
    """A new person with a proven e-mail address. `totp` is a Base32 secret; `claims` add to a name and a birth date."""
    number = next(_numbers)
    username = username or f"citizen{number}"
    email = str(claims.get("email", f"{username}@people.example"))
    everybody = {
        "name": f"Ann Citizen {number}",
        "given_name": "Ann",
        "family_name": f"Citizen {number}",
        "birthdate": "1990-05-17",
        "tax_number": f"4{number:08}",
        "national_identifier": f"1{number:010}",
        "email": email,
        "email_verified": True,
    }
    newcomer = Newcomer(username, password, totp, everybody | claims, assurance.word, status, "en", roles)
    person_id = admit(provider, newcomer)
    assert person_id is not None, f"{username} exists already"
    return Citizen(person_id, username, password, totp, email)


def a_client(provider: Provider, *, secret: str | None = "agency's secret", **metadata: object) -> Client:
    """A registered service with one redirect URI and, unless `secret` is None, that secret."""
    number = next(_numbers)
    document = {
        "client_id": f"agency{number}",
        "client_name": f"Agency {number}",
        "redirect_uris": [REDIRECT_URI],
        "scope": "openid profile email offline_access",
        "grant_types": ["authorization_code", "refresh_token"],
        "single_factor": True,
        **({} if secret is not None else {"token_endpoint_auth_method": "none"}),
        **metadata,
    }
    client_id = str(document["client_id"])
    digest = None if secret is None else registry.secret_digest(provider.client_secret_key, client_id, secret)
    signs = document.get("token_endpoint_auth_method") == "client_secret_jwt"
    sealed = registry.seal_secret(provider.client_secret_box, client_id, str(secret)) if signs else None
    with provider.transaction() as tx:
        return registry.register(tx, document, digest, "tests", sealed=sealed)


FAULT = "initiate_login_uri must be https."


def refused_today(store: Store, client_id: str) -> None:
    """As if a rule had come since it was registered, which says FAULT of it."""
    mine = clients.c.id == client_id
    with store.transaction() as tx:
        document = json.loads(tx.execute(select(clients.c.metadata).where(mine)).scalar_one())
        faulty = json.dumps(document | {"initiate_login_uri": "http://[::1]/"})
        tx.execute(update(clients).where(mine).values(metadata=faulty))
