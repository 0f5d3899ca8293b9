"""E-mail addresses and telephone numbers: several of each, and a change of one is proved with the old and the new.

The caller has asked for a fresh authentication. What waits for a code stands in the database, one change for a person.
A person may hold several; the main one of a kind is what services receive.
"""

import hashlib
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from idp.domain.authenticators import lockout, registry
from idp.domain.authenticators.methods import one_time_code, sms
from idp.domain.people import attributes, contact_changes, identifiers
from idp.domain.people.contact_changes import Act, Change, Proof, Wish
from idp.domain.people.identifiers import Identifier
from idp.foundation.audit.event import Event
from idp.foundation.limits import Limit, take
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys import sent_codes
from idp.journeys.account import contact_messages
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength

CLAIMS = {"email": "email", "phone": "phone_number"}
PURPOSE = "contact"
SETTLED = 7 * 24 * 3600
"""Seconds for which a second factor must have been held before it can stand in for an address that was lost."""
TRIES = Limit("contacts.tries", 10, 15 * 60)
TRIES_A_DAY = Limit("contacts.tries.day", 30, 24 * 3600)


@dataclass(frozen=True, slots=True)
class Contact:
    """One address or number; `id` names it in this account's addresses without saying what it is."""

    id: str
    kind: str
    value: str
    proven: bool
    main: bool


def held(provider: Provider, person_id: str) -> tuple[Contact, ...]:
    """Oldest first."""
    with provider.reading() as connection:
        return _held(connection, provider, person_id)


def proven_number(connection: Connection, provider: Provider, person_id: str, contact_id: str) -> str:
    """The telephone number of that name. Raises Refusal("contacts.unknown") if it is not a proven one of the person."""
    one = _one(connection, provider, person_id, contact_id)
    if one.kind != "phone" or not one.proven:
        raise Refusal("contacts.unknown", "no such number is proven")
    return one.value


def waiting(provider: Provider, person_id: str) -> Change | None:
    """The change that waits for a code, if there is one."""
    with provider.reading() as connection:
        return contact_changes.find(connection, provider.vault, person_id, provider.store.now())


def add(provider: Provider, person_id: str, kind: str, value: str, network: str) -> None:
    """Send a code to another address or number, of the kind `email` or `phone`.

    Raises Refusal("contacts.held") for one that is proven already, ("too_many_attempts") or ("contacts.no_channel").
    The answer is the same whether or not it is somebody else's; its owner is told.
    """
    with provider.transaction() as tx:
        _begin(tx, provider, person_id, Wish(Act.ADD, kind, new=value), network)


def change(provider: Provider, person_id: str, contact_id: str, value: str, network: str) -> None:
    """Put another in the place of one: codes go to the old one and then to the new one. Raises as `add`."""
    with provider.transaction() as tx:
        one = _one(tx.connection, provider, person_id, contact_id)
        _begin(tx, provider, person_id, Wish(Act.CHANGE, one.kind, one.value, value), network)


def confirm(provider: Provider, person_id: str, contact_id: str, network: str) -> None:
    """Prove one that is on record and was never proved. Raises as `add`."""
    with provider.transaction() as tx:
        one = _one(tx.connection, provider, person_id, contact_id)
        _begin(tx, provider, person_id, Wish(Act.ADD, one.kind, new=one.value), network)


def remove(provider: Provider, person_id: str, contact_id: str, network: str) -> None:
    """Take one away, with a code that goes there. Raises as `add`, and ("contacts.last") or ("contacts.is_factor")."""
    with provider.transaction() as tx:
        one = _one(tx.connection, provider, person_id, contact_id)
        _begin(tx, provider, person_id, Wish(Act.REMOVE, one.kind, old=one.value), network)


