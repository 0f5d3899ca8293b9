import pytest

from idp.domain.sessions import frames
from idp.domain.sessions.frames import LIVE, STILL

KEY, HANDLE, NOW = b"k" * 32, "handle-of-it", 1_800_000_000


@pytest.mark.parametrize(("pace", "lasts"), [(LIVE, 8), (STILL, 40)])
def test_a_frame_is_good_from_its_moment_until_newer_ones_have_been_drawn(pace, lasts):
    frame = frames.draw(KEY, HANDLE, pace, NOW)

    assert frames.handle_of(frame) == HANDLE
    assert frames.is_live(KEY, frame, NOW)
    assert frames.is_live(KEY, frame, NOW + lasts - 1)
    assert not frames.is_live(KEY, frame, NOW + lasts)
    assert not frames.is_live(KEY, frame, NOW - 1), "a picture of the future"


def test_each_moment_has_another_picture():
    drawn = {frames.draw(KEY, HANDLE, LIVE, NOW + second) for second in range(60)}
    assert len(drawn) == 30


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.replace(HANDLE, "handle-of-another"),
        lambda frame: frame.replace(".a900000000.", ".a900000001."),
        lambda frame: frame.replace(".a", ".b"),
        lambda frame: frame[:-1] + ("A" if frame[-1] != "A" else "B"),
        lambda frame: frame[:-3],
        lambda frame: frame + ".",
        lambda frame: frame.rpartition(".")[0],
        lambda frame: HANDLE,
        lambda frame: "",
        lambda frame: f"{HANDLE}.a-1.{frame.rpartition('.')[2]}",
        lambda frame: f"{HANDLE}.a{'9' * 5000}.x",
        lambda frame: f"{HANDLE}.a\N{ARABIC-INDIC DIGIT ONE}.\N{SNOWMAN}",
    ],
    ids=[
        "another handle",
        "the next moment",
        "another pace",
        "another seal",
        "cut",
        "a part more",
        "no seal",
        "the handle alone",
        "nothing",
        "a negative moment",
        "a huge moment",
        "other scripts",
    ],
)
def test_a_frame_that_was_changed_is_dead(change):
    later = NOW + 2
    frame = change(frames.draw(KEY, HANDLE, LIVE, NOW))
    assert not frames.is_live(KEY, frame, later)


def test_a_frame_under_another_key_is_dead():
    assert not frames.is_live(b"x" * 32, frames.draw(KEY, HANDLE, LIVE, NOW), NOW)
