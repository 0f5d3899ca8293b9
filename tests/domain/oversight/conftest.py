from collections.abc import Callable

import pytest

from idp.domain.people import records
from idp.foundation.transaction import Store
from idp.foundation.vault.vault import Vault


@pytest.fixture
def a_person(store: Store) -> Callable[[], str]:
    """Makes a record; returns its identifier."""
    vault = Vault({"kek": b"k" * 32}, "kek", b"i" * 32)

    def make() -> str:
        with store.transaction() as tx:
            return records.create(tx, vault).id

    return make
