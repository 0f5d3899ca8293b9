import pytest

from idp.foundation import limits
from idp.foundation.refusal import Refusal

PER_MINUTE = limits.Limit("tries", 3, 60)


def test_a_refusal_commits_what_was_counted(store):
    with pytest.raises(Refusal), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        raise Refusal("no")

    with store.transaction() as tx:
        assert limits.count(tx, PER_MINUTE, "ann") == 2


def test_a_crash_leaves_nothing_behind(store):
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        1 / 0  # noqa: B018 (the crash)

    with store.transaction() as tx:
        assert limits.count(tx, PER_MINUTE, "ann") == 1
