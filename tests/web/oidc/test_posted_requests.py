"""A form of another site posts the request, and a browser brings our cookies only by GET."""

from urllib.parse import parse_qs, urlsplit

from tests.web.oidc.conftest import authorize, posted


def asked(**changes):
    return {name: values[0] for name, values in parse_qs(urlsplit(authorize(**changes)).query).items()}


def test_who_is_signed_in_need_not_sign_in_again_when_the_request_is_posted(signed_in):
    answer = posted(signed_in, **asked(prompt="none"))

    assert "code=" in answer.location, answer.location


def test_who_is_not_signed_in_is_told_so(app, agency):
    assert "error=login_required" in posted(app.test_client(), **asked(prompt="none")).location


def test_every_parameter_comes_again_as_it_was(signed_in):
    told = posted(signed_in, **asked(state="ü&=+ %/\u202e", prompt="none")).location

    assert parse_qs(urlsplit(told).query)["state"] == ["ü&=+ %/\u202e"]


def test_a_parameter_that_may_be_repeated_comes_again_as_often(client, agency):
    wanted = ["https://a.example", "https://b.example"]
    first = client.post("/oidc/authorize", data=asked() | {"resource": wanted})

    assert parse_qs(urlsplit(first.location).query)["resource"] == wanted


def test_what_fits_no_address_is_answered_as_it_came_and_what_is_too_large_is_refused(client, agency):
    large = client.post("/oidc/authorize", data=asked(unknown="x" * 4_000, another="x" * 4_000))
    too_large = client.post("/oidc/authorize", data=asked(unknown="x" * 17_000))

    assert (large.status_code, (large.location or "").split("/")[1:2]) == (303, ["signin"])
    assert too_large.status_code == 400


def test_a_parameter_twice_is_refused_before_it_could_come_again(client, agency):
    answer = client.post("/oidc/authorize?state=other", data=asked())

    assert answer.status_code == 400
