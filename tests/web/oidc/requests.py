"""What a relying party sends to the authorization endpoint, by the front channel and by the back."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from tests.builders import REDIRECT_URI
from tests.web.oidc.conftest import CHALLENGE

AUTH = ("agency", "a-secret-of-the-agency")
ISSUER = "http://localhost"
KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "agency-1"})
ASKED = {
    "response_type": "code",
    "client_id": "agency",
    "redirect_uri": REDIRECT_URI,
    "scope": "openid",
    "state": "the state",
    "nonce": "the nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """An ordinary request; a change of None leaves a parameter out."""
    return {name: value for name, value in (ASKED | changes).items() if value is not None}


def push(client: FlaskClient, auth: tuple[str, str] | None = AUTH, **changes: str | None) -> TestResponse:
    """Send a request over the back channel."""
    return client.post("/oidc/par", data=changed(changes), auth=auth)


def pushed(client: FlaskClient, **changes: str | None) -> str:
    """The request_uri of a request that is accepted."""
    answer = push(client, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json["request_uri"])


def address(request_uri: str, client_id: str = "agency", **more: str) -> str:
    """Where the browser is sent with it."""
    return f"/oidc/authorize?{urlencode({'client_id': client_id, 'request_uri': request_uri, **more})}"


def signed(now: int, key: ECKey = KEY, **changes: Any) -> str:
    """A request object of the agency's, or of whoever has another key."""
    claims = changed({"iss": "agency", "aud": ISSUER, "nbf": now, "exp": now + 300, **changes})
    header = {"alg": "ES256", "kid": "agency-1", "typ": "oauth-authz-req+jwt"}
    return jws.serialize_compact(header, json.dumps(claims).encode(), key)


def told(answer: TestResponse) -> dict[str, str]:
    """What the service reads in the address that the browser is sent to."""
    assert answer.status_code == 303, answer.text
    assert answer.location.startswith(REDIRECT_URI), answer.location
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