def prefer(provider: Provider, person_id: str, contact_id: str, network: str) -> None:
    """Make a proven one the main one, with a code that goes to the present one. Raises as `add`."""
    with provider.transaction() as tx:
        one = _one(tx.connection, provider, person_id, contact_id)
        if not one.proven or one.main:
            raise Refusal("contacts.unknown", "only another that is proven can become the main one")
        present = _main(tx.connection, provider, person_id, one.kind) or ""
        _begin(tx, provider, person_id, Wish(Act.PREFER, one.kind, present, one.value), network)


def send_again(provider: Provider, person_id: str, network: str) -> None:
    """Another code, which ends the one before. Raises Refusal("contacts.too_soon", retry_after=seconds) or as `add`."""
    with provider.transaction() as tx:
        present = _waiting(tx, provider, person_id)
        sent_codes.insist_on_pause(tx, present.sent_at)
        _send(tx, provider, person_id, present, network)


def prove(provider: Provider, person_id: str, code: str, network: str) -> bool:
    """Check the code that is waited for; True when the change is done, False when another code was sent.

    Raises Refusal("authenticators.wrong_code"), ("authenticators.code_expired") or ("too_many_attempts").
    """
    with provider.transaction() as tx:
        take(tx, TRIES, person_id)
        take(tx, TRIES_A_DAY, person_id)
        present = _waiting(tx, provider, person_id)
        binding = _binding(provider, person_id, present)
        one_time_code.verify(tx, present.code_id, code, PURPOSE, binding)
        if present.due is Proof.NEW and present.wish.taken:
            # A lucky guess: the code was sent to nobody. Its owner was told; whoever tries here learns nothing.
            raise Refusal("authenticators.wrong_code", "the address is somebody else's")
        return _go_on(tx, provider, person_id, present, network)


def without_the_old(provider: Provider, person_id: str, strength: Strength, network: str) -> bool:
    """Go on without the old one's code, for somebody who lost it and signed in just now with two factors.

    Raises Refusal("contacts.unsettled") if no second factor has been held for a week: whoever found out a password
    could have added one today. `strength` is that of the session. True when the change is done.
    """
    with provider.transaction() as tx:
        present = _waiting(tx, provider, person_id)
        if present.due is not Proof.OLD:
            return False
        if strength < Strength.TWO_FACTORS or not _is_settled(tx.connection, person_id, tx.now):
            raise Refusal("contacts.unsettled", "no second factor has been held for long enough")
        tx.record(Event(f"people.{present.wish.kind}.lost", person_id, person_id))
        return _go_on(tx, provider, person_id, present, network)


def can_do_without(provider: Provider, person_id: str) -> bool:
    """Whether `without_the_old` is open to the person, once she signed in."""
    with provider.reading() as connection:
        return _is_settled(connection, person_id, provider.store.now())


def give_up(provider: Provider, person_id: str) -> None:
    """Nothing is changed."""
    with provider.transaction() as tx:
        contact_changes.close(tx, person_id)


def withdraw_since(tx: Tx, provider: Provider, person_id: str, since: int, *, all_of_them: bool) -> None:
    """Take away every address and number that was proved since then, because it may have been somebody else.

    One stays to be reached at, unless `all_of_them` are to go.
    """
    proven = [one for one in identifiers.of(tx.connection, provider.vault, person_id) if one.kind in CLAIMS]
    proven = sorted((one for one in proven if one.verified_at is not None), key=lambda one: one.verified_at or 0)
    doubtful = [one for one in proven if (one.verified_at or 0) >= since]
    for one in doubtful if all_of_them or len(doubtful) < len(proven) else doubtful[1:]:
        main = _main(tx.connection, provider, person_id, one.kind)
        identifiers.release(tx, provider.vault, person_id, one.kind, one.value)
        if main == one.value:
            _tell_services(tx, provider, person_id, Wish(Act.REMOVE, one.kind, one.value))
        tx.record(Event(f"people.{one.kind}.removed", person_id, person_id))
    contact_changes.close(tx, person_id)


