"""The development inbox."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from idp.foundation.tables import instant, metadata

inbox_messages = Table(
    "inbox_messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("sealed", LargeBinary, nullable=False),
    instant("at"),
)
