"""Every form of signing in and of registering: none is obeyed that one of our own pages did not send."""

import re

import pytest

from idp.foundation.audit import log
from tests.builders import PASSWORD
from tests.web.pages import Window


def forms(app, login_id):
    """The address of every form of this room; of several that are one view, the first."""
    return [
        re.sub(r"<any\('?([\w-]+)[^>]*>", r"\1", str(rule)).replace("<login_id>", login_id)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith(("/signin/", "/register/")) and "POST" in rule.methods
    ]


def history(provider):
    with provider.reading() as connection:
        leaves = [leaf.id for leaf in log.search(connection, limit=500)]
        facts = connection.exec_driver_sql("SELECT facts, spent_at FROM logins ORDER BY id").all()
        return leaves, facts


@pytest.mark.parametrize("kind", ["missing", "empty", "another browser's", "another site's"])
def test_no_form_that_is_not_ours_is_obeyed(app, provider, at_sign_in, boris, kind):
    window, other = at_sign_in(), Window.of(app)
    other.client.set_cookie("browser", "a-secret-of-another-browser")
    tokens = {"missing": {}, "empty": {"csrf_token": ""}, "another browser's": {"csrf_token": other.token()}}
    values = tokens.get(kind, {"csrf_token": window.token()}) | {"username": "boris", "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "cross-site"} if kind == "another site's" else {}
    before = history(provider)
    addresses = forms(app, window.at.split("/")[2])
    assert len(addresses) >= 15
    for address in addresses:
        assert window.client.post(address, data=values, headers=headers).status_code == 403, address

    assert history(provider) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "x" * 400), ("username", "a\x07b"), ("password", "x" * 2000), ("password", "a\x00b")],
)
def test_what_no_browser_sends_is_refused_at_once_and_counts_as_no_try(provider, at_sign_in, boris, field, value):
    window = at_sign_in()
    before = history(provider)
    window.submits("/authenticate", **({"username": "boris", "password": PASSWORD} | {field: value}))

    assert window.status == 400
    assert "eference number" in window.page.words
    assert history(provider) == before


def test_a_field_that_is_sent_twice_is_refused(at_sign_in, boris):
    window = at_sign_in()
    form = window.page.form("/authenticate")
    values = {"csrf_token": form.values["csrf_token"], "username": ["boris", "anna"], "password": PASSWORD}

    assert window.client.post(form.action, data=values).status_code == 400
