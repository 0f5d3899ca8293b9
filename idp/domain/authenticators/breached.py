"""Passwords that leaked elsewhere: a sorted file of SHA-1 hashes, searched where it lies (NIST SP 800-63B 3.1.1.2).

Two formats. The download of haveibeenpwned.com: lines of `HASH:count`, with LF or CRLF. And the compact one that
`idp passwords prepare` makes of it: a header of 40 octets, MAGIC and how many hashes follow (big-endian), then 20
octets for each hash. SHA-1 is a lookup key here, because the lists are published so; it protects nothing.

Nothing is loaded: about forty short reads answer a question about a thousand million hashes.
"""

import hashlib
import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from idp.domain.authenticators.methods.password import normal

MAGIC = b"TESSERA-BREACHED-1\r\n"
HEADER = 40
DIGEST = 20
LINE = 48
"""About how long a line is, in octets."""
WINDOW = 256
"""Octets that hold the rest of one line and the whole of the next."""
PROBES = 256
AFTER_ALL = b"\xff" * (DIGEST + 1)
"""Sorts after every hash."""
UNLIKELY = 40
"""e to the power of minus 40 is never."""
_HASHED_LINE = re.compile(rb"([0-9A-Fa-f]{40}):[0-9]+\r?")
_TELLS_EVERY = 100_000


class Unfit(Exception):
    """The file is no sorted list of SHA-1 hashes; the message says what is wrong with it, and what to do."""


class Breached:
    """One open file. Safe for threads and forks: no read moves a shared position."""

    def __init__(self, path: Path) -> None:
        """Raises Unfit, also when the file cannot be opened. Some hundred places all over the file are compared."""
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise Unfit(f"cannot be opened: {error.strerror}.") from error
        try:
            self._positions, self._hash_at, self.count = self._open(os.fstat(self._file).st_size)
            self._check()
        except OSError as error:
            os.close(self._file)
            raise Unfit(f"cannot be read: {error.strerror}.") from error
        except BaseException:
            os.close(self._file)
            raise

    def __contains__(self, password: object) -> bool:
        """Whether the password is in the list. Raises Unfit if the file was damaged since it was opened."""
        if not isinstance(password, str):
            return False
        wanted = hashlib.sha1(normal(password).encode(), usedforsecurity=False).digest()
        return self._hash_at(self._first_not_before(wanted)) == wanted

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _first_not_before(self, wanted: bytes) -> int:
        return bisect_left(self._positions, wanted, key=self._hash_at)

    def _open(self, size: int) -> tuple[range, Callable[[int], bytes], int]:
        """(positions to search, the hash at each, about how many hashes there are)."""
        start = os.pread(self._file, HEADER, 0)
        if not start.startswith(MAGIC):
            return range(size), self._line_after, size // LINE
        count = int.from_bytes(start[len(MAGIC) :], "big")
        if size != HEADER + DIGEST * count:
            raise Unfit(f"should hold {count:,} hashes and does not: it was cut off. Prepare or copy it again.")
        return range(count), self._record, count

    def _record(self, number: int) -> bytes:
        """The hash of that number in the compact format."""
        return os.pread(self._file, DIGEST, HEADER + DIGEST * number) or AFTER_ALL

    def _line_after(self, offset: int) -> bytes:
        """The hash of the first line that begins at `offset` or after it."""
        text = os.pread(self._file, WINDOW, max(offset - 1, 0))
        if offset:  # The octet before tells whether a line begins right here.
            text = text.partition(b"\n")[2]
        return parse(text.partition(b"\n")[0], offset) if text else AFTER_ALL

    def _check(self) -> None:
        if not self._positions:
            raise Unfit("is empty.")
        probes = [len(self._positions) * number // PROBES for number in range(PROBES)]
        if any(earlier > later for earlier, later in pairwise(map(self._hash_at, probes))):
            raise Unfit("is not sorted by hash. Sort it (LC_ALL=C sort), or download the list that is ordered by hash.")
        first, last = self._hash_at(0), self._hash_at(self._first_not_before(AFTER_ALL) - 1)
        # Hashes fall evenly over their range. That among so many none falls into a share of it is a matter of chance
        # with the probability (1 - share) ** count, which is less than e ** -(share * count).
        gap = max(int.from_bytes(first, "big"), 2 ** (8 * DIGEST) - int.from_bytes(last, "big"))
        if gap * self.count > UNLIKELY << (8 * DIGEST):
            raise Unfit("holds no hashes at one end of their range: it was cut off. Download or copy it again.")


def parse(line: bytes, offset: int) -> bytes:
    """The hash of a line near `offset`, without its LF. Raises Unfit."""
    found = _HASHED_LINE.fullmatch(line)
    if found is None:
        what = "a line that is no SHA-1 hash with a count (40 hexadecimal digits, a colon, a number)"
        raise Unfit(f"has near octet {offset:,} {what}: it is another kind of list, or was cut off.")
    return bytes.fromhex(found[1].decode())


def prepare(source: BinaryIO, target: BinaryIO) -> Iterator[int]:
    """Write the compact format of a download; yields how many octets were read, now and then and at the end.

    Raises Unfit for a line that is no hash or out of order; what was written by then is of no use.
    """
    target.write(bytes(HEADER))
    count, read, last = 0, 0, b""
    for number, line in enumerate(source, start=1):
        digest = parse(line.removesuffix(b"\n"), read)
        if digest < last:
            raise Unfit(f"is not sorted by hash near octet {read:,}. Sort it first (LC_ALL=C sort).")
        if digest > last:
            target.write(digest)
            count += 1
        last, read = digest, read + len(line)
        if number % _TELLS_EVERY == 0:
            yield read
    target.seek(0)
    target.write(MAGIC + count.to_bytes(HEADER - len(MAGIC), "big"))
    yield read
