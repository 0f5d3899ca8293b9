"""Codes of an app, of a sheet of paper and of a message: each works once, for its own person, in its time."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import one_time_code, recovery_code, totp
from idp.foundation.refusal import Refusal
from tests.attempts import examine

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_SECRET = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
WRONG = "authenticators.wrong_code"
USED, OLD = "authenticators.code_used", "authenticators.code_old"
OVER = "authenticators.code_expired"


def shown(clock, steps=0):
    return pyotp.TOTP(SECRET).at(clock.now + 30 * steps)


@pytest.fixture
def app(store, vault, anna):
    with store.transaction() as tx:
        return totp.adopt(tx, vault, anna, SECRET)


def typed(store, vault, person, code):
    """What came of it: a proof, or the refusal's code."""
    try:
        with store.transaction() as tx:
            return examine(tx, totp.TotpMethod(vault), person, code)[1]
    except Refusal as refusal:
        return refusal.code


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_now_or_of_a_clock_half_a_minute_off_is_right(store, vault, anna, app, clock, steps):
    assert typed(store, vault, anna, shown(clock, steps)).authenticator_id == app.id


@pytest.mark.parametrize("steps", [-21, 2, 3, 100])
def test_a_code_of_another_time_is_wrong(store, vault, anna, app, clock, steps):
    assert typed(store, vault, anna, shown(clock, steps)) == WRONG


@pytest.mark.parametrize("steps", [-20, -2])
def test_a_code_of_some_minutes_ago_is_old(store, vault, anna, boris, app, clock, steps):
    assert typed(store, vault, anna, shown(clock, steps)) == OLD
    assert typed(store, vault, boris, shown(clock, steps)) == WRONG


def test_whoever_has_no_app_is_not_admitted_by_what_stands_in_for_one(store, vault, boris, clock):
    codes = [pyotp.TOTP(totp.DECOY[0][1]).at(clock.now + 30 * steps) for steps in (-2, 0)]

    assert [typed(store, vault, boris, code) for code in codes] == [WRONG, WRONG]


def test_a_code_works_once_also_when_the_clock_is_behind(store, vault, anna, app, clock):
    code = shown(clock)
    typed(store, vault, anna, code)

    assert typed(store, vault, anna, code) == USED
    clock.advance(30)
    assert typed(store, vault, anna, code) == USED


def test_of_parallel_uses_of_one_code_one_succeeds(store, vault, anna, app, clock):
    code = shown(clock)
    with ThreadPoolExecutor(8) as rivals:
        answers = list(rivals.map(lambda _number: typed(store, vault, anna, code), range(8)))

    assert answers.count(USED) == 7


@pytest.mark.parametrize(
    "code", ["", "000000", "12345", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "1234567", " 123456"]
)
def test_what_is_no_code_is_wrong(store, vault, anna, app, code):
    assert typed(store, vault, anna, code) == WRONG


def test_a_code_of_an_app_that_was_removed_is_wrong(store, vault, anna, app, clock):
    with store.transaction() as tx:
        registry.add(tx, anna, registry.PASSWORD, "", verifier="hash")
        totp.adopt(tx, vault, anna, OTHER_SECRET)
        registry.revoke(tx, anna, app.id, anna)

    assert typed(store, vault, anna, shown(clock)) == WRONG


def test_a_code_is_its_own_persons(store, vault, anna, boris, app, clock):
    assert typed(store, vault, boris, shown(clock)) == WRONG


def test_two_apps_with_one_secret_are_no_two_uses_of_one_code(store, vault, anna, app, clock):
    with store.transaction() as tx:
        totp.adopt(tx, vault, anna, SECRET)
    code = shown(clock)

    assert typed(store, vault, anna, code).method == totp.METHOD
    assert typed(store, vault, anna, code) == USED


def test_either_of_two_apps_shows_a_right_code(store, vault, anna, app, clock):
    with store.transaction() as tx:
        other = totp.adopt(tx, vault, anna, OTHER_SECRET)
    codes = [shown(clock), pyotp.TOTP(OTHER_SECRET).at(clock.now)]

    assert [typed(store, vault, anna, code).authenticator_id for code in codes] == [app.id, other.id]


def test_the_code_that_added_an_app_does_not_sign_in(store, vault, anna, clock):
    with store.transaction() as tx:
        totp.add(tx, vault, anna, SECRET, shown(clock), "Phone")

    assert typed(store, vault, anna, shown(clock)) == USED
    assert typed(store, vault, anna, shown(clock, 1)).method == totp.METHOD


def test_a_form_that_is_sent_twice_at_once_adds_one_app(store, vault, anna, clock):
    def add(_number):
        try:
            with store.transaction() as tx:
                totp.add(tx, vault, anna, SECRET, shown(clock), "Phone")
        except Refusal as refusal:
            return refusal.code
        return "added"

    with ThreadPoolExecutor(4) as rivals:
        answers = list(rivals.map(add, range(4)))

    assert sorted(answers) == ["added", WRONG, WRONG, WRONG]
    with store.reading() as connection:
        assert len(registry.of(connection, anna)) == 1


@pytest.mark.parametrize(("secret", "held"), [(SECRET, True), (OTHER_SECRET, False)])
def test_whether_an_app_is_held_is_known_by_its_secret(store, vault, anna, boris, app, secret, held):
    with store.reading() as connection:
        assert totp.is_held(connection, vault, anna, secret) is held
        assert not totp.is_held(connection, vault, boris, secret)


