import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select, update

from idp.foundation.audit import checkpoint, log, tree, verification
from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import checkpoints, leaves
from idp.foundation.audit.verification import verify

ORIGIN = "https://id.example"


class Signer:
    """One Ed25519 key, as the keyring's audit key."""

    def __init__(self, key_id="audit-1"):
        self.key_id = key_id
        self.key = Ed25519PrivateKey.generate()

    def sign_note(self, note):
        return self.key_id, self.key.sign(note)

    @property
    def public(self):
        return {self.key_id: self.key.public_key()}


@pytest.fixture
def signer():
    return Signer()


@pytest.fixture
def copy(tmp_path):
    return tmp_path / "kept.log"


@pytest.fixture
def history(store, signer, copy):
    """Seven leaves under three checkpoints (3, 5 and 7), of which a second owner keeps a copy."""
    for count in (3, 2, 2):
        record(store, count)
        checkpoint.advance(store, signer, ORIGIN, copy)


def record(store, count):
    for number in range(count):
        with store.transaction() as tx:
            tx.record(Event("tests.thing.done", "ann", "bob", {"number": number}))


def verdict(store, signer, copy=None):
    with store.reading() as connection:
        return verify(connection, ORIGIN, signer.public, copy.read_text() if copy else "")


def tamper(store, *statements):
    with store.transaction() as tx:
        for statement in statements:
            tx.execute(statement)


def leaf(store, position):
    with store.reading() as connection:
        return dict(connection.execute(select(leaves).where(leaves.c.position == position)).mappings().one())


def changed(body, **members):
    return json.dumps(json.loads(body) | members, sort_keys=True, separators=(",", ":"))


def test_an_honest_history_has_no_fault(store, signer, copy, history):
    record(store, 1)
    told = verdict(store, signer, copy)

    assert (told.leaves, told.checkpoints, told.pending, told.fault) == (7, 3, 1, None)


def test_an_empty_log_has_no_fault(store, signer):
    assert verdict(store, signer).fault is None


def test_a_checkpoint_is_signed_only_when_there_is_something_new(store, signer, history):
    assert checkpoint.advance(store, signer, ORIGIN) == 0


def test_a_changed_body_is_found(store, signer, history):
    body = changed(leaf(store, 1)["body"], facts={"number": 99})
    tamper(store, update(leaves).where(leaves.c.position == 1).values(body=body))

    fault = verdict(store, signer).fault
    assert fault == "checkpoint 3: a leaf before position 3 was changed, inserted or reordered (root differs)"


@pytest.mark.parametrize(
    ("column", "value"), [("actor", "eve"), ("subject", "eve"), ("name", "tests.other"), ("at", 5)]
)
def test_a_changed_column_is_found(store, signer, history, column, value):
    tamper(store, update(leaves).where(leaves.c.position == 4).values({column: value}))

    assert verdict(store, signer).fault == f"leaf 4: column {column} differs from what was recorded"


def test_a_body_that_is_no_longer_json_is_found(store, signer, history):
    tamper(store, update(leaves).where(leaves.c.position == 2).values(body="{"))

    assert verdict(store, signer).fault == "leaf 2 is not readable"


@pytest.mark.parametrize("body", ["[]", "null", '"text"'])
def test_a_body_that_is_another_kind_of_json_is_found(store, signer, history, body):
    tamper(store, update(leaves).where(leaves.c.position == 2).values(body=body))

    assert verdict(store, signer).fault == "leaf 2 is not readable"


def test_a_removed_leaf_is_found(store, signer, history):
    tamper(store, delete(leaves).where(leaves.c.position == 2))

    assert verdict(store, signer).fault == "leaf 2 is missing: the next one present is 3"


def test_removed_last_leaves_are_found(store, signer, history):
    tamper(store, delete(leaves).where(leaves.c.position >= 6))

    assert verdict(store, signer).fault == "leaf 6 is missing: a checkpoint was signed over 7 leaves"


def test_removed_last_leaves_with_their_checkpoint_are_found_by_the_kept_copy(store, signer, copy, history):
    tamper(store, delete(leaves).where(leaves.c.position >= 5), delete(checkpoints).where(checkpoints.c.size == 7))

    assert verdict(store, signer).fault is None
    assert verdict(store, signer, copy).fault.startswith("checkpoint 7 of the kept copy (line 3) is missing here")


def test_exchanged_leaves_are_found(store, signer, history):
    first, second = leaf(store, 0), leaf(store, 1)
    tamper(
        store,
        update(leaves).where(leaves.c.id == first["id"]).values(position=-1),
        update(leaves).where(leaves.c.id == second["id"]).values(position=0),
        update(leaves).where(leaves.c.id == first["id"]).values(position=1),
    )

    assert verdict(store, signer).fault.startswith("checkpoint 3: a leaf before position 3 was changed")


def test_an_inserted_leaf_is_found(store, signer, history):
    rows = [leaf(store, position) for position in range(6, 3, -1)]
    shift = [update(leaves).where(leaves.c.id == row["id"]).values(position=row["position"] + 1) for row in rows]
    forged = leaf(store, 3) | {"id": 1000, "position": 4}
    tamper(store, *shift, insert(leaves).values(forged))

    assert verdict(store, signer).fault.startswith("checkpoint 5: a leaf before position 5 was changed")


def test_a_leaf_appended_under_no_checkpoint_is_found(store, signer, history):
    tamper(store, insert(leaves).values(leaf(store, 3) | {"id": 1000, "position": 7}))

    assert verdict(store, signer).fault == "leaf 7 has a position but no checkpoint covers it"