def _begin(tx: Tx, provider: Provider, person_id: str, wish: Wish, network: str) -> None:
    mine = _held(tx.connection, provider, person_id)
    proven = {one.value for one in mine if one.proven}
    if wish.act in (Act.ADD, Act.CHANGE):
        owner = _owner(tx.connection, provider, wish.kind, wish.new)
        again = [one for one in mine if _is_same(provider, one, wish) and (one.proven or wish.act is Act.CHANGE)]
        if again:
            raise Refusal("contacts.held", "the person holds this address")
        wish = Wish(wish.act, wish.kind, wish.old, wish.new, owner not in (None, person_id))
    if wish.act in (Act.CHANGE, Act.REMOVE):
        _insist_on_dispensable(tx.connection, provider, person_id, wish, proven)
    # Nobody proved to hold one that was never proved, so giving it up takes no proof.
    begun = contact_changes.begin(tx, provider.vault, person_id, wish, old_proved=wish.old not in proven)
    if begun.due is None:
        _finish(tx, provider, person_id, begun)
    else:
        _send(tx, provider, person_id, begun, network)


def _go_on(tx: Tx, provider: Provider, person_id: str, present: Change, network: str) -> bool:
    if present.due is Proof.OLD:
        contact_changes.old_is_proved(tx, person_id)
        following = replace(present, old_proved=True)
        if following.due is not None:
            _send(tx, provider, person_id, following, network)
            return False
    _finish(tx, provider, person_id, present)
    return True


def _send(tx: Tx, provider: Provider, person_id: str, present: Change, network: str) -> None:
    sent_codes.count(tx, provider, person_id, present.wish.kind, present.address, network)
    code_id, code = one_time_code.issue(tx, PURPOSE, _binding(provider, person_id, present))
    contact_changes.sent(tx, person_id, code_id)
    owner = _owner(tx.connection, provider, present.wish.kind, present.address)
    if present.due is Proof.NEW and present.wish.taken:
        contact_messages.tell_owner(tx, provider, owner or person_id, present)
    else:
        contact_messages.send_code(tx, provider, person_id, present, code)


def _finish(tx: Tx, provider: Provider, person_id: str, done: Change) -> None:
    wish = done.wish
    contact_changes.close(tx, person_id)
    if wish.act in (Act.CHANGE, Act.REMOVE):
        held_now = {one.value for one in _held(tx.connection, provider, person_id) if one.proven}
        _insist_on_dispensable(tx.connection, provider, person_id, wish, held_now)
    if wish.act in (Act.ADD, Act.CHANGE):
        if _owner(tx.connection, provider, wish.kind, wish.new) not in (None, person_id):
            raise Refusal("people.identifier_taken", "somebody else proved it meanwhile")
        identifiers.prove(tx, provider.vault, person_id, wish.kind, wish.new)
        lockout.success(tx, one_time_code.METHOD, person_id)  # Bound anew: codes sent there take an account back again.
    contact_messages.tell(tx, provider, person_id, wish)  # While both are on record: each is told.
    main = _main(tx.connection, provider, person_id, wish.kind)
    if wish.act in (Act.CHANGE, Act.REMOVE):
        identifiers.release(tx, provider.vault, person_id, wish.kind, wish.old)
    if main in (None, wish.old):
        _tell_services(tx, provider, person_id, wish)
    tx.record(Event(f"people.{wish.kind}.{contact_messages.DONE[wish.act]}", person_id, person_id))


def _tell_services(tx: Tx, provider: Provider, person_id: str, wish: Wish) -> None:
    """The new one is the main one; without a new one the oldest that is left."""
    left = [one.value for one in _of(tx.connection, provider, person_id, wish.kind) if one.verified_at is not None]
    main = wish.new or next(iter(left), None)
    claim = CLAIMS[wish.kind]
    if main is None:
        attributes.drop(tx, person_id, (claim, f"{claim}_verified"))
    else:
        attributes.put(tx, provider.vault, person_id, {claim: main, f"{claim}_verified": True}, "person")


