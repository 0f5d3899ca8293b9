import pytest

from idp.domain.clients import registry
from idp.domain.grants import grants
from idp.domain.signatures.ceremonies import Status
from idp.foundation.randomness import octets
from idp.foundation.refusal import Refusal
from idp.journeys.signing import agency as agencies
from idp.journeys.signing import collect
from idp.journeys.signing.prepare import LONGEST_LIFE
from idp.protocol.access_token import Kind, mint
from idp.protocol.errors import OAuthError
from tests.builders import a_client
from tests.journeys.account.hands import shown
from tests.journeys.signing.conftest import PDF, SIGNING


@pytest.fixture
def a_token(provider):
    def make(client_id, scope="signing", grant_id=None):
        token = mint(Kind.ACCESS, octets(32))
        with provider.transaction() as tx:
            grants.add_access_token(tx, token, client_id, scope, 900, grant_id)
        return token

    return make


def test_a_service_with_its_own_token_for_signing_is_known(provider, agency, a_token):
    assert agencies.authenticate(provider, shown(a_token(agency.id))).id == agency.id


def test_a_token_without_the_scope_is_not_enough(provider, agency, a_token):
    with pytest.raises(OAuthError, match="insufficient_scope"):
        agencies.authenticate(provider, shown(a_token(agency.id, scope="profile")))


def test_a_service_that_is_not_registered_for_signing_may_not_ask(provider, a_token):
    client = a_client(provider, **(SIGNING | {"signing": False}))
    with pytest.raises(OAuthError, match="insufficient_scope"):
        agencies.authenticate(provider, shown(a_token(client.id)))


def test_a_token_that_a_citizen_granted_does_not_ask_for_signatures(provider, agency, anna, a_token):
    context = grants.Context("https://agency.example/callback", "openid signing", None, None, None, "x", (), 0)
    with provider.transaction() as tx:
        parties = grants.Parties(anna.id, agency.id, "session")
        code = mint(Kind.CODE, octets(32))
        grant = grants.open_grant(tx, code, parties, context, offline=False, lifetime=900, code_lifetime=60)
    with pytest.raises(OAuthError, match="insufficient_scope"):
        agencies.authenticate(provider, shown(a_token(agency.id, grant_id=grant)))


def test_a_suspended_service_asks_for_nothing(provider, agency, a_token):
    token = a_token(agency.id)
    with provider.transaction() as tx:
        registry.set_status(tx, agency.id, registry.SUSPENDED, "operator", "fraud")
    with pytest.raises(OAuthError, match="invalid_token"):
        agencies.authenticate(provider, shown(token))


def test_an_expired_token_is_refused(provider, agency, a_token, clock):
    token = a_token(agency.id)
    clock.advance(900)
    with pytest.raises(OAuthError, match="invalid_token"):
        agencies.authenticate(provider, shown(token))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"return_uri": "https://agency.example/signed/"}, "return_uri"),
        ({"return_uri": "https://evil.example/signed"}, "return_uri"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "Bill\u202etxt.fdp"}, "title"),
        ({"reason": "line\nbreak"}, "reason"),
        ({"expires_in": 59}, "expires_in"),
        ({"expires_in": LONGEST_LIFE + 1}, "expires_in"),
        ({"sub": ""}, "sub"),
        ({"idempotency_key": "k" * 256}, "Idempotency-Key"),
    ],
)
def test_what_a_service_may_not_ask_is_named(desk, wrong, named):
    with pytest.raises(OAuthError) as refused:
        desk.asks(**wrong)
    assert (refused.value.code, named in refused.value.reason) == ("invalid_request", True)


def test_every_fault_is_named_at_once(desk):
    with pytest.raises(OAuthError) as refused:
        desk.asks(title="", reason="", return_uri="", expires_in=0)
    assert all(name in refused.value.reason for name in ("title", "reason", "return_uri", "expires_in"))


def test_something_that_is_no_pdf_is_refused_before_anything_is_kept(desk):
    with pytest.raises(Refusal, match=r"signatures\.document\.not_pdf"):
        desk.asks(b"<html>not a PDF</html>")


def test_a_document_with_a_script_is_refused(desk):
    scripted = PDF.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>")
    with pytest.raises(Refusal, match=r"signatures\.document"):
        desk.asks(scripted)


def test_another_services_ceremony_does_not_exist(provider, desk):
    ceremony, other = desk.asks(), a_client(provider, **SIGNING)
    for look in (collect.standing, collect.signed_document, collect.cancel):
        with pytest.raises(Refusal, match=r"signatures\.unknown"):
            look(provider, other, ceremony.id)


def test_a_service_can_take_its_request_back(provider, agency, desk):
    ceremony = desk.asks()
    collect.cancel(provider, agency, ceremony.id)
    assert collect.standing(provider, agency, ceremony.id).ceremony.status is Status.CANCELLED


def test_there_is_no_signed_document_before_somebody_signs(provider, agency, desk):
    with pytest.raises(Refusal, match=r"signatures\.not_signed"):
        collect.signed_document(provider, agency, desk.asks().id)
