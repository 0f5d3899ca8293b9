"""RFC 6962 section 2.1: Merkle tree hashes, https://www.rfc-editor.org/rfc/rfc6962#section-2.1

Pure functions. Left out: inclusion and consistency proofs for third parties, until somebody outside asks for them.
"""

import hashlib
from collections.abc import Iterable

Frontier = tuple[tuple[int, bytes], ...]
"""The perfect subtrees that make up a tree, left to right: (number of leaves, hash)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(body: str) -> bytes:
    """Domain-separated by 0x00 from interior nodes."""
    return hashlib.sha256(b"\x00" + body.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Domain-separated by 0x01 from leaves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: Frontier, hashes: Iterable[bytes]) -> Frontier:
    """Append leaves: equal neighbours merge, as in binary counting."""
    stack = list(frontier)
    for value in hashes:
        stack.append((1, value))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            right = stack.pop()
            left = stack.pop()
            stack.append((left[0] + right[0], node_hash(left[1], right[1])))
    return tuple(stack)


def root(frontier: Frontier) -> bytes:
    """The Merkle tree hash of everything in the frontier."""
    if not frontier:
        return EMPTY_ROOT
    value = frontier[-1][1]
    for _, left in reversed(frontier[:-1]):
        value = node_hash(left, value)
    return value


def size(frontier: Frontier) -> int:
    """How many leaves the frontier stands for."""
    return sum(leaves for leaves, _ in frontier)


def to_text(frontier: Frontier) -> str:
    """For storing: `8:hex 2:hex`."""
    return " ".join(f"{leaves}:{value.hex()}" for leaves, value in frontier)


def from_text(text: str) -> Frontier:
    """The inverse of `to_text`."""
    return tuple((int(leaves), bytes.fromhex(value)) for leaves, value in (part.split(":") for part in text.split()))
