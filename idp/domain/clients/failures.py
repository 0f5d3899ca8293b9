"""Clients that fail to prove who they are: counted in the database, and refused from memory once they are too many.

Only a failure is counted, and only what is over is remembered, so that a client that proves itself pays a look into a
dictionary. A failure is one of a client at one address: strangers elsewhere lock nobody out. A process learns from its
own next failure what the others counted.
"""

import hashlib
import logging
import threading

from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store

WINDOW_SECONDS = 600
MOST_REMEMBERED = 4096

log = logging.getLogger(__name__)


class Failures:
    """Thread-safe. `most` may fail for each client and address in a window of ten minutes."""

    def __init__(self, store: Store, most: int) -> None:
        self._store = store
        self._limit = Limit("client authentications", most, WINDOW_SECONDS)
        self._over: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def check(self, client_id: str, address: str) -> None:
        """Raises Refusal("too_many_attempts", retry_after=seconds) while the window lasts that was filled."""
        if not self._over:  # Most often: then it costs nothing to know the network.
            return
        who = client_id, limits.network_of(address)
        until = self._over.get(who)
        if until is None:
            return
        left = until - self._store.now()
        if left > 0:
            raise Refusal("too_many_attempts", "authentication of this client failed too often", retry_after=left)
        with self._lock:
            self._over.pop(who, None)

    def count(self, client_id: str, address: str) -> None:
        """One more failure. Raises as `check` does if it is one too many."""
        now, network = self._store.now(), limits.network_of(address)
        try:
            with self._store.transaction() as tx:
                limits.take(tx, self._limit, _key(client_id, network))
        except Refusal:
            self._remember(client_id, network, now)
            raise

    def _remember(self, client_id: str, network: str, now: int) -> None:
        log.warning("client %.128r fails to authenticate too often and is refused for a while", client_id)
        with self._lock:
            if len(self._over) >= MOST_REMEMBERED:  # Who is forgotten is refused again after one more failure.
                self._over.clear()
            self._over[client_id, network] = now - now % WINDOW_SECONDS + WINDOW_SECONDS


def _key(client_id: str, network: str) -> str:
    """Of a fixed length, for a client_id that does not exist may be anything."""
    return hashlib.sha256(f"{network}|{client_id}".encode()).hexdigest()
