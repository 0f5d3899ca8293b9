import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from idp.domain.authenticators.methods import passkey
from idp.domain.authenticators.port import Answer
from idp.domain.people import records
from idp.domain.people.records import Status as PersonStatus
from idp.domain.signatures import activations, verification
from idp.domain.signatures.ceremonies import Status
from idp.foundation.audit.log import search
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.signing import authorise, collect
from idp.journeys.signing.decline import decline
from idp.journeys.signing.review import review
from idp.journeys.signing.sign import sign
from idp.protocol.assurance import Level
from tests.attempts import examine
from tests.builders import a_citizen
from tests.journeys.signing.conftest import OTHER_PDF, PDF, SECRET
from tests.journeys.signing.passkeys import SoftPasskey


def signs(desk, citizen, ceremony):
    return sign(desk.provider, ceremony.id, citizen.id, desk.activated_by(citizen, ceremony))


def standing(desk, ceremony):
    return collect.standing(desk.provider, desk.agency, ceremony.id).ceremony


def test_the_service_receives_a_file_that_verifies_and_names_the_citizen(provider, agency, desk, anna):
    ceremony = desk.opened_by(anna)
    signs(desk, anna, ceremony)
    signed = collect.signed_document(provider, agency, ceremony.id)
    report = verification.verify(signed, provider.certificates.roots, desk.clock.now)
    (one,) = report.signatures
    assert (report.valid, one.signer, one.reason) == (True, "Anna Lindqvist", "I declare a birth")
    assert signed.startswith(PDF)


def test_the_service_learns_who_signed_by_its_own_name_for_the_person(provider, agency, desk, anna):
    ceremony = desk.opened_by(anna)
    signs(desk, anna, ceremony)
    assert collect.standing(provider, agency, ceremony.id).sub == subject_for(provider, agency, anna.id)


def test_the_certificate_carries_a_pseudonym_and_no_national_number(provider, agency, desk, anna):
    issued = []

    class Watched:
        roots = provider.certificates.roots

        def issue(self, subject, key, now):
            issued.append(subject)
            return provider.certificates.issue(subject, key, now)

    ceremony = desk.opened_by(anna)
    sign(replace(provider, certificates=Watched()), ceremony.id, anna.id, desk.activated_by(anna, ceremony))
    serial = issued[0].get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value
    assert serial == subject_for(provider, agency, anna.id).replace("-", "+").replace("_", "/")
    assert {attribute.oid for attribute in issued[0]} == {
        NameOID.COUNTRY_NAME,
        NameOID.COMMON_NAME,
        NameOID.GIVEN_NAME,
        NameOID.SURNAME,
        NameOID.SERIAL_NUMBER,
    }


LONG_ARABIC_NAME = "عبد الرحمن محمد عبد العزيز آل عبد اللطيف الحسيني"


@pytest.mark.parametrize(
    "names",
    [
        {"name": LONG_ARABIC_NAME, "given_name": "عبد الرحمن محمد عبد العزيز", "family_name": "آل عبد اللطيف الحسيني"},
        {"name": "Suharta", "given_name": "Suharta", "family_name": ""},
        {"name": "陳美玲", "given_name": "美玲", "family_name": "陳"},
        {"name": "Ana,CN=Minister", "given_name": "Ana", "family_name": "Minister"},
    ],
    ids=["long Arabic name", "single name", "Chinese name", "comma"],
)
def test_names_of_every_kind_are_printed_as_they_are(provider, agency, desk, names):
    citizen = a_citizen(provider, assurance=Level.HIGH, totp=SECRET, **names)
    ceremony = desk.opened_by(citizen)
    signs(desk, citizen, ceremony)
    signed = collect.signed_document(provider, agency, ceremony.id)
    report = verification.verify(signed, provider.certificates.roots, desk.clock.now)
    assert (report.valid, report.signatures[0].signer) == (True, names["name"])


def test_a_name_of_two_hundred_characters_is_cut_in_one_place_only(provider, desk):
    citizen = a_citizen(provider, assurance=Level.HIGH, totp=SECRET, name="ع" * 200, given_name="ع", family_name="ع")
    assert review(provider, desk.opened_by(citizen).id, citizen.id).signer == "ع" * 64


def test_a_name_that_reads_backwards_is_not_certified(provider, desk):
    citizen = a_citizen(provider, assurance=Level.HIGH, totp=SECRET, name="Anna\u202etsiuqdniL")
    with pytest.raises(Refusal, match=r"signatures\.name"):
        desk.opened_by(citizen)


def test_an_activation_makes_one_signature_of_twenty_tried_at_once(provider, desk, anna):
    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)

    def once(_):
        try:
            return sign(provider, ceremony.id, anna.id, activation).signed_sha256
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(once, range(20)))
    assert outcomes.count("signatures.activation_spent") == 19
    assert standing(desk, ceremony).signed_sha256 in outcomes


