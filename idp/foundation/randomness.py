"""The only source of chance, in the shapes the product needs.

What is asked for at every request comes from OpenSSL's generator, which also makes the keys and the nonces of our
signatures. It is seeded by the operating system's, anew after a fork, and keeps the interpreter: whoever asks the
operating system itself hands it to another thread and waits to have it back, which cost a tenth of a token.
"""

import secrets
import ssl
from base64 import urlsafe_b64encode


def octets(count: int) -> bytes:
    """`count` random bytes."""
    return ssl.RAND_bytes(count)


def token() -> str:
    """256 random bits as 43 base64url characters, for anything that is a secret."""
    return _base64url(32)


def identifier() -> str:
    """22 base64url characters of 128 random bits, for row identifiers that must not be guessed or counted.

    None begins with a hyphen: a command that is given it would take it for an option.
    """
    while (drawn := _base64url(16)).startswith("-"):
        pass
    return drawn


def digits(count: int) -> str:
    """A numeric code of `count` digits, each value equally likely."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def reference() -> str:
    """Eight characters that can be read over a telephone (no vowels, no look-alikes)."""
    return "".join(secrets.choice("23456789BCDFGHJKMNPQRSTVWXZ") for _ in range(8))


def readable(groups: int, length: int = 4) -> str:
    """A code to write on paper: `groups` groups of `length` characters; 4.75 bits a character."""
    alphabet = "23456789bcdfghjkmnpqrstvwxz"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(length)) for _ in range(groups))


def _base64url(count: int) -> str:
    return urlsafe_b64encode(octets(count)).rstrip(b"=").decode()
