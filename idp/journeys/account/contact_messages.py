"""What is written when addresses and telephone numbers change, and how much of it at most.

Text messages cost money, and some are paid for each that reaches a number of theirs: they make a provider send codes
(SMS pumping). So what leaves is counted for the person, the address, the range of numbers and the network.
"""

from typing import Final

from idp.domain.people import identifiers, records
from idp.domain.people.contact_changes import Act, Change, Wish
from idp.foundation.limits import Limit, take
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce, write_to
from idp.journeys.provider import Provider
from idp.protocol import email_address, telephone_number

CHANNELS: Final = {"email": "email", "phone": "sms"}
DONE: Final = {Act.ADD: "added", Act.CHANGE: "changed", Act.REMOVE: "removed", Act.PREFER: "preferred"}
"""What an event says, and the message about it."""
PER_PERSON: Final = (Limit("contacts.person", 10, 3600), Limit("contacts.person.day", 30, 24 * 3600))
PER_NETWORK: Final = Limit("contacts.network", 60, 3600)
PER_ADDRESS: Final = {"email": Limit("contacts.email", 5, 3600), "phone": Limit("contacts.phone", 4, 3600)}
PER_NUMBER_A_DAY: Final = Limit("contacts.phone.day", 8, 24 * 3600)
PER_RANGE: Final = Limit("contacts.range", 30, 24 * 3600)
RANGE: Final = 3
"""Last digits in which the numbers of one range differ."""


def count(tx: Tx, provider: Provider, person_id: str, change: Change, network: str) -> None:
    """Count one code before it is sent. Raises Refusal("too_many_attempts"), or ("contacts.no_channel")."""
    kind, address = change.wish.kind, change.address
    if CHANNELS[kind] not in provider.channels:
        raise Refusal("contacts.no_channel", "no text messages leave here")
    take(tx, PER_NETWORK, network)
    for limit in PER_PERSON:
        take(tx, limit, person_id)
    take(tx, PER_ADDRESS[kind], identifiers.blind(provider.vault, kind, address))
    if kind == "phone":
        take(tx, PER_NUMBER_A_DAY, identifiers.blind(provider.vault, kind, address))
        take(tx, PER_RANGE, identifiers.blind(provider.vault, kind, address[:-RANGE]))


def send_code(tx: Tx, provider: Provider, person_id: str, change: Change, code: str) -> None:
    """To the address that is to be proved, in the person's language."""
    channel = CHANNELS[change.wish.kind]
    locale = records.get(tx.connection, person_id).locale
    facts = {"code": code, "host": provider.rp_id, "channel": channel, "due": str(change.due)}
    write_to(tx, provider, channel, change.address, "contact_code", locale, **facts)


def tell_owner(tx: Tx, provider: Provider, owner: str, change: Change) -> None:
    """Somebody wants to add what is another's: she is told, and no code leaves."""
    locale = records.get(tx.connection, owner).locale
    write_to(tx, provider, CHANNELS[change.wish.kind], change.address, "contact_known", locale)


def tell(tx: Tx, provider: Provider, person_id: str, wish: Wish) -> None:
    """Every address that the person has is told what became of them."""
    mask = email_address.masked if wish.kind == "email" else telephone_number.masked
    facts = {"what": wish.kind, "done": DONE[wish.act], "shown": mask(wish.new or wish.old)}
    announce(tx, provider, person_id, "contact_changed", **facts)
