"""The ways to sign in, changed by their owner: what is added works, what is removed does not, and she is told."""

import base64

import pyotp
import pytest

from idp.domain.authenticators.methods import passkey, recovery_code
from idp.domain.authenticators.port import Answer
from idp.foundation.refusal import Refusal
from idp.journeys.account import passkeys, security
from idp.journeys.signin.pending_secret import sealed
from tests.attempts import examine
from tests.passkeys import SoftKey

NEW_PASSWORD = "seventeen quiet lamps overboard"


def methods(provider, person_id):
    return sorted(one.method for one in security.held(provider, person_id).authenticators)


def an_app(provider, person_id, clock, label="Phone"):
    """(what the form carries, the code) of an app that was scanned."""
    enrolment, kept = security.begin_totp(provider, person_id)
    return kept, pyotp.TOTP(enrolment.secret).at(clock.now)


def a_passkey(provider, person_id, *, verified=True, label="Laptop"):
    key = SoftKey(provider.rp_id, provider.issuer)
    key.verified = verified
    challenge_id, options = passkeys.options(provider, person_id)
    passkeys.add(provider, person_id, challenge_id, key.make(options), label)
    return key


def refused(work, *arguments):
    with pytest.raises(Refusal) as caught:
        work(*arguments)
    return caught.value.code


def test_an_app_that_is_added_is_asked_for_from_then_on(provider, user, boris, clock, mail, audit):
    security.add_totp(provider, boris.id, *an_app(provider, boris.id, clock), "Phone")

    assert methods(provider, boris.id) == ["password", "totp"]
    login = user.begins(return_to="/account")
    user.types_password(login, boris)
    assert user.step(login) == "second-factor"
    assert mail(boris.email) == ["A new way to sign in was added"]
    assert audit(boris.id)[-1] == "authenticators.totp.added"


def test_the_secret_stays_while_the_page_is_corrected(provider, boris):
    enrolment, kept = security.begin_totp(provider, boris.id)
    again, _ = security.begin_totp(provider, boris.id, kept)

    assert again.secret == enrolment.secret


def test_a_wrong_code_adds_nothing_and_tells_nobody(provider, boris, clock, mail):
    kept, code = an_app(provider, boris.id, clock)

    assert refused(security.add_totp, provider, boris.id, kept, code[::-1], "") == "authenticators.wrong_code"
    assert methods(provider, boris.id) == ["password"]
    assert mail(boris.email) == []


def test_after_ten_wrong_codes_no_more_are_looked_at(provider, boris, clock):
    kept, code = an_app(provider, boris.id, clock)
    wrong = [refused(security.add_totp, provider, boris.id, kept, "1" + code[1:][::-1], "") for _ in range(10)]

    assert set(wrong) == {"authenticators.wrong_code"}
    assert refused(security.add_totp, provider, boris.id, kept, code, "") == "too_many_attempts"


def test_a_form_that_is_sent_twice_adds_one_app_and_one_letter(provider, boris, clock, mail):
    form = an_app(provider, boris.id, clock)
    security.add_totp(provider, boris.id, *form, "Phone")
    security.add_totp(provider, boris.id, *form, "Phone")

    assert methods(provider, boris.id) == ["password", "totp"]
    assert len(mail(boris.email)) == 1


def test_a_secret_shown_to_somebody_else_is_not_added(provider, anna, boris, clock):
    kept, code = an_app(provider, anna.id, clock)

    assert refused(security.add_totp, provider, boris.id, kept, code, "") == "authenticators.wrong_code"
    assert refused(security.begin_totp, provider, boris.id, kept) == "authenticators.wrong_code"


@pytest.mark.parametrize("kept", ["", "abc", "é", "A" * 600, base64.b64encode(b"x" * 60).decode()])
def test_what_was_not_sealed_here_is_refused(provider, boris, kept):
    assert refused(security.add_totp, provider, boris.id, kept, "123456", "") == "box.unreadable"


