import json

import pytest

from idp.domain.signatures import verification
from tests.builders import a_client
from tests.journeys.signing.conftest import PDF, SIGNING

CHALLENGE = 'Bearer, DPoP algs="ES256 PS256 RS256 Ed25519"'


def signed_by(walker, told):
    path = f"/sign/{told['id']}"
    walker.opens(path)
    walker.opens(f"{path}/authorise")
    assert walker.posts(f"{path}/authorise", code=walker.code()).status_code == 303


def test_a_request_is_answered_with_where_to_send_the_citizen(service, provider):
    answer = service.asks()
    told = answer.get_json()
    assert (answer.status_code, told["status"]) == (201, "awaiting")
    assert told["url"] == f"{provider.issuer}/sign/{told['id']}"
    assert answer.headers["Location"].endswith(f"/api/signing/requests/{told['id']}")
    assert told["expires_at"] - told["created_at"] == 7 * 24 * 3600


def test_the_service_follows_it_from_awaiting_to_signed_and_fetches_the_file(service, walker, provider, clock):
    told = service.asks().get_json()
    assert service.get(told["id"]).get_json()["status"] == "awaiting"
    walker.opens(f"/sign/{told['id']}")
    assert service.get(told["id"]).get_json()["status"] == "viewed"
    signed_by(walker, told)
    after = service.get(told["id"]).get_json()
    file = service.get(f"{told['id']}/document")
    assert (after["status"], after["signed_at"], after["sha256"]) == ("signed", clock.now, told["sha256"])
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert verification.verify(file.data, provider.certificates.roots, clock.now).valid


def test_the_same_key_is_answered_with_the_same_request(service):
    service.headers["Idempotency-Key"] = "order-7"
    assert service.asks().get_json() == service.asks().get_json()


def test_the_same_key_with_another_request_is_refused(service):
    service.headers["Idempotency-Key"] = "order-7"
    service.asks()
    answer = service.asks(title="Something else")
    assert (answer.status_code, answer.get_json()["error"]) == (422, "signatures.idempotency_key_reused")


def test_without_a_token_the_answer_says_what_to_send(app):
    answer = app.test_client().post("/api/signing/requests", json={})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, CHALLENGE)
    assert set(answer.get_json()) == {"error", "error_description", "reference"}


@pytest.mark.parametrize("token", ["", "nonsense", "tat_" + "A" * 43])
def test_a_wrong_token_is_refused_and_told_so(service, token):
    service.token = token
    answer = service.asks()
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


def test_a_token_for_something_else_is_forbidden(a_service, agency):
    answer = a_service(agency, scope="profile").asks()
    assert (answer.status_code, answer.get_json()["error"]) == (403, "insufficient_scope")
    assert 'scope="signing"' in answer.headers["WWW-Authenticate"]


def test_another_services_request_is_not_found(service, a_service, provider):
    told, other = service.asks().get_json(), a_service(a_client(provider, **SIGNING))
    answers = [other.get(told["id"]), other.get(f"{told['id']}/document"), other.delete(told["id"])]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert service.get(told["id"]).get_json()["status"] == "awaiting"


def test_a_request_can_be_taken_back_once(service, walker):
    told = service.asks().get_json()
    assert service.delete(told["id"]).status_code == 204
    assert service.delete(told["id"]).status_code == 409
    assert service.get(told["id"]).get_json()["status"] == "cancelled"
    assert walker.opens(f"/sign/{told['id']}").status_code == 403


def test_the_file_is_not_there_before_it_is_signed(service):
    told = service.asks().get_json()
    answer = service.get(f"{told['id']}/document")
    assert (answer.status_code, answer.get_json()["error"]) == (409, "signatures.not_signed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"document": None},
        {"document": "not base64!"},
        {"document": 7},
        {"title": None},
        {"title": ["Birth"]},
        {"reason": ""},
        {"return_uri": "https://evil.example/"},
        {"expires_in": "60"},
        {"expires_in": True},
        {"expires_in": -1},
        {"sub": 5},
    ],
    ids=str,
)
def test_bad_members_are_named_and_nothing_is_kept(service, wrong):
    answer = service.asks(**wrong)
    (name,) = wrong
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")
    assert name in answer.get_json()["error_description"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"title": "a", "title": "b"}', "application/json"),
        (b'{"expires_in": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"title=a", "application/x-www-form-urlencoded"),
        (b"{}", "text/plain"),
    ],
)
def test_a_body_that_is_not_strict_json_is_refused(service, body, kind):
    headers = {"Authorization": f"Bearer {service.token}"}
    answer = service.http.post("/api/signing/requests", data=body, content_type=kind, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_document_that_cannot_be_signed_safely_is_refused_with_the_reason(service):
    answer = service.asks(document="PGh0bWw+")
    assert (answer.status_code, answer.get_json()["error"]) == (422, "signatures.document.not_pdf")


def test_an_oversized_body_is_413_in_json(service):
    answer = service.asks(document="A" * (15 * 1024 * 1024))
    assert (answer.status_code, set(answer.get_json())) == (413, {"error", "error_description", "reference"})


def test_titles_in_any_script_come_through(service, walker):
    told = service.asks(title="تسجيل ولادة", reason="出生登記").get_json()
    walker.opens(f"/sign/{told['id']}")
    assert "تسجيل ولادة" in walker.page
    assert "出生登記" in walker.page


def test_what_a_service_is_told_holds_nothing_of_the_citizen_but_its_own_subject(service, walker, anna):
    told = service.asks().get_json()
    signed_by(walker, told)
    after = json.dumps(service.get(told["id"]).get_json())
    assert "Lindqvist" not in after
    assert anna.id not in after


def test_the_original_file_stands_unchanged_at_the_beginning_of_the_signed_one(service, walker):
    told = service.asks().get_json()
    signed_by(walker, told)
    assert service.get(f"{told['id']}/document").data.startswith(PDF)
