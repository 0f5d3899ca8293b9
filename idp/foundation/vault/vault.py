"""Field-by-field encryption: AES-256-GCM (NIST SP 800-38D) under a data key per person.

A data key is wrapped by a key-encryption key. The associated data of a field names its table, column and
person, so a ciphertext moved elsewhere does not open.
"""

import hashlib
import hmac
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, insert, select

from idp.foundation.clock import monotonic
from idp.foundation.randomness import octets
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.tables import data_keys

VERSION = b"\x01"
NONCE = 12
CACHE_SECONDS = 30.0
CACHE_SIZE = 2048


class Vault:
    """Seals and opens personal data. Thread-safe."""

    def __init__(self, keks: Mapping[str, bytes], active_kek: str, index_key: bytes) -> None:
        self._keks = {kek_id: AESGCM(key) for kek_id, key in keks.items()}
        self._active = active_kek
        self._index_key = index_key
        self._cache: OrderedDict[str, tuple[float, AESGCM]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, tx: Tx, person_id: str) -> None:
        """Make the person's data key. Once, when the person's record is made."""
        key = octets(32)
        nonce = octets(NONCE)
        wrapped = nonce + self._keks[self._active].encrypt(nonce, key, _wrapping(person_id))
        row = {"person_id": person_id, "kek_id": self._active, "wrapped": wrapped, "created_at": tx.now}
        tx.execute(insert(data_keys), row)

    def erase(self, tx: Tx, person_id: str) -> None:
        """Destroy the person's data key: everything sealed for them is unreadable from the commit on."""
        tx.execute(delete(data_keys).where(data_keys.c.person_id == person_id))
        with self._lock:
            self._cache.pop(person_id, None)

    def seal(self, connection: Connection, person_id: str, table: str, column: str, value: str) -> bytes:
        """version ‖ nonce ‖ ciphertext of one field."""
        return self.seal_bytes(connection, person_id, table, column, value.encode())

    def open(self, connection: Connection, person_id: str, table: str, column: str, sealed: bytes) -> str:
        """The field's text. Raises Refusal("vault.unreadable") if it was moved, changed or erased."""
        return self.open_bytes(connection, person_id, table, column, sealed).decode()

    def seal_bytes(self, connection: Connection, person_id: str, table: str, column: str, value: bytes) -> bytes:
        """As `seal`, for files such as a portrait."""
        nonce = octets(NONCE)
        cipher = self._cipher(connection, person_id)
        return VERSION + nonce + cipher.encrypt(nonce, value, _field(table, column, person_id))

    def open_bytes(self, connection: Connection, person_id: str, table: str, column: str, sealed: bytes) -> bytes:
        """As `open`, for files."""
        cipher = self._cipher(connection, person_id)
        if sealed[:1] != VERSION:
            raise Refusal("vault.unreadable", f"{table}.{column} is in no format that is known here")
        try:
            return cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], _field(table, column, person_id))
        except (InvalidTag, ValueError):
            raise Refusal("vault.unreadable", f"{table}.{column} does not open") from None

    def blind(self, column: str, value: str) -> str:
        """As `index`, of a value without a normal form of its own: width, case and surrounding space do not count."""
        return self.index(column, unicodedata.normalize("NFKC", value).strip().casefold())

    def index(self, column: str, normal: str) -> str:
        """The blind index of a value in its normal form: look up by equality without reading.

        HMAC-SHA-256, 128 bits, hexadecimal.
        """
        return hmac.digest(self._index_key, f"{column}|{normal}".encode(), hashlib.sha256)[:16].hex()

    def _cipher(self, connection: Connection, person_id: str) -> AESGCM:
        now = monotonic()
        kept = self._cache.get(person_id)
        if kept is not None and now - kept[0] < CACHE_SECONDS:
            return kept[1]
        cipher = AESGCM(self._unwrap(connection, person_id))
        with self._lock:
            self._cache[person_id] = (now, cipher)
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
        return cipher

    def _unwrap(self, connection: Connection, person_id: str) -> bytes:
        row = connection.execute(select(data_keys).where(data_keys.c.person_id == person_id)).mappings().one_or_none()
        if row is None:
            raise Refusal("vault.erased", "this person's data key was destroyed or never made")
        kek = self._keks.get(row["kek_id"])
        if kek is None:
            raise Refusal("vault.unreadable", f"key-encryption key {row['kek_id']} is not in the key store")
        wrapped: bytes = row["wrapped"]
        try:
            return kek.decrypt(wrapped[:NONCE], wrapped[NONCE:], _wrapping(person_id))
        except (InvalidTag, ValueError):
            raise Refusal("vault.unreadable", "the person's data key does not open") from None


def _field(table: str, column: str, person_id: str) -> bytes:
    return f"field|{table}|{column}|{person_id}".encode()


def _wrapping(person_id: str) -> bytes:
    return f"data-key|{person_id}".encode()
