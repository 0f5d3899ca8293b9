import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import password, password_policy
from idp.domain.authenticators.methods.password import PasswordHasher
from idp.domain.people import records
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

    def shortest(known):
        times = []
        for _ in range(3):
            began = monotonic()
            assert slow.verify(known, TEXT) is (known is not None)
            times.append(monotonic() - began)
        return min(times)

    assert shortest(None) > shortest(encoded) / 3


@pytest.mark.parametrize("encoded", ["", "plain", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_verifies_nothing(hasher, encoded):
    assert not hasher.verify(encoded, TEXT)


def test_new_parameters_ask_for_a_new_hash(hasher):
    assert not hasher.needs_rehash(hasher.hash(TEXT))
    assert PasswordHasher(2, 64, 1).needs_rehash(hasher.hash(TEXT))


MEMORY_KIB = 64 * 1024
FOUR_AT_ONCE = f"""
import re, threading
from pathlib import Path
from idp.domain.authenticators.methods.password import PasswordHasher

def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

hasher = PasswordHasher(2, {MEMORY_KIB}, 1)
hasher.hash("one alone")
alone = most()
threads = [threading.Thread(target=hasher.hash, args=("one of four",)) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(most() - alone)
"""


def test_passwords_are_hashed_one_at_a_time():
    done = subprocess.run([sys.executable, "-c", FOUR_AT_ONCE], capture_output=True, text=True, check=True)

    assert int(done.stdout) < MEMORY_KIB / 2, "two hashes had memory at the same time"


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


def test_the_first_password_set_twice_at_once_is_one_password(store, vault, anna):
    together = threading.Barrier(4)

    def set_to(person, encoded):
        together.wait()
        with store.transaction() as tx:
            password.set_password(tx, person, encoded)

    with store.transaction() as tx:
        people = [anna, *(records.create(tx, vault).id for _ in range(9))]
    for person in people:
        with ThreadPoolExecutor(4) as rivals:
            list(rivals.map(set_to, [person] * 4, "abcd"))
        with store.reading() as connection:
            assert password.stored(connection, person)[1] in "abcd"
            assert len(registry.of(connection, person)) == 1


def test_nobody_has_another_persons_password(store, anna, boris):
    with store.transaction() as tx:
        password.set_password(tx, anna, "hers")
    with store.reading() as connection:
        assert password.stored(connection, boris) is None


def judged(text, *, second_factor=True, personal=(), breached=()):
    """The refusal's last word, or the score."""
    try:
        return password_policy.check(text, second_factor=second_factor, breached=breached, personal=personal)
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


def test_a_password_that_leaked_elsewhere_is_refused_however_good_it_is():
    assert judged("violet lamp overb\u00f6ard", breached=["violet lamp overb\u00f6ard"]) == "breached"
    assert judged("violet lamp overbo\u0308ard", breached=["violet lamp overb\u00f6ard"]) == "breached"
    assert judged("violet lamp overb\u00f6ard", breached=["another"]) >= password_policy.GUESSABLE


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
