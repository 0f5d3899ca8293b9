"""RFC 8705: what a client's certificate must be like."""

from base64 import b64encode
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from idp.protocol import mutual_tls
from idp.protocol.errors import OAuthError
from idp.protocol.jwk_set import public_keys
from tests.holders import Authority, self_signed
from tests.protocol.builders import EC, NOW, RSA, a_client

CA, OTHER_CA = Authority(NOW), Authority(NOW, "Another Root")
SUBJECT = "CN=agency,O=Arcadia,C=XA"
PRINTABLE = x509.name._ASN1Type.PrintableString  # noqa: SLF001 (what older authorities write)


def read(holder, now=NOW):
    return mutual_tls.read(holder.pem, now)


def registered(**name):
    return a_client(token_endpoint_auth_method="tls_client_auth", **name)


def issued(holder, authorities=(CA,), now=NOW):
    return mutual_tls.is_issued_by(read(holder), [one.certificate for one in authorities], now)


def test_a_certificate_is_known_by_its_thumbprint():
    holder = CA.issues()

    assert read(holder).thumbprint == holder.thumbprint
    assert len(holder.thumbprint) == 43


@pytest.mark.parametrize(
    "pem",
    ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", CA.issues().pem * 2, "é\0"],
    ids=["nothing", "nonsense", "an empty certificate", "two certificates", "odd octets"],
)
def test_what_is_not_one_certificate_is_refused(pem):
    with pytest.raises(OAuthError, match="cannot be read") as refusal:
        mutual_tls.read(pem, NOW)
    assert refusal.value.code == "invalid_request"


@pytest.mark.parametrize("days", [-183, 183])
def test_a_certificate_counts_within_its_time_only(days):
    with pytest.raises(OAuthError, match="expired, or is not valid yet"):
        read(CA.issues(), NOW + days * 24 * 3600)


def test_a_certificate_of_a_named_authority_is_issued():
    assert issued(CA.issues())
    assert issued(CA.issues(x509.DNSName("agency.example")), (OTHER_CA, CA))


def test_nobody_is_an_authority_unless_named():
    assert not issued(CA.issues(), ())
    assert not issued(OTHER_CA.issues())
    assert not issued(self_signed(NOW))


def test_an_authority_of_the_same_name_is_another_one():
    assert not issued(Authority(NOW).issues())


def test_a_certificate_for_servers_says_nothing_of_a_client():
    assert not issued(CA.issues(usage=ExtendedKeyUsageOID.SERVER_AUTH))


def test_a_certificate_of_an_authority_is_none_of_a_client():
    authority = x509.BasicConstraints(ca=True, path_length=None)

    assert not issued(CA.issues(extensions=((authority, True),)))


def test_an_extension_that_is_critical_and_unknown_is_refused():
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")

    assert issued(CA.issues(extensions=((unknown, False),)))
    assert not issued(CA.issues(extensions=((unknown, True),)))


def test_the_time_of_the_chain_is_ours():
    assert not issued(CA.issues(), now=NOW + 200 * 24 * 3600)


@pytest.mark.parametrize(
    "subject", [SUBJECT, "2.5.4.3=agency,2.5.4.10=Arcadia,2.5.4.6=XA", r"CN=\61gency,O=Arcadia,C=XA"]
)
def test_a_subject_is_compared_as_a_name_and_not_as_a_text(subject):
    assert mutual_tls.names(read(CA.issues()), registered(tls_client_auth_subject_dn=subject))


@pytest.mark.parametrize(
    "subject",
    ["CN=agency", "O=Arcadia,CN=agency,C=XA", "CN=Agency,O=Arcadia,C=XA", "CN=agency+O=Arcadia,C=XA", f"{SUBJECT},L=x"],
)
def test_another_subject_is_another_client(subject):
    assert not mutual_tls.names(read(CA.issues()), registered(tls_client_auth_subject_dn=subject))


def test_how_a_name_is_encoded_does_not_matter():
    printable = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "XA"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Arcadia", PRINTABLE),
            x509.NameAttribute(NameOID.COMMON_NAME, "agency"),
        ]
    )

    assert mutual_tls.names(read(CA.issues(subject=printable)), registered(tls_client_auth_subject_dn=SUBJECT))


ALTERNATIVES = {
    "dns": (x509.DNSName("Agency.example"), "agency.example", ["example", "x.agency.example", "*.example"]),
    "uri": (x509.UniformResourceIdentifier("urn:agency:1"), "urn:agency:1", ["urn:agency", "URN:agency:1"]),
    "ip": (x509.IPAddress(ip_address("2001:db8::7")), "2001:0db8:0::7", ["2001:db8::8", "10.0.0.1"]),
    "email": (x509.RFC822Name("it@agency.example"), "it@agency.example", ["agency.example", "x@agency.example"]),
}


@pytest.mark.parametrize("kind", ALTERNATIVES)
def test_an_alternative_name_is_compared_whole_and_with_its_own_kind(kind):
    name, right, wrong = ALTERNATIVES[kind]
    shown = read(CA.issues(name))

    assert mutual_tls.names(shown, registered(**{f"tls_client_auth_san_{kind}": right}))
    assert not [one for one in wrong if mutual_tls.names(shown, registered(**{f"tls_client_auth_san_{kind}": one}))]
    others = [other for other in ALTERNATIVES if other != kind]
    assert not [
        other
        for other in others
        if mutual_tls.names(shown, registered(**{f"tls_client_auth_san_{other}": ALTERNATIVES[other][1]}))
    ]


