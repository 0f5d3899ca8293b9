"""The one MetaData that every room's private tables.py registers with, and the columns all rooms spell alike."""

from sqlalchemy import BigInteger, Column, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def instant(name: str, *, nullable: bool = False) -> "Column[int]":
    """A moment: Unix seconds, UTC."""
    return Column(name, BigInteger, nullable=nullable)


def digest(name: str = "digest", *, primary_key: bool = True) -> "Column[str]":
    """The SHA-256 of a secret in hexadecimal: the secret itself is never stored."""
    return Column(name, Text, primary_key=primary_key, nullable=False)
