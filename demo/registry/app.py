"""A relying party that needs more: high assurance for one step, several attributes, and a signed form.

It proves itself with a key (private_key_jwt), and has its form signed through the provider's signing API.
"""

import base64
import datetime as dt
import hmac
import json
import os
import secrets
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from flask import Flask, abort, redirect, render_template, request, session, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from demo.registry.form import birth_form

ISSUER = os.environ["OIDC_ISSUER"]
HIGH = "urn:tessera:loa:high"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
SCOPE = "openid profile national_id birth address"
VERIFIED = {
    "verification": {"trust_framework": None, "assurance_level": None, "time": None},
    "claims": {"name": None, "birthdate": None, "national_identifier": None},
}
"""What an entry in the records needs to rest on (OpenID Connect for Identity Assurance 1.0)."""
HTTP_TIMEOUT = 10

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SESSION_KEY"], SESSION_COOKIE_NAME="registry_session", SESSION_COOKIE_SAMESITE="Lax"
)
oauth = OAuth(app)
oauth.register(
    "idp",
    client_id=os.environ["OIDC_CLIENT_ID"],
    client_secret=ECKey.import_key(json.loads(Path(os.environ["OIDC_CLIENT_KEY_FILE"]).read_text())),
    token_endpoint_auth_method="private_key_jwt",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
    client_auth_methods=[PrivateKeyJWT(f"{ISSUER}/oidc/token", alg="ES256")],
)

# One process serves the demo, so memory is enough for its records and for sessions that have ended.
ended_sessions: set[str] = set()
registrations: dict[str, dict[str, str]] = {}
lock = Lock()


@app.before_request
def refuse_forms_of_others() -> None:
    """Another site's page can send a form here, but cannot know the token in ours."""
    if request.method == "POST" and request.endpoint != "backchannel_logout":
        given, known = (source.get("form_token", "").encode() for source in (request.form, session))
        if not known or not hmac.compare_digest(given, known):
            abort(403)


@app.template_global()
def form_token() -> str:
    """What a form of ours carries."""
    return session.setdefault("form_token", secrets.token_urlsafe())


@app.get("/")
def home():  # type: ignore[no-untyped-def]
    """The front page, and a citizen's page for who is signed in."""
    return render_template("registry.html", person=_person(), registrations=_mine())


@app.get("/sign-in")
def sign_in():  # type: ignore[no-untyped-def]
    """Any citizen may look at her records; registering a birth asks for high assurance later."""
    session["lang"] = request.args.get("lang")
    return _authorize({})


@app.get("/births/new")
def new_birth():  # type: ignore[no-untyped-def]
    """The form, for who is known at high assurance; everybody else is sent to be verified."""
    person = _person()
    if person is None or person["acr"] != "high":
        session["afterwards"] = "new_birth"
        return _authorize({"id_token": {"acr": {"essential": True, "values": [HIGH]}}})
    return render_template("birth.html", person=person, errors={}, given={})


@app.post("/births")
def register_birth():  # type: ignore[no-untyped-def]
    """Fill in the form as a PDF and have it signed."""
    person = _person()
    if person is None or person["acr"] != "high":
        return redirect(url_for("new_birth"), 303)
    given = {name: request.form.get(name, "").strip() for name in ("child", "born_on", "place")}
    errors = _errors(given)
    if errors:
        return render_template("birth.html", person=person, errors=errors, given=given), 422
    document = birth_form(given, person)
    asked = {
        "document": base64.b64encode(document).decode(),
        "title": "Registration of a birth",
        "reason": "Registration of a birth with the Civil Registry of Arcadia",
        "return_uri": url_for("signed", _external=True),
    }
    answer = requests.post(f"{ISSUER}/api/signing/requests", json=asked, headers=_bearer(), timeout=HTTP_TIMEOUT)
    answer.raise_for_status()
    ceremony = answer.json()
    with lock:
        registrations[ceremony["id"]] = given | {"sub": person["sub"], "state": "waiting for signature"}
    session["signing"] = ceremony["id"]
    return redirect(ceremony["url"], 303)


@app.get("/signed")
def signed():  # type: ignore[no-untyped-def]
    """Back from the signature. What the browser says is a hint; the provider's answer counts."""
    number = session.get("signing", "")
    if number not in registrations:
        return redirect(url_for("home"))
    answer = requests.get(f"{ISSUER}/api/signing/requests/{number}", headers=_bearer(), timeout=HTTP_TIMEOUT)
    answer.raise_for_status()
    told = answer.json()
    with lock:
        registrations[number]["state"] = told["status"]
        registrations[number]["declined_because"] = told.get("decline_comment") or told.get("decline_reason", "")
    return redirect(url_for("home"))


