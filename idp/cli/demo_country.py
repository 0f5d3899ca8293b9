"""What the demo puts in place: two agencies with fresh secrets, and the people of demo/people.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from idp.config import ROOT
from idp.domain.clients import registry
from idp.foundation.randomness import token
from idp.journeys.people.admit import admit, read
from idp.journeys.provider import Provider

PEOPLE = ROOT / "demo" / "people.json"


@dataclass(frozen=True, slots=True)
class Agency:
    """One of the two demo agencies."""

    client_id: str
    title: str
    module: str
    port: int

    @property
    def address(self) -> str:
        """Its front page."""
        return f"http://localhost:{self.port}"


def agencies(port: int) -> tuple[Agency, Agency]:
    """They listen on the two ports after the provider's."""
    return (
        Agency("revenue", "Revenue Service", "demo.revenue.app:app", port + 1),
        Agency("registry", "Civil Registry", "demo.registry.app:app", port + 2),
    )


def people() -> list[dict[str, Any]]:
    """The entries of demo/people.json; `about` says who somebody is, the rest is for the import."""
    entries: list[dict[str, Any]] = json.loads(PEOPLE.read_text())
    return entries


def settle(provider: Provider, folder: Path, two: tuple[Agency, Agency]) -> dict[str, dict[str, str]]:
    """Register the agencies and admit the people; returns each agency's environment. Safe to repeat."""
    secrets = _secrets(folder)
    revenue, civil = two
    with provider.transaction() as tx:
        digest = registry.secret_digest(provider.client_secret_key, revenue.client_id, secrets["revenue"])
        registry.register(tx, _revenue(revenue), digest, "operator")
        registry.register(tx, _civil(civil, json.loads(secrets["registry_key"])), None, "operator")
    for entry in people():
        admit(provider, read({name: value for name, value in entry.items() if name != "about"}))
    key_file = folder / "registry-key.json"
    _write(key_file, secrets["registry_key"])
    shared = {"OIDC_ISSUER": provider.issuer, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    return {
        "revenue": shared
        | {"OIDC_CLIENT_ID": "revenue", "OIDC_CLIENT_SECRET": secrets["revenue"], "SESSION_KEY": secrets["session_1"]},
        "registry": shared
        | {"OIDC_CLIENT_ID": "registry", "OIDC_CLIENT_KEY_FILE": str(key_file), "SESSION_KEY": secrets["session_2"]},
    }


def _revenue(agency: Agency) -> Mapping[str, object]:
    return {
        "client_id": agency.client_id,
        "client_name": "Revenue Service",
        "client_name#ar": "مصلحة الإيرادات",
        "client_name#zh-Hant": "稅務局",
        "agency": "Revenue Service of Arcadia",
        "agency#ar": "مصلحة الإيرادات في أركاديا",
        "agency#zh-Hant": "阿卡迪亞稅務局",
        "purpose": "To show you your tax account.",
        "purpose#ar": "لعرض حسابك الضريبي.",
        "purpose#zh-Hant": "為您顯示您的稅務帳戶。",
        "redirect_uris": [f"{agency.address}/callback"],
        "post_logout_redirect_uris": [f"{agency.address}/"],
        "backchannel_logout_uri": f"{agency.address}/backchannel-logout",
        "backchannel_logout_session_required": True,
        "client_uri": f"{agency.address}/",
        "sector_identifier_uri": "https://revenue.arcadia.example/addresses.json",
        "scope": "openid profile tax_number",
        "authorization_details_types": ["tax_payment"],
    }


def _civil(agency: Agency, key: dict[str, Any]) -> Mapping[str, object]:
    public = ECKey.import_key(key).as_dict(private=False) | {"kid": "registry-1", "use": "sig", "alg": "ES256"}
    return {
        "client_id": agency.client_id,
        "client_name": "Civil Registry",
        "client_name#ar": "السجل المدني",
        "client_name#zh-Hant": "戶政局",
        "agency": "Civil Registry of Arcadia",
        "agency#ar": "السجل المدني في أركاديا",
        "agency#zh-Hant": "阿卡迪亞戶政局",
        "purpose": "To show your civil records and to register births.",
        "purpose#ar": "لعرض سجلاتك المدنية وتسجيل المواليد.",
        "purpose#zh-Hant": "為您顯示戶籍資料並辦理出生登記。",
        "redirect_uris": [f"{agency.address}/callback", f"{agency.address}/signed"],
        "post_logout_redirect_uris": [f"{agency.address}/"],
        "backchannel_logout_uri": f"{agency.address}/backchannel-logout",
        "backchannel_logout_session_required": True,
        "client_uri": f"{agency.address}/",
        "grant_types": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [public]},
        "id_token_signed_response_alg": "ES256",
        "sector_identifier_uri": "https://registry.arcadia.example/addresses.json",
        "scope": "openid profile national_id birth address signing",
        "signing": True,
    }


def _secrets(folder: Path) -> dict[str, str]:
    """Made once, on this machine: the demo ships no secret that opens anything but itself."""
    file = folder / "secrets.json"
    if not file.exists():
        key = ECKey.generate_key("P-256").as_dict(private=True) | {"kid": "registry-1"}
        made = {"revenue": token(), "session_1": token(), "session_2": token(), "registry_key": json.dumps(key)}
        _write(file, json.dumps(made))
    read_back: dict[str, str] = json.loads(file.read_text())
    return read_back


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
