"""Runs the migrations on the connection that ``opening`` hands over, inside of its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