@app.get("/births/<number>.pdf")
def signed_form(number: str):  # type: ignore[no-untyped-def]
    """The signed form, for the citizen whose registration it is."""
    person = _person()
    record = registrations.get(number)
    if person is None or record is None or record["sub"] != person["sub"] or record["state"] != "signed":
        abort(404)
    path = f"{ISSUER}/api/signing/requests/{number}/document"
    answer = requests.get(path, headers=_bearer(), timeout=HTTP_TIMEOUT)
    answer.raise_for_status()
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'attachment; filename="birth-{number}.pdf"'}
    return answer.content, 200, headers


@app.get("/callback")
def callback():  # type: ignore[no-untyped-def]
    """Back from the provider."""
    try:
        token = oauth.idp.authorize_access_token()
    except OAuthError as error:
        refused = {"error": error.error, "description": error.description}
        return render_template("registry.html", person=_person(), registrations=_mine(), **refused)
    told = oauth.idp.userinfo(token=token)
    afterwards, lang = session.get("afterwards", "home"), session.get("lang")
    session.clear()
    session["lang"] = lang
    session["person"] = {
        "sub": told["sub"],
        "name": told.get("name", "Unnamed citizen"),
        "national_identifier": told.get("national_identifier", "not on record"),
        "birthdate": told.get("birthdate", "not on record"),
        "address": (told.get("address") or {}).get("formatted", "not on record"),
        "verified": _verified(told.get("verified_claims")),
        "acr": token["userinfo"]["acr"].rsplit(":", 1)[-1],
        "sid": token["userinfo"]["sid"],
    }
    session["id_token"] = token["id_token"]
    return redirect(url_for(afterwards if afterwards == "new_birth" else "home"))


@app.post("/sign-out")
def sign_out():  # type: ignore[no-untyped-def]
    """End our session, then the provider's."""
    hint = session.pop("id_token", "")
    session.clear()
    metadata = oauth.idp.load_server_metadata()
    query = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": url_for("home", _external=True)})
    return redirect(f"{metadata['end_session_endpoint']}?{query}", 303)


@app.post("/backchannel-logout")
def backchannel_logout():  # type: ignore[no-untyped-def]
    """The provider says that a session is over (OpenID Connect Back-Channel Logout 1.0)."""
    metadata = oauth.idp.load_server_metadata()
    keys = KeySet.import_key_set(oauth.idp.fetch_jwk_set())
    try:
        token = jwt.decode(request.form["logout_token"], keys, algorithms=["ES256"])
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": oauth.idp.client_id},
            events={"essential": True},
        ).validate(token.claims)
    except (JoseError, ValueError, KeyError):
        abort(400)
    if LOGOUT_EVENT not in token.claims["events"] or "nonce" in token.claims:
        abort(400)
    with lock:
        ended_sessions.add(token.claims["sid"])
    return "", 204


def _authorize(claims: dict[str, object]):  # type: ignore[no-untyped-def]
    asked = json.dumps({"userinfo": {"verified_claims": VERIFIED}} | claims)
    language = {"ui_locales": session["lang"]} if session.get("lang") else {}
    return oauth.idp.authorize_redirect(url_for("callback", _external=True), claims=asked, **language)


def _verified(told: dict[str, Any] | None) -> str:
    """What was verified, under which rules, how well and when."""
    if told is None:
        return "nothing yet"
    by, names = told["verification"], ", ".join(sorted(told["claims"])).replace("_", " ")
    return f"{names} ({by['trust_framework']}, {by.get('assurance_level', '')}, {by.get('time', '')[:10]})"


def _bearer() -> dict[str, str]:
    """A token of our own for the signing API (client credentials)."""
    client = oauth.idp._get_oauth_client(**oauth.idp.load_server_metadata())  # noqa: SLF001 (Authlib offers no public way)
    token = client.fetch_token(f"{ISSUER}/oidc/token", grant_type="client_credentials", scope="signing")
    return {"Authorization": f"Bearer {token['access_token']}"}


def _person() -> dict[str, str] | None:
    person = session.get("person")
    with lock:
        over = person is not None and person["sid"] in ended_sessions
    if over:
        session.clear()
        return None
    return person


def _mine() -> dict[str, dict[str, str]]:
    person = _person()
    with lock:
        return {number: one for number, one in registrations.items() if person and one["sub"] == person["sub"]}


def _errors(given: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not given["child"]:
        errors["child"] = "Enter the child's name"
    if not given["place"]:
        errors["place"] = "Enter the place of birth"
    try:
        born = dt.date.fromisoformat(given["born_on"])
        if born > dt.datetime.now(tz=dt.UTC).date():
            errors["born_on"] = "The date of birth must not be in the future"
    except ValueError:
        errors["born_on"] = "Enter the date of birth"
    return errors
