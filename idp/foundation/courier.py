"""Delivers the outbox: claims one due job at a time by a lease, runs its handler, records the outcome.

A receiver that failed is left alone for a while, with all that is due to it: one that hangs would otherwise cost its
time-out again for every job, and those of everybody else would wait behind.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping

from sqlalchemy import RowMapping, delete, select, update

from idp.foundation.outbox import KEPT_SECONDS, LEASE_SECONDS, RETRY_AFTER, Handler, outbox
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store

log = logging.getLogger(__name__)

RESTS = RETRY_AFTER[:3]
"""Seconds for which a receiver is left alone after its first, second and every later failure in a row."""

Chore = Callable[[], None]
"""Something to do each round beside deliveries: sign an audit checkpoint, sweep what expired."""


class Courier:
    """One per process at most; any number of processes share the work."""

    def __init__(
        self, store: Store, handlers: Mapping[str, Handler], chores: tuple[Chore, ...] = (), pause: float = 1.0
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._chores = chores
        self._pause = pause
        self._stopping = threading.Event()
        self._ailing: dict[str, tuple[int, int]] = {}

    def start(self) -> None:
        """Work in a daemon thread until the process ends or `stop` is called."""
        threading.Thread(target=self.run, name="courier", daemon=True).start()

    def stop(self) -> None:
        """Finish the job in hand and end."""
        self._stopping.set()
        self._store.job_queued.set()

    def run(self) -> None:
        """Deliver and do chores until stopped. A failing round is logged and tried again."""
        while not self._stopping.is_set():
            self._store.job_queued.clear()
            try:
                self.round()
            except Exception:
                # The courier outlives a database that is away for a moment; nothing is lost, jobs keep their due time.
                log.exception("courier round failed")
            self._store.job_queued.wait(self._pause)

    def round(self) -> int:
        """Deliver everything that is due now, then do the chores; returns how many jobs were tried."""
        tried = 0
        while not self._stopping.is_set() and self._deliver_one():
            tried += 1
        for chore in self._chores:
            chore()
        return tried

    def _deliver_one(self) -> bool:
        job = self._claim()
        if job is None:
            return False
        try:
            self._handlers[job["kind"]](json.loads(job["payload"]))
        except Exception as error:  # noqa: BLE001 (whatever one receiver does wrong must never delay another's job)
            # A refusal's text is free of personal data; of any other error only the type is.
            told = str(error) if isinstance(error, Refusal) else type(error).__name__
            log.warning("job %s (%s) failed: %s", job["id"], job["kind"], told)
            self._failed(job, told)
        else:
            self._ailing.pop(job["about"], None)
            self._ended(job["id"], None)
        return True

    def _claim(self) -> RowMapping | None:
        now = self._store.now()
        with self._store.reading() as connection:
            well = outbox.c.about.not_in([about for about, (_, until) in self._ailing.items() if until > now])
            wanted = select(outbox.c.id).where(outbox.c.due_at <= now, well).order_by(outbox.c.due_at).limit(8)
            due = connection.execute(wanted).scalars().all()
        for job_id in due:
            with self._store.transaction() as tx:
                claim = (
                    update(outbox)
                    .where(outbox.c.id == job_id, outbox.c.due_at <= now)
                    .values(due_at=now + LEASE_SECONDS, attempts=outbox.c.attempts + 1)
                    .returning(*outbox.c)
                )
                row = tx.execute(claim).mappings().one_or_none()
            if row is not None:
                return row
        return None

    def _failed(self, job: RowMapping, error: str) -> None:
        if job["about"]:
            failures = self._ailing.get(job["about"], (0, 0))[0]
            rest = RESTS[min(failures, len(RESTS) - 1)]
            self._ailing[job["about"]] = (failures + 1, self._store.now() + rest)
        if job["attempts"] > len(RETRY_AFTER):
            self._ended(job["id"], error)
            return
        due_at = self._store.now() + RETRY_AFTER[job["attempts"] - 1]
        with self._store.transaction() as tx:
            tx.execute(update(outbox).where(outbox.c.id == job["id"]).values(due_at=due_at, last_error=error))

    def _ended(self, job_id: str, error: str | None) -> None:
        with self._store.transaction() as tx:
            ended = {"due_at": None, "ended_at": tx.now, "last_error": error, "payload": "{}"}
            tx.execute(update(outbox).where(outbox.c.id == job_id).values(**ended))
            tx.execute(delete(outbox).where(outbox.c.ended_at < tx.now - KEPT_SECONDS))
