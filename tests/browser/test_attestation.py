"""The attestation that a real browser hands over: Chromium's simulated key, and the certificate of its batch."""

import json
from datetime import UTC, datetime

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from idp.domain.authenticators import attestation
from idp.domain.authenticators.methods import new_passkey
from idp.domain.people import records
from idp.foundation.vault.vault import Vault
from tests.browser.authenticators import SYNCED, VERIFYING, Device
from tests.passkeys import decoded

pytestmark = pytest.mark.slow
CHROMIUM = "01020304-0506-0708-0102-030405060708"
CREATE = """async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
  return JSON.stringify((await navigator.credentials.create({ publicKey })).toJSON());
}"""


@pytest.fixture
def clock(clock):
    """Certificates are of this world."""
    clock.now = int(datetime.now(UTC).timestamp()) + 60
    return clock


@pytest.mark.parametrize(("kind", "hardware"), [(VERIFYING | {"transport": "usb"}, True), (SYNCED, False)])
def test_a_listed_batch_is_hardware_unless_the_key_can_be_copied(store, chromium, country, tmp_path, kind, hardware):
    page = chromium.new_context().new_page()
    page.goto(country.issuer)
    device = Device(page, kind)
    with store.transaction() as tx:
        person = records.create(tx, Vault({"kek-1": b"k" * 32}, "kek-1", b"i" * 32)).id
        rp = ("localhost", country.issuer)
        challenge_id, options = new_passkey.registration_options(tx, person, *rp, "anna", security_key=True)
        with device.touched():
            response = page.evaluate(CREATE, options)
        makes = attestation.read(listed(tmp_path, response))
        made = new_passkey.check_new(tx, person, rp, challenge_id, response, makes)
    page.context.close()

    assert (made.hardware, made.columns["model"], made.user_verified) == (hardware, CHROMIUM, True)


def listed(folder, response):
    """The batch certificate signed itself, and each is made anew: it is its own root."""
    told = cbor2.loads(decoded(json.loads(response)["response"]["attestationObject"]))
    assert told["fmt"] == "packed"
    batch = x509.load_der_x509_certificate(told["attStmt"]["x5c"][0])
    (folder / "batch.pem").write_bytes(batch.public_bytes(Encoding.PEM))
    file = folder / "attestation.toml"
    entry = [f'aaguid = "{CHROMIUM}"', 'name = "Chromium"', 'roots = ["batch.pem"]', "hardware = true"]
    file.write_text("\n".join(["[[make]]", *entry]))
    return file
