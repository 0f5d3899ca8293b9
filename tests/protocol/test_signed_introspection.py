"""RFC 9701: an introspection response that can be kept as evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import jose, signed_introspection
from tests.protocol.builders import EC, ISSUER, NOW

JWT = "application/token-introspection+jwt"


@pytest.mark.parametrize("accept", [JWT, f"application/json, {JWT};q=0.9", JWT.upper(), f"text/html,{JWT}"])
def test_who_accepts_a_signed_response_gets_one(accept):
    assert signed_introspection.is_wanted(accept, "")


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/jwt", f"{JWT}x"])
def test_nobody_else_does(accept):
    assert not signed_introspection.is_wanted(accept, "")


@pytest.mark.parametrize(("accept", "wanted"), [("", True), ("*/*", True), ("application/json", False), (JWT, True)])
def test_who_registered_for_it_gets_one_unless_it_insists_on_json(accept, wanted):
    assert signed_introspection.is_wanted(accept, "ES256") is wanted


def test_it_is_addressed_to_who_asked_and_cannot_pass_for_a_token():
    claims = signed_introspection.build(issuer=ISSUER, client_id="wages", now=NOW, response={"active": False})
    assert claims == {"iss": ISSUER, "aud": "wages", "iat": NOW, "token_introspection": {"active": False}}
    token = jose.sign(jose.INTROSPECTION, claims, EC, "ec", "ES256")
    assert jose.unverified(jose.INTROSPECTION, token)[0]["typ"] == "token-introspection+jwt"


@given(st.text(max_size=80) | st.text(f"{JWT},;q=01. */", max_size=80))
def test_any_header_is_a_wish_or_none_and_nothing_else_happens(accept):
    assert signed_introspection.is_wanted(accept, "") in (True, False)
    assert signed_introspection.is_wanted(f"{accept},{JWT}", "")
