"""The log of a serving process: who says what, when it is written, and that nothing of it is lost."""

import errno
import io
import json
import logging
import re
from select import PIPE_BUF

import pytest
import requests

from idp.cli.logs import Gathering
from idp.foundation.clock import monotonic, pause
from tests import serving

RESOURCE = "https://wages.example.org"
BATCH = {
    "client_id": "batch",
    "client_secret": "a-secret-of-a-batch-that-is-long-enough",
    "redirect_uris": [],
    "grant_types": ["client_credentials"],
    "scope": "wages:read",
}
WAGES = BATCH | {"client_id": "wages", "resources": [RESOURCE], "access_token_format": "jwt"}


@pytest.fixture
def written():
    return io.StringIO()


@pytest.fixture
def handler(written):
    made = Gathering()
    made.setStream(written)
    return made


@pytest.fixture
def log(handler):
    logger = logging.getLogger(__name__)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


@pytest.fixture
def gathering(handler, log):
    handler.gather()
    return log


def test_a_line_is_written_at_once_where_nothing_is_gathered(log, written):
    log.info("one")

    assert written.getvalue() == "one\n"


def test_what_is_no_warning_is_written_within_a_second_or_two(handler, gathering, written):
    with handler.lock:  # Whoever writes waits for it.
        gathering.info("one")
        gathering.info("two")
        assert written.getvalue() == ""

    assert eventually(lambda: written.getvalue() == "one\ntwo\n")


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR])
def test_a_warning_is_written_at_once_after_all_that_came_before(gathering, written, level):
    gathering.info("one")
    gathering.log(level, "two")

    assert written.getvalue() == "one\ntwo\n"


def test_one_that_cannot_be_made_into_a_line_takes_no_other_with_it(handler, written, capsys):
    handler.gather()
    for told, with_what in (("one", ()), ("%d", ("two",)), ("three", ())):
        handler.handle(logging.makeLogRecord({"msg": told, "args": with_what, "levelno": logging.INFO}))
    handler.flush()

    assert written.getvalue() == "one\nthree\n"
    assert "%d format: a real number is required" in capsys.readouterr().err


def test_no_piece_is_longer_than_what_a_pipe_takes_and_each_ends_with_a_line(gathering, written, monkeypatch):
    pieces = []
    monkeypatch.setattr(written, "write", pieces.append)
    for number in range(200):
        gathering.info("%04d %s", number, "é" * (number % 90))
    gathering.info("x" * 2 * PIPE_BUF)  # One that is longer by itself is written as it is, and alone.
    gathering.warning("last")

    *short, long, last = pieces
    assert len(short) > 2
    assert [line[:4] for line in "".join(short).splitlines()] == [f"{number:04d}" for number in range(200)]
    assert all(piece.endswith("\n") and len(piece.encode()) <= PIPE_BUF for piece in short)
    assert (len(long), last) == (2 * PIPE_BUF + 1, "last\n")


def test_whoever_tells_something_does_not_fail_by_a_log_that_cannot_be_written(gathering, written, monkeypatch, capsys):
    tried = []

    def full(text):
        tried.append(text)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as at_first:
        at_first.setattr(written, "write", full)
        gathering.warning("one")
        gathering.info("two")
        assert eventually(lambda: tried == ["one\n", "two\n"])

    assert "No space left on device" in capsys.readouterr().err
    gathering.info("three")
    assert eventually(lambda: written.getvalue() == "three\n")


def test_what_was_gathered_is_written_when_the_server_stops(tmp_path):
    """Each token of a batch leaves one line, and the last ones were issued just before the end."""
    file = tmp_path / "clients.json"
    file.write_text(json.dumps([BATCH, WAGES]))
    url = f"sqlite:///{tmp_path}/var/tessera.db"
    with serving.serving(tmp_path, url, workers=2) as server:
        server.run("clients", "import", str(file))
        asked = {"grant_type": "client_credentials", "resource": RESOURCE}
        who = (BATCH["client_id"], BATCH["client_secret"])
        for _ in range(40):
            answer = requests.post(f"{server.url}/oidc/token", asked, auth=who, timeout=10)
            assert answer.status_code == 200, answer.text
    told = (tmp_path / "serve.log").read_text()

    issued = re.findall(r"(?m)^\S+Z INFO idp\.journeys\.oidc\.client_credentials issued (\S+) client=batch ", told)
    assert len(set(issued)) == 40, told


def eventually(claim):
    deadline = monotonic() + 10
    while not (true := claim()) and monotonic() < deadline:
        pause(0.05)
    return true
