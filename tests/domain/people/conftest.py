import pytest

from idp.domain.people import records
from idp.foundation.transaction import Store
from idp.foundation.vault.vault import Vault


@pytest.fixture
def vault() -> Vault:
    return Vault({"kek-1": b"k" * 32}, "kek-1", b"i" * 32)


@pytest.fixture
def anna(store: Store, vault: Vault) -> str:
    with store.transaction() as tx:
        return records.create(tx, vault).id


@pytest.fixture
def boris(store: Store, vault: Vault) -> str:
    with store.transaction() as tx:
        return records.create(tx, vault).id