def test_two_activations_at_once_release_one_signed_file(provider, desk, anna):
    ceremony = desk.opened_by(anna)
    secrets = [desk.activated_by(anna, ceremony) for _ in range(2)]

    def once(secret):
        try:
            return sign(provider, ceremony.id, anna.id, secret).status
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, secrets)) == ["signatures.over", "signed"]


def test_swapped_bytes_are_never_signed(provider, agency, desk, anna):
    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)
    forged = provider.box.seal(f"signature_documents|{ceremony.document_sha256}", OTHER_PDF)
    with provider.transaction() as tx:
        tx.execute(text("UPDATE signature_documents SET sealed = :sealed"), {"sealed": forged})
    with pytest.raises(Refusal, match=r"signatures\.document_changed"):
        sign(provider, ceremony.id, anna.id, activation)
    assert standing(desk, ceremony).status is Status.VIEWED
    with provider.reading() as connection:
        assert search(connection, name="signatures.signing.failed")


def test_an_activation_for_one_document_does_not_sign_another(provider, desk, anna):
    first, second = desk.opened_by(anna), desk.opened_by(anna)
    activation = desk.activated_by(anna, first)
    with pytest.raises(Refusal, match=r"signatures\.activation_spent"):
        sign(provider, second.id, anna.id, activation)
    assert sign(provider, first.id, anna.id, activation).status is Status.SIGNED


def test_somebody_elses_activation_signs_nothing(provider, desk, anna, boris):
    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)
    with pytest.raises(Refusal, match=r"signatures\.activation_spent"):
        sign(provider, ceremony.id, boris.id, activation)


def test_an_old_activation_signs_nothing(provider, desk, anna, clock):
    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)
    clock.advance(120)
    with pytest.raises(Refusal, match=r"signatures\.activation_spent"):
        sign(provider, ceremony.id, anna.id, activation)


def test_a_code_that_was_used_before_does_not_authorise(provider, desk, anna, clock):
    first, second = desk.opened_by(anna), desk.opened_by(anna)
    desk.activated_by(anna, first)
    with pytest.raises(Refusal, match=r"authenticators\.code_used"):
        authorise.with_code(provider, second.id, anna.id, anna.code(clock.now))


def test_wrong_codes_are_counted_and_then_not_looked_at_any_more(provider, desk, anna, clock):
    ceremony = desk.opened_by(anna)
    clock.advance(30)
    right = anna.code(clock.now)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(10):
        with pytest.raises(Refusal, match=r"authenticators\.wrong_code"):
            authorise.with_code(provider, ceremony.id, anna.id, wrong)
    with pytest.raises(Refusal, match="too_many_attempts"):
        authorise.with_code(provider, ceremony.id, anna.id, right)


def test_somebody_with_only_a_password_is_offered_nothing_to_sign_with(provider, desk):
    citizen = a_citizen(provider, assurance=Level.HIGH)
    ceremony = desk.opened_by(citizen)
    with pytest.raises(Refusal, match=r"signing\.no_factor"):
        authorise.factors(provider, ceremony.id, citizen.id)


def test_nothing_is_authorised_once_the_time_is_over(provider, desk, anna, clock):
    ceremony = desk.opened_by(anna, expires_in=60)
    clock.advance(60)
    with pytest.raises(Refusal, match=r"signatures\.over"):
        authorise.with_code(provider, ceremony.id, anna.id, anna.code(clock.now))


def test_a_ceremony_that_expires_between_confirming_and_signing_stays_unsigned(provider, desk, anna, clock):
    ceremony = desk.opened_by(anna, expires_in=60)
    activation = desk.activated_by(anna, ceremony)
    clock.advance(30)
    with pytest.raises(Refusal, match=r"signatures\.over"):
        sign(provider, ceremony.id, anna.id, activation)
    assert standing(desk, ceremony).status is Status.EXPIRED


def test_what_was_declined_cannot_be_signed(provider, desk, anna):
    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)
    decline(provider, ceremony.id, anna.id, "unwilling", "")
    with pytest.raises(Refusal, match=r"signatures\.over"):
        sign(provider, ceremony.id, anna.id, activation)


def test_somebody_locked_after_confirming_signs_nothing(provider, desk, anna):
    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, PersonStatus.LOCKED, "operator", "stolen telephone")
    with pytest.raises(Refusal, match=r"signing\.inactive"):
        sign(provider, ceremony.id, anna.id, activation)


def test_a_crash_while_signing_leaves_a_trace_and_can_be_repeated_with_a_new_code(provider, desk, anna):
    class PowerCut:
        roots = provider.certificates.roots

        def issue(self, subject, key, now):
            raise RuntimeError("power cut")

    ceremony = desk.opened_by(anna)
    activation = desk.activated_by(anna, ceremony)
    with pytest.raises(RuntimeError, match="power cut"):
        sign(replace(provider, certificates=PowerCut()), ceremony.id, anna.id, activation)
    left = standing(desk, ceremony)
    assert (left.status, left.signing_at is not None, left.signed_sha256) == (Status.VIEWED, True, None)
    with pytest.raises(Refusal, match=r"signatures\.activation_spent"):
        sign(provider, ceremony.id, anna.id, activation)
    assert signs(desk, anna, ceremony).status is Status.SIGNED


