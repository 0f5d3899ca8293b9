import socket
import subprocess
import sys

import pytest

from tests import serving
from tests.serving import free_port

ASKED = "from tests.serving import free_port; print(free_port(3), free_port(), flush=True); input()"


def test_no_two_processes_are_given_the_same_port():
    asking = [
        subprocess.Popen([sys.executable, "-c", ASKED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    given = [free_port()]
    for process in asking:
        first, alone = map(int, process.stdout.readline().split())
        given += [first, first + 1, first + 2, alone]
    for process in asking:
        process.communicate("\n")

    assert len(set(given)) == len(given) == 17


@pytest.mark.parametrize(("family", "host"), serving.LOOPBACK)
def test_a_port_where_somebody_listens_is_passed_over(family, host, monkeypatch):
    claimed = []
    monkeypatch.setattr(serving, "_CLAIMED", claimed)
    monkeypatch.setattr(serving, "_below_the_kernel", lambda: range(20_000, 20_900))  # Where no other test looks.
    port = free_port(3)
    give_back(claimed)
    with socket.create_server((host, port + 1), family=family):
        assert free_port(3) == port + 2
    give_back(claimed)


def test_the_kernel_gives_none_of_them_to_an_outgoing_connection():
    first, last = map(int, serving.EPHEMERAL.read_text().split())

    assert not first <= free_port() <= last


def give_back(claimed):
    while claimed:
        claimed.pop().close()
