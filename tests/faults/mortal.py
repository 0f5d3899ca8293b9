"""A provider that dies at its first write, then at its second, and so on until it lives to the end of its deed.

`python -m tests.faults.mortal DEED NOW` forks a child for each death, as a server forks its workers; an heir, who was
forked before and outlives them, looks at what was left. It says one JSON line for each: where it died, what the browser
had been told by then, and what the heir found wrong.
"""

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from idp.app import create_app
from idp.config import load
from idp.foundation.line import Line
from tests.faults import deeds, ways_back
from tests.faults.deeds import Deed
from tests.fixtures.storage import Clock

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
BETWEEN = 90
"""Seconds from one life to the next, so that an authenticator app shows another code."""
DEEDS = deeds.DEEDS | ways_back.DEEDS


class Fate:
    """Counts the places where a worker may die, once it is `awake`; at the chosen one it does."""

    def __init__(self, chosen: int) -> None:
        self.awake = False
        self._chosen = chosen
        self._passed = 0
        self._just_committed = False

    def statement(self, text: str) -> None:
        """Before each write, and before whatever follows a commit."""
        first = text.lstrip().partition(" ")[0].upper()
        if first in WRITES or self._just_committed:
            self.here()
        self._just_committed = first == "COMMIT"

    def here(self) -> None:
        self._passed += self.awake
        if self.awake and self._passed == self._chosen:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(app: Flask, fate: Fate) -> None:
    """Tell fate of every statement that leaves for the database, by whichever way."""
    store = app.extensions["provider"].store
    if store.is_sqlite:
        for engine in (store.engine, store._autocommitting):  # noqa: SLF001 (prepared statements pass by SQLAlchemy's own events)
            event.listen(engine, "connect", lambda connection, _record: connection.set_trace_callback(fate.statement))
        return
    execute, travel = psycopg.Cursor.execute, Line._travel  # noqa: SLF001 (the other way, which passes by the cursor)

    def watched_execute(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        fate.statement(str(query))
        return execute(self, query, *arguments, **named)

    def watched_travel(self: Any, last: Any) -> Any:
        for sent in (*self._waiting, *([last] if last else [])):
            fate.statement(sent.statement.sql.decode())
        return travel(self, last)

    psycopg.Cursor.execute, Line._travel = watched_execute, watched_travel  # type: ignore[method-assign]  # noqa: SLF001


def telling(fate: Fate, tell: Callable[[dict[str, str]], None]) -> type[FlaskClient]:
    """A browser that says what it was told, once the answer has arrived; the worker may die just before."""

    class Telling(FlaskClient):
        def open(self, *arguments: Any, **named: Any) -> Any:
            answer = super().open(*arguments, **named)
            fate.here()
            tell(deeds.told(self, answer))
            return answer

    return Telling


def in_a_child(work: Callable[[Callable[[dict[str, Any]], None]], None]) -> tuple[list[dict[str, Any]], int]:
    """What the child said, and how it ended (as os.waitpid has it)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w", buffering=1) as said:
            try:
                work(lambda line: said.write(json.dumps(line) + "\n"))
            except BaseException:  # noqa: BLE001 (a fork must never go on with its parent's work)
                traceback.print_exc()
                os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = [json.loads(line) for line in said]
    return lines, os.waitpid(child, 0)[1]


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def ready_to_fork(clock: Clock, deed: Deed) -> Flask:
    """After a rehearsal, which reads pages and compiles statements: no life has to do so for itself."""
    app = create_app(load(os.environ), clock)
    app.testing = True
    deed.live(app, clock, 0, deed.prepare(app, clock, 0))
    app.extensions["provider"].store.dispose()
    gc.collect()
    gc.freeze()
    return app


def heir(app: Flask, clock: Clock, deed: Deed) -> Connection:
    """Another worker, which survives them all: sent the number of a life, its time and what was heard, it answers."""
    forks = get_context("fork")
    ours, theirs = forks.Pipe()
    forks.Process(target=look, args=(app, clock, deed, theirs, ours), daemon=True).start()
    theirs.close()
    return ours


def look(app: Flask, clock: Clock, deed: Deed, connection: Connection, other_end: Connection) -> None:
    """At what each life left, and say what is wrong, until nobody has the other end any more."""
    other_end.close()
    while True:
        try:
            number, clock.now, heard = connection.recv()
        except EOFError:
            return
        try:
            wrong = list(deed.inherit(app, clock, number, heard))
        except Exception:  # noqa: BLE001 (whoever comes after the next death looks all the same)
            traceback.print_exc()
            wrong = ["the heir failed"]
        connection.send(wrong)


def main(deed: Deed, now: int) -> None:
    """One life after another."""
    clock = Clock(now)
    app = ready_to_fork(clock, deed)
    survivor = heir(app, clock, deed)
    for number in count(1):
        clock.advance(BETWEEN)

        def live(tell: Callable[[dict[str, Any]], None], chosen: int = number) -> None:
            fate = Fate(chosen)
            watch(app, fate)
            app.test_client_class = telling(fate, tell)
            window = deed.prepare(app, clock, chosen)
            fate.awake = True
            deed.live(app, clock, chosen, window)

        lines, end = in_a_child(live)
        heard = {name: value for line in lines for name, value in line.items()}
        survivor.send((number, clock.now, heard))
        say({"number": number, "died": bool(end), "by": end, "heard": heard, "wrong": survivor.recv()})
        if end != signal.SIGKILL:
            return


if __name__ == "__main__":
    main(DEEDS[sys.argv[1]], int(sys.argv[2]))
