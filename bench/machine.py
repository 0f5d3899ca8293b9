"""What this machine can do at most, so that a rate can be read as a share of it."""

import multiprocessing
import time
from collections.abc import Callable

from argon2 import PasswordHasher
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

SECONDS = 1.5


def limits() -> dict[str, float]:
    """Operations per second with every processor busy: ES256 signatures, Argon2id hashes as the provider makes them."""
    return {"es256": _on_every_processor(_sign), "argon2": _on_every_processor(_hash)}


def _on_every_processor(work: Callable[[int], float]) -> float:
    count = multiprocessing.cpu_count()
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        pool.map(work, [0] * count)  # The processes are there, and their libraries loaded.
        return sum(pool.map(work, range(1, count + 1)))


def _sign(round_: int) -> float:
    key = ec.generate_private_key(ec.SECP256R1())
    return _rate(lambda: key.sign(b"x" * 256, ec.ECDSA(hashes.SHA256())), round_)


def _hash(round_: int) -> float:
    hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    return _rate(lambda: hasher.hash("a quiet olive grove"), round_)


def _rate(once: Callable[[], object], round_: int) -> float:
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < (SECONDS if round_ else 0.05):
        once()
        done += 1
    return done / (time.perf_counter() - began)
