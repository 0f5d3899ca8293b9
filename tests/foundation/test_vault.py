import pytest
from sqlalchemy import select, update

from idp.foundation.refusal import Refusal
from idp.foundation.vault.box import Box
from idp.foundation.vault.tables import data_keys
from idp.foundation.vault.vault import Vault

KEK, OTHER_KEK, INDEX = b"k" * 32, b"o" * 32, b"i" * 32


def fresh_vault(keks=None, active="kek-1", index=INDEX):
    """A vault with an empty cache, as another process has it."""
    return Vault(keks or {"kek-1": KEK}, active, index)


@pytest.fixture
def vault(store):
    vault = fresh_vault()
    with store.transaction() as tx:
        vault.admit(tx, "ann")
        vault.admit(tx, "bob")
    return vault


@pytest.fixture
def sealed(store, vault):
    with store.reading() as connection:
        return vault.seal(connection, "ann", "people", "name", "Ann Ålund 安")


def opened(store, vault, sealed, person="ann", table="people", column="name"):
    with store.reading() as connection:
        return vault.open(connection, person, table, column, sealed)


def test_what_is_sealed_opens_in_its_place_also_for_another_process(store, vault, sealed):
    assert opened(store, vault, sealed) == opened(store, fresh_vault(), sealed) == "Ann Ålund 安"


def test_sealing_twice_gives_different_ciphertexts(store, vault, sealed):
    with store.reading() as connection:
        assert vault.seal(connection, "ann", "people", "name", "Ann Ålund 安") != sealed


@pytest.mark.parametrize("place", [{"person": "bob"}, {"table": "cases"}, {"column": "birthdate"}])
def test_a_ciphertext_that_was_moved_does_not_open(store, vault, sealed, place):
    with pytest.raises(Refusal, match=r"vault\.unreadable"):
        opened(store, vault, sealed, **place)


def test_a_ciphertext_with_any_changed_bit_does_not_open(store, vault, sealed):
    for position in range(1, len(sealed)):
        changed = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises(Refusal, match=r"vault\.unreadable"):
            opened(store, vault, changed)


@pytest.mark.parametrize("short", [b"", b"\x01", b"\x01" + b"n" * 12])
def test_a_ciphertext_that_was_cut_does_not_open(store, vault, short):
    with pytest.raises(Refusal, match=r"vault\.unreadable"):
        opened(store, vault, short)


def test_a_format_that_is_not_known_is_refused(store, vault, sealed):
    with pytest.raises(Refusal, match=r"vault\.unreadable"):
        opened(store, vault, b"\x02" + sealed[1:])


def test_bytes_such_as_a_portrait_are_sealed_too(store, vault):
    with store.reading() as connection:
        portrait = vault.seal_bytes(connection, "ann", "cases", "portrait", b"\xff\xd8\x00")
        assert vault.open_bytes(connection, "ann", "cases", "portrait", portrait) == b"\xff\xd8\x00"


def test_erasing_a_person_makes_everything_sealed_for_them_unreadable(store, vault, sealed):
    with store.transaction() as tx:
        vault.erase(tx, "ann")

    for witness in (vault, fresh_vault()):
        with pytest.raises(Refusal, match=r"vault\.erased"):
            opened(store, witness, sealed)


def test_erasing_one_person_leaves_the_others(store, vault):
    with store.reading() as connection:
        name = vault.seal(connection, "bob", "people", "name", "Bob")
    with store.transaction() as tx:
        vault.erase(tx, "ann")

    assert opened(store, vault, name, person="bob") == "Bob"


def test_a_data_key_put_under_another_persons_name_does_not_open(store, vault, sealed):
    with store.transaction() as tx:
        stolen = tx.execute(select(data_keys.c.wrapped).where(data_keys.c.person_id == "ann")).scalar_one()
        tx.execute(update(data_keys).where(data_keys.c.person_id == "bob").values(wrapped=stolen))

    with pytest.raises(Refusal, match=r"vault\.unreadable"):
        opened(store, fresh_vault(), sealed, person="bob")


def test_a_new_key_encryption_key_leaves_old_records_readable(store, vault, sealed):
    both = fresh_vault({"kek-1": KEK, "kek-2": OTHER_KEK}, active="kek-2")
    with store.transaction() as tx:
        both.admit(tx, "eve")

    assert opened(store, both, sealed) == "Ann Ålund 安"


def test_without_its_key_encryption_key_a_record_is_unreadable(store, vault, sealed):
    with pytest.raises(Refusal, match=r"kek-1 is not in the key store"):
        opened(store, fresh_vault({"kek-2": OTHER_KEK}, active="kek-2"), sealed)


def test_no_plain_text_and_no_data_key_is_in_the_database(store, vault, sealed):
    assert b"Ann" not in sealed
    with store.reading() as connection:
        assert KEK not in connection.execute(select(data_keys.c.wrapped)).scalars().first()


def test_a_blind_index_ignores_case_spaces_and_compatibility_forms():
    vault = fresh_vault()
    assert vault.blind("email", " Ann@Example.ORG ") == vault.blind("email", "ann@example.org")
    assert vault.blind("username", "\N{FULLWIDTH LATIN SMALL LETTER A}NN") == vault.blind("username", "ann")


def test_a_blind_index_differs_by_column_and_by_key():
    vault = fresh_vault()
    assert vault.blind("email", "ann") != vault.blind("username", "ann")
    assert vault.blind("email", "ann") != fresh_vault(index=b"j" * 32).blind("email", "ann")


def test_a_box_opens_what_it_sealed_for_the_same_context():
    box = Box(KEK)
    assert box.open("message", box.seal("message", b"hello")) == b"hello"


@pytest.mark.parametrize(("context", "key"), [("registration", KEK), ("message", OTHER_KEK)])
def test_a_box_opens_nothing_from_another_context_or_key(context, key):
    with pytest.raises(Refusal, match=r"box\.unreadable"):
        Box(key).open(context, Box(KEK).seal("message", b"hello"))


@pytest.mark.parametrize("sealed", [b"", b"short", b"n" * 12, b"n" * 40])
def test_a_box_refuses_what_was_never_sealed(sealed):
    with pytest.raises(Refusal, match=r"box\.unreadable"):
        Box(KEK).open("message", sealed)
