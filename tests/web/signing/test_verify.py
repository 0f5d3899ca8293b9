import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from idp.domain.signatures import pades
from idp.domain.signatures.authority import EmbeddedAuthority, create_authority
from idp.domain.signatures.names import Signer
from idp.domain.signatures.timestamp import EmbeddedTimestampAuthority
from tests.journeys.signing.conftest import PDF
from tests.web.signing.conftest import TOKEN

PATH = "/verify-signature"
ANNA = Signer("Anna Lindqvist", "Anna", "Lindqvist", "XA", "pseudonym")


@pytest.fixture
def signed(provider, clock) -> bytes:
    prepared = pades.prepare(PDF, ANNA, provider.certificates, clock.now)
    return pades.seal(prepared, PDF, provider.timestamps, clock.now, reason="I declare a birth")


def upload(client: FlaskClient, content: bytes | None, name: str = "any.pdf"):
    token = TOKEN.search(client.get(PATH).get_data(as_text=True)).group(1)
    files = {} if content is None else {"signed-file": FileStorage(io.BytesIO(content), name)}
    # Encoded here, because the test client would leave a large body's temporary file open.
    boundary, body = encode_multipart({"csrf_token": token, **files})
    return client.post(PATH, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def conclusions(answer) -> list[str]:
    return re.findall(r'data-conclusion="(\w+)"', answer.get_data(as_text=True))


def test_anybody_can_open_the_page_without_signing_in(client):
    page = client.get(PATH).get_data(as_text=True)
    assert 'id="signed-file"' in page
    assert 'id="verify-submit"' in page


def test_a_signed_file_is_valid_and_says_who_and_what_for(client, signed):
    answer = upload(client, signed)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, conclusions(answer)) == (200, ["valid"])
    assert "Anna Lindqvist" in page
    assert "I declare a birth" in page


def test_a_file_that_expired_certificates_signed_stays_valid(client, signed, clock):
    clock.advance(30 * 24 * 3600)
    assert conclusions(upload(client, signed)) == ["valid"]


def test_a_changed_file_is_not_valid(client, signed):
    place = len(PDF) // 2
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    assert "valid" not in conclusions(upload(client, changed))


def test_bytes_added_after_signing_are_noticed(client, signed):
    assert "valid" not in conclusions(upload(client, signed + b"\n% more\nstartxref\n0\n%%EOF\n"))


def test_a_signature_of_another_authority_is_not_vouched_for(client, clock):
    stranger = EmbeddedAuthority(create_authority(clock.now))
    prepared = pades.prepare(PDF, ANNA, stranger, clock.now)
    signed = pades.seal(prepared, PDF, EmbeddedTimestampAuthority(stranger), clock.now, reason="x")
    answer = upload(client, signed)
    assert conclusions(answer) == ["untrusted"]
    assert "Signer, as the file says" in answer.get_data(as_text=True)


def test_an_unsigned_file_is_said_to_be_unsigned(client):
    answer = upload(client, PDF)
    assert (answer.status_code, "The document is not signed" in answer.get_data(as_text=True)) == (200, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Choose a PDF file."),
        (b"", "Choose a PDF file."),
        (b"hello", "not a PDF document"),
        (b"%PDF-1.7 nothing more", "damaged"),
        (b"%PDF-" + b"0" * (20 * 1024 * 1024), "larger than 20 MB"),
    ],
    ids=["none", "empty", "text", "broken", "large"],
)
def test_a_file_that_cannot_be_checked_is_explained(client, content, words):
    answer = upload(client, content)
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True)


def test_nothing_that_a_file_says_becomes_part_of_the_page(client, provider, clock):
    names = Signer("<b id=x>Anna</b>", "Anna", "Lindqvist", "XA", "pseudonym")
    prepared = pades.prepare(PDF, names, provider.certificates, clock.now)
    signed = pades.seal(prepared, PDF, provider.timestamps, clock.now, reason="<script>1</script>")
    page = upload(client, signed).get_data(as_text=True)
    assert "<b id=x>" not in page
    assert "<script>1" not in page


def test_too_many_checks_from_one_address_are_asked_to_wait(client):
    token = TOKEN.search(client.get(PATH).get_data(as_text=True)).group(1)
    statuses = [
        client.post(PATH, data={"csrf_token": token, "signed-file": (io.BytesIO(PDF), "any.pdf")}).status_code
        for _ in range(61)
    ]
    assert (statuses[59], statuses[60]) == (200, 429)
