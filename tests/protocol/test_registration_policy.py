"""RFC 7591 section 3: an initial access token allows what it names, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import OAuthError
from idp.protocol.registration import READERS, parse_metadata
from idp.protocol.registration_policy import ADDRESSES, FREEDOMS, Policy, check, completed
from tests.protocol.builders import CALLBACK, EC, a_client

POLICY = Policy(
    "Ministry of Finance",
    profiles=("standard", "fapi2-security"),
    scopes=("openid", "profile", "tax_number"),
    hosts=("revenue.example.org",),
    details=("tax_return",),
)
EVIL = "https://evil.example/x"


def refusals(policy=POLICY, **members):
    request = {"redirect_uris": [CALLBACK], **members}
    client = parse_metadata({**completed(policy, request), "client_id": "abc"})
    try:
        check(policy, client)
    except OAuthError as error:
        assert error.code == "invalid_client_metadata"  # noqa: PT017 (either outcome is right)
        return error.reason
    return ""


def test_what_the_invitation_names_is_allowed():
    assert refusals(scope="openid tax_number", agreed_claims=["tax_number"], agency="Ministry of Finance") == ""


def test_what_is_left_out_is_filled_in_from_the_invitation():
    told = completed(POLICY, {"scope": None})
    assert told == {"profile": "standard", "agency": "Ministry of Finance", "scope": "openid profile"}


def test_no_number_of_the_state_is_filled_in():
    assert "tax_number" not in str(completed(POLICY, {})["scope"])


def test_a_program_of_its_own_gets_no_scope_of_people():
    assert "scope" not in completed(POLICY, {"grant_types": ["client_credentials"]})


def test_a_policy_survives_being_written_and_read():
    assert Policy.from_document(POLICY.document()) == POLICY


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("agency", "Ministry of Justice"),
        ("agency#ar", "وزارة العدل"),
        ("profile", "high-assurance"),
        ("scope", "openid national_id"),
        ("scope", "openid signing"),
        ("agreed_claims", ["national_identifier"]),
        ("authorization_details_types", ["payment"]),
    ],
)
def test_what_goes_beyond_the_invitation_is_refused_by_name(member, value):
    key = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [EC.as_dict(private=False)]}}
    es256 = {"id_token_signed_response_alg": "ES256", **key} if member == "profile" else {}
    assert member in refusals(**{member: value}, **es256)


def test_a_grant_that_is_not_in_the_invitation_is_refused():
    assert "grant_types goes beyond" in refusals(grant_types=["authorization_code", "client_credentials"])


@pytest.mark.parametrize("member", ADDRESSES)
def test_every_address_that_is_called_or_led_to_is_at_a_host_of_the_invitation(member):
    policy = replace(POLICY, freedoms=("resource_server",))
    several = isinstance(getattr(a_client(), member), tuple)
    client = replace(a_client(scope="openid", agency=POLICY.agency), **{member: (EVIL,) if several else EVIL})
    with pytest.raises(OAuthError, match=f"{member} goes beyond the invitation: evil.example"):
        check(policy, client)


@pytest.mark.parametrize("host", ["revenue.example.org.evil.example", "xrevenue.example.org", "localhost"])
def test_a_host_that_only_looks_like_one_of_the_invitation_is_another(host):
    scheme = "http" if host == "localhost" else "https"
    assert "redirect_uris goes beyond" in refusals(redirect_uris=[f"{scheme}://{host}/callback"])


def test_without_hosts_nothing_is_led_anywhere():
    assert "redirect_uris goes beyond" in refusals(replace(POLICY, hosts=()))


TAKEN = {
    "public_client": {"token_endpoint_auth_method": "none"},
    "public_subjects": {"subject_type": "public"},
    "no_pkce": {"require_pkce": False},
    "single_factor": {"single_factor": True},
    "signing": {"signing": True},
    "resource_server": {"resources": ["https://revenue.example.org/api"]},
}


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_a_freedom_is_taken_only_if_it_was_given(freedom):
    assert f"{FREEDOMS[freedom][0]} is not in the invitation." in refusals(**TAKEN[freedom])
    assert refusals(replace(POLICY, freedoms=(freedom,)), **TAKEN[freedom]) == ""


def test_offline_access_goes_with_its_grant():
    assert refusals(grant_types=["authorization_code", "refresh_token"], scope="openid offline_access") == ""


def test_everything_that_is_too_much_is_named_at_once():
    told = refusals(scope="openid national_id", signing=True, redirect_uris=[EVIL])
    assert all(word in told for word in ("national_id", "signing", "evil.example"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


WIDER = {
    "subject_type": "public",
    "single_factor": True,
    "require_pkce": False,
    "profile": "fapi2-message-signing",
    "redirect_uris": [EVIL],
    "scope": "openid phone",
    "agency": "Police",
}


@given(
    st.fixed_dictionaries({}, optional={name: st.just(value) for name, value in WIDER.items()}),
    st.dictionaries(st.sampled_from(sorted(READERS)), JSON, max_size=2),
)
def test_whatever_is_asked_nobody_gets_more_than_the_invitation_names(wider, odd):
    try:
        client = parse_metadata({"redirect_uris": [CALLBACK], **completed(POLICY, wider | odd), "client_id": "abc"})
        check(POLICY, client)
    except OAuthError as error:
        assert error.code in ("invalid_client_metadata", "invalid_redirect_uri")  # noqa: PT017 (either is right)
    else:
        assert not {name for name, value in WIDER.items() if client.document().get(name) == value}


@given(st.builds(Policy, st.text(), *[st.lists(st.text(max_size=5)).map(tuple)] * 3))
def test_a_policy_is_read_as_it_was_kept(policy):
    assert Policy.from_document(policy.document()) == policy
