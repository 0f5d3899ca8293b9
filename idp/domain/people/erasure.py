"""Forgetting somebody: what is personal goes, and so does the key that would open what copies of it there are."""

from sqlalchemy import delete

from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.people.tables import attributes, contact_changes, identifiers, verifications
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault


def erase(tx: Tx, vault: Vault, person_id: str, actor: str) -> None:
    """For ever. What stays is the identifier, closed, so that the audit still speaks of one and the same person."""
    for table in (attributes, contact_changes, identifiers, verifications):
        tx.execute(delete(table).where(table.c.person_id == person_id))
    records.set_status(tx, person_id, Status.CLOSED, actor, "erased")
    vault.erase(tx, person_id)
    tx.record(Event("people.record.erased", actor, person_id))
