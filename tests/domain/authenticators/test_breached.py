"""The list of leaked passwords: found where it lies in either format, and a file that is none is told apart."""

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.domain.authenticators.breached import DIGEST, HEADER, Breached, Unfit, prepare
from idp.domain.authenticators.methods.password import normal

LEAKED = [f"leaked password {number}" for number in range(3000)]
KEPT = [f"kept password {number}" for number in range(3000)]


def lines(passwords, end="\n", *, upper=True):
    """A download, as haveibeenpwned.com makes it: counts of any length."""
    hashes = sorted(hashlib.sha1(normal(one).encode()).hexdigest() for one in passwords)
    return [(one.upper() if upper else one) + f":{7 ** (number % 9)}{end}" for number, one in enumerate(hashes)]


def compact(text: bytes) -> bytes:
    target = io.BytesIO()
    for _ in prepare(io.BytesIO(text), target):
        pass
    return target.getvalue()


@pytest.fixture
def written(tmp_path):
    def write(content: bytes) -> Path:
        file = tmp_path / "list"
        file.write_bytes(content)
        return file

    return write


FORMS = {
    "LF": "".join(lines(LEAKED)).encode(),
    "CRLF": "".join(lines(LEAKED, "\r\n")).encode(),
    "no LF at the end": "".join(lines(LEAKED)).rstrip().encode(),
    "small letters": "".join(lines(LEAKED, upper=False)).encode(),
    "compact": compact("".join(lines(LEAKED, "\r\n")).encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_leaked_password_is_found_and_no_other(written, form):
    breached = Breached(written(FORMS[form]))

    assert [one for one in LEAKED if one not in breached] == []
    assert [one for one in KEPT if one in breached] == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(leaked=st.lists(st.text(max_size=8), min_size=1, max_size=30), other=st.text(max_size=8))
def test_a_list_of_any_length_is_searched_to_both_ends(written, leaked, other):
    for content in ("".join(lines(leaked)).encode(), compact("".join(lines(leaked)).encode())):
        breached = Breached(written(content))
        assert all(one in breached for one in leaked)
        assert (other in breached) is (normal(other) in map(normal, leaked))
        breached.close()


def test_a_password_is_looked_up_composed(written):
    breached = Breached(written("".join(lines(["caf\u00e9"])).encode()))

    assert "cafe\u0301" in breached


def test_the_compact_list_is_shorter_by_more_than_half():
    assert len(FORMS["compact"]) == HEADER + DIGEST * len(LEAKED)
    assert len(FORMS["compact"]) < len(FORMS["CRLF"]) / 2


def test_a_hash_that_is_listed_twice_is_kept_once():
    once = "".join(lines(["one"])).encode()

    assert compact(once * 2) == compact(once)


def test_nothing_of_the_file_is_kept_in_memory(written):
    breached = Breached(written(FORMS["LF"]))
    tracemalloc.start()
    found = [one in breached for one in LEAKED[:100]]
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert all(found)
    assert kept < 10_000
    assert most < 20_000
    assert len(FORMS["LF"]) > 100_000


BY_COUNT = sorted(lines(LEAKED), key=lambda line: -int(line.partition(":")[2]))
ODD = {
    "empty": (b"", "is empty"),
    "another kind": (b"%PDF-1.7 ...", "no SHA-1 hash"),
    "NTLM": (b"00000011059407D743D40689940F858C:7\n" * 9, "no SHA-1 hash"),
    "hashes alone": (b"".join(line.partition(b":")[0] + b"\n" for line in FORMS["LF"].splitlines()), "no SHA-1 hash"),
    "by how often": ("".join(BY_COUNT).encode(), "not sorted"),
    "backwards": ("".join(reversed(lines(LEAKED))).encode(), "not sorted"),
    "cut off in a line": (FORMS["LF"][: len(FORMS["LF"]) // 2], "cut off"),
    "cut off between lines": ("".join(lines(LEAKED)[:2000]).encode(), "cut off"),
    "without its beginning": ("".join(lines(LEAKED)[1000:]).encode(), "cut off"),
    "compact, cut off": (FORMS["compact"][:-7], "cut off"),
    "compact, longer": (FORMS["compact"] + b"\0", "cut off"),
    "compact, of a part": (compact("".join(lines(LEAKED)[:2000]).encode()), "cut off"),
    "compact, disturbed": (
        FORMS["compact"][:HEADER] + FORMS["compact"][HEADER + 20000 :] + FORMS["compact"][HEADER : HEADER + 20000],
        "not sorted",
    ),
    "a header alone": (compact(b""), "is empty"),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_file_that_is_no_whole_sorted_list_is_refused_in_words(written, kind):
    content, word = ODD[kind]
    with pytest.raises(Unfit, match=word):
        Breached(written(content))


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(Unfit, match="cannot be opened"):
        Breached(tmp_path / "nothing")
    with pytest.raises(Unfit):
        Breached(tmp_path)


@pytest.mark.parametrize("kind", ["another kind", "NTLM", "hashes alone", "by how often", "backwards"])
def test_what_is_no_sorted_list_is_not_prepared(kind):
    with pytest.raises(Unfit):
        compact(ODD[kind][0])


def test_one_line_out_of_order_is_found_by_preparing():
    swapped = lines(LEAKED)
    swapped[1234], swapped[1235] = swapped[1235], swapped[1234]
    with pytest.raises(Unfit, match="not sorted"):
        compact("".join(swapped).encode())
