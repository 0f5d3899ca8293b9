"""How many codes leave at most, by mail and by text message.

Text messages cost money, and some are paid for each that reaches a number of theirs: they make a provider send codes
(SMS pumping). So what leaves is counted for the person, the address, the range of numbers and the network.
"""

from typing import Final

from idp.domain.people import identifiers
from idp.foundation.limits import Limit, network_of, take
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider

CHANNELS: Final = {"email": "email", "phone": "sms"}
"""Which channel reaches an identifier of that kind."""
COOLDOWN: Final = 60
"""Seconds between two codes."""
PER_PERSON: Final = (Limit("codes.person", 10, 3600), Limit("codes.person.day", 30, 24 * 3600))
PER_NETWORK: Final = Limit("codes.network", 60, 3600)
PER_ADDRESS: Final = {"email": Limit("codes.email", 5, 3600), "phone": Limit("codes.phone", 4, 3600)}
PER_NUMBER_A_DAY: Final = Limit("codes.phone.day", 12, 24 * 3600)
PER_RANGE: Final = Limit("codes.range", 60, 24 * 3600)
RANGE: Final = 3
"""Last digits in which the numbers of one range differ."""


def count(tx: Tx, provider: Provider, person_id: str, kind: str, address: str, network: str) -> None:
    """Count one code before it is sent. Raises Refusal("too_many_attempts"), or ("contacts.no_channel")."""
    if CHANNELS[kind] not in provider.channels:
        raise Refusal("contacts.no_channel", "no text messages leave here")
    take(tx, PER_NETWORK, network_of(network))
    for limit in PER_PERSON:
        take(tx, limit, person_id)
    take(tx, PER_ADDRESS[kind], identifiers.blind(provider.vault, kind, address))
    if kind == "phone":
        take(tx, PER_NUMBER_A_DAY, identifiers.blind(provider.vault, kind, address))
        take(tx, PER_RANGE, identifiers.blind(provider.vault, kind, range_of(address)))


def range_of(number: str) -> str:
    """What the numbers of one range share."""
    return number[:-RANGE]


def insist_on_pause(tx: Tx, sent_at: int | None) -> None:
    """Raises Refusal("contacts.too_soon", retry_after=seconds) if the last code was sent just now."""
    left = 0 if sent_at is None else sent_at + COOLDOWN - tx.now
    if left > 0:
        raise Refusal("contacts.too_soon", "the last code was sent just now", retry_after=left)