def test_a_leaf_taken_out_of_the_tree_again_is_found(store, signer, history):
    tamper(store, update(leaves).where(leaves.c.position == 6).values(position=None))

    assert verdict(store, signer).fault == "leaf 6 is missing: a checkpoint was signed over 7 leaves"


def test_a_changed_root_is_found(store, signer, history):
    tamper(store, update(checkpoints).where(checkpoints.c.size == 5).values(root="00" * 32))

    assert verdict(store, signer).fault.startswith("checkpoint 5: a leaf before position 5 was changed")


def test_a_changed_time_of_a_checkpoint_is_found(store, signer, history):
    tamper(store, update(checkpoints).where(checkpoints.c.size == 5).values(at=1))

    assert verdict(store, signer).fault == "checkpoint 5: signature does not verify"


@pytest.mark.parametrize("signature", ["", "not base64!", base64.b64encode(b"x" * 64).decode()])
def test_a_changed_signature_is_found(store, signer, history, signature):
    tamper(store, update(checkpoints).where(checkpoints.c.size == 3).values(signature=signature))

    assert verdict(store, signer).fault == "checkpoint 3: signature does not verify"


def test_a_checkpoint_of_another_provider_is_found(store, signer, history):
    with store.reading() as connection:
        told = verify(connection, "https://other.example", signer.public)

    assert told.fault == "checkpoint 3: signature does not verify"


def test_a_history_signed_by_a_key_that_is_not_ours_is_found(store, history):
    assert verdict(store, Signer("audit-2")).fault == "checkpoint 3: signed by unknown key audit-1"
    assert verdict(store, Signer("audit-1")).fault == "checkpoint 3: signature does not verify"


def test_a_rewritten_history_signed_with_the_stolen_key_is_found_by_the_kept_copy(store, signer, copy, history):
    body = changed(leaf(store, 1)["body"], facts={"number": 99})
    tamper(
        store,
        update(leaves).where(leaves.c.position == 1).values(body=body),
        update(leaves).values(position=None),
        delete(checkpoints),
    )
    checkpoint.advance(store, signer, ORIGIN)

    assert verdict(store, signer).fault is None
    assert verdict(store, signer, copy).fault.startswith("checkpoint 3 of the kept copy (line 1)")


@pytest.mark.parametrize("line", ["", "nonsense", "7", "x y", "7 ffff 1 audit-1 sig"])
def test_a_kept_copy_that_says_something_else_is_found(store, signer, copy, history, line):
    copy.write_text(copy.read_text() + line + "\n")

    assert "(line 4) is missing here or differs" in verdict(store, signer, copy).fault


def test_a_log_that_grows_while_it_is_checked_has_no_fault(store, signer, history, monkeypatch):
    """The other process signs its checkpoint between this one's first and last look."""
    walk = verification._walk  # noqa: SLF001 (the moment in between)

    def walk_slowly(*arguments):
        walk(*arguments)
        record(store, 2)
        checkpoint.advance(store, signer, ORIGIN)

    monkeypatch.setattr(verification, "_walk", walk_slowly)
    told = verdict(store, signer)

    assert (told.fault, told.leaves) == (None, 7)
    assert verdict(store, signer).leaves == 9


def test_the_first_of_several_faults_is_named(store, signer, history):
    tamper(
        store,
        update(leaves).where(leaves.c.position == 5).values(actor="eve"),
        update(leaves).where(leaves.c.position == 1).values(actor="eve"),
    )

    assert verdict(store, signer).fault == "leaf 1: column actor differs from what was recorded"


def test_search_finds_by_person_name_and_time_newest_first(store, clock):
    with store.transaction() as tx:
        tx.record(Event("signin.done", "ann"))
        tx.record(Event("people.changed", "staff", "ann"))
    clock.advance(60)
    with store.transaction() as tx:
        tx.record(Event("signin.done", "bob"))

    with store.reading() as connection:
        assert names(log.search(connection, about="ann")) == ["people.changed", "signin.done"]
        assert names(log.search(connection, name="signin.")) == ["signin.done", "signin.done"]
        assert names(log.search(connection, since=clock.now)) == ["signin.done"]
        assert names(log.search(connection, until=clock.now - 1, actor="staff")) == ["people.changed"]
        assert log.search(connection, name="%") == []


def test_search_goes_back_page_by_page(store):
    record(store, 5)
    with store.reading() as connection:
        page = log.search(connection, limit=3)
        rest = log.search(connection, limit=3, before_id=page[-1].id)

    assert [found.facts["number"] for found in (*page, *rest)] == [4, 3, 2, 1, 0]


def names(found):
    return [one.name for one in found]


def reference_root(bodies):
    """RFC 6962 section 2.1 as it is written, without a frontier."""
    if not bodies:
        return hashlib.sha256(b"").digest()
    if len(bodies) == 1:
        return hashlib.sha256(b"\x00" + bodies[0]).digest()
    half = 1
    while half * 2 < len(bodies):
        half *= 2
    return hashlib.sha256(b"\x01" + reference_root(bodies[:half]) + reference_root(bodies[half:])).digest()


def test_the_frontier_gives_the_root_of_rfc_6962_for_every_size():
    frontier = ()
    for size in range(66):
        assert tree.root(frontier) == reference_root([str(number).encode() for number in range(size)])
        assert tree.size(frontier) == size
        assert tree.from_text(tree.to_text(frontier)) == frontier
        frontier = tree.grow(frontier, [tree.leaf_hash(str(size))])


def test_the_roots_of_the_published_test_vectors_come_out():
    """Certificate Transparency's reference vectors for one and for two leaves ."""
    assert tree.root(()).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.leaf_hash("").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    two = tree.grow((), [tree.leaf_hash(""), tree.leaf_hash("\x00")])
    assert tree.root(two).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
