import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import password, password_policy
from idp.domain.authenticators.methods.password import PasswordHasher
from idp.foundation.audit.tables import leaves
from idp.foundation.clock import monotonic
from idp.foundation.refusal import Refusal

TEXT = "correct horse battery staple"


@pytest.fixture(scope="module")
def hasher():
    return PasswordHasher(1, 64, 1)


def test_a_password_is_verified_and_another_is_not(hasher):
    encoded = hasher.hash(TEXT)

    assert hasher.verify(encoded, TEXT)
    assert not hasher.verify(encoded, TEXT.upper())


def test_two_people_with_one_password_have_two_hashes(hasher):
    assert hasher.hash(TEXT) != hasher.hash(TEXT)


def test_one_password_is_one_string_on_every_keyboard(hasher):
    assert hasher.verify(hasher.hash("cafe\u0301 au lait, s'il vous plait"), "caf\u00e9 au lait, s'il vous plait")


def test_for_nobody_the_same_work_is_done_and_the_answer_is_no():
    slow = PasswordHasher(2, 19456, 1)
    encoded = slow.hash(TEXT)
    times = []
    for known in (encoded, None):
        began = monotonic()
        assert slow.verify(known, TEXT) is (known is not None)
        times.append(monotonic() - began)

    assert times[1] > times[0] / 4


@pytest.mark.parametrize("encoded", ["", "plain", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_verifies_nothing(hasher, encoded):
    assert not hasher.verify(encoded, TEXT)


def test_new_parameters_ask_for_a_new_hash(hasher):
    assert not hasher.needs_rehash(hasher.hash(TEXT))
    assert PasswordHasher(2, 64, 1).needs_rehash(hasher.hash(TEXT))


def test_one_password_is_hashed_at_a_time():
    hasher = PasswordHasher(2, 19456, 1)
    alone = took(hasher, 1)

    assert took(hasher, 4) > 2.5 * alone


def took(hasher, at_once):
    began = monotonic()
    threads = [threading.Thread(target=hasher.hash, args=(TEXT,)) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return monotonic() - began


def test_a_person_has_one_password(store, anna):
    for encoded in ("first", "second"):
        with store.transaction() as tx:
            password.set_password(tx, anna, encoded)
    with store.reading() as connection:
        kept = password.stored(connection, anna)

    assert kept is not None
    assert kept[1] == "second"


def test_a_change_of_the_password_is_in_the_audit_and_a_new_hash_of_the_same_is_not(store, anna):
    with store.transaction() as tx:
        password.set_password(tx, anna, "first")
        password.rehash(tx, password.stored(tx.connection, anna)[0], "the same, harder")
        password.set_password(tx, anna, "second")
    with store.reading() as connection:
        names = connection.execute(select(leaves.c.name).order_by(leaves.c.id)).scalars().all()

    assert names[-2:] == ["authenticators.password.added", "authenticators.password.changed"]


def test_the_first_password_set_twice_at_once_is_one_password(store, anna):
    def set_to(encoded):
        with store.transaction() as tx:
            password.set_password(tx, anna, encoded)

    with ThreadPoolExecutor(4) as rivals:
        list(rivals.map(set_to, ["one", "two", "three", "four"]))

    with store.reading() as connection:
        assert password.stored(connection, anna)[1] in ("one", "two", "three", "four")
        assert len(registry.of(connection, anna)) == 1


def test_nobody_has_another_persons_password(store, anna, boris):
    with store.transaction() as tx:
        password.set_password(tx, anna, "hers")
    with store.reading() as connection:
        assert password.stored(connection, boris) is None


def judged(text, *, second_factor=True, personal=()):
    """The refusal's last word, or the score."""
    try:
        return password_policy.check(text, second_factor=second_factor, personal=personal).score
    except Refusal as refusal:
        return refusal.code.removeprefix("authenticators.password.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("seven77", "too_short"),
        ("password", "too_common"),
        ("PassWord", "too_common"),
        ("aaaaaaaaaaaa", "too_common"),
        ("abababababab", "too_common"),
        ("12345678", "too_common"),
        ("anna.papadaki lives here", "personal"),
        ("rose\x07petals in a bowl", "unprintable"),
        ("x" * 257, "too_long"),
    ],
)
def test_a_bad_password_is_refused_for_its_reason(text, why):
    assert judged(text, personal=("anna.papadaki", "Anna Papadaki")) == why


def test_a_password_that_stands_alone_is_longer():
    assert judged("violet lamp", second_factor=False) == "too_short"
    assert judged("violet lamp overboard", second_factor=False) >= password_policy.GUESSABLE


@pytest.mark.parametrize("length", [72, 73, 100, 256])
def test_a_long_password_is_read_whole_and_accepted(length):
    text = ("violet lamp overboard seventeen quietly " * 8)[:length]

    assert judged(text) >= password_policy.GUESSABLE


@pytest.mark.parametrize("text", ["翠綠的山谷裡有三隻羊在散步", "قطة بيضاء تنام فوق السطح", "🦊🌲 quiet 🦊 harbour"])
def test_a_password_may_be_in_any_script(text):
    assert judged(text) >= password_policy.GUESSABLE
