"""Facts are added by the thousand: who adds phrases gives them their numbers, and no row is compared with those that it
refers to, which SQLite never did and which took PostgreSQL most of an import."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}
"""As PostgreSQL calls them; SQLite has no names for them."""
_REFERENCES = {
    "statement": ("revision", "source", "place", "subject", "name", "object"),
    "retraction": ("statement", "revision"),
}


def upgrade() -> None:
    """Take the references away, and what counts up phrases."""
    for table, columns in _REFERENCES.items():
        with op.batch_alter_table(table, naming_convention=_NAMES) as batch:
            for column in columns:
                batch.drop_constraint(f"{table}_{column}_fkey", type_="foreignkey")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE phrase ALTER COLUMN id DROP DEFAULT")
        op.execute("DROP SEQUENCE phrase_id_seq")
