"""The store: facts and ledger in a database, each state of them readable for ever.

In: what importers say of a source, and what people and evaluations record. Out: the facts of any revision, and the
ledger's entries. Guaranteed: what is written is written whole or not at all; nothing that was written changes, but for
the names of people, which can be erased. This package is the only one that knows of SQLAlchemy; nothing imports it
before a store is used.
"""

from __future__ import annotations

from lexline.store.facts_store import FactDifference, Store, open_store
from lexline.store.revisions import Revision, SourceChange

__all__ = ["FactDifference", "Revision", "SourceChange", "Store", "open_store"]
