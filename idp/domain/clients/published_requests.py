"""Request objects that clients publish at an address of their own (`request_uri`), fetched when a browser brings it.

Whoever knows a client's name may bring one, so what its server hears of it is bounded, for all processes together: for
each address of the sender and for the client, in a minute; and a document that was asked for UNANSWERED times is left
alone for some seconds, unless one was answered meanwhile. All are counted before anything is sent.

A document whose SHA-256 stands in the fragment cannot change (OpenID Connect Core section 6.2): each process keeps a
copy of it for a while. Any other may be another one at any time (RFC 9101 section 5.2.1), and is fetched anew.
"""

import hashlib
import logging
import threading

from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.outbound import OutboundClient
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.protocol import request_object
from idp.protocol.errors import INVALID_REQUEST_URI, OAuthError

WINDOW_SECONDS = 60
FROM_EVERYWHERE = 10
"""How many times what one address may cause, all together may."""
UNANSWERED = Limit("request_uri unanswered", 5, 10)
KEPT_SECONDS = 300
"""After so long a copy is fetched anew, for a client that takes its request back."""
CACHE_SIZE = 128

log = logging.getLogger(__name__)


class PublishedRequests:
    """Thread-safe. `most` fetches are caused for each client by one address in a minute."""

    def __init__(self, store: Store, outbound: OutboundClient, most: int) -> None:
        self._store = store
        self._outbound = outbound
        self._of_sender = Limit("request_uri fetches", most, WINDOW_SECONDS)
        self._of_client = Limit("request_uri fetches of all", most * FROM_EVERYWHERE, WINDOW_SECONDS)
        self._kept: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()

    def find(self, client_id: str, uri: str, address: str) -> str:
        """The document at `uri`, one of the client's, for a sender at this network address.

        Call it outside any transaction: it may wait for the network. Raises OAuthError(invalid_request_uri) if it
        cannot be had or is not what its fragment says, Refusal("too_many_attempts", retry_after=seconds) if too many
        were asked for.
        """
        until, kept = self._kept.get(uri, (0, ""))
        if self._store.now() < until:
            return kept
        text = self._fetched(client_id, uri.partition("#")[0], address)
        request_object.check_hash(uri, text)
        if "#" in uri:
            self._keep(uri, text)
        return text

    def _fetched(self, client_id: str, url: str, address: str) -> str:
        self._count(client_id, url, address)
        try:
            body = self._outbound.get(url, "*/*").body
        except Refusal as error:
            log.warning("the request at %s cannot be had: %s", url, error)
            raise _out_of_reach() from error
        with self._store.transaction() as tx:
            limits.forget(tx, UNANSWERED, _digest(url))
        try:
            return body.decode()
        except UnicodeError as error:
            raise _out_of_reach() from error

    def _count(self, client_id: str, url: str, address: str) -> None:
        """Of the sender first: one that asks too often uses up nothing of what the others have."""
        with self._store.transaction() as tx:
            limits.take(tx, self._of_sender, _digest(f"{limits.network_of(address)}|{client_id}"))
            limits.take(tx, self._of_client, client_id)
            if limits.count(tx, UNANSWERED, _digest(url)) > UNANSWERED.most:
                why = "What stands at request_uri could not be fetched a moment ago. Try again in ten seconds."
                raise OAuthError(INVALID_REQUEST_URI, why)

    def _keep(self, uri: str, text: str) -> None:
        with self._lock:
            if uri not in self._kept and len(self._kept) >= CACHE_SIZE:
                del self._kept[next(iter(self._kept))]
            self._kept[uri] = (self._store.now() + KEPT_SECONDS, text)


def _out_of_reach() -> OAuthError:
    return OAuthError(INVALID_REQUEST_URI, "What stands at request_uri could not be fetched.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
