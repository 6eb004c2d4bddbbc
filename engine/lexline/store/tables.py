"""The tables of facts and ledger. Rows are inserted and never updated, but for a person's name, which can be erased,
and the ledger's head.

Moments are whole microseconds since 1970-01-01 UTC and days are proleptic ordinals, so that every database keeps them
alike. Texts stand once in ``phrase``; what refers to a text holds its number. Facts come by the million: that their
numbers lead somewhere is not looked up for each, since they were read or given in the transaction that adds them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

__all__ = ["ENTRY", "IMPORT_RUN", "LEDGER_HEAD", "METADATA", "PERSON", "PHRASE", "RETRACTION", "REVISION", "STATEMENT"]

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A key that the database counts up; SQLite does that for ``INTEGER`` alone."""

REVISION = Table(
    "revision",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("moment", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),
)
"""A state of the facts: all that was said by then and not taken back by then. Numbers count from 1 without gaps."""

PHRASE = Table(
    "phrase",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(16), nullable=False, unique=True),
    Column("text", Text, nullable=False),
)
"""Texts: ids, names, values as JSON, sources, places. ``digest`` is the first half of SHA-256 over UTF-8."""

STATEMENT = Table(
    "statement",
    METADATA,
    Column("id", _NUMBER, primary_key=True),
    Column("revision", _NUMBER, nullable=False),
    Column("source", _NUMBER, nullable=False),
    Column("place", _NUMBER, nullable=False),
    Column("form", SmallInteger, nullable=False),
    Column("subject", _NUMBER, nullable=False),
    Column("name", _NUMBER, nullable=False),
    Column("object", _NUMBER, nullable=False),
    Column("since", Integer),
    Column("until", Integer),
    Column("flag", SmallInteger, nullable=False),
    Index("statement_of_source", "source", "revision"),
)
"""What a source says, from a revision on. By ``form``: 0 an element (``name`` its kind); 1 an attribute (``object`` its
value as JSON); 2 an edge (``name`` the relation, ``object`` the target, ``flag`` 1: only possible); 3 another name
(``name`` the alias, ``flag`` 0 exact, 1 derived, 2 hint); 4 an attribute that names a person (``object`` their key)."""

RETRACTION = Table(
    "retraction",
    METADATA,
    Column("statement", _NUMBER, primary_key=True, autoincrement=False),
    Column("revision", _NUMBER, nullable=False),
    Index("retraction_at", "revision"),
)
"""The source no longer says it, from a revision on."""

IMPORT_RUN = Table(
    "import_run",
    METADATA,
    Column("revision", ForeignKey("revision.number"), primary_key=True, autoincrement=False),
    Column("source", ForeignKey("phrase.id"), primary_key=True, autoincrement=False),
    Column("importer", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
)
"""Which source an import replaced, and how many statements came and went."""

PERSON = Table(
    "person",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("name", Text, unique=True),
    Column("erased_at", BigInteger),
)
"""People and mailboxes by random keys, which is what statements hold. Erasing a person empties ``name``."""

ENTRY = Table(
    "entry",
    METADATA,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("moment", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Index("entry_of_kind", "kind"),
)
"""The ledger: entries in a chain, each with the digest of the one before it. Sequences count from 1 without gaps."""

LEDGER_HEAD = Table(
    "ledger_head",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("sequence", _NUMBER, nullable=False),
    Column("digest", Text, nullable=False),
)
"""One row: the number and digest of the last entry, written with it, so that entries cut off at the end show."""
