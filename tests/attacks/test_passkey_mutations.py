"""One field of a good WebAuthn response changed, everything else as it was: each is refused (Level 3, 7.1 and 7.2).

What a device signs is signed again after the change wherever an attacker with that device could do so: what refuses
must be the check of the field, not the signature.
"""

import hashlib
import json
import struct
from dataclasses import dataclass, field

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import new_passkey, passkey
from idp.domain.authenticators.port import Answer
from idp.domain.people import records
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.foundation.vault.vault import Vault
from tests.attempts import examine
from tests.passkeys import ATTESTED, BACKED_UP, ELIGIBLE, PRESENT, SoftKey, decoded, encoded

RP = ("id.example", "https://id.example")
HASH, FLAGS, COUNT = slice(0, 32), 32, slice(33, 37)
AAGUID, LENGTH, KEY = slice(37, 53), slice(53, 55), 55 + 32
OTHER = encoded(b"x" * 32)


@dataclass
class Response:
    """A response taken apart; `signed` is whether the device signs what it says now, or said before."""

    outer: dict[str, object]
    client_data: dict[str, object]
    data: bytearray
    key: ec.EllipticCurvePrivateKey
    octets: bytes = b""
    """What is sent for the client data, if it is not the JSON of it."""
    signed: bool = True
    statement: dict[str, object] = field(default_factory=dict)

    @property
    def sent(self) -> bytes:
        return self.octets or json.dumps(self.client_data).encode()

    def signature(self) -> bytes:
        return self.key.sign(bytes(self.data) + hashlib.sha256(self.sent).digest(), ec.ECDSA(hashes.SHA256()))


def client(name, value):
    return lambda response: response.client_data.__setitem__(name, value)


def outer(name, value):
    return lambda response: response.outer.__setitem__(name, value)


def inner(name, value):
    return lambda response: response.outer["response"].__setitem__(name, value)


def flags(on=0, off=0):
    def change(response):
        response.data[FLAGS] = (response.data[FLAGS] | on) & ~off

    return change


def replaced(where, content):
    return lambda response: response.data.__setitem__(where, content)


def longer(response):
    response.data += b"\x00"


def shorter(response):
    del response.data[-1]


def one_octet_of_client_data(response):
    sent = response.sent
    response.signed = False
    response.octets = sent.replace(b'"origin": ', b'"origin":  ')
    assert response.octets != sent


def no_json(response):
    response.octets = b"\xff\xfe"


def forged(response):
    response.key, response.signed = ec.generate_private_key(ec.SECP256R1()), True


def bent(response):
    response.statement["bent"] = True


def another_algorithm(response):
    public = cbor2.loads(bytes(response.data[KEY:]))
    response.data[KEY:] = cbor2.dumps(public | {3: -65535})


def no_point(response):
    public = cbor2.loads(bytes(response.data[KEY:]))
    response.data[KEY:] = cbor2.dumps(public | {-2: b"\x01" * 32})


BOTH = {
    "type of the other ceremony": client("type", "webauthn.swapped"),
    "type missing": lambda response: response.client_data.pop("type"),
    "challenge": client("challenge", OTHER),
    "origin of another host": client("origin", "https://id.example.evil.example"),
    "origin of another scheme": client("origin", "http://id.example"),
    "within another site's frame": client("crossOrigin", True),
    "the site around it named": client("topOrigin", "https://evil.example"),
    "relying party": replaced(HASH, hashlib.sha256(b"evil.example").digest()),
    "nobody present": flags(off=PRESENT),
    "backed up, but not fit for it": flags(on=BACKED_UP),
    "credential id": outer("id", OTHER),
    "raw credential id": outer("rawId", OTHER),
    "type of credential": outer("type", "password"),
    "client data that is no JSON": no_json,
    "one octet of the client data": one_octet_of_client_data,
    "data one octet longer": longer,
    "data one octet shorter": shorter,
    "signature of another key": forged,
    "signature bent": bent,
}
MAKING = BOTH | {
    "algorithm that was not offered": another_algorithm,
    "public key that is none": no_point,
    "credential that the browser names": lambda response: response.outer.update(id=OTHER, rawId=OTHER),
    "no credential in it": flags(off=ATTESTED),
    "empty credential id": replaced(slice(53, 87), b"\x00\x00"),
    "length of the credential id": replaced(LENGTH, struct.pack(">H", 33)),
}
USING = BOTH | {
    "fit for a backup all at once": flags(on=ELIGIBLE),
    "a credential in it that is not there": flags(on=ATTESTED),
    "extensions that are not there": flags(on=0x80),
    "counter that went back": replaced(COUNT, struct.pack(">I", 1)),
    "user handle": inner("userHandle", encoded(b"somebody else")),
}


