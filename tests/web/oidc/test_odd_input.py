"""What programs send and proxies hand over, whatever its octets are: a value, or the refusal that is documented."""

from datetime import UTC, datetime
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.journeys.oidc.prove_possession import Proofs
from idp.protocol import mutual_tls
from idp.protocol.errors import INVALID_REQUEST, INVALID_TOKEN, OAuthError
from idp.protocol.parameters import MOST_PARAMETERS
from idp.web.oidc.bearer import challenge, shown
from idp.web.oidc.certificate import HANDED_OVER, LARGEST, CertificateHeader, certificate
from idp.web.oidc.parameters import decoded
from tests.fixtures.storage import NOW
from tests.holders import self_signed

PROOFS = Proofs("GET", "http://localhost/oidc/userinfo")
PROXY = "192.0.2.1"
HEADER, NAME = "X-SSL-Client-Cert", "HTTP_X_SSL_CLIENT_CERT"
OCTETS = st.binary(max_size=200)
HEADERS = OCTETS.map(lambda octets: octets.decode("latin-1"))
"""As WSGI has them: one character for each octet (PEP 3333)."""
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
SCHEMES = st.sampled_from(["Bearer", "DPoP", "bearer", "dpop", "BEARER", "Basic", "", "bearer\t", "bearer:"])
HOLDER = self_signed(NOW)


def refused(error, code):
    """Either outcome is right; this is the one that is documented."""
    assert error.code == code


def well_said(challenged):
    assert challenged.startswith(("Bearer ", "DPoP "))
    assert challenged.isascii()
    assert challenged.isprintable()


# The Authorization header


@given(HEADERS | st.tuples(SCHEMES, HEADERS).map(" ".join))
def test_any_header_shows_a_token_under_a_scheme_or_is_refused_in_words(header):
    try:
        found = shown(header, PROOFS)
    except OAuthError as error:
        refused(error, INVALID_TOKEN)
        well_said(challenge(header, error))
    else:
        scheme, _, token = header.partition(" ")
        assert found.scheme in {"Bearer", "DPoP"}
        assert found.token
        assert (found.scheme.lower(), found.token, found.proofs) == (scheme.lower(), token, PROOFS)


@given(HEADERS)
def test_no_header_puts_a_line_into_the_answer(header):
    well_said(challenge(header, OAuthError(INVALID_TOKEN, "The access token is not valid."), 'scope="openid"'))


@given(st.sampled_from(["Bearer", "DPoP"]), st.text("abcXYZ019-._~+/=", min_size=1))
def test_every_token_of_the_right_form_is_shown_as_it_came(scheme, token):
    found = shown(f"{scheme} {token}", PROOFS)
    assert (found.scheme, found.token) == (scheme, token)


def test_no_header_is_no_mistake():
    with pytest.raises(OAuthError) as refusal:
        shown(None, PROOFS)
    assert (refusal.value.code, "absent" in refusal.value.facts) == (INVALID_TOKEN, True)


# The certificate


@given(HEADERS | st.text("%0aF-,\n=", max_size=60) | st.integers(0, 4).map(lambda more: "x" * (LARGEST - 2 + more)))
def test_whatever_a_proxy_hands_over_is_a_text_or_refused(value):
    try:
        pem = certificate({HANDED_OVER: value})
    except OAuthError as error:
        refused(error, INVALID_REQUEST)
        assert "," in value or len(value) > LARGEST
    else:
        assert "," not in value
        assert len(value) <= LARGEST
        assert isinstance(pem, str)


@given(HEADERS | OCTETS.map(quote))
def test_what_is_no_certificate_is_refused_when_it_is_read(value):
    try:
        mutual_tls.read(certificate({HANDED_OVER: value}) or "", NOW)
    except OAuthError as error:
        refused(error, INVALID_REQUEST)
    else:
        pytest.fail(f"a certificate: {value!r}")


@given(st.integers(0, len(HOLDER.header) - 1), st.integers(0, 255).map(chr))
def test_a_certificate_of_which_one_octet_changed_is_read_or_refused(at, other):
    spoiled = HOLDER.header[:at] + other + HOLDER.header[at + 1 :]
    try:
        read = mutual_tls.read(certificate({HANDED_OVER: spoiled}) or "", NOW)
    except OAuthError as error:
        refused(error, INVALID_REQUEST)
    else:
        assert read.x509.not_valid_before_utc <= datetime.fromtimestamp(NOW, UTC) <= read.x509.not_valid_after_utc


@given(TEXT)
def test_a_text_is_handed_over_as_it_was_encoded(text):
    assert certificate({HANDED_OVER: quote(text, safe="")}) == text


@given(HEADERS, HEADERS | st.ip_addresses().map(str))
def test_the_header_is_taken_from_everybody_and_believed_of_a_proxy(value, peer):
    environ = {NAME: value, "REMOTE_ADDR": peer}
    CertificateHeader(HEADER, (PROXY,)).take(environ)
    assert NAME not in environ
    believed = bool(value) and peer in {PROXY, f"::ffff:{PROXY}"}
    assert environ.get(HANDED_OVER) == (value if believed else None)


@given(HEADERS.filter(bool))
def test_a_proxy_is_known_by_both_forms_of_its_address(value):
    for peer in (PROXY, f"::ffff:{PROXY}"):
        environ = {NAME: value, "REMOTE_ADDR": peer}
        CertificateHeader(HEADER, (PROXY,)).take(environ)
        assert environ == {HANDED_OVER: value, "REMOTE_ADDR": peer}


# Parameters


@given(OCTETS | st.text("%0aFcé&;=+", max_size=60).map(str.encode))
def test_any_octets_are_pairs_of_texts_or_refused(octets):
    try:
        pairs = decoded(octets)
    except OAuthError as error:
        refused(error, INVALID_REQUEST)
    else:
        assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)
        assert decoded(urlencode(pairs).encode()) == pairs


@given(st.lists(st.tuples(TEXT, TEXT), max_size=MOST_PARAMETERS), st.sampled_from([quote, quote_plus]))
def test_what_is_read_is_what_was_encoded(pairs, way):
    assert decoded(urlencode(pairs, quote_via=way).encode()) == pairs


@given(st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=9))
def test_characters_that_were_not_escaped_are_read_too(pairs):
    plain = [(name, value) for name, value in pairs if not set("%&=+") & set(name + value)]
    assert decoded("&".join(f"{name}={value}" for name, value in plain).encode()) == plain


@given(TEXT, st.integers(1, 5))
def test_more_than_any_request_may_have_are_refused(text, more):
    sent = [(f"n{number}", text) for number in range(MOST_PARAMETERS + 1 + more)]
    with pytest.raises(OAuthError) as refusal:
        decoded(urlencode(sent).encode())
    refused(refusal.value, INVALID_REQUEST)
