"""Registrations kept in memory for a few seconds, because every request of every protocol endpoint asks for one.

What it answers may be CACHE_SECONDS old, also in other processes: a suspension takes effect within that time.
"""

import logging
import threading

from idp.domain.clients import registry
from idp.domain.clients.registry import Client, Faulty
from idp.foundation.clock import monotonic
from idp.foundation.transaction import Store

CACHE_SECONDS = 2.0
CACHE_SIZE = 4096
SILENT_SECONDS = 600.0
"""For how long the log, having named a registration that is refused today, does not name it again."""

log = logging.getLogger(__name__)


class Directory:
    """A cache in front of the registry. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, tuple[float, Client]] = {}
        self._servers: dict[str, tuple[float, str]] = {}
        self._named: dict[str, float] = {}
        self._lock = threading.Lock()

    def find(self, client_id: str) -> Client | None:
        """The registration, or None; what is unknown, or refused by today's rules, is never cached."""
        kept = self._kept.get(client_id)
        if kept is not None and monotonic() - kept[0] < CACHE_SECONDS:
            return kept[1]
        with self._store.reading() as connection:
            found = registry.look(connection, client_id)
        if isinstance(found, Faulty):
            self._name(found)
            return None
        if found is not None:
            with self._lock:
                if len(self._kept) >= CACHE_SIZE:
                    self._kept.clear()
                self._kept[client_id] = (monotonic(), found)
        return found

    def knows(self, client_id: str) -> bool:
        """Whether it was found of late, which asks nobody: whoever is told no in no other way learns no more by it."""
        return client_id in self._kept

    def server_of(self, resource: str) -> Client | None:
        """The resource server that registered `resource` (RFC 8707); an unknown resource is never cached."""
        kept = self._servers.get(resource)
        if kept is not None and monotonic() - kept[0] < CACHE_SECONDS:
            return self.find(kept[1])
        with self._store.reading() as connection:
            client_id = registry.server_of(connection, resource)
        if client_id is None:
            return None
        with self._lock:
            if len(self._servers) >= CACHE_SIZE:
                self._servers.clear()
            self._servers[resource] = (monotonic(), client_id)
        return self.find(client_id)

    def _name(self, faulty: Faulty) -> None:
        """Once in a while only, because it may be asked for with every request."""
        now = monotonic()
        with self._lock:
            named_at = self._named.get(faulty.id)
            if named_at is not None and now - named_at < SILENT_SECONDS:
                return
            self._named[faulty.id] = now
        log.warning("client %s can do nothing: today's rules refuse it: %s", faulty.id, " ".join(faulty.faults))
