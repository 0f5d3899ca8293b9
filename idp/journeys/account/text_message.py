"""Codes by text message as a way to sign in, added in the account. The caller asked for a fresh authentication."""

from idp.domain.authenticators.methods import one_time_code, sms
from idp.foundation.refusal import Refusal
from idp.journeys import sent_codes
from idp.journeys.provider import Provider
from idp.journeys.signin import text_message
from idp.journeys.signin.pending_secret import read, sealed


def begin(provider: Provider, person_id: str, contact_id: str, network: str, kept: str = "") -> str:
    """Send a code to a proven number; returns what the form carries until it comes. `kept` is of the code before.

    Raises Refusal("contacts.unknown"), ("contacts.too_soon"), ("contacts.no_channel") or ("too_many_attempts").
    """
    before = _opened(provider, person_id, kept) if kept else None
    with provider.transaction() as tx:
        if before is not None:
            sent_codes.insist_on_pause(tx, before[2])
            one_time_code.drop(tx, before[1])
        number, challenge_id = text_message.send_to_bind(tx, provider, person_id, contact_id, network)
        return sealed(provider.box, f"{sms.METHOD}|{person_id}|{number}|{challenge_id}|{tx.now}")


def add(provider: Provider, person_id: str, kept: str, code: str) -> None:
    """Bind the number. Raises Refusal("authenticators.wrong_code") or ("authenticators.code_expired")."""
    number, challenge_id, _ = _opened(provider, person_id, kept)
    with provider.transaction() as tx:
        if sms.is_held(tx.connection, provider.vault, person_id, number):
            return  # The form was sent twice.
        text_message.bind(tx, provider, person_id, number, challenge_id, code)


def _opened(provider: Provider, person_id: str, kept: str) -> tuple[str, str, int]:
    parts = read(provider.box, kept).split("|")
    if parts[:2] != [sms.METHOD, person_id]:
        raise Refusal("authenticators.code_expired", "the page belongs to another account, or to none")
    return parts[2], parts[3], int(parts[4])
