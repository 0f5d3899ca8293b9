"""Whoever waits for something slow lets others work."""

import threading
from concurrent.futures import ThreadPoolExecutor

from idp.foundation.clock import pause
from idp.foundation.floor import MOST_IN_A_ROW, Floor


def test_no_more_work_at_a_time_than_there_are_places():
    busy, most, count = threading.Semaphore(), [], [0]

    def app(_environ, _start_response):
        with busy:
            count[0] += 1
        most.append(count[0])
        threading.Event().wait(0.01)
        with busy:
            count[0] -= 1
        return []

    admitted = Floor().admit(app, 2)
    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(lambda _number: admitted({}, None), range(16)))

    assert max(most) == 2


def test_programs_go_first_but_keep_no_page_waiting_for_ever():
    served, held, go = [], threading.Event(), threading.Event()

    def app(environ, _start_response):
        if environ["who"] == "holder":
            held.set()
            assert go.wait(10)
        served.append(environ["who"])
        return []

    floor = Floor()
    admitted = floor.admit(app, 1, lambda environ: environ["who"] == "program")
    with ThreadPoolExecutor(40) as visitors:
        visitors.submit(admitted, {"who": "holder"}, None)
        assert held.wait(10)
        lines = ["page"] * 2 + ["program"] * (MOST_IN_A_ROW + 1)
        for count, who in enumerate(lines, 1):
            visitors.submit(admitted, {"who": who}, None)
            while floor.waiting < count:
                pause(0.001)
        go.set()

    assert served == ["holder", *["program"] * MOST_IN_A_ROW, "page", "program", "page"]


def test_whoever_steps_aside_keeps_nobody_waiting():
    floor, quick_one_was_here = Floor(), threading.Event()

    def app(environ, _start_response):
        if environ["slow"]:
            with floor.aside():
                assert quick_one_was_here.wait(10), "nobody else was let in"
        else:
            quick_one_was_here.set()
        return []

    admitted = floor.admit(app, 1)
    with ThreadPoolExecutor(2) as visitors:
        slow = visitors.submit(admitted, {"slow": True}, None)
        visitors.submit(admitted, {"slow": False}, None).result()
        slow.result()


def test_a_place_is_free_again_after_a_crash():
    def app(_environ, _start_response):
        raise ValueError

    admitted = Floor().admit(app, 1)
    crashed = 0
    for _ in range(3):
        try:
            admitted({}, None)
        except ValueError:
            crashed += 1

    assert crashed == 3


def test_outside_a_request_there_is_nothing_to_step_aside_from():
    floor = Floor()
    floor.admit(lambda _environ, _start_response: [], 1)
    with floor.aside(), floor.aside():
        pass
