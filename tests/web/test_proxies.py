from dataclasses import replace

import pytest
from flask import request

from idp.app import create_app

PROXY = "10.1.2.3"


@pytest.fixture
def visitor(settings, clock, database_url):
    """Asks whose address the provider sees; the network 10.0.0.0/8 is trusted."""
    app = create_app(replace(settings, trusted_proxies=("10.0.0.0/8",)), clock)
    app.add_url_rule("/address", view_func=lambda: request.remote_addr)

    def ask(peer, forwarded):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return app.test_client().get("/address", environ_base={"REMOTE_ADDR": peer}, headers=headers).text

    yield ask
    app.extensions["provider"].store.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        (PROXY, "203.0.113.9", "203.0.113.9"),
        (PROXY, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (PROXY, "203.0.113.9, 10.4.5.6", "203.0.113.9"),
        (PROXY, "", PROXY),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
    ids=["a proxy's word", "what a visitor made up before", "two proxies", "nothing said", "a stranger's word"],
)
def test_only_a_trusted_proxy_is_believed_about_addresses(visitor, peer, forwarded, seen):
    assert visitor(peer, forwarded) == seen
