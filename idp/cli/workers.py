"""What `idp serve` becomes: one process that makes the application, and workers that share its memory.

Workers are forks. What they only read (code, templates, languages) stands in memory once, and a worker that died is
replaced at once. Connections and threads do not survive a fork, so each worker opens its own.
"""

import gc
import logging
import multiprocessing
import os
import sys

from babel import Locale
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from idp.app import LANGUAGES, LARGEST_REQUEST, create_app
from idp.cli import logs
from idp.config import load
from idp.foundation.doorway import Doorway
from idp.foundation.processors import keep_to_one
from idp.web.signin.device import device_name

THREADS = 128
"""Of each worker: those that work, and those that have stepped aside while a password is hashed."""
MOST_AT_THE_DOOR = 80
"""Of these threads, those that may wait for the rest of a request; some are left besides those that wait for a hash."""
STOP_SECONDS = 5
"""A worker that is told to stop while it still starts does not hear it: after so long it is ended."""


def serve(host: str, port: int, workers: int, places: int, pinned: int) -> None:
    """Serve until stopped. Each worker works on so many requests at a time as there are `places`.

    If they are `pinned` (1, else 0), each keeps to one processor.
    """
    server = Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    if sys.platform != "linux":  # Elsewhere a fork of a process that has threads may crash: each worker makes its own.
        server.serve()
        return
    multiprocessing.set_start_method("fork")
    logs.configure()
    logging.getLogger("_granian").addFilter(_is_news)
    app = application()
    hasher = app.extensions["provider"].hasher
    admitted = hasher.floor.admit(app, places, app.extensions["machine"].is_quick)
    target = Doorway(admitted, MOST_AT_THE_DOOR, LARGEST_REQUEST)

    def loaded(_target: str) -> Doorway:
        """In a new worker, whose place is the one that is missing in what it has of the server."""
        if pinned:
            keep_to_one(min(set(range(workers)) - {one.idx for one in server.wrks}))
        return _in_a_worker(app, target)

    with hasher.back_room.opened(max(1, workers // 2)):  # The other half of the processors stays free of it.
        server.serve(target_loader=loaded)


def _in_a_worker(app: Flask, target: Doorway) -> Doorway:
    """What each worker does of its own, before its first request: no thread of the parent is in a fork."""
    logs.gather()
    app.extensions["courier"].start()
    return target


def _is_news(record: logging.LogRecord) -> bool:
    """The server counts threads and warns of many; the floor counts who works, and lets in few."""
    return "Python threads" not in record.getMessage()


def application() -> Flask:
    """The application with everything read that workers would each read for themselves, fit to be forked."""
    app = create_app(load(os.environ))
    for template in app.jinja_env.list_templates():
        app.jinja_env.get_template(template)
    for language in LANGUAGES:
        Locale.parse(language).date_formats  # noqa: B018 (reading is what loads it)
    device_name("any")  # Whoever signs in needs the recogniser, which is large.
    app.extensions["provider"].store.dispose()
    gc.collect()
    gc.freeze()  # The collector would write to every object, and so copy every page.
    return app


def main() -> None:
    """With the arguments that serve.py gives."""
    serve(sys.argv[1], *map(int, sys.argv[2:]))
