"""Keys that cannot be copied: their maker is listed and vouches for them, and nothing less makes them hardware."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from idp.domain.authenticators import attestation, registry
from idp.domain.authenticators.methods import new_passkey, passkey
from idp.domain.authenticators.port import Answer
from idp.foundation.refusal import Refusal
from idp.protocol.assurance import Amr, Strength
from tests.attempts import examine
from tests.domain.authenticators.conftest import RP
from tests.makers import MODEL, YEAR, Maker

OTHER = "99999999-0e0f-4011-8213-141516171819"


@pytest.fixture
def maker():
    return Maker()


@pytest.fixture
def clock(clock):
    """Certificates are of this world."""
    clock.now = int(datetime.now(UTC).timestamp())
    return clock


def added(store, person, key, makes):
    with store.transaction() as tx:
        challenge_id, options = new_passkey.registration_options(tx, person, *RP, "anna", security_key=True)
        new_passkey.add(tx, person, RP, challenge_id, key.make(options), "Key", makes)
    with store.reading() as connection:
        return next(one for one in registry.of(connection, person) if one.method == registry.PASSKEY)


def used(store, key, person, hardware):
    with store.transaction() as tx:
        challenge_id, options = passkey.authentication_options(tx, RP[0], person)
        method = passkey.PasskeyMethod(RP, hardware)
        return examine(tx, method, person, Answer(key.answer(options), challenge_id))[1]


def test_a_listed_key_is_hardware_and_says_so_when_it_is_used(store, anna, key, maker, tmp_path):
    key.batch = maker.batch()
    held = added(store, anna, key, attestation.read(maker.listed(tmp_path)))

    assert (held.hardware, held.strength, held.model) == (True, Strength.HARDWARE, MODEL)
    assert Amr.HARDWARE_KEY in used(store, key, anna, {MODEL}).amr
    assert Amr.SOFTWARE_KEY not in used(store, key, anna, {MODEL}).amr


def test_a_certificate_that_names_no_model_will_do_where_its_root_serves_one(store, anna, key, maker, tmp_path):
    key.batch = maker.batch(names=None)

    assert added(store, anna, key, attestation.read(maker.listed(tmp_path))).hardware


def test_where_a_root_serves_two_models_the_certificate_must_name_its_own(store, anna, key, maker, tmp_path):
    key.batch = maker.batch(names=None)
    list_ = maker.listed(tmp_path)
    list_.write_text(list_.read_text() + list_.read_text().replace(MODEL, OTHER))

    assert not added(store, anna, key, attestation.read(list_)).hardware


DAY = timedelta(days=1)
NOW = datetime.now(UTC)
UNFIT = {
    "no attestation": lambda maker: None,
    "attests itself": lambda maker: "self",
    "another maker's root": lambda maker: Maker("Arcadian Keys").batch(),
    "a model that is not listed": lambda maker: maker.batch(OTHER, names=OTHER),
    "a certificate for another model": lambda maker: maker.batch(names=OTHER),
    "expired": lambda maker: maker.batch(begins=NOW - YEAR, lasts=YEAR - DAY),
    "not begun": lambda maker: maker.batch(begins=NOW + DAY),
    "no unit of attestation": lambda maker: maker.batch(unit="Web Servers"),
    "a certificate of an authority": lambda maker: maker.batch(authority=True),
}


@pytest.mark.parametrize("why", UNFIT)
def test_what_nobody_vouches_for_is_a_key_like_any_other(store, anna, key, maker, tmp_path, why):
    key.batch, key.aaguid = UNFIT[why](maker), bytes.fromhex(MODEL.replace("-", ""))
    held = added(store, anna, key, attestation.read(maker.listed(tmp_path)))

    assert (held.hardware, held.strength) == (False, Strength.TWO_FACTORS)
    assert Amr.HARDWARE_KEY not in used(store, key, anna, {MODEL}).amr


def test_a_batch_that_was_revoked_vouches_for_nothing(store, anna, key, maker, tmp_path):
    key.batch = maker.batch()
    makes = attestation.read(maker.listed(tmp_path, revoked=[f"{maker.serial:x}"]))

    assert not added(store, anna, key, makes).hardware


@pytest.mark.parametrize("entry", [{"hardware": False}, {"aaguid": OTHER}])
def test_a_make_that_is_not_listed_as_hardware_is_none(store, anna, key, maker, tmp_path, entry):
    key.batch = maker.batch()

    assert not added(store, anna, key, attestation.read(maker.listed(tmp_path, **entry))).hardware


def test_a_key_that_can_be_copied_is_no_hardware_whoever_vouches_for_it(store, anna, key, maker, tmp_path):
    key.batch, key.synced = maker.batch(), True

    assert not added(store, anna, key, attestation.read(maker.listed(tmp_path))).hardware


def test_a_signature_that_its_maker_did_not_make_is_refused(store, anna, key, maker, tmp_path):
    genuine, other = maker.batch(), maker.batch()
    key.batch = type(genuine)(genuine.aaguid, other.key, genuine.chain)
    with pytest.raises(Refusal) as caught:
        added(store, anna, key, attestation.read(maker.listed(tmp_path)))

    assert caught.value.code == "authenticators.passkey.refused"


def test_dates_are_judged_by_the_providers_own_clock(store, clock, anna, key, maker, tmp_path):
    key.batch = maker.batch(lasts=YEAR)
    clock.advance(int(YEAR.total_seconds()))

    assert not added(store, anna, key, attestation.read(maker.listed(tmp_path))).hardware


def test_a_make_that_is_taken_off_the_list_counts_no_more_from_the_next_use(store, anna, key, maker, tmp_path):
    key.batch = maker.batch()
    added(store, anna, key, attestation.read(maker.listed(tmp_path)))

    assert Amr.SOFTWARE_KEY in used(store, key, anna, ()).amr
    with store.reading() as connection:
        assert registry.reachable(connection, anna) is Strength.TWO_FACTORS


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[[make]]", "[[make"), "cannot be read"),
        (("[[make]]", "[make]"), "[[make]] entries"),
        (("root.pem", "gone.pem"), "cannot be read"),
        (('roots = ["root.pem"]', ""), "without roots"),
        ((MODEL, "no aaguid"), "needs aaguid and name"),
        (("name =", "naem ="), "needs aaguid and name"),
        (("hardware = true", 'hardware = "yes"'), "needs aaguid and name"),
        (("hardware = true", 'revoked = ["xyz"]'), "not understood"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(maker, tmp_path, change, says):
    file = maker.listed(tmp_path)
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(attestation.Unfit) as caught:
        attestation.read(file)

    assert says in str(caught.value)


def test_a_list_with_one_model_twice_and_one_that_is_no_certificate_are_refused(maker, tmp_path):
    file = maker.listed(tmp_path)
    file.write_text(file.read_text() * 2)
    with pytest.raises(attestation.Unfit, match="twice"):
        attestation.read(file)
    (tmp_path / "root.pem").write_bytes(maker.root.public_bytes(Encoding.DER))
    with pytest.raises(attestation.Unfit, match="cannot be read"):
        attestation.read(file)
