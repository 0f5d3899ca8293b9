"""Stopping the demo stops everything that it started, also what does not listen."""

import signal
import subprocess
import sys

from idp.cli import demo

DEAF = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


def test_what_does_not_listen_is_stopped_with_everything_it_started(monkeypatch):
    monkeypatch.setattr(demo, "STOP_SECONDS", 0.2)
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True)
    with process.stdout as lines:
        lines.readline()
        demo.stop(process)
        assert process.returncode == -signal.SIGKILL
        assert lines.read() == b"", "a child of it still holds the pipe"
