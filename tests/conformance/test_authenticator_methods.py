"""What every way of proving to be somebody keeps: a right answer works once, for its own person, over any restart."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyotp
import pytest

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import new_passkey, passkey, password, recovery_code, sms, totp
from idp.domain.authenticators.methods.password import PasswordHasher
from idp.domain.authenticators.port import Answer, AuthenticatorMethod
from idp.domain.people import records
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store, Tx
from idp.foundation.vault.vault import Vault
from tests.fixtures.storage import Clock
from tests.passkeys import SoftKey

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RP = ("id.example", "https://id.example")
WORDS = "a quiet olive grove"


@dataclass(frozen=True)
class Held:
    """A method that somebody holds: one right answer, one that is wrong in nothing but its secret, and how it keeps."""

    method: AuthenticatorMethod
    right: Answer
    wrong: Answer
    again: bool = False
    """Whether one right answer may be given many times: nobody but her knows it."""
    old: bool = False
    """Whether it is right after an hour."""


@pytest.fixture
def vault() -> Vault:
    return Vault({"kek-1": b"k" * 32}, "kek-1", b"i" * 32)


@pytest.fixture
def people(store: Store, vault: Vault) -> tuple[str, str]:
    """Whose it is, and somebody else."""
    with store.transaction() as tx:
        return records.create(tx, vault).id, records.create(tx, vault).id


def a_password(tx: Tx, _vault: Vault, person: str) -> Held:
    hasher = PasswordHasher(1, 64, 1)
    password.set_password(tx, person, hasher.hash(WORDS))
    method = password.PasswordMethod(hasher)
    return Held(method, Answer(WORDS), Answer(WORDS.title()), again=True, old=True)


def an_app(tx: Tx, vault: Vault, person: str) -> Held:
    totp.adopt(tx, vault, person, SECRET)
    right = pyotp.TOTP(SECRET).at(tx.now)
    return Held(totp.TotpMethod(vault), Answer(right), Answer(another(right)))


def a_sheet(tx: Tx, _vault: Vault, person: str) -> Held:
    right = recovery_code.issue(tx, person)[0]
    return Held(recovery_code.RecoveryCodeMethod(), Answer(right), Answer(right[::-1]), old=True)


def a_passkey(tx: Tx, _vault: Vault, person: str) -> Held:
    key, impostor = SoftKey(*RP), SoftKey(*RP, person)
    made_id, made = new_passkey.registration_options(tx, person, RP[0], "Tessera", "anna")
    new_passkey.add(tx, person, RP, made_id, key.make(made), "")
    challenge_id, options = passkey.authentication_options(tx, RP[0], person)
    impostor.raw_id = key.raw_id
    right, wrong = (Answer(one.answer(options), challenge_id) for one in (key, impostor))
    return Held(passkey.PasskeyMethod(RP), right, wrong)


def a_telephone(tx: Tx, vault: Vault, person: str) -> Held:
    bound, code = sms.begin(tx, vault, person, "+306912345678")
    added, _ = sms.bind(tx, vault, person, "+306912345678", bound, code)
    challenge_id, right = sms.ask(tx, person, added.id)
    return Held(sms.SmsMethod(), Answer(right, challenge_id), Answer(another(right), challenge_id))


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.fixture(params=[a_password, an_app, a_sheet, a_passkey, a_telephone])
def held(request: pytest.FixtureRequest, store: Store, vault: Vault, people: tuple[str, str]) -> Held:
    """Each method, in the hand of the first of the two."""
    with store.transaction() as tx:
        return request.param(tx, vault, people[0])


def accepted(store: Store, held: Held, person: str | None, answer: Answer) -> bool:
    """As a sign-in does it: read, evaluate outside any transaction, settle."""
    try:
        with store.transaction() as tx:
            attempt = held.method.attempt(tx, person, answer)
        attempt.evaluate()
        with store.transaction() as tx:
            proof = attempt.settle(tx)
    except Refusal:
        return False
    assert attempt.person_id is not None
    assert (proof.method, proof.at) == (held.method.name, store.now())
    return True


def test_a_right_answer_is_accepted_and_what_can_be_overheard_only_once(
    store: Store, held: Held, people: tuple[str, str]
) -> None:
    answers = [accepted(store, held, people[0], held.right) for _ in range(3)]
    assert answers == [True, held.again, held.again]


def test_a_wrong_answer_is_refused(store: Store, held: Held, people: tuple[str, str]) -> None:
    assert not accepted(store, held, people[0], held.wrong)


@pytest.mark.parametrize("whose", [1, None])
def test_a_right_answer_is_no_other_persons_and_not_nobodys(
    store: Store, held: Held, people: tuple[str, str], whose: int | None
) -> None:
    assert not accepted(store, held, None if whose is None else people[whose], held.right)


@pytest.mark.parametrize("text", ["", "0", "\u0000", "{}", "١٢٣٤٥٦", "a" * 10_000])
def test_odd_answers_are_refused(store: Store, held: Held, people: tuple[str, str], text: str) -> None:
    assert not accepted(store, held, people[0], Answer(text, held.right.challenge_id))


def test_nothing_is_spent_before_it_is_settled(store: Store, held: Held, people: tuple[str, str]) -> None:
    """But the question: whoever comes to grief in between is asked another."""
    with store.transaction() as tx:
        held.method.attempt(tx, people[0], held.right).evaluate()
    assert accepted(store, held, people[0], held.right) is (held.method.name != passkey.METHOD)


def test_what_was_used_before_a_restart_stays_used(store: Store, held: Held, people: tuple[str, str]) -> None:
    accepted(store, held, people[0], held.right)
    again = Store(store.url.render_as_string(hide_password=False), store.clock)
    assert accepted(again, held, people[0], held.right) is held.again
    again.dispose()


def test_of_parallel_uses_one_is_accepted(store: Store, held: Held, people: tuple[str, str]) -> None:
    with ThreadPoolExecutor(6) as rivals:
        answers = list(rivals.map(lambda _number: accepted(store, held, people[0], held.right), range(6)))
    assert answers.count(True) == (6 if held.again else 1)


def test_an_old_answer_is_refused_unless_it_is_one_to_keep(
    store: Store, clock: Clock, held: Held, people: tuple[str, str]
) -> None:
    clock.advance(3600)
    assert accepted(store, held, people[0], held.right) is held.old


def test_what_was_taken_away_is_refused(store: Store, held: Held, people: tuple[str, str]) -> None:
    with store.transaction() as tx:
        registry.forget(tx, people[0])
    assert not accepted(store, held, people[0], held.right)


def test_every_built_in_method_is_held_to_this(provider) -> None:
    tested = {password.METHOD, totp.METHOD, recovery_code.METHOD, passkey.METHOD, sms.METHOD}
    assert {name: method.name for name, method in provider.methods.items()} == {name: name for name in tested}
