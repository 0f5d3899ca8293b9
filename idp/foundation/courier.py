"""Delivers the outbox: claims due jobs by a lease, delivers each in a thread of its own, records the outcome.

A lane is one receiver: a service, or what takes the mail. It has one job in hand at a time, so a receiver that hangs
delays its own jobs alone. One that failed is left alone for a while, and from then until it takes a job again shares a
few places with all others that failed; those whose last job arrived always find one.
"""

import json
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from queue import Empty, SimpleQueue

from sqlalchemy import ColumnElement, RowMapping, delete, func, not_, or_, select, update

from idp.foundation.clock import monotonic
from idp.foundation.outbox import KEPT_SECONDS, LEASE_SECONDS, RETRY_AFTER, Handler, outbox
from idp.foundation.receivers import Receivers, Standing
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store

log = logging.getLogger(__name__)

MOST = 48
"""Jobs in hand at once, each with a thread that waits for the network and ends with its job."""
PLACES = {Standing.STRANGER: 32, Standing.AILING: 8}
"""Of these, for receivers that may hang; the others are left to those whose last job arrived."""
LANE = func.coalesce(func.nullif(outbox.c.about, ""), outbox.c.kind)

Chore = Callable[[], None]
"""Something to do now and then beside deliveries: sign an audit checkpoint, sweep what expired."""
Ended = tuple[RowMapping, BaseException | None]


class Courier:
    """One per process at most; any number of processes share the work."""

    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        chores: tuple[Chore, ...] = (),
        pause: float = 1.0,
        shared: Collection[str] = (),
    ) -> None:
        """Jobs of the kinds in `shared`, as letters, are for many people: one not taken says nothing about the next."""
        self._store = store
        self._handlers = handlers
        self._chores = chores
        self._pause = pause
        self._shared = shared
        self._stopping = threading.Event()
        self._receivers = Receivers()
        self._in_hand: dict[str, Standing] = {}
        self._ended: SimpleQueue[Ended] = SimpleQueue()

    def start(self) -> None:
        """Work in a daemon thread until the process ends or `stop` is called."""
        threading.Thread(target=self.run, name="courier", daemon=True).start()

    def stop(self) -> None:
        """Finish the jobs in hand and end."""
        self._stopping.set()
        self._store.job_queued.set()

    def run(self) -> None:
        """Deliver, and do chores once in a pause, until stopped. What fails is logged and tried again."""
        chores_at = monotonic()
        while not self._stopping.is_set():
            self._store.job_queued.clear()
            try:
                self._hand_out()
                if monotonic() >= chores_at:
                    chores_at = monotonic() + self._pause
                    self._do_chores()
            except Exception:
                # The courier outlives a database that is away for a moment; nothing is lost, jobs keep their due time.
                log.exception("courier round failed")
            self._store.job_queued.wait(self._pause)
        while self._in_hand:
            try:
                self._record(*self._ended.get())
            except Exception:
                log.exception("courier round failed")

    def round(self) -> int:
        """Deliver everything that is due now, then do the chores; returns how many jobs were tried."""
        tried = self._hand_out()
        while self._in_hand:
            self._record(*self._ended.get())
            tried += self._hand_out()
        self._do_chores()
        return tried

    def _do_chores(self) -> None:
        for chore in self._chores:
            chore()

    def _hand_out(self) -> int:
        """Record what ended, and begin all that may begin; returns how many jobs that was."""
        while (ended := self._next_ended()) is not None:
            self._record(*ended)
        begun = 0
        while not self._stopping.is_set() and (job := self._claim()) is not None:
            self._begin(job)
            begun += 1
        return begun

    def _next_ended(self) -> Ended | None:
        try:
            return self._ended.get_nowait()
        except Empty:
            return None

    def _begin(self, job: RowMapping) -> None:
        lane = _lane(job)
        trusted = job["kind"] in self._shared
        standing = Standing.WELL if trusted else self._receivers.standing(lane, tried=job["attempts"] > 1)
        threading.Thread(target=self._deliver, args=(job,), name="delivery", daemon=True).start()
        self._in_hand[lane] = standing

    def _deliver(self, job: RowMapping) -> None:
        """In a thread of its own, which touches nothing of the courier's but the queue."""
        error = None
        try:
            self._handlers[job["kind"]](json.loads(job["payload"]))
        except BaseException as raised:  # noqa: BLE001 (whatever one receiver does wrong must never delay another's job)
            error = raised
        self._ended.put((job, error))
        self._store.job_queued.set()

    def _record(self, job: RowMapping, error: BaseException | None) -> None:
        lane = _lane(job)
        del self._in_hand[lane]
        if error is None:
            self._receivers.delivered(lane)
            self._end(job["id"], None)
        elif isinstance(error, Exception):
            # A refusal's text is free of personal data; of any other error only the type is.
            told = str(error) if isinstance(error, Refusal) else type(error).__name__
            log.warning("job %s (%s) failed: %s", job["id"], job["kind"], told)
            if job["about"] and job["kind"] not in self._shared:
                self._receivers.failed(lane, self._store.now())
            self._fail(job, told)
        else:
            raise error

    def _claim(self) -> RowMapping | None:
        if len(self._in_hand) >= MOST:
            return None
        now = self._store.now()
        with self._store.reading() as connection:
            free = LANE.not_in([*self._in_hand, *self._receivers.resting(now)])
            wanted = select(outbox.c.id).where(outbox.c.due_at <= now, free, *self._admitted())
            due = connection.execute(wanted.order_by(outbox.c.due_at).limit(8)).scalars().all()
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

    def _admitted(self) -> list[ColumnElement[bool]]:
        """What a job must be of, while not every sort of receiver has a place left: as `Receivers.standing` says."""
        taken = list(self._in_hand.values())
        room = {standing for standing, places in PLACES.items() if taken.count(standing) < places}
        if len(room) == len(PLACES):
            return []
        well = or_(outbox.c.kind.in_(self._shared), LANE.in_(self._receivers.well))
        ails = or_(outbox.c.attempts > 0, LANE.in_(self._receivers.ailing))
        return [or_(well, *([ails] if Standing.AILING in room else [not_(ails)] if room else []))]

    def _fail(self, job: RowMapping, error: str) -> None:
        if job["attempts"] > len(RETRY_AFTER):
            self._end(job["id"], error)
            return
        due_at = self._store.now() + RETRY_AFTER[job["attempts"] - 1]
        with self._store.transaction() as tx:
            tx.execute(update(outbox).where(outbox.c.id == job["id"]).values(due_at=due_at, last_error=error))

    def _end(self, job_id: str, error: str | None) -> None:
        with self._store.transaction() as tx:
            ended = {"due_at": None, "ended_at": tx.now, "last_error": error, "payload": "{}"}
            tx.execute(update(outbox).where(outbox.c.id == job_id).values(**ended))
            tx.execute(delete(outbox).where(outbox.c.ended_at < tx.now - KEPT_SECONDS))


def _lane(job: RowMapping) -> str:
    """As LANE."""
    lane: str = job["about"] or job["kind"]
    return lane
