"""How the ledger's chain ends, in a table of one row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table; nothing has written entries before it."""
    head = op.create_table(
        "ledger_head",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "digest": "sha256:" + "0" * 64}])
