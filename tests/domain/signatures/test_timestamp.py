"""RFC 3161: what the embedded authority says in a time-stamp. OpenSSL judges its signature (tests/journeys/signing)."""

import hashlib

import pytest
from asn1crypto import tsp

from idp.domain.signatures.authority import POLICY, EmbeddedAuthority, create_authority
from idp.domain.signatures.timestamp import EmbeddedTimestampAuthority
from tests.fixtures.storage import NOW

IMPRINT = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(b"a signature").digest()}


@pytest.fixture(scope="module")
def authority():
    return EmbeddedTimestampAuthority(EmbeddedAuthority(create_authority(NOW - 60)))


def stamped(authority, **asked):
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": IMPRINT, **asked})
    answer = tsp.TimeStampResp.load(authority.answer(request.dump(), NOW))
    assert answer["status"]["status"].native == "granted"
    return answer["time_stamp_token"]["content"]


def test_it_says_what_was_stamped_when_by_whom_and_under_which_policy(authority):
    told = stamped(authority)["encap_content_info"]["content"].parsed

    assert told["message_imprint"].native == IMPRINT | {"hash_algorithm": {"algorithm": "sha256", "parameters": None}}
    assert told["gen_time"].native.timestamp() == NOW
    assert told["tsa"].chosen.native["common_name"] == "Tessera Time-stamps"
    assert told["policy"].native == POLICY.dotted_string


@pytest.mark.parametrize("nonce", [None, 81985529216486895])
def test_a_nonce_comes_back_and_none_where_none_was_sent(authority, nonce):
    asked = {} if nonce is None else {"nonce": nonce}

    assert stamped(authority, **asked)["encap_content_info"]["content"].parsed["nonce"].native == nonce


def test_no_two_stamps_have_one_number(authority):
    numbers = {stamped(authority)["encap_content_info"]["content"].parsed["serial_number"].native for _ in range(3)}

    assert len(numbers) == 3


def test_the_certificates_come_along(authority):
    held = [one.chosen.subject.native["common_name"] for one in stamped(authority)["certificates"]]

    assert sorted(held) == ["Tessera Root", "Tessera Time-stamps"]
