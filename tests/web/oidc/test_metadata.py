"""Provider metadata promises what this installation does, as its settings and its country pack switch it on."""

from dataclasses import replace

import pytest

from idp.app import LANGUAGES, create_app
from idp.config import ROOT
from tests.builders import a_client
from tests.makers import Maker

PLAIN = [f"urn:tessera:loa:{word}" for word in ("low", "substantial")]
HIGH, PHRH = "urn:tessera:loa:high", "phrh"
METADATA = "/.well-known/openid-configuration"
PACK = (ROOT / "theme.toml").read_text().replace('"theme/', f'"{ROOT}/theme/')


@pytest.fixture
def told(settings, clock):
    """What another application with other settings tells."""

    def told(**changes):
        app = create_app(replace(settings, **changes), clock)
        try:
            return app.test_client().get(METADATA).json
        finally:
            app.extensions["provider"].store.dispose()

    return told


@pytest.fixture
def a_pack(tmp_path):
    """Another country's pack: ours, changed."""

    def write(before="", after=""):
        assert before in PACK
        file = tmp_path / "theme.toml"
        file.write_text(PACK.replace(before, after))
        return file

    return write


def test_both_documents_are_one(client):
    assert client.get("/.well-known/oauth-authorization-server").json == client.get(METADATA).json


def test_the_legal_pages_are_named_and_open_to_all(client):
    told = client.get(METADATA).json
    assert told["op_policy_uri"] == "http://localhost/legal/privacy"
    assert told["op_tos_uri"] == "http://localhost/legal/terms"
    for name in ("op_policy_uri", "op_tos_uri"):
        assert client.get(told[name]).status_code == 200


def test_a_page_that_the_country_pack_does_not_link_is_not_named(told, a_pack):
    pack = told(theme=a_pack('"/legal/terms"', '"/legal/accessibility"'))
    assert "op_policy_uri" in pack
    assert "op_tos_uri" not in pack


def test_hardware_is_promised_only_where_a_maker_vouches_for_it(told, tmp_path):
    listed = Maker().listed
    assert told()["acr_values_supported"] == [*PLAIN, HIGH]
    assert told(attestation=listed(tmp_path))["acr_values_supported"] == [*PLAIN, HIGH, PHRH]
    assert told(attestation=listed(tmp_path, hardware=False))["acr_values_supported"] == [*PLAIN, HIGH]


def test_a_level_that_nobody_can_reach_is_not_promised(told, a_pack, tmp_path):
    strict = a_pack('high = "AAL2"', 'high = "AAL3"')
    assert told(theme=strict)["acr_values_supported"] == PLAIN
    assert told(theme=strict, attestation=Maker().listed(tmp_path))["acr_values_supported"] == [*PLAIN, HIGH, PHRH]


def test_pages_speak_the_languages_that_are_promised(client):
    assert client.get(METADATA).json["ui_locales_supported"] == [name.replace("_", "-") for name in LANGUAGES]
    for tag in LANGUAGES:
        page = client.get("/legal/terms", headers={"Accept-Language": tag.replace("_", "-")}).text
        assert f'lang="{tag.replace("_", "-")}"' in page


def test_every_scope_that_is_promised_can_be_granted(client, provider):
    assert client.get(METADATA).json["scopes_supported"][-1] == "signing"
    a_client(provider, client_id="archive", secret="s" * 32, grant_types=["client_credentials"], scope="signing")
    form = {"grant_type": "client_credentials", "scope": "signing"}
    assert client.post("/oidc/token", data=form, auth=("archive", "s" * 32)).json["scope"] == "signing"


def test_nothing_is_said_without_a_value(client):
    assert not [name for name, value in client.get(METADATA).json.items() if value in ([], "", None, {})]
