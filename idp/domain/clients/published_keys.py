"""Key sets that clients publish at an address of their own (`jwks_uri`), fetched when needed and kept for a while.

They are public, so each process keeps its own copies in memory. A copy is renewed when its time is over, and earlier
for a key identifier that is not in it (OpenID Connect Core section 10.1.1), or for a certificate whose key is not (RFC
8705 section 2.2): by one caller at a time, and never more often than once in RETRY_SECONDS, whoever asks. While the
address does not answer, the copy is good for STALE_SECONDS longer, and the address is asked more and more seldom.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from joserfc.jwk import KeySet

from idp.foundation.clock import monotonic
from idp.foundation.outbound import LARGEST_ANSWER, OutboundClient
from idp.foundation.refusal import Refusal
from idp.protocol import jwk_set, strict_json

FRESH_SECONDS = 300
"""If the server says nothing; otherwise as long as it says, within the next two."""
SHORTEST_SECONDS = 60
LONGEST_SECONDS = 3600
STALE_SECONDS = 3600
RETRY_SECONDS = 10
MOST_DOUBLINGS = 5
WAIT_SECONDS = 2
"""How long a request waits for another one's fetch, if no copy will do."""
CACHE_SIZE = 4096
ACCEPT = "application/jwk-set+json, application/json"

log = logging.getLogger(__name__)

WillDo = Callable[[KeySet], bool]
"""Whether the key that somebody shows is among those of a set."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A copy, and when (by a clock that only counts) it is renewed, given up, and asked for again at the earliest."""

    keys: KeySet
    fresh_until: float
    usable_until: float
    next_try: float
    failures: int = 0

    def is_wanting(self, will_do: WillDo, now: float) -> bool:
        return now >= self.next_try and (now >= self.fresh_until or not will_do(self.keys))


_NOTHING = _Kept(KeySet([]), 0, 0, 0)


class PublishedKeys:
    """A cache in front of everybody's servers. Thread-safe."""

    def __init__(self, outbound: OutboundClient, clock: Callable[[], float] = monotonic) -> None:
        self._outbound = outbound
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def find(self, url: str, kid: str | None = None) -> KeySet:
        """The keys at `url`, newer than the copy if `kid` is not in it; none if they cannot be had.

        Call it outside any transaction: it may wait for the network.
        """
        return self.find_that(url, lambda keys: kid is None or any(key.kid == kid for key in keys))

    def find_that(self, url: str, will_do: WillDo) -> KeySet:
        """The same for who names no `kid`: newer than the copy if that will not do."""
        kept = self._kept.get(url, _NOTHING)
        now = self._clock()
        if kept.is_wanting(will_do, now):
            good_enough = now < kept.usable_until and will_do(kept.keys)
            with self._outbound.aside():  # Around the turn: nobody may stand in line for a place and keep one.
                kept = self._renewed(url, will_do, 0 if good_enough else WAIT_SECONDS)
        return kept.keys if self._clock() < kept.usable_until else _NOTHING.keys

    def _renewed(self, url: str, will_do: WillDo, patience: float) -> _Kept:
        with self._lock:
            turn = self._turns[url]
        if not turn.acquire(timeout=patience):
            return self._kept.get(url, _NOTHING)
        try:
            kept = self._kept.get(url, _NOTHING)  # Whoever waited for a turn may find the work done.
            if kept.is_wanting(will_do, self._clock()):
                kept = self._fetched(url, kept)
                self._keep(url, kept)
            return kept
        finally:
            turn.release()

    def _fetched(self, url: str, kept: _Kept) -> _Kept:
        try:
            found = self._outbound.get(url, ACCEPT)
            keys = jwk_set.usable_keys(strict_json.parse(found.body, largest=LARGEST_ANSWER))
        except (Refusal, ValueError) as error:
            log.warning("the keys at %s cannot be had: %s", url, error)
            wait = RETRY_SECONDS * 2 ** min(kept.failures, MOST_DOUBLINGS)
            return replace(kept, next_try=self._clock() + wait, failures=kept.failures + 1)
        age = FRESH_SECONDS if found.max_age is None else found.max_age
        now = self._clock()
        fresh_until = now + min(max(age, SHORTEST_SECONDS), LONGEST_SECONDS)
        return _Kept(keys, fresh_until, fresh_until + STALE_SECONDS, now + RETRY_SECONDS)

    def _keep(self, url: str, kept: _Kept) -> None:
        with self._lock:
            if url not in self._kept and len(self._kept) >= CACHE_SIZE:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._turns.pop(oldest, None)
            self._kept[url] = kept
