"""RFC 7591 section 3 and RFC 7592 sections 2 and 3: what may stand in a request, and what goes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import OAuthError
from idp.protocol.registration import READERS, UNSUPPORTED
from idp.protocol.registration_request import MADE_HERE, Access, asked, asked_again, information, known
from tests.protocol.builders import metadata

WISH = {name: value for name, value in metadata().items() if name != "client_id"}
JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=5)) | st.just("abc")
ACCESS = Access("https://id.example.org/oidc/register/abc", "trg_x", 7)


def refusal_of(work, *arguments):
    with pytest.raises(OAuthError) as refusal:
        work(*arguments)
    return refusal.value


@pytest.mark.parametrize("name", ["client_id", "client_secret", *MADE_HERE])
def test_a_new_client_does_not_choose_what_we_make(name):
    refusal = refusal_of(asked, {**WISH, name: "chosen"})
    assert refusal.code == "invalid_client_metadata"
    assert name in refusal.reason


@pytest.mark.parametrize("name", MADE_HERE)
def test_a_change_does_not_hold_what_we_made(name):
    assert name in refusal_of(asked_again, {**WISH, "client_id": "abc", name: "x"}, "abc").reason


@pytest.mark.parametrize("client_id", ["other", "ABC", None, 7, ["abc"]])
def test_a_change_repeats_the_client_id(client_id):
    assert refusal_of(asked_again, {**WISH, "client_id": client_id}, "abc").code == "invalid_client_metadata"
    assert asked_again({**WISH, "client_id": "abc"}, "abc")["client_id"] == "abc"


def test_members_that_nobody_knows_are_dropped_so_that_they_never_come_to_mean_something():
    told = {**WISH, "client_name#ar": "ض", "purpose#ar": "ض", "agency#ar": "ض"}
    assert known({**told, "status": "active", "x_role": "admin", "logo_uri#ar": "ض", "signing#ar": True}) == told


def test_what_cannot_be_done_is_kept_so_that_it_is_refused():
    asks = dict.fromkeys(UNSUPPORTED, "RSA-OAEP-256")
    assert known({**WISH, **asks}) == {**WISH, **asks}


@given(st.dictionaries(st.text(max_size=12), st.integers(), max_size=5))
def test_whatever_is_sent_only_metadata_is_kept(document):
    tagged = {name for name in document if name.startswith(("client_name#", "agency#", "purpose#"))}
    assert set(known(document)) <= {*READERS, *UNSUPPORTED} | tagged


def test_a_secret_is_told_with_its_end_and_only_when_it_was_made():
    assert "client_secret" not in information(WISH, ACCESS, {})
    told = information(WISH, Access(ACCESS.uri, ACCESS.token, 7, secret="s"), {})
    assert (told["client_secret"], told["client_secret_expires_at"]) == ("s", 0)


def test_the_way_to_the_registration_is_always_told():
    told = information(WISH, ACCESS, {"status": "pending"})
    assert told["registration_client_uri"] == ACCESS.uri
    assert told["registration_access_token"] == "trg_x"
    assert (told["client_id_issued_at"], told["status"]) == (7, "pending")


def test_a_software_statement_goes_back_unmodified():
    assert information(WISH, Access("u", "t", 7, statement="e30.e30.x"), {})["software_statement"] == "e30.e30.x"


def test_a_software_statement_is_supported():
    assert "software_statement" not in UNSUPPORTED


@given(st.dictionaries(st.sampled_from(["client_id", "client_secret", "client_name#", "scope", *MADE_HERE]), JSON))
def test_any_document_is_kept_or_refused_and_nothing_else_happens(document):
    for work in (asked, lambda sent: asked_again(sent, "abc")):
        try:
            assert not set(MADE_HERE) & set(work(document))
        except OAuthError as error:
            assert error.code == "invalid_client_metadata"  # noqa: PT017 (either outcome is right)
