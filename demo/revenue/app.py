"""A relying party as any agency would write it: Flask and Authlib's client, the provider known by its address only."""

import hmac
import os
import secrets
from threading import Lock
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, redirect, render_template, request, session, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ISSUER = os.environ["OIDC_ISSUER"]
SUBSTANTIAL = "urn:tessera:loa:substantial"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SESSION_KEY"], SESSION_COOKIE_NAME="revenue_session", SESSION_COOKIE_SAMESITE="Lax"
)
oauth = OAuth(app)
oauth.register(
    "idp",
    client_id=os.environ["OIDC_CLIENT_ID"],
    client_secret=os.environ["OIDC_CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile tax_number", "code_challenge_method": "S256"},
)

# One process serves the demo, so a set is enough to remember which of the provider's sessions have ended.
ended_sessions: set[str] = set()
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
def home() -> str:
    """The front page, and a taxpayer's page for who is signed in."""
    return render_template("revenue.html", person=_person(), returns=_returns(), allowed=session.get("allowed"))


@app.get("/sign-in")
def sign_in():  # type: ignore[no-untyped-def]
    """Off to the provider, in the language that the reader chose here, or else in her browser's."""
    claims = {"id_token": {"acr": {"essential": True, "values": [SUBSTANTIAL]}}}
    language = {"ui_locales": request.args["lang"]} if request.args.get("lang") else {}
    return oauth.idp.authorize_redirect(url_for("callback", _external=True), claims=_json(claims), **language)


@app.get("/pay")
def pay():  # type: ignore[no-untyped-def]
    """Ask the citizen at the provider to allow one payment (RFC 9396): it is said there in her language."""
    payment = {
        "type": "tax_payment",
        "amount": "87.50",
        "currency": "EUR",
        "identifier": "GR1601101250000000012300695",
        "reference": "2024",
    }
    language = {"ui_locales": request.args["lang"]} if request.args.get("lang") else {}
    address = url_for("callback", _external=True)
    return oauth.idp.authorize_redirect(address, authorization_details=_json([payment]), **language)


@app.get("/callback")
def callback():  # type: ignore[no-untyped-def]
    """Back from the provider."""
    try:
        token = oauth.idp.authorize_access_token()
    except OAuthError as error:
        return render_template(
            "revenue.html", person=_person(), returns=_returns(), error=error.error, description=error.description
        ), 200
    told = oauth.idp.userinfo(token=token)
    session.clear()
    session["person"] = {
        "name": told.get("name", "Unnamed taxpayer"),
        "tax_number": told.get("tax_number", "not on record"),
        "acr": token["userinfo"]["acr"].rsplit(":", 1)[-1],
        "sid": token["userinfo"]["sid"],
    }
    session["id_token"] = token["id_token"]
    session["allowed"] = [f"{one['amount']} {one['currency']}" for one in token.get("authorization_details", [])]
    return redirect(url_for("home"))


@app.post("/sign-out")
def sign_out():  # type: ignore[no-untyped-def]
    """End our session, then the provider's."""
    hint = session.pop("id_token", None)
    session.clear()
    metadata = oauth.idp.load_server_metadata()
    state = secrets.token_urlsafe(8)
    query = {"id_token_hint": hint, "post_logout_redirect_uri": url_for("home", _external=True), "state": state}
    return redirect(f"{metadata['end_session_endpoint']}?{_query(query)}", 303)


@app.post("/backchannel-logout")
def backchannel_logout():  # type: ignore[no-untyped-def]
    """The provider says that a session is over (OpenID Connect Back-Channel Logout 1.0)."""
    metadata = oauth.idp.load_server_metadata()
    keys = KeySet.import_key_set(oauth.idp.fetch_jwk_set())
    try:
        token = jwt.decode(request.form["logout_token"], keys, algorithms=["RS256", "ES256"])
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


def _person() -> dict[str, str] | None:
    person = session.get("person")
    with lock:
        over = person is not None and person["sid"] in ended_sessions
    if over:
        session.clear()
        return None
    return person


def _returns() -> list[dict[str, str]]:
    return [
        {"year": "2025", "state": "Assessed", "amount": "EUR 412.00 refunded"},
        {"year": "2024", "state": "Assessed", "amount": "EUR 87.50 due"},
    ]


def _json(document: object) -> str:
    return app.json.dumps(document)


def _query(parameters: dict[str, str | None]) -> str:
    return urlencode({name: value for name, value in parameters.items() if value})
