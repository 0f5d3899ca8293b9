"""A process steps back for all others, as far as the kernel lets it."""

import json
import subprocess
import sys

import pytest

from idp.foundation import urgency

SCRIPT = """
import ctypes, json, os, platform
from pathlib import Path
from idp.foundation import urgency

def told():
    attributes = ctypes.create_string_buffer(urgency._ATTRIBUTES.size)
    getattr = {"x86_64": 315, "aarch64": 275, "riscv64": 275}.get(platform.machine())
    refused = getattr is None or ctypes.CDLL(None).syscall(getattr, 0, attributes, urgency._ATTRIBUTES.size, 0)
    turn = None if refused else urgency._ATTRIBUTES.unpack(attributes.raw)[5]
    group = Path("/proc/self/autogroup")
    return {
        "nice": os.nice(0),
        "session": os.getsid(0) == os.getpid(),
        "group": group.read_text() if group.exists() else None,
        "turn": turn,
    }

def in_a_child(work):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)
    work()
    urgency.step_back()
    print(json.dumps(told()), flush=True)
    os._exit(0)

in_a_child(lambda: None)
in_a_child(lambda: setattr(urgency, "_GROUP", Path("/")))  # A folder cannot be written to, whoever asks.
print(json.dumps(told()))
"""


@pytest.fixture(scope="module")
def each():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_is_the_nicest_and_in_a_session_of_its_own_and_whoever_made_it_is_not(each):
    stepped_back, _, other = each

    assert (stepped_back["nice"], stepped_back["session"]) == (urgency.NICEST, True)
    assert (other["nice"], other["session"]) == (0, False)


def test_its_group_is_the_nicest_too_where_there_are_groups(each):
    stepped_back, _, other = each

    # Whoever leads a session has a group, where there are groups; who was started by no session may have none.
    assert not stepped_back["group"] or stepped_back["group"].endswith(f" nice {urgency.NICEST}\n")
    assert not other["group"] or other["group"] != stepped_back["group"]


def test_it_asks_for_long_turns_where_they_are_told_so_that_whoever_wakes_up_may_interrupt_it(each):
    stepped_back, _, other = each

    assert stepped_back["turn"] == (other["turn"] and urgency.LONGEST_TURN)
    assert not other["turn"] or other["turn"] < stepped_back["turn"]


def test_where_a_group_may_not_be_set_back_all_else_is(each):
    stepped_back, forbidden, _ = each

    assert {name: forbidden[name] for name in ("nice", "session", "turn")} == {
        name: stepped_back[name] for name in ("nice", "session", "turn")
    }
    assert not forbidden["group"] or forbidden["group"].endswith(" nice 0\n")
