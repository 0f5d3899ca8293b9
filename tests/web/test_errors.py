import pytest

from tests.web.oidc.conftest import app, client

__all__ = ["app", "client"]


@pytest.mark.parametrize(
    ("language", "advice"),
    [
        ("en", "<p>Check the address, or start again from the service you were using.</p>"),
        ("ar", "<p>تحقق من العنوان، أو ابدأ من جديد من الخدمة التي كنت تستخدمها.</p>"),
    ],
)
def test_a_page_that_is_not_there_says_what_to_do_in_one_sentence(client, language, advice):
    page = client.get("/nowhere", headers={"Accept-Language": language, "Accept": "text/html"})

    assert page.status_code == 404
    assert advice in page.text


def test_a_program_is_told_the_same_as_json(client):
    told = client.get("/oidc/nowhere", headers={"Accept": "application/json"}).json

    assert told["error"] == "http_404"
    assert told["reference"]
