"""The only source of chance: the operating system's generator, in the shapes the product needs."""

import secrets


def octets(count: int) -> bytes:
    """`count` random bytes."""
    return secrets.token_bytes(count)


def token() -> str:
    """256 random bits as 43 base64url characters, for anything that is a secret."""
    return secrets.token_urlsafe(32)


def identifier() -> str:
    """128 random bits as 22 base64url characters, for row identifiers that must not be guessed or counted."""
    return secrets.token_urlsafe(16)


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
