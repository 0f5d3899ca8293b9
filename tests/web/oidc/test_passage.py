"""A browser that need do nothing passes at the door, and everything else meets a page as if there were no door."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from idp.domain.grants.tables import grants
from tests.builders import REDIRECT_URI
from tests.web.oidc.conftest import authorize


def issued(provider) -> int:
    with provider.reading() as connection:
        return connection.execute(select(func.count()).select_from(grants)).scalar_one()


def test_somebody_signed_in_passes_with_a_code(signed_in, provider):
    answer = signed_in.get(authorize())

    assert answer.status_code == 303
    assert answer.location.startswith(f"{REDIRECT_URI}?code=")
    told = parse_qs(urlsplit(answer.location).query)
    assert (told["state"], told["iss"]) == (["the state"], ["http://localhost"])
    assert issued(provider) == 1


def test_an_answer_at_the_door_is_as_guarded_as_a_page(signed_in):
    headers = signed_in.get(authorize()).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_nobody_passes_without_a_living_session(client, signed_in, provider, clock):
    assert urlsplit(client.get(authorize()).location).path.startswith("/signin/")

    clock.advance(provider.lifetimes.session_idle + 1)
    assert urlsplit(signed_in.get(authorize()).location).path.startswith("/signin/")
    assert issued(provider) == 0


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"scope": "openid email"}, {"max_age": "0"}])
def test_somebody_who_must_do_something_meets_a_page(signed_in, provider, changes):
    assert urlsplit(signed_in.get(authorize(**changes)).location).path.startswith("/signin/")
    assert issued(provider) == 0


@pytest.mark.parametrize("spelling", ["form_post", "form%5Fpost"])
def test_an_answer_by_form_is_a_page_and_one_code(signed_in, provider, spelling):
    answer = signed_in.get(authorize() + f"&response_mode={spelling}")

    assert answer.status_code == 200
    assert f'action="{REDIRECT_URI}"' in answer.text
    assert issued(provider) == 1


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "nobody"}, {"redirect_uri": f"{REDIRECT_URI}/"}, {"redirect_uri": "https://evil.example/"}],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(signed_in, changes):
    answer = signed_in.get(authorize(**changes))

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_parameter_said_twice_is_refused_here_and_not_redirected(signed_in):
    answer = signed_in.get(authorize() + "&state=another")

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_octets_that_are_no_text_are_refused(signed_in, provider):
    answer = signed_in.get(authorize() + "&nonce=%ff%fe")

    assert answer.status_code == 400
    assert issued(provider) == 0


def test_a_fault_in_the_request_is_told_to_the_client(signed_in):
    told = parse_qs(urlsplit(signed_in.get(authorize(response_type="token")).location).query)

    assert told["error"] == ["unsupported_response_type"]


def test_a_program_that_only_looks_gets_no_code(signed_in, provider):
    answer = signed_in.head(authorize())

    assert answer.status_code == 405
    assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"GET", "POST", "OPTIONS"}
    assert issued(provider) == 0
