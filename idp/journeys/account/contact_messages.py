"""What is written when addresses and telephone numbers change."""

from typing import Final

from idp.domain.people import records
from idp.domain.people.contact_changes import Act, Change, Wish
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce, write_to
from idp.journeys.provider import Provider
from idp.journeys.sent_codes import CHANNELS
from idp.protocol import email_address, telephone_number

CHANGED: Final = "contact_changed"
DONE: Final = {Act.ADD: "added", Act.CHANGE: "changed", Act.REMOVE: "removed", Act.PREFER: "preferred"}
"""What an event says, and the message about it."""


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
    announce(tx, provider, person_id, CHANGED, **facts)