def test_an_app_is_added_only_when_it_shows_the_right_code(store, vault, anna, clock):
    with pytest.raises(Refusal), store.transaction() as tx:
        totp.add(tx, vault, anna, SECRET, "000000", "Phone")
    with store.transaction() as tx:
        totp.add(tx, vault, anna, SECRET, shown(clock), "Phone")

    with store.reading() as connection:
        assert [one.label for one in registry.of(connection, anna)] == ["Phone"]


@pytest.mark.parametrize("secret", ["", "short", "JBSWY3DPEHPK3PX1", "0189", "É" * 20, "A" * 129])
def test_a_secret_that_is_none_is_not_adopted(store, vault, anna, secret):
    with pytest.raises(Refusal, match="Base32"), store.transaction() as tx:
        totp.adopt(tx, vault, anna, secret)


def test_the_secret_is_not_readable_in_the_database(store, vault, anna, app):
    with store.reading() as connection:
        sealed = bytes(connection.exec_driver_sql("SELECT sealed FROM authenticators").scalar_one())

    assert SECRET.encode() not in sealed


def test_an_enrolment_is_a_picture_an_address_and_a_key_of_160_bits():
    enrolment = totp.begin("Tessera", "anna@example.org")

    assert len(enrolment.secret) == 32
    assert enrolment.uri.startswith("otpauth://totp/Tessera:anna%40example.org?")
    assert enrolment.qr_svg.startswith("<svg")


@pytest.fixture
def sheet(store, anna):
    with store.transaction() as tx:
        return recovery_code.issue(tx, anna)


def recovered(store, person, code):
    try:
        with store.transaction() as tx:
            return examine(tx, recovery_code.RecoveryCodeMethod(), person, code)[1].method
    except Refusal as refusal:
        return refusal.code


def test_each_recovery_code_works_once(store, anna, sheet):
    assert [recovered(store, anna, code) for code in sheet] == ["recovery_code"] * 10
    assert [recovered(store, anna, code) for code in sheet] == [USED] * 10


def test_a_recovery_code_may_be_typed_as_people_type(store, anna, sheet):
    assert recovered(store, anna, f" {sheet[0].upper().replace('-', ' ')} ") == "recovery_code"


def test_a_recovery_code_is_its_own_persons(store, boris, sheet):
    assert recovered(store, boris, sheet[0]) == WRONG


def test_a_new_sheet_ends_the_old_one(store, anna, sheet):
    with store.transaction() as tx:
        newer = recovery_code.issue(tx, anna)

    assert recovered(store, anna, sheet[0]) == WRONG
    assert recovered(store, anna, newer[0]) == "recovery_code"
    with store.reading() as connection:
        assert recovery_code.left(connection, anna) == 9


def test_recovery_codes_are_not_readable_in_the_database(store, anna, sheet):
    with store.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM recovery_codes").all())

    assert not [code for code in sheet if code in kept]


def test_of_parallel_uses_of_one_recovery_code_one_succeeds(store, anna, sheet):
    with ThreadPoolExecutor(8) as rivals:
        answers = list(rivals.map(lambda _number: recovered(store, anna, sheet[0]), range(8)))

    assert answers.count("recovery_code") == 1


@pytest.fixture
def sent(store):
    """(identifier, code) of a message that proves an address."""
    with store.transaction() as tx:
        return one_time_code.issue(tx, "register", "address")


def entered(store, code_id, code, purpose="register", binding="address"):
    try:
        with store.transaction() as tx:
            one_time_code.verify(tx, code_id, code, purpose, binding)
    except Refusal as refusal:
        return refusal.code
    return "right"


def another(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_what_was_sent_is_not_readable_in_the_database(store, sent):
    with store.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT digest, binding, purpose FROM one_time_codes").all())

    assert sent[1] not in kept


def test_of_parallel_uses_of_one_sent_code_one_succeeds(store, sent):
    with ThreadPoolExecutor(5) as rivals:
        answers = list(rivals.map(lambda _number: entered(store, *sent), range(5)))

    assert answers.count("right") == 1


def test_sent_codes_that_are_over_are_swept(store, clock, sent):
    clock.advance(one_time_code.LIFETIME + 1)
    with store.transaction() as tx:
        one_time_code.sweep(tx)
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM one_time_codes").scalar_one() == 0


def test_a_sent_code_works_once(store, sent):
    assert entered(store, *sent) == "right"
    assert entered(store, *sent) == OVER


def test_a_sent_code_is_over_after_ten_minutes(store, clock, sent):
    clock.advance(one_time_code.LIFETIME)

    assert entered(store, *sent) == OVER


@pytest.mark.parametrize(("purpose", "binding"), [("register", "another address"), ("recover", "address")])
def test_a_sent_code_proves_its_own_address_for_its_own_purpose(store, sent, purpose, binding):
    assert entered(store, *sent, purpose, binding) == OVER


def test_after_five_wrong_tries_the_right_code_is_over(store, sent):
    code_id, code = sent
    wrong = [entered(store, code_id, another(code)) for _ in range(5)]

    assert wrong == [WRONG] * 5
    assert entered(store, code_id, code) == OVER


def test_parallel_guesses_are_no_more_than_five(store, sent):
    code_id, code = sent
    with ThreadPoolExecutor(16) as rivals:
        answers = list(rivals.map(lambda _number: entered(store, code_id, another(code)), range(40)))

    assert answers.count(WRONG) == 5