def test_a_wildcard_in_a_certificate_is_no_name():
    shown = read(CA.issues(x509.DNSName("*.example")))

    assert not mutual_tls.names(shown, registered(tls_client_auth_san_dns="agency.example"))


def test_a_subject_is_not_looked_for_among_the_alternative_names():
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agency.example")])

    assert not mutual_tls.names(read(CA.issues(subject=subject)), registered(tls_client_auth_san_dns="agency.example"))


def test_a_client_without_a_name_is_nobody():
    assert not mutual_tls.names(read(CA.issues()), a_client())


def test_a_certificate_of_ones_own_is_known_by_its_key():
    holder = self_signed(NOW)

    assert mutual_tls.has_key_of(read(holder), public_keys(holder.jwks))
    assert mutual_tls.has_key_of(read(holder), KeySet([RSA, EC, *public_keys(holder.jwks).keys]))


def test_another_key_or_none_at_all_is_not_enough():
    assert not mutual_tls.has_key_of(read(self_signed(NOW)), public_keys(self_signed(NOW).jwks))
    assert not mutual_tls.has_key_of(read(self_signed(NOW)), public_keys({"keys": []}))


def refusal_of(**members):
    with pytest.raises(OAuthError) as refusal:
        a_client(**members)
    return refusal.value.reason


@pytest.mark.parametrize(
    "names",
    [{}, {"tls_client_auth_subject_dn": SUBJECT, "tls_client_auth_san_dns": "agency.example"}],
    ids=["none", "two"],
)
def test_exactly_one_name_is_registered(names):
    assert "exactly one" in refusal_of(token_endpoint_auth_method="tls_client_auth", **names)


def test_a_name_without_its_method_is_refused():
    assert "tls_client_auth" in refusal_of(tls_client_auth_san_dns="agency.example")


@pytest.mark.parametrize(
    "names",
    [
        {"tls_client_auth_subject_dn": "agency"},
        {"tls_client_auth_subject_dn": "NICKNAME=agency"},
        {"tls_client_auth_subject_dn": "CN=agency,"},
        {"tls_client_auth_san_ip": "agency.example"},
        {"tls_client_auth_san_ip": "10.0.0.0/8"},
    ],
    ids=str,
)
def test_a_name_that_could_never_match_is_refused_when_registered(names):
    assert "tls_client_auth_" in refusal_of(token_endpoint_auth_method="tls_client_auth", **names)


def test_a_certificate_of_ones_own_needs_a_registered_key():
    assert "jwks is missing" in refusal_of(token_endpoint_auth_method="self_signed_tls_client_auth")
    assert a_client(token_endpoint_auth_method="self_signed_tls_client_auth", jwks=self_signed(NOW).jwks)


PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


def a_pem(octets):
    return PEM.format(b64encode(octets).decode())


ISSUED = CA.issues()
DER = ISSUED.certificate.public_bytes(Encoding.DER)
VERSION = DER.index(bytes.fromhex("a003020102")) + 4
SERIAL = VERSION + 3  # After its tag and its length.


@given(st.text(max_size=200) | st.text(max_size=200).map(PEM.format) | st.binary(max_size=200).map(a_pem))
def test_any_text_is_refused_and_nothing_else_happens(text):
    with pytest.raises(OAuthError) as refusal:
        mutual_tls.read(text, NOW)
    assert refusal.value.code == "invalid_request"


@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
@example(VERSION, 1)  # A version that there is not.
@example(SERIAL, 0xFF)  # A number below zero.
def test_a_certificate_that_was_changed_anywhere_is_another_one_or_none(place, octet):
    changed = DER[:place] + bytes([octet]) + DER[place + 1 :]
    try:
        found = mutual_tls.read(a_pem(changed), NOW)
        issued_still = mutual_tls.is_issued_by(found, [CA.certificate], NOW)
    except OAuthError as error:
        assert error.code == "invalid_request"  # noqa: PT017 (either outcome is right)
    else:
        assert (found.thumbprint == ISSUED.thumbprint) is (changed == DER) is issued_still


def test_a_name_that_is_written_as_a_string_of_bits_is_nobodys():
    place = DER.rindex(bytes.fromhex("550403")) + 3  # What kind of text the common name is.
    found = mutual_tls.read(a_pem(DER[:place] + b"\x03" + DER[place + 1 :]), NOW)

    assert not mutual_tls.names(found, registered(tls_client_auth_subject_dn="CN=agency.example"))


@given(st.text(max_size=40) | st.text('CNOU=,+\\#"<>; aé01', max_size=30))
def test_any_text_is_registered_as_a_name_or_refused_and_never_anybody_elses(text):
    try:
        client = registered(tls_client_auth_subject_dn=text)
    except OAuthError as error:
        assert error.code == "invalid_client_metadata"  # noqa: PT017 (either outcome is right)
    else:
        assert mutual_tls.is_distinguished_name(text)
        assert not mutual_tls.names(mutual_tls.read(ISSUED.pem, NOW), client)
