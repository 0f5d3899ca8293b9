"""What every way of proving to be somebody keeps: a right answer works once, for its own person, over any restart."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyotp
import pytest

from idp.domain.authenticators.methods import one_time_code, passkey, recovery_code, totp
from idp.domain.people import records
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store, Tx
from idp.foundation.vault.vault import Vault
from tests.fixtures.storage import Clock
from tests.passkeys import SoftKey

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RP = ("id.example", "https://id.example")
Check = Callable[[Tx, str, str], object]
"""(transaction, person, answer): looks at an answer as the method does, and raises Refusal."""


@dataclass(frozen=True)
class Held:
    """A method that somebody holds: its check, one right answer, and one that is wrong in nothing but its secret."""

    check: Check
    right: str
    wrong: str


@pytest.fixture
def vault() -> Vault:
    return Vault({"kek-1": b"k" * 32}, "kek-1", b"i" * 32)


@pytest.fixture
def people(store: Store, vault: Vault) -> tuple[str, str]:
    """Whose it is, and somebody else."""
    with store.transaction() as tx:
        return records.create(tx, vault).id, records.create(tx, vault).id


def an_app(tx: Tx, vault: Vault, person: str) -> Held:
    totp.adopt(tx, vault, person, SECRET)
    right = pyotp.TOTP(SECRET).at(tx.now)
    return Held(lambda tx, who, code: totp.verify(tx, vault, who, code), right, another(right))


def a_sheet(tx: Tx, _vault: Vault, person: str) -> Held:
    right = recovery_code.issue(tx, person)[0]
    return Held(recovery_code.verify, right, right[::-1])


def a_message(tx: Tx, _vault: Vault, person: str) -> Held:
    code_id, right = one_time_code.issue(tx, "prove", person)
    return Held(lambda tx, who, code: one_time_code.verify(tx, code_id, code, "prove", who), right, another(right))


def a_passkey(tx: Tx, _vault: Vault, person: str) -> Held:
    key, impostor = SoftKey(*RP), SoftKey(*RP, person)
    made_id, made = passkey.registration_options(tx, person, RP[0], "Tessera", "anna")
    passkey.add(tx, person, RP, made_id, key.make(made), "")
    challenge_id, options = passkey.authentication_options(tx, RP[0], person)
    impostor.raw_id = key.raw_id
    right, wrong = key.answer(options), impostor.answer(options)
    return Held(lambda tx, who, answer: passkey.verify(tx, RP, challenge_id, answer, who), right, wrong)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.fixture(params=[an_app, a_sheet, a_message, a_passkey])
def held(request: pytest.FixtureRequest, store: Store, vault: Vault, people: tuple[str, str]) -> Held:
    """Each method, in the hand of the first of the two."""
    with store.transaction() as tx:
        return request.param(tx, vault, people[0])


def accepted(store: Store, held: Held, person: str, answer: str) -> bool:
    try:
        with store.transaction() as tx:
            held.check(tx, person, answer)
    except Refusal:
        return False
    return True


def test_a_right_answer_is_accepted_once(store: Store, held: Held, people: tuple[str, str]) -> None:
    assert [accepted(store, held, people[0], held.right) for _ in range(3)] == [True, False, False]


def test_a_wrong_answer_is_refused(store: Store, held: Held, people: tuple[str, str]) -> None:
    assert not accepted(store, held, people[0], held.wrong)


def test_a_right_answer_is_no_other_persons(store: Store, held: Held, people: tuple[str, str]) -> None:
    assert not accepted(store, held, people[1], held.right)


def test_what_was_used_before_a_restart_stays_used(store: Store, held: Held, people: tuple[str, str]) -> None:
    accepted(store, held, people[0], held.right)
    again = Store(store.url.render_as_string(hide_password=False), store.clock)
    assert not accepted(again, held, people[0], held.right)
    again.dispose()


def test_of_parallel_uses_one_is_accepted(store: Store, held: Held, people: tuple[str, str]) -> None:
    with ThreadPoolExecutor(6) as rivals:
        answers = list(rivals.map(lambda _number: accepted(store, held, people[0], held.right), range(6)))
    assert answers.count(True) == 1


def test_an_old_answer_is_refused_but_a_sheet_of_paper_keeps(
    store: Store, clock: Clock, held: Held, people: tuple[str, str]
) -> None:
    clock.advance(3600)
    assert accepted(store, held, people[0], held.right) is (held.check is recovery_code.verify)
