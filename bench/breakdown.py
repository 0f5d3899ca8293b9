"""What a flow costs in processor time, and which part of the house or which library spends it.

In process, on SQLite, one request after another, and only while a request of the flow is answered. The shares come from
a profiler, which makes many small calls dearer than they are; the costs are measured without it.
"""

import cProfile
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from joserfc.jwk import ECKey

from bench import house
from idp.app import create_app
from idp.config import ROOT, load
from idp.foundation.clock import system_clock
from tests.assertions import public
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.conformance.party import ISSUER, Party

WARM, COUNTED = 30, 200
LEAST = 0.01
"""Of the dearer flow's time: what takes less stands together in the last line."""
SECRET = "a-secret-of-the-one-that-is-measured"
LIBRARIES = {"flask": "Flask, Werkzeug", "werkzeug": "Flask, Werkzeug", "sqlalchemy": "SQLAlchemy"}
BUILT_IN = {"sqlite3": "SQLite", "_rust": "OpenSSL", "_hashlib": "OpenSSL", "_ssl": "OpenSSL", "orjson": "orjson"}

Shares = dict[str, float]


class _Watched:
    """Around the application: counts the time of its answers, under a profiler if there is one."""

    def __init__(self, app: Any, profile: cProfile.Profile | None) -> None:
        self._app = app
        self._profile = profile
        self.seconds = 0.0

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        began = time.process_time()
        if self._profile is not None:
            self._profile.enable()
        try:
            answer = self._app(environ, start_response)
            return [b"".join(answer)]
        finally:
            if self._profile is not None:
                self._profile.disable()
            self.seconds += time.process_time() - began


def measure(folder: Path) -> dict[str, tuple[float, Shares]]:
    """Of each flow: microseconds of processor time, and the share of each part."""
    folder.mkdir()
    app = create_app(load(house.prepared(folder, f"sqlite:///{folder}/tessera.db", ISSUER)))
    return {name: _of(app, flow(app)) for name, flow in FLOWS.items()}


def show(found: dict[str, tuple[float, Shares]]) -> None:
    """As a table, the dearest part first."""
    (_, plain), (_, pushed) = found.values()
    print(f"\n{'where the time goes':24}" + "".join(f"{name:>26}" for name in found))
    print(f"{'in process, SQLite':24}" + "".join(f"{cost:>17,.0f} us a flow" for cost, _ in found.values()))
    rest = {name: shares for name, shares in pushed.items() if shares < LEAST}
    for part in sorted(pushed.keys() - rest.keys(), key=lambda one: -pushed[one]):
        print(f"  {part:22}{plain.get(part, 0):>26.0%}{pushed[part]:>26.0%}")
    others = sum(share for part, share in plain.items() if part in rest or part not in pushed)
    print(f"  {'everything else':22}{others:>26.0%}{sum(rest.values()):>26.0%}")


def _of(app: Flask, flow: Callable[[], None]) -> tuple[float, Shares]:
    outside = app.wsgi_app
    for _ in range(WARM):
        flow()
    watched = app.wsgi_app = _Watched(outside, None)  # type: ignore[method-assign]
    for _ in range(COUNTED):
        flow()
    profile = cProfile.Profile(time.process_time)
    app.wsgi_app = _Watched(outside, profile)  # type: ignore[method-assign]
    for _ in range(COUNTED):
        flow()
    app.wsgi_app = outside  # type: ignore[method-assign]
    return watched.seconds / COUNTED * 1e6, _shares(profile)


def _shares(profile: cProfile.Profile) -> Shares:
    spent: Counter[str] = Counter()
    for entry in profile.getstats():
        spent[_part(entry.code)] += entry.inlinetime
    total = sum(spent.values())
    return {part: seconds / total for part, seconds in spent.items()}


def _part(code: CodeType | str) -> str:
    if isinstance(code, str):
        return next((name for sign, name in BUILT_IN.items() if sign in code), "Python's own functions")
    file = code.co_filename
    if file.startswith(f"{ROOT}/idp/"):
        return "/".join(file.removeprefix(f"{ROOT}/").split("/")[:2])
    if "/site-packages/" in file:
        library = file.partition("/site-packages/")[2].split("/")[0].removesuffix(".py")
        return LIBRARIES.get(library, library)
    return "Python's library"


def _plain(app: Flask) -> Callable[[], None]:
    return _flow(_party(app, secret=SECRET))


def _bank(app: Flask) -> Callable[[], None]:
    key = ECKey.generate_key("P-256", {"kid": "measured"})
    terms = {
        "profile": "fapi2-security",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": public(key),
        "grant_types": ["authorization_code"],
        "scope": "openid profile",
    }
    return _flow(_party(app, signs=key, key=key, pushing=True, **terms))


def _party(app: Flask, *, secret: str = "", **how: Any) -> Party:
    """Of somebody who has an account, with a client of the terms that are given."""
    provider = app.extensions["provider"]
    proving = {name: how.pop(name) for name in ("signs", "key", "pushing") if name in how}
    client = a_client(provider, secret=secret or None, id_token_signed_response_alg="ES256", **how)
    return Party(app, client, a_citizen(provider), system_clock, secret=secret, redirect_uri=REDIRECT_URI, **proving)


def _flow(party: Party) -> Callable[[], None]:
    """One after the other in the same window: she is signed in from the first on, and has agreed."""
    window = party.window()
    return lambda: _checked(party.tokens(window))


def _checked(told: dict[str, Any]) -> None:
    assert {"access_token", "id_token"} <= told.keys(), json.dumps(told)


FLOWS = {"code flow, live session": _plain, "PAR + DPoP + key": _bank}