def test_a_secret_of_another_journey_is_refused(provider, boris, clock):
    kept = sealed(provider.box, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    assert refused(security.add_totp, provider, boris.id, kept, "123456", "") == "authenticators.wrong_code"


@pytest.mark.parametrize("verified", [True, False])
def test_beside_a_password_any_passkey_may_be_a_second_factor(provider, boris, mail, audit, verified):
    a_passkey(provider, boris.id, verified=verified)

    assert methods(provider, boris.id) == ["passkey", "password"]
    assert mail(boris.email) == ["A new way to sign in was added"]
    assert audit(boris.id)[-1] == "authenticators.passkey.added"


def test_without_a_password_a_passkey_must_verify_its_user(provider, gina):
    with pytest.raises(Refusal) as caught:
        a_passkey(provider, gina, verified=False)

    assert caught.value.code == "authenticators.passkey.unverified"
    a_passkey(provider, gina)
    assert methods(provider, gina) == ["passkey"]


def test_a_passkey_that_was_added_signs_in(provider, boris):
    key = a_passkey(provider, boris.id)
    with provider.transaction() as tx:
        challenge_id, options = passkey.authentication_options(tx, provider.rp_id, None)
        answer = Answer(key.answer(options), challenge_id)
        assert examine(tx, provider.methods[passkey.METHOD], None, answer)[0] == boris.id


def test_what_is_removed_is_told_and_recorded(provider, boris, mail, audit):
    a_passkey(provider, boris.id, label="Old")
    a_passkey(provider, boris.id, label="New")
    old = next(one for one in security.held(provider, boris.id).authenticators if one.label == "Old")
    security.remove(provider, boris.id, old.id)

    assert [one.label for one in security.held(provider, boris.id).authenticators if one.label] == ["New"]
    assert mail(boris.email)[-1] == "A way to sign in was removed"
    assert audit(boris.id)[-1] == "authenticators.passkey.removed"


def test_what_is_needed_stays_and_no_letter_says_otherwise(provider, anna, mail):
    before = methods(provider, anna.id)
    codes = [
        refused(security.remove, provider, anna.id, one.id) for one in security.held(provider, anna.id).authenticators
    ]

    assert sorted(codes) == ["authenticators.last", "authenticators.last_second_factor"]
    assert methods(provider, anna.id) == before
    assert mail(anna.email) == []


@pytest.mark.parametrize("act", ["remove", "rename"])
def test_another_persons_authenticator_is_as_unknown_as_nobodys(provider, anna, boris, act):
    theirs = security.held(provider, anna.id).authenticators[0].id
    more = ["Mine now"] if act == "rename" else []
    codes = [refused(getattr(security, act), provider, boris.id, one, *more) for one in (theirs, "nobodys")]

    assert codes == ["authenticators.unknown"] * 2


def test_a_name_is_recorded_but_no_reason_for_a_letter(provider, boris, mail, audit):
    a_passkey(provider, boris.id)
    one = next(one for one in security.held(provider, boris.id).authenticators if one.method == "passkey")
    security.rename(provider, boris.id, one.id, "Kitchen")

    assert audit(boris.id)[-1] == "authenticators.passkey.renamed"
    assert len(mail(boris.email)) == 1


def test_a_new_password_replaces_the_old_one(provider, user, boris, mail, audit):
    security.change_password(provider, boris.id, NEW_PASSWORD)
    login = user.begins(return_to="/account")

    assert refused(user.types_password, login, boris) == "authenticators.wrong_password"
    user.types_password(login, boris, NEW_PASSWORD)
    assert user.step(login) is None
    assert mail(boris.email) == ["Your password was changed"]
    assert "authenticators.password.changed" in audit(boris.id)


@pytest.mark.parametrize("text", ["short", "password", "boris@people.example", "boris is my user name"])
def test_a_password_that_is_easy_to_guess_changes_nothing(provider, user, boris, text):
    assert refused(security.change_password, provider, boris.id, text).startswith("authenticators.password.")
    login = user.begins(return_to="/account")
    user.types_password(login, boris)
    assert user.step(login) is None


def test_a_password_alone_must_be_longer_than_one_with_a_second_factor(provider, anna, boris):
    security.change_password(provider, anna.id, "violet lamp")

    assert refused(security.change_password, provider, boris.id, "violet lamp") == "authenticators.password.too_short"


def test_somebody_with_a_passkey_may_add_a_password(provider, gina):
    a_passkey(provider, gina)
    security.change_password(provider, gina, NEW_PASSWORD)

    assert methods(provider, gina) == ["passkey", "password"]


def test_new_recovery_codes_end_the_old_ones_and_are_told(provider, anna, mail, audit):
    old, new = security.new_recovery_codes(provider, anna.id), security.new_recovery_codes(provider, anna.id)

    assert security.held(provider, anna.id).recovery_codes_left == 10
    with pytest.raises(Refusal), provider.transaction() as tx:
        examine(tx, provider.methods[recovery_code.METHOD], anna.id, old[0])
    with provider.transaction() as tx:
        examine(tx, provider.methods[recovery_code.METHOD], anna.id, new[0])
    assert mail(anna.email) == ["New recovery codes were made"] * 2
    assert audit(anna.id).count("authenticators.recovery_codes.issued") == 2
