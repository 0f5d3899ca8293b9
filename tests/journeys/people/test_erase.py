import pytest
from sqlalchemy import LargeBinary, Text, func, insert, select

from idp.domain.authenticators.methods import recovery_code
from idp.domain.grants import consents
from idp.domain.oversight import roles
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.proofing import cases
from idp.domain.proofing.cases import State
from idp.domain.proofing.tables import evidence
from idp.domain.recovery import alarms
from idp.domain.recovery.tables import alarms as alarm_rows
from idp.domain.sessions import browser, history, participants
from idp.domain.sessions.browser import Authenticated
from idp.foundation.refusal import Refusal
from idp.foundation.tables import metadata
from idp.journeys.people.erase import erase
from idp.protocol.assurance import Level, Strength
from tests.builders import a_citizen, a_client

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WORD = "Philippa"


@pytest.fixture
def mia(provider):
    """Verified, with two factors, recovery codes, a service that she uses, and a case that waits with a picture."""
    mia = a_citizen(provider, username="mia", assurance=Level.HIGH, totp=SECRET, given_name=WORD, name=WORD)
    service = a_client(provider)
    with provider.transaction() as tx:
        recovery_code.issue(tx, mia.id)
        consents.give(tx, mia.id, service.id, {"openid", "name"})
        case = cases.open_case(tx, mia.id, Level.HIGH, None)
        picture = {"id": "p", "case_id": case.id, "person_id": mia.id, "kind": "portrait", "media_type": "image/jpeg"}
        sealed = provider.vault.seal(tx.connection, mia.id, "proofing_evidence", "portrait", WORD)
        tx.execute(
            insert(evidence), picture | {"width": 1, "height": 1, "sha256": "", "content": sealed, "uploaded_at": 1}
        )
    return mia


def sealed_cells(connection, person_id):
    """How many cells of any table hold something sealed or secret of the person."""
    tables = [table for table in metadata.sorted_tables if "person_id" in table.c]
    secret = [
        (table, column)
        for table in tables
        for column in table.c
        if isinstance(column.type, LargeBinary) or column.name in ("verifier", "credential_id", "blind")
    ]
    counted = (
        connection.execute(
            select(func.count()).select_from(table).where(table.c.person_id == person_id, column.is_not(None))
        ).scalar_one()
        for table, column in secret
        if isinstance(column.type, LargeBinary | Text)
    )
    return sum(counted)


def test_nothing_personal_of_somebody_erased_is_left(provider, mia):
    with provider.reading() as connection:
        assert sealed_cells(connection, mia.id) > 8
    erase(provider, "mia")

    with provider.reading() as connection:
        assert sealed_cells(connection, mia.id) == 0
        assert records.get(connection, mia.id).status is Status.CLOSED
        assert consents.of_person(connection, mia.id) == []
        assert [case.state for case in cases.of_person(connection, mia.id)] == [State.WITHDRAWN]
        assert recovery_code.left(connection, mia.id) == 0


def test_what_a_copy_kept_of_somebody_erased_does_not_open(provider, mia):
    with provider.reading() as connection:
        kept = provider.vault.seal(connection, mia.id, "t", "c", WORD)
    erase(provider, mia.email)

    with provider.reading() as connection, pytest.raises(Refusal, match=r"vault\.erased"):
        provider.vault.open(connection, mia.id, "t", "c", kept)


def test_who_was_erased_may_come_again_as_somebody_new(provider, mia):
    erase(provider, "mia")

    assert a_citizen(provider, username="mia").id != mia.id


def test_who_works_here_is_not_erased(provider, mia):
    with provider.transaction() as tx:
        roles.grant(tx, mia.id, roles.Role.VERIFIER, "operator")
    with pytest.raises(Refusal, match=r"people\.works_here"):
        erase(provider, "mia")

    with provider.reading() as connection:
        assert records.get(connection, mia.id).status is Status.ACTIVE


def test_no_device_of_somebody_erased_is_left(provider, mia):
    with provider.transaction() as tx:
        proved = Authenticated(mia.id, ("pwd",), Strength.ONE_FACTOR, tx.now)
        session, _ = browser.start(tx, proved, "Firefox, Linux", 3600)
        participants.join(tx, session.id, "agency")
        alarms.prepare(tx, mia.id, "new_browser", "Firefox, Linux")
    erase(provider, "mia")

    with provider.reading() as connection:
        assert history.of_person(connection, mia.id) == []
        assert participants.of(connection, session.id) == ()
        assert connection.execute(select(func.count()).select_from(alarm_rows)).scalar_one() == 0
