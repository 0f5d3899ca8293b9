import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from idp.foundation import back_room, urgency
from idp.foundation.clock import monotonic, pause
from tests import serving


def test_a_server_tells_who_it_is_and_that_it_is_well(server):
    assert server.get("/.well-known/openid-configuration")["issuer"] == server.url
    assert server.get("/health/live")["status"] == "live"
    assert server.get("/health/ready")["status"] == "ready"


def test_the_reference_on_a_page_of_refusal_is_in_the_log(tmp_path):
    with serving.serving(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db") as server:
        asked = urllib.request.Request(server.url + "/oidc/authorize?client_id=nobody")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=10)
        reference = json.load(refused.value)["reference"]
    line = next(line for line in (tmp_path / "serve.log").read_text().splitlines() if reference in line)

    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO idp\.web\.errors refused oidc\.unknown_client", line)


def test_what_every_sign_in_needs_is_loaded_once_for_all_workers(server):
    parent = Path(f"/proc/{server.process.pid}/maps").read_text()

    assert "/ua_parser_rs" in parent, "each worker loads the recogniser of devices for itself"


def test_a_worker_that_dies_is_replaced(server):
    victim = workers(server.process.pid)[0]
    subprocess.run(["kill", "-KILL", str(victim)], check=True)

    assert eventually(lambda: victim not in (now := workers(server.process.pid)) and len(now) == 2)
    assert eventually(lambda: server.get("/health/ready")["status"] == "ready")


@pytest.fixture
def two_processors():
    """Two at most, because workers are replaced one after the other and each takes its time."""
    every = os.sched_getaffinity(0)
    few = {*sorted(every)[:2]}
    os.sched_setaffinity(0, few)
    yield few
    os.sched_setaffinity(0, every)


@pytest.mark.parametrize("replaced", ["one that died", "all of them"])
def test_where_there_is_a_worker_for_each_processor_each_keeps_to_its_own(tmp_path, two_processors, replaced):
    mine = two_processors
    each = [{one} for one in sorted(mine)]
    with serving.serving(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db", workers=len(mine)) as server:
        assert ", each kept to one processor; " in (tmp_path / "serve.log").read_text()
        assert eventually(lambda: placed(workers(server.process.pid)) == each), "a server answers with its first worker"
        first = workers(server.process.pid)
        if replaced == "all of them":
            server.process.send_signal(signal.SIGHUP)
        else:
            first = first[:1]
            os.kill(first[0], signal.SIGKILL)

        assert eventually(lambda: len(now := workers(server.process.pid)) == len(mine) and not {*first} & {*now}, 40)
        assert eventually(lambda: server.get("/health/ready")["status"] == "ready")
        now = workers(server.process.pid)
        assert eventually(lambda: placed(now) == each)
        assert eventually(
            lambda: all(os.sched_getaffinity(task) == os.sched_getaffinity(one) for one in now for task in threads(one))
        )


@pytest.mark.parametrize("arguments", [["--no-pin"], ["--workers", "1"]])
def test_fewer_workers_than_processors_and_who_is_told_so_go_where_there_is_room(tmp_path, arguments):
    mine = os.sched_getaffinity(0)
    database = f"sqlite:///{tmp_path}/var/tessera.db"
    with serving.serving(tmp_path, database, workers=len(mine), arguments=arguments) as server:
        assert all(os.sched_getaffinity(one) == mine for one in workers(server.process.pid))
        alone = len(mine) == 1 and "--no-pin" not in arguments
        assert ("kept to one processor" in (tmp_path / "serve.log").read_text()) is alone


def test_a_server_stops_with_every_worker_when_it_is_told_to(server):
    assert eventually(lambda: len(everybody(server)) == 4), "two workers, and the back room with who keeps it staffed"
    before = everybody(server)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(15)

    assert all(not alive(one) for one in before)


def test_who_hashes_passwords_is_replaced_and_gives_way_to_the_workers(server):
    assert eventually(lambda: len(everybody(server)) == 4)
    keeper = next(pid for pid, name in children(server.process.pid) if name == back_room.NAME)
    first = children(keeper)[0][0]
    subprocess.run(["kill", "-KILL", str(first)], check=True)

    assert eventually(lambda: [pid for pid, _ in children(keeper)] not in ([], [first]))
    assert eventually(lambda: niceness(children(keeper)[0][0]) == urgency.NICEST)
    assert niceness(workers(server.process.pid)[0]) == 0


def test_a_database_that_was_not_upgraded_is_not_served(tmp_path):
    environment = serving.settings(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db", serving.free_port())
    refused = subprocess.run(
        [*serving.IDP, "serve"], env=environment, capture_output=True, text=True, timeout=30, check=False
    )

    assert refused.returncode != 0
    assert "idp db upgrade" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "var" / "tessera.db").exists()


@pytest.mark.parametrize("command", ["main", "workers"])
def test_who_stops_it_while_it_is_still_being_read_sees_no_traceback(command, tmp_path):
    """The first module that is read after the way in stands still, so that it is met there."""
    (tmp_path / "click.py").write_text("import time; print('reading', flush=True); time.sleep(30)")
    (tmp_path / "granian.py").write_text("import time; print('reading', flush=True); time.sleep(30)")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from idp.cli.entry import {command}; {command}()"
    started = [sys.executable, "-c", script, "127.0.0.1", "1", "1", "1", "1"]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "reading\n"
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=10)[1]

    assert (process.returncode, told) == (-signal.SIGINT, "")


