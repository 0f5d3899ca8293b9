"""A developer's script that registers a service, for the tests of registration over the network."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.domain.clients import registrations, registry
from idp.domain.oversight.permissions import Role
from idp.journeys.clients.invite import invite
from idp.journeys.console import registrations as console
from idp.journeys.console.authority import Staff
from idp.journeys.provider import Provider
from idp.protocol.registration_policy import Policy

POLICY = Policy("Ministry of Finance", hosts=("agency.example",))
WISH = {
    "client_name": "Tax",
    "redirect_uris": ["https://agency.example/cb"],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid email",
}
MADE_HERE = ("client_secret_expires_at", "client_id_issued_at", "registration_access_token", "registration_client_uri")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Developer:
    """Somebody with an invitation. `told` is the last information about her client."""

    http: FlaskClient
    provider: Provider
    invitation: str
    told: dict[str, Any]

    def registers(self, **changes: object) -> TestResponse:
        """Send the metadata of WISH with these changes; None leaves a member out."""
        answer = self.http.post("/oidc/register", json=wish(changes), headers=bearer(self.invitation))
        self.told = answer.json if answer.status_code == 201 else self.told
        return answer

    def reads(self) -> TestResponse:
        return self.http.get(self.path, headers=bearer(self.token))

    def changes(self, **changes: object) -> TestResponse:
        """Send everything again, with these changes."""
        document = {**wish(changes), "client_id": changes.get("client_id", self.client_id)}
        return self.http.put(self.path, json=document, headers=bearer(self.token))

    def ends(self) -> TestResponse:
        return self.http.delete(self.path, headers=bearer(self.token))

    @property
    def client_id(self) -> str:
        return self.told["client_id"]

    @property
    def token(self) -> str:
        return self.told["registration_access_token"]

    @property
    def path(self) -> str:
        return f"/oidc/register/{self.client_id}"

    @property
    def record(self) -> registry.Client | None:
        """As it is in force."""
        with self.provider.reading() as connection:
            return registry.find(connection, self.client_id)

    @property
    def fingerprint(self) -> str:
        with self.provider.reading() as connection:
            found = registrations.find(connection, self.client_id)
        assert found is not None
        assert found.fingerprint is not None
        return found.fingerprint

    def is_approved(self, staff: Staff) -> None:
        console.approve(self.provider, staff, self.client_id, self.fingerprint)

    def is_refused(self, staff: Staff, reason: console.Reason, note: str = "") -> None:
        console.refuse(self.provider, staff, self.client_id, self.fingerprint, reason, note)


def wish(changes: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**WISH, **changes}.items() if value is not None}


def a_developer(http: FlaskClient, provider: Provider, policy: Policy = POLICY, uses: int = 1) -> Developer:
    return Developer(http, provider, invite(provider, policy, uses, 7)[1], {})


def an_administrator(person_id: str) -> Staff:
    return Staff(person_id, frozenset({Role.ADMINISTRATOR}))