def test_a_signature_that_does_not_verify_is_never_released(provider, desk, anna):
    @dataclass(frozen=True)
    class WrongTime:
        certificates: object

        def answer(self, request, now):
            return provider.timestamps.answer(request, now + 3600)

    ceremony = desk.opened_by(anna)
    wrong = replace(provider, timestamps=WrongTime(provider.timestamps.certificates))
    with pytest.raises(Exception):  # noqa: B017, PT011 (whichever check notices first)
        sign(wrong, ceremony.id, anna.id, desk.activated_by(anna, ceremony))
    assert standing(desk, ceremony).signed_sha256 is None


def test_the_citizen_is_told_by_mail_and_the_audit_tells_without_the_title(provider, desk, anna, mails):
    ceremony = desk.opened_by(anna)
    signs(desk, anna, ceremony)
    (mail,) = mails()
    assert f"/sign/{ceremony.id}/done" in mail
    assert ceremony.code in mail
    with provider.reading() as connection:
        (leaf,) = search(connection, about=anna.id, name="signatures.document.signed")
    assert leaf.facts["sha256"] == ceremony.document_sha256
    assert "birth" not in json.dumps(leaf.facts)


def test_a_passkey_signs_the_document_it_was_asked_about(provider, desk, anna):
    device = SoftPasskey(provider, anna.id)
    ceremony = desk.opened_by(anna)
    question = authorise.factors(provider, ceremony.id, anna.id).passkey
    handed = (question.challenge_id, question.nonce)
    activation = authorise.with_passkey(provider, ceremony.id, anna.id, handed, device.answer(question.options))
    assert sign(provider, ceremony.id, anna.id, activation).status is Status.SIGNED


def test_a_passkeys_challenge_is_the_hash_of_ceremony_document_and_nonce(provider, desk, anna):
    SoftPasskey(provider, anna.id)
    ceremony = desk.opened_by(anna)
    question = authorise.factors(provider, ceremony.id, anna.id).passkey
    asked = json.loads(question.options)["challenge"]
    assert authorise._decoded(asked) == activations.challenge(ceremony, question.nonce)  # noqa: SLF001


def test_a_passkeys_answer_about_one_document_does_not_sign_another(provider, desk, anna):
    device = SoftPasskey(provider, anna.id)
    shown, other = desk.opened_by(anna), desk.opened_by(anna)
    question = authorise.factors(provider, shown.id, anna.id).passkey
    answer = device.answer(question.options)
    with pytest.raises(Refusal, match=r"authenticators\.passkey\.refused"):
        authorise.with_passkey(provider, other.id, anna.id, (question.challenge_id, question.nonce), answer)


def test_a_passkeys_answer_with_another_nonce_is_refused(provider, desk, anna):
    device = SoftPasskey(provider, anna.id)
    ceremony = desk.opened_by(anna)
    question = authorise.factors(provider, ceremony.id, anna.id).passkey
    answer = device.answer(question.options)
    with pytest.raises(Refusal, match=r"authenticators\.passkey\.refused"):
        authorise.with_passkey(provider, ceremony.id, anna.id, (question.challenge_id, "another"), answer)


def test_a_passkeys_answer_about_a_document_does_not_sign_in(provider, desk, anna):
    device = SoftPasskey(provider, anna.id)
    question = authorise.factors(provider, desk.opened_by(anna).id, anna.id).passkey
    answer = device.answer(question.options)
    with pytest.raises(Refusal, match=r"authenticators\.passkey\.refused"), provider.transaction() as tx:
        examine(tx, provider.methods[passkey.METHOD], anna.id, Answer(answer, question.challenge_id))


def test_a_passkeys_answer_is_used_once(provider, desk, anna):
    device = SoftPasskey(provider, anna.id)
    ceremony = desk.opened_by(anna)
    question = authorise.factors(provider, ceremony.id, anna.id).passkey
    handed, answer = (question.challenge_id, question.nonce), device.answer(question.options)
    authorise.with_passkey(provider, ceremony.id, anna.id, handed, answer)
    with pytest.raises(Refusal, match=r"authenticators\.passkey\.refused"):
        authorise.with_passkey(provider, ceremony.id, anna.id, handed, answer)


def test_the_assertion_is_kept_as_evidence(provider, desk, anna):
    device = SoftPasskey(provider, anna.id)
    ceremony = desk.opened_by(anna)
    question = authorise.factors(provider, ceremony.id, anna.id).passkey
    answer = device.answer(question.options)
    authorise.with_passkey(provider, ceremony.id, anna.id, (question.challenge_id, question.nonce), answer)
    with provider.reading() as connection:
        (evidence,) = activations.evidence(connection, provider.box, ceremony.id)
    assert (evidence["assertion"], evidence["nonce"]) == (json.loads(answer), question.nonce)