def _insist_on_dispensable(
    connection: Connection, provider: Provider, person_id: str, wish: Wish, proven: set[str]
) -> None:
    """Raises Refusal("contacts.last") or ("contacts.is_factor") for one that cannot be done without."""
    if wish.kind == "phone" and sms.is_held(connection, provider.vault, person_id, wish.old):
        raise Refusal("contacts.is_factor", "codes for signing in go to this number")
    if wish.act is Act.CHANGE or wish.old not in proven:
        return
    emails = {one.value for one in _of(connection, provider, person_id, "email")} & proven
    has_name = bool(identifiers.of(connection, provider.vault, person_id, "username"))
    if len(proven) == 1 or (wish.kind == "email" and len(emails) == 1 and not has_name):
        raise Refusal("contacts.last", "nothing could be sent any more, or nobody could sign in")


def _is_settled(connection: Connection, person_id: str, now: int) -> bool:
    held_long = [one for one in registry.of(connection, person_id) if one.created_at <= now - SETTLED]
    return any(one.strength >= Strength.TWO_FACTORS for one in held_long)


def _held(connection: Connection, provider: Provider, person_id: str) -> tuple[Contact, ...]:
    mains = {kind: _main(connection, provider, person_id, kind) for kind in CLAIMS}
    return tuple(
        Contact(
            _name(provider, person_id, one),
            one.kind,
            one.value,
            one.verified_at is not None,
            one.value == mains[one.kind],
        )
        for one in identifiers.of(connection, provider.vault, person_id)
        if one.kind in CLAIMS
    )


def _main(connection: Connection, provider: Provider, person_id: str, kind: str) -> str | None:
    """What services receive as the person's proven address or number."""
    claim = CLAIMS[kind]
    told = attributes.read(connection, provider.vault, person_id, (claim, f"{claim}_verified"))
    return str(told[claim]) if claim in told and told.get(f"{claim}_verified") is True else None


def _of(connection: Connection, provider: Provider, person_id: str, kind: str) -> tuple[Identifier, ...]:
    return identifiers.of(connection, provider.vault, person_id, kind)


def _one(connection: Connection, provider: Provider, person_id: str, contact_id: str) -> Contact:
    found = [one for one in _held(connection, provider, person_id) if one.id == contact_id]
    if not found:
        raise Refusal("contacts.unknown", "no such address or number")
    return found[0]


def _name(provider: Provider, person_id: str, one: Identifier) -> str:
    """The blind index itself would be the same for everybody who ever held it."""
    index = identifiers.blind(provider.vault, one.kind, one.value)
    return hashlib.sha256(f"{person_id}|{one.kind}|{index}".encode()).hexdigest()[:24]


def _is_same(provider: Provider, one: Contact, wish: Wish) -> bool:
    blinds = [identifiers.blind(provider.vault, wish.kind, value) for value in (one.value, wish.new)]
    return one.kind == wish.kind and blinds[0] == blinds[1]


def _owner(connection: Connection, provider: Provider, kind: str, value: str) -> str | None:
    """Whose it is, by whatever name. The same is looked up whoever it is, so that the time it takes tells nothing."""
    by_name = identifiers.sign_in_name(connection, provider.vault, value) if kind == "email" else None
    return by_name or identifiers.owner(connection, provider.vault, kind, value)


def _binding(provider: Provider, person_id: str, present: Change) -> str:
    return f"{person_id}|{identifiers.blind(provider.vault, present.wish.kind, present.address)}"


def _waiting(tx: Tx, provider: Provider, person_id: str) -> Change:
    found = contact_changes.find(tx.connection, provider.vault, person_id, tx.now, lock=True)
    if found is None or found.due is None:
        raise Refusal("contacts.nothing_waits", "no change waits for a code")
    return found