def test_where_nobody_can_listen_nothing_is_served(tmp_path):
    environment = serving.settings(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db", 8000)
    serving.command(environment, "db", "upgrade", "--json")
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as another:  # As the workers share theirs.
        taken = another.getsockname()[1]
        for arguments, told in (
            (["--port", str(taken)], f"Nothing can listen on 127.0.0.1 port {taken}: Address already in use."),
            (["--host", "192.0.2.1"], "Nothing can listen on 192.0.2.1 port 8000: "),
            (["--port", "65536"], "Invalid value for '--port'"),
            (["--workers", "-1"], "Invalid value for '--workers'"),
        ):
            refused = subprocess.run(
                [*serving.IDP, "serve", *arguments],
                env=environment,
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            assert refused.returncode != 0
            assert told in refused.stderr
            assert "Traceback" not in refused.stderr


def test_every_wrong_setting_is_told_at_start_by_name(tmp_path):
    environment = serving.settings(tmp_path, "mysql://x", 1, code_lifetime="soon", colour="green")
    refused = subprocess.run(
        [*serving.IDP, "serve"], env=environment, capture_output=True, text=True, timeout=30, check=False
    )

    assert refused.returncode == 2
    assert all(name in refused.stderr for name in ("IDP_DATABASE_URL", "IDP_CODE_LIFETIME", "IDP_COLOUR"))
    assert "Traceback" not in refused.stderr


def eventually(claim, seconds=10):
    """Whether the claim comes true within so many; a door that is not open yet is no answer, nor is who just left."""
    until = monotonic() + seconds
    while monotonic() < until:
        try:
            if claim():
                return True
        except (OSError, LookupError):
            pass
        pause(0.1)
    return False


def everybody(server):
    """Its children and theirs."""
    return [pid for child, _ in children(server.process.pid) for pid in (child, *dict(children(child)))]


def workers(parent):
    return [pid for pid, name in children(parent) if name != back_room.NAME]


def placed(processes):
    """The processors that each may use, the lowest first."""
    return sorted(map(os.sched_getaffinity, processes), key=min)


def children(parent):
    """(process id, name) of each."""
    told = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [(int(line.split()[0]), line.split()[1]) for line in told.stdout.splitlines()]


def threads(pid):
    return [int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()]


def niceness(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def alive(pid):
    return subprocess.run(["kill", "-0", str(pid)], capture_output=True, check=False).returncode == 0
