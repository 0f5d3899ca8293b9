"""Keys as files of mode 0600, one JSON Web Key (RFC 7517) each."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey, import_key

from idp.foundation.keyring.port import Key, MissingKey


class FileKeyStore:
    """The built-in KeyStore, for development and for small deployments with an encrypted disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def generate(self, kid: str, algorithm: str) -> Key:
        """See KeyStore.generate."""
        key = _make(algorithm)
        self._write(kid, key.as_dict(private=True) | {"kid": kid})
        return self.load(kid)

    def load(self, kid: str) -> Key:
        """See KeyStore.load."""
        path = self._path(kid)
        if not path.exists():
            raise MissingKey(f"{path} is missing: restore it from your backup of the keys folder")
        return import_key(json.loads(path.read_text()))

    def destroy(self, kid: str) -> None:
        """See KeyStore.destroy: the file keeps the public part, so that old signatures can be checked."""
        if not self._path(kid).exists():
            return
        key = self.load(kid)
        self._write(kid, key.as_dict(private=False) | {"kid": kid})

    def _write(self, kid: str, document: Mapping[str, object]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(kid)
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)

    def _path(self, kid: str) -> Path:
        return self._folder / f"{kid}.json"


def _make(algorithm: str) -> Key:
    match algorithm:
        case "ES256":
            return ECKey.generate_key("P-256")
        case "RS256":
            return RSAKey.generate_key(2048)
        case "Ed25519":
            return OKPKey.generate_key("Ed25519")
        case "HS256" | "A256GCM":
            return OctKey.generate_key(256)
    raise ValueError(f"the key store makes no {algorithm} keys")
