"""The first tables: facts with their revisions, people, the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "revision",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "phrase",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "statement",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("revision", _NUMBER, sa.ForeignKey("revision.number"), nullable=False),
        sa.Column("source", _NUMBER, sa.ForeignKey("phrase.id"), nullable=False),
        sa.Column("place", _NUMBER, sa.ForeignKey("phrase.id"), nullable=False),
        sa.Column("form", sa.SmallInteger(), nullable=False),
        sa.Column("subject", _NUMBER, sa.ForeignKey("phrase.id"), nullable=False),
        sa.Column("name", _NUMBER, sa.ForeignKey("phrase.id"), nullable=False),
        sa.Column("object", _NUMBER, sa.ForeignKey("phrase.id"), nullable=False),
        sa.Column("since", sa.Integer()),
        sa.Column("until", sa.Integer()),
        sa.Column("flag", sa.SmallInteger(), nullable=False),
    )
    op.create_index("statement_of_source", "statement", ["source", "revision"])
    op.create_table(
        "retraction",
        sa.Column("statement", _NUMBER, sa.ForeignKey("statement.id"), primary_key=True, autoincrement=False),
        sa.Column("revision", _NUMBER, sa.ForeignKey("revision.number"), nullable=False),
    )
    op.create_index("retraction_at", "retraction", ["revision"])
    op.create_table(
        "import_run",
        sa.Column("revision", _NUMBER, sa.ForeignKey("revision.number"), primary_key=True, autoincrement=False),
        sa.Column("source", _NUMBER, sa.ForeignKey("phrase.id"), primary_key=True, autoincrement=False),
        sa.Column("importer", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), unique=True),
        sa.Column("erased_at", sa.BigInteger()),
    )
    op.create_table(
        "entry",
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, unique=True),
    )
    op.create_index("entry_of_kind", "entry", ["kind"])
