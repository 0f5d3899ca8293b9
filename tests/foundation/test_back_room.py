"""Slow work is done elsewhere, one piece at a time, and is done at all."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from idp.foundation import back_room, urgency
from idp.foundation.back_room import BackRoom
from idp.foundation.clock import pause
from idp.foundation.refusal import Refusal

SCRIPT = """
import os, signal, sys, time
from concurrent.futures import ThreadPoolExecutor
from idp.foundation import back_room
from idp.foundation.back_room import BackRoom

back_room.PATIENCE = 50  # A busy machine may leave it without a processor for long.

def work(asked):
    if asked == b"die":
        os.kill(os.getpid(), signal.SIGKILL) if os.getpid() != parent else None
    began = time.monotonic()
    time.sleep(0.005)
    return f"{os.getpid()} {os.nice(0)} {began} {time.monotonic()} {asked.decode()}".encode()

parent = os.getpid()
room = BackRoom(work)
with room.opened(1), ThreadPoolExecutor(8) as threads:
    for line in threads.map(room.do, [str(number).encode() for number in range(20)]):
        print(line.decode())
    print(room.do(b"die").decode())
    print(room.do(b"after").decode())
print(room.do(b"closed").decode())
print(parent)
"""


@pytest.fixture(scope="module")
def told():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    *lines, parent = done.stdout.splitlines()
    return [line.split() for line in lines], parent


def test_the_work_is_done_by_another_process_of_less_urgency_and_each_gets_her_own_answer(told):
    lines, parent = told
    many = lines[:20]

    assert {pid for pid, *_ in many} not in ({parent}, set())
    assert len({pid for pid, *_ in many}) == 1
    assert {int(nice) for _, nice, *_ in many} == {urgency.NICEST}
    assert [asked for *_, asked in many] == [str(number) for number in range(20)]


def test_one_piece_is_done_at_a_time(told):
    spans = sorted((float(began), float(ended)) for _, _, began, ended, _ in told[0][:20])

    assert all(ended <= began for (_, ended), (began, _) in pairwise(spans))


def test_what_nobody_answers_is_done_where_it_was_asked_and_who_died_is_replaced(told):
    lines, parent = told
    died, after, closed = lines[20:]

    assert (died[0], died[-1]) == (parent, "die")
    assert after[0] not in (parent, lines[0][0])
    assert closed[0] == parent


def test_who_comes_when_the_line_is_full_is_told_when_to_come_again(monkeypatch):
    monkeypatch.setattr(back_room, "MOST_WAITING", 2)
    go = threading.Event()

    def work(asked):
        assert go.wait(10)
        return asked

    room = BackRoom(work)
    with ThreadPoolExecutor(2) as threads:
        room.refuse_if_full(5)
        answers = [threads.submit(room.do, b"x") for _ in range(2)]
        while not full(room):
            pause(0.001)
        with pytest.raises(Refusal) as refused:
            room.refuse_if_full(5)
        go.set()
        assert [answer.result() for answer in answers] == [b"x", b"x"]
    room.refuse_if_full(5)

    assert (refused.value.code, refused.value.facts["retry_after"]) == ("too_busy", 5)


def full(room):
    try:
        room.refuse_if_full(5)
    except Refusal:
        return True
    return False
