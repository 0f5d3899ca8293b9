"""What a service asks to be allowed (RFC 9396): said in plain words, asked each time anew, kept."""

import json

import pytest
from sqlalchemy import select

from idp.domain.grants.tables import grants
from idp.foundation.audit import log
from tests.builders import REDIRECT_URI, a_client
from tests.web.signin.conftest import VERIFIER, answered

SECRET = "a-secret-of-the-revenue-service"
IBAN = "GR1601101250000000012300695"
PAYMENT = {"type": "tax_payment", "amount": "87.50", "currency": "EUR", "identifier": IBAN}
WHOLE = PAYMENT | {"reference": "2024 <b>&</b>", "due": "2027-03-01", "actions": ["receipt", "refund"]}


@pytest.fixture
def revenue(provider):
    return a_client(
        provider,
        client_id="revenue",
        secret=SECRET,
        client_name="Revenue Service",
        authorization_details_types=["tax_payment"],
        scope="openid profile",
    )


def at_consent(window, citizen):
    return window.submits("/authenticate", username=citizen.username, password=citizen.password)


def details_of(provider):
    with provider.reading() as connection:
        contexts = connection.execute(select(grants.c.context).order_by(grants.c.code_expires_at)).scalars()
        return [json.loads(context)["details"] for context in contexts]


def test_every_member_is_shown_before_it_is_allowed(at_sign_in, boris):
    window = at_consent(at_sign_in(authorization_details=json.dumps([WHOLE])), boris)

    assert window.at.endswith("/consent")
    for said in (
        "Allow this for Revenue Service?",
        "Pay a tax from your bank account",
        "Amount 87.50",
        "Currency EUR",
        f"From the account {IBAN}",
        "Payment reference 2024 <b>&</b>",
        "Not before 1 March 2027",
        "Also send you a receipt, pay back into this account",
    ):
        assert said in window.page.words
    sentence = window.page.words.replace("\u2068", "").replace("\u2069", "")
    assert f"The service may take 87.50 EUR from the account {IBAN}, once." in sentence
    assert "<b>&</b>" not in window.response.text


def test_claims_are_shown_beside_what_is_to_be_done(at_sign_in, boris):
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT])), boris)

    assert "What it will receive" in window.page.words
    assert "Ann Citizen" in window.page.words


@pytest.mark.parametrize(
    ("language", "title"), [("ar", "دفع ضريبة من حسابك المصرفي"), ("zh-Hant", "從您的銀行帳戶繳稅")]
)
def test_it_is_said_in_the_readers_language(at_sign_in, boris, language, title):
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT]), ui_locales=language), boris)

    assert title in window.page.words
    assert "Pay a tax" not in window.page.words


def test_what_was_allowed_is_kept_with_the_authorization_and_the_audit_knows_only_its_type(provider, at_sign_in, boris):
    window = at_consent(at_sign_in(authorization_details=json.dumps([WHOLE])), boris).submits("/consent")
    assert "code" in answered(window)

    assert [json.loads(details) for details in details_of(provider)] == [[WHOLE]]
    with provider.reading() as connection:
        leaves = log.search(connection, about=boris.id, limit=100)
    allowed = next(leaf for leaf in leaves if leaf.name == "grants.details.allowed")
    assert allowed.facts == {"client": "revenue", "types": ["tax_payment"]}
    assert not any(IBAN in str(leaf.facts) or "87.50" in str(leaf.facts) for leaf in leaves)


def test_the_same_is_asked_again_each_time(provider, asked, at_sign_in, boris):
    address = asked(authorization_details=json.dumps([PAYMENT]))
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT])), boris).submits("/consent")
    assert "code" in answered(window)

    window.goes(address)
    assert window.at.endswith("/consent")
    assert "code" in answered(window.submits("/consent"))
    assert len(details_of(provider)) == 2


def test_a_plain_request_afterwards_needs_no_consent_and_carries_no_details(provider, asked, at_sign_in, boris):
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT])), boris).submits("/consent")
    assert "code" in answered(window.goes(asked()))
    assert sorted(bool(details) for details in details_of(provider)) == [False, True]


def test_nothing_is_allowed_without_a_page(provider, asked, at_sign_in, boris):
    """OpenID Connect Core section 3.1.2.6."""
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT])), boris).submits("/consent")
    window.goes(asked(authorization_details=json.dumps([PAYMENT]), prompt="none"))

    assert answered(window)["error"] == "consent_required"
    assert len(details_of(provider)) == 1


def test_declining_allows_nothing(provider, at_sign_in, boris):
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT])), boris).submits("/cancel")

    assert answered(window)["error"] == "access_denied"
    assert details_of(provider) == []


@pytest.mark.parametrize(
    "details",
    ["", "nonsense", "[]", [{"type": "unknown"}], [PAYMENT | {"amount": 5}], [PAYMENT | {"more": "x"}], [{}]],
    ids=str,
)
def test_details_that_do_not_fit_are_an_error_for_the_service(at_sign_in, details):
    """RFC 9396 section 5."""
    window = at_sign_in(authorization_details=details if isinstance(details, str) else json.dumps(details))
    if details == "":
        assert window.at.endswith("/authenticate")  # Sent without a value, so not sent at all (RFC 6749 section 3.1).
        return
    told = answered(window)
    assert (told["error"], told["state"]) == ("invalid_authorization_details", "st")


def test_a_service_without_the_type_cannot_ask_for_it(provider, at_sign_in, asked, boris):
    other = a_client(provider, client_id="other")
    window = at_sign_in().goes(asked(client_id=other.id, authorization_details=json.dumps([PAYMENT])))

    assert answered(window)["error"] == "invalid_authorization_details"


def redeemed(window, code):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    answer = window.client.post("/oidc/token", data=form, auth=("revenue", SECRET))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_service_reads_what_was_allowed_beside_its_token(at_sign_in, boris):
    """RFC 9396 section 7, and at each refresh as at first."""
    asks = {"authorization_details": json.dumps([WHOLE]), "scope": "openid offline_access"}
    window = at_consent(at_sign_in(**asks), boris).submits("/consent")
    first = redeemed(window, answered(window)["code"])
    assert first["authorization_details"] == [WHOLE]

    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert window.client.post("/oidc/token", data=form, auth=("revenue", SECRET)).json["authorization_details"] == [
        WHOLE
    ]


def test_who_asked_for_no_details_reads_of_none(at_sign_in, boris):
    window = at_consent(at_sign_in(), boris).submits("/consent")
    assert "authorization_details" not in redeemed(window, answered(window)["code"])


def test_details_stand_without_a_scope(provider, at_sign_in, boris):
    """RFC 9396 section 3: nothing about the person is told, and there is no ID token."""
    window = at_consent(at_sign_in(authorization_details=json.dumps([PAYMENT]), scope=""), boris)
    assert "It learns that you signed in, and nothing else about you." in window.page.words
    told = redeemed(window, answered(window.submits("/consent"))["code"])

    assert {"scope", "id_token"}.isdisjoint(told)
    assert told["authorization_details"] == [PAYMENT]


def test_what_may_be_asked_for_is_published(app, provider):
    """RFC 9396 section 10."""
    told = app.test_client().get("/.well-known/openid-configuration").json
    assert told["authorization_details_types_supported"] == list(provider.detail_types) == ["tax_payment"]