@pytest.fixture
def anna(store: Store) -> str:
    with store.transaction() as tx:
        person = records.create(tx, Vault({"kek-1": b"k" * 32}, "kek-1", b"i" * 32)).id
        registry.add(tx, person, registry.PASSWORD, "")
    return person


@pytest.fixture
def key() -> SoftKey:
    """One that vouches for itself, so that making it is signed, too."""
    key = SoftKey(*RP)
    key.batch = "self"
    return key


def made(store, person, key, change=None):
    with store.transaction() as tx:
        challenge_id, options = new_passkey.registration_options(tx, person, *RP, "anna")
        response = _attestation(key, key.make(options), change)
        new_passkey.add(tx, person, RP, challenge_id, response, "")


def used(store, key, change=None):
    with store.transaction() as tx:
        challenge_id, options = passkey.authentication_options(tx, RP[0], None)
        answer = Answer(_assertion(key, key.answer(options), change), challenge_id)
        return examine(tx, passkey.PasskeyMethod(RP), None, answer)


def _attestation(key, response, change):
    outer_ = json.loads(response)
    parts = cbor2.loads(decoded(outer_["response"]["attestationObject"]))
    taken = _apart(key, outer_, parts["authData"])
    if change is not None:
        before = taken.signature()
        change(taken)
        parts["attStmt"]["sig"] = _signature(taken, before)
    parts["authData"] = bytes(taken.data)
    taken.outer["response"] |= {
        "clientDataJSON": encoded(taken.sent),
        "attestationObject": encoded(cbor2.dumps(parts)),
    }
    return json.dumps(taken.outer)


def _assertion(key, response, change):
    outer_ = json.loads(response)
    taken = _apart(key, outer_, decoded(outer_["response"]["authenticatorData"]))
    if change is not None:
        before = taken.signature()
        change(taken)
        taken.outer["response"]["signature"] = encoded(_signature(taken, before))
    taken.outer["response"] |= {
        "clientDataJSON": encoded(taken.sent),
        "authenticatorData": encoded(bytes(taken.data)),
    }
    return json.dumps(taken.outer)


def _apart(key, outer_, data):
    client_data = json.loads(decoded(outer_["response"]["clientDataJSON"]))
    return Response(outer_, client_data, bytearray(data), key.private)


def _signature(taken, before):
    signature = taken.signature() if taken.signed else before
    return bytes([*signature[:-1], signature[-1] ^ 1]) if "bent" in taken.statement else signature


def passkeys(store, person):
    with store.reading() as connection:
        return [one for one in registry.of(connection, person) if one.method == registry.PASSKEY]


def test_taken_apart_and_put_together_again_both_responses_are_good(store, anna, key):
    made(store, anna, key, lambda _response: None)

    assert used(store, key, lambda _response: None)[0] == anna


@pytest.mark.parametrize("what", MAKING)
def test_a_passkey_with_one_field_changed_is_not_added(store, anna, key, what):
    with pytest.raises(Refusal) as caught:
        made(store, anna, key, MAKING[what])

    assert caught.value.code == "authenticators.passkey.refused"
    assert passkeys(store, anna) == []


@pytest.mark.parametrize("what", USING)
def test_an_answer_with_one_field_changed_opens_nothing(store, anna, key, what):
    made(store, anna, key)
    used(store, key)
    with pytest.raises(Refusal) as caught:
        used(store, key, USING[what])

    assert caught.value.code.startswith("authenticators.passkey.")
    assert passkeys(store, anna)[0].disabled is (what == "counter that went back")


def test_the_type_of_the_other_ceremony_is_refused_in_each(store, anna, key):
    with pytest.raises(Refusal):
        made(store, anna, key, client("type", "webauthn.get"))
    made(store, anna, key)
    with pytest.raises(Refusal):
        used(store, key, client("type", "webauthn.create"))


def test_where_the_user_must_be_verified_a_key_that_did_not_is_one_factor(store, anna, key):
    made(store, anna, key)

    assert len(used(store, key)[1].factors) == 2
    assert len(used(store, key, flags(off=0x04))[1].factors) == 1
