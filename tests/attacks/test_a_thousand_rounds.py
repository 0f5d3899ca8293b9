"""What may be used once is used once, however many try at the same moment, in two processes, on both databases."""

from collections.abc import Callable

import pytest
from joserfc.jwk import ECKey

from idp.config import Settings
from idp.domain.clients.registry import Client
from idp.domain.grants import consents, grants
from idp.domain.grants.grants import Context, Parties
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.foundation.randomness import octets
from idp.journeys.oidc.push import push
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, mint
from idp.protocol.assurance import Strength
from tests.assertions import claims, signed
from tests.attacks.rivals import CHALLENGE, PUSHING, asked, successes
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.fixtures.storage import NOW
from tests.holders import a_proof

ROUNDS = 1000
KEY = ECKey.generate_key("P-256", {"kid": "one"})
SECRET = "a-secret-that-signs-0123456789-abcdef"
CONTEXT = Context(REDIRECT_URI, "openid", "n", CHALLENGE, None, "urn:tessera:loa:low", ("pwd",), NOW)


@pytest.fixture
def agency(provider: Provider, kind: str) -> Client:
    """A client with a key; or with a secret that signs, where that is what the rivals use."""
    if kind == "assertion_by_secret":
        return a_client(provider, secret=SECRET, token_endpoint_auth_method="client_secret_jwt", single_factor=True)
    keys = {"keys": [KEY.as_dict(private=False) | {"kid": "one"}]}
    return a_client(
        provider,
        secret=None,
        token_endpoint_auth_method="private_key_jwt",
        jwks=keys,
        id_token_signed_response_alg="ES256",
        single_factor=True,
    )


@pytest.fixture
def session(provider: Provider, agency: Client) -> tuple[str, Parties]:
    """The secret of Anna's browser, who needs do nothing, and who the parties of her grants are."""
    anna = a_citizen(provider)
    with provider.transaction() as tx:
        proved = Authenticated(anna.id, ("pwd",), Strength.TWO_FACTORS, tx.now)
        began, secret = browser.start(tx, proved, "Firefox", 3600)
        consents.give(tx, anna.id, agency.id, ["openid"])
    return secret, Parties(anna.id, agency.id, began.id)


def codes(provider: Provider, _agency: Client, parties: Parties) -> list[str]:
    made = [mint(Kind.CODE, octets(32)) for _ in range(ROUNDS)]
    with provider.transaction() as tx:
        for code in made:
            grants.open_grant(tx, code, parties, CONTEXT, offline=False, lifetime=3600, code_lifetime=60)
    return made


def refresh_tokens(provider: Provider, _agency: Client, parties: Parties) -> list[str]:
    made = [mint(Kind.REFRESH, octets(32)) for _ in range(ROUNDS)]
    with provider.transaction() as tx:
        for token in made:
            code = mint(Kind.CODE, octets(32))
            family = grants.open_grant(tx, code, parties, CONTEXT, offline=True, lifetime=3600, code_lifetime=60)
            grants.add_refresh_token(tx, token, family, tx.now + 3600)
    return made


def request_uris(provider: Provider, agency: Client, _parties: Parties) -> list[str]:
    return [str(push(provider, agency, asked(agency))["request_uri"]) for _ in range(ROUNDS)]


def assertions(provider: Provider, agency: Client, _parties: Parties) -> list[str]:
    return [_signed(provider, agency, KEY) for _ in range(ROUNDS)]


def assertions_by_secret(provider: Provider, agency: Client, _parties: Parties) -> list[str]:
    return [_signed(provider, agency, SECRET) for _ in range(ROUNDS)]


def _signed(provider: Provider, agency: Client, key: ECKey | str) -> str:
    return signed(claims(agency.id, provider.issuer, NOW), key)["client_assertion"]


def dpop_proofs(_provider: Provider, _agency: Client, _parties: Parties) -> list[str]:
    return [a_proof(KEY, NOW, htm="POST", htu=PUSHING) for _ in range(ROUNDS)]


MADE: dict[str, Callable[[Provider, Client, Parties], list[str]]] = {
    "code": codes,
    "refresh_token": refresh_tokens,
    "request_uri": request_uris,
    "assertion": assertions,
    "assertion_by_secret": assertions_by_secret,
    "dpop_proof": dpop_proofs,
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", MADE)
def test_of_twenty_rivals_one_succeeds_a_thousand_times(
    provider: Provider, settings: Settings, agency: Client, session: tuple[str, Parties], kind: str
) -> None:
    secret, parties = session
    things = MADE[kind](provider, agency, parties)
    assert successes(kind, settings, NOW, agency.id, secret, things) == [1] * ROUNDS
