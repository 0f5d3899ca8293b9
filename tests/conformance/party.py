"""A relying party as the conformance suite plays it: it asks, a person signs in through the pages, it redeems."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from idp.domain.clients.registry import Client
from idp.foundation.randomness import token
from tests.assertions import claims as claims_of
from tests.assertions import signed as asserted
from tests.builders import REDIRECT_URI, Citizen
from tests.holders import Holder, Key, a_proof, ath
from tests.holders import signed as sign
from tests.web.oidc.conftest import CHALLENGE, VERIFIER
from tests.web.pages import Window

ISSUER = "http://localhost"
TOKEN_ENDPOINT = f"{ISSUER}/oidc/token"
ALGORITHMS = ["RS256", "ES256"]
CERTIFICATE_HEADER = "X-SSL-Client-Cert"


@dataclass
class Party:
    """`http` is its back channel. It proves who it is by `secret`, by `signs` (private_key_jwt) or by `certificate`.

    With `key` it proves possession of that at each request (DPoP).
    """

    app: Flask
    client: Client
    person: Citizen
    now: Callable[[], int]
    secret: str = ""
    signs: Key | None = None
    key: Key | None = None
    certificate: Holder | None = None
    pushing: bool = False
    scope: str = "openid"
    redirect_uri: str = REDIRECT_URI
    http: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.app.test_client()

    # What it asks

    def request(self, **changes: Any) -> dict[str, Any]:
        """The parameters of an ordinary request; a change of None leaves one out."""
        asked = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": token(),
            "nonce": token(),
        }
        pkce = (
            {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} if self.client.metadata.require_pkce else {}
        )
        return {name: value for name, value in (asked | pkce | changes).items() if value is not None}

    def front(self, **changes: Any) -> str:
        """The address that carries a request through the browser."""
        return f"/oidc/authorize?{urlencode(self.request(**changes))}"

    def an_object(
        self, key: Key | None = None, alg: str = "ES256", *, claims: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """The request as an object that it signed (RFC 9101); `claims` are those about the object itself."""
        about = {"iss": self.client.id, "aud": ISSUER, "nbf": self.now(), "exp": self.now() + 300}
        said = self.request(**changes) | {k: v for k, v in (about | (claims or {})).items() if v is not None}
        by = key or self.signs
        assert by is not None
        return sign(by, alg, {"alg": alg, "kid": by.kid, "typ": "oauth-authz-req+jwt"}, said)

    def pushes(self, *, proof: str | None = None, signed: str | None = None, **changes: Any) -> TestResponse:
        """The request, over the back channel; signed if its profile says so, or the request object `signed`."""
        signing = self.client.metadata.signs_requests
        request = signed or (self.an_object(**changes) if signing else None)
        form = self.request(**changes) if request is None else {"request": request}
        return self.posts("/oidc/par", form, proof=proof)

    def address(self, **changes: Any) -> str:
        """Where it sends the browser."""
        return self.by_reference(self.pushes(**changes)) if self.pushing else self.front(**changes)

    def by_reference(self, pushed: TestResponse, **beside: str) -> str:
        assert pushed.status_code == 201, pushed.text
        named = {"client_id": self.client.id, "request_uri": pushed.json["request_uri"]}
        return f"/oidc/authorize?{urlencode(named | beside)}"

    # What the person does

    def window(self) -> Window:
        return Window.of(self.app)

    def signs_in(self, window: Window, address: str) -> dict[str, str]:
        """Follow the address, sign in and agree where that is asked for; what the service is told."""
        return self.continues(window.goes(address))

    def continues(self, window: Window) -> dict[str, str]:
        """The same from the page that the window shows."""
        if window.at.startswith("/signin/") and not window.at.endswith("/consent"):
            window.submits("/authenticate", username=self.person.username, password=self.person.password)
        if window.at.endswith("/consent"):
            window.submits("/consent")
        return self.told(window.at)

    def told(self, location: str) -> dict[str, str]:
        """What an answer says; of a signed answer (JARM) what is in it."""
        assert location.startswith(self.redirect_uri), location
        said = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return self.reads(said["response"]) if said.keys() == {"response"} else said

    def code(self, window: Window | None = None, **asks: Any) -> str:
        """A code, by way of the pages."""
        return self.signs_in(window or self.window(), self.address(**asks))["code"]

    # What it does then

    def posts(
        self, path: str, form: dict[str, Any], *, proof: str | None = None, identity: dict[str, Any] | None = None
    ) -> TestResponse:
        """Over the back channel, as itself unless `identity` says otherwise."""
        auth = (self.client.id, self.secret) if self.secret and identity is None else None
        proves = self.identity() if identity is None else identity
        headers = ([] if proof is None else [("DPoP", proof)]) + self._certified()
        return self.http.post(path, data=form | proves, auth=auth, headers=headers)

    def identity(self, **claims: object) -> dict[str, str]:
        """The parameters by which it proves who it is."""
        if self.signs is not None:
            return self.asserts(self.signs, **claims)
        return {} if self.secret else {"client_id": self.client.id}

    def asserts(self, key: Key, alg: str = "", **claims: object) -> dict[str, str]:
        """An assertion (RFC 7523) whose claims may be wrong."""
        audience = claims.pop("aud", ISSUER)
        alg = alg or ("RS256" if key.key_type == "RSA" else "")
        return asserted(claims_of(self.client.id, audience, self.now(), **claims), key, alg)

    def proof(self, key: Key | None = None, **members: Any) -> str | None:
        """A DPoP proof for the token endpoint, if it uses them."""
        by = key or self.key
        return None if by is None else a_proof(by, self.now(), **({"htm": "POST", "htu": TOKEN_ENDPOINT} | members))

    def redeems(self, code: str, *, proof: str | None = None, identity: dict[str, Any] | None = None, **changes: Any):
        kept = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        verifier = {"code_verifier": VERIFIER} if self.client.metadata.require_pkce else {}
        form = {name: value for name, value in (kept | verifier | changes).items() if value is not None}
        return self.posts("/oidc/token", form, proof=proof or self.proof(), identity=identity)

    def refreshes(self, refresh_token: str, *, proof: str | None = None) -> TestResponse:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.posts("/oidc/token", form, proof=proof or self.proof())

    def tokens(self, window: Window | None = None, **asks: Any) -> dict[str, Any]:
        """The token response of a whole sign-in."""
        answer = self.redeems(self.code(window, **asks))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json
        return told

    def userinfo(self, access_token: str, *, key: Key | None = None, scheme: str = "") -> TestResponse:
        """User information, with a proof if it uses them."""
        by = key or self.key
        scheme = scheme or ("Bearer" if by is None else "DPoP")
        proof = [] if by is None else [("DPoP", a_proof(by, self.now(), ath=ath(access_token)))]
        headers = [("Authorization", f"{scheme} {access_token}"), *proof, *self._certified()]
        return self.http.get("/oidc/userinfo", headers=headers)

    def reads(self, signed_by_us: str) -> dict[str, Any]:
        """The claims of what we signed, by our published keys."""
        keys = KeySet.import_key_set(self.http.get("/oidc/jwks").json)
        read = jwt.decode(signed_by_us, keys, algorithms=ALGORITHMS)
        assert read.header["kid"], read.header
        return dict(read.claims)

    def _certified(self) -> list[tuple[str, str]]:
        return [] if self.certificate is None else [(CERTIFICATE_HEADER, self.certificate.header)]


def asking(**members: object) -> str:
    """The `claims` parameter."""
    return json.dumps(members)
