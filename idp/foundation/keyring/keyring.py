"""Keys by purpose and state."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey
from sqlalchemy import RowMapping, select

from idp.foundation.clock import monotonic
from idp.foundation.keyring.inventory import Entry
from idp.foundation.keyring.port import Key, KeyStore, MissingKey
from idp.foundation.keyring.tables import keys
from idp.foundation.transaction import Store

SNAPSHOT_SECONDS = 5.0
PUBLISHED = ("next", "active", "retiring")


@dataclass(frozen=True, slots=True)
class Held:
    """A key, its state and its place."""

    kid: str
    purpose: str
    algorithm: str
    state: str
    key: Key

    @property
    def signing_key(self) -> ECKey | RSAKey | OKPKey:
        """The private key of a purpose that signs. TypeError for a symmetric one."""
        if isinstance(self.key, OctKey):
            raise TypeError(f"{self.purpose} does not sign")
        return self.key


@dataclass(frozen=True, slots=True)
class _Snapshot:
    taken: float
    active: Mapping[tuple[str, str], Held]
    published: Mapping[str, tuple[Held, ...]]
    jwks: bytes


class Keyring:
    """Gives keys; re-reads their states every few seconds, so that a rotation reaches every process."""

    def __init__(self, store: Store, key_store: KeyStore, inventory: Sequence[Entry]) -> None:
        self.inventory = inventory
        self.key_store = key_store
        self._store = store
        self._loaded: dict[str, Key] = {}
        self._snapshot: _Snapshot | None = None
        self._lock = threading.Lock()

    def signer(self, purpose: str, algorithm: str) -> Held:
        """The active key. Raises MissingKey if there is none."""
        held = self._now().active.get((purpose, algorithm))
        if held is None:
            raise MissingKey(f"no active {algorithm} key for {purpose}: run `idp db upgrade`")
        return held

    def published(self, purpose: str) -> KeySet:
        """Public keys that may have signed something still valid: next, active and retiring."""
        return KeySet([held.key for held in self._now().published.get(purpose, ())])

    def jwks(self) -> bytes:
        """The JWK Set document (RFC 7517 section 5) of the token keys, encoded once."""
        return self._now().jwks

    def secret(self, purpose: str) -> bytes:
        """The octets of the purpose's one symmetric key."""
        algorithm = next(entry.algorithm for entry in self.inventory if entry.purpose == purpose)
        return octets_of(self.signer(purpose, algorithm).key)

    def secrets(self, purpose: str) -> tuple[Mapping[str, bytes], str]:
        """Every symmetric key still in use for the purpose, and the identifier of the active one."""
        held = self._now().published[purpose]
        active = next(one.kid for one in held if one.state == "active")
        return {one.kid: octets_of(one.key) for one in held}, active

    def sign_note(self, note: bytes) -> tuple[str, bytes]:
        """Sign an audit checkpoint: (key identifier, Ed25519 signature)."""
        held = self.signer("audit", "Ed25519")
        private: Ed25519PrivateKey = held.key.private_key  # type: ignore[assignment]
        return held.kid, private.sign(note)

    def audit_keys(self) -> dict[str, Ed25519PublicKey]:
        """Every audit key there ever was, from the key store: the database's word is what is being checked."""
        with self._store.reading() as connection:
            kids = connection.execute(select(keys.c.kid).where(keys.c.purpose == "audit")).scalars().all()
        return {kid: self._load(kid).public_key for kid in kids}  # type: ignore[misc]

    def forget_snapshot(self) -> None:
        """Read states anew at the next use, after this process changed them."""
        self._snapshot = None

    def _now(self) -> _Snapshot:
        snapshot = self._snapshot
        if snapshot is None or monotonic() - snapshot.taken > SNAPSHOT_SECONDS:
            with self._lock:
                snapshot = self._snapshot = self._read()
        return snapshot

    def _read(self) -> _Snapshot:
        with self._store.reading() as connection:
            statement = select(keys).where(keys.c.state.in_(PUBLISHED)).order_by(keys.c.changed_at, keys.c.kid)
            rows = connection.execute(statement).mappings().all()
        held = [self._hold(row) for row in rows]
        published: dict[str, tuple[Held, ...]] = {}
        for one in held:
            published[one.purpose] = (*published.get(one.purpose, ()), one)
        active = {(one.purpose, one.algorithm): one for one in held if one.state == "active"}
        return _Snapshot(monotonic(), active, published, _jwks(rows))

    def _hold(self, row: RowMapping) -> Held:
        return Held(row["kid"], row["purpose"], row["algorithm"], row["state"], self._load(row["kid"]))

    def _load(self, kid: str) -> Key:
        if kid not in self._loaded:
            self._loaded[kid] = self.key_store.load(kid)
        return self._loaded[kid]


def octets_of(key: Key) -> bytes:
    """The raw octets of a symmetric key."""
    if not isinstance(key, OctKey):
        raise TypeError("not a symmetric key")
    return key.raw_value


def _jwks(rows: Sequence[RowMapping]) -> bytes:
    public = [json.loads(row["public_jwk"]) for row in rows if row["purpose"] == "tokens"]
    return json.dumps({"keys": public}, separators=(",", ":")).encode()
