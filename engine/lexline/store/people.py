"""The people of a store: facts hold keys in their place, and a name is kept once, where it can be erased."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

import sqlalchemy as sa

from lexline.store.revisions import ticks_of
from lexline.store.tables import PERSON

__all__ = ["ERASED", "People"]

ERASED = "erased person"
"""How the name of an erased person begins; the key follows, so that two of them stay two."""


class People:
    """Keys for names, names for keys. ``attributes`` are those whose texts name people."""

    def __init__(self, connection: sa.Connection, attributes: Collection[str] = ()) -> None:
        self._connection = connection
        self._attributes = frozenset(attributes)
        self._names: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._new: list[dict[str, object]] = []
        for key, name in connection.execute(sa.select(PERSON.c.key, PERSON.c.name)):
            self._names[key] = f"{ERASED} {key}" if name is None else name
            self._keys[self._names[key]] = key

    def key(self, attribute: str, name: str) -> str | None:
        """The key of the person whom ``attribute`` names; a new one where nobody has the name. None where the
        attribute names nobody."""
        if attribute not in self._attributes:
            return None
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = secrets.token_hex(8)
            self._names[key] = name
            self._new.append({"key": key, "name": name, "erased_at": None})
        return key

    def name(self, key: str) -> str:
        """The name of the person with a key."""
        return self._names[key]

    def known(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._keys))

    def key_of(self, name: str) -> str | None:
        """The key of a person who is known by this name."""
        return self._keys.get(name)

    def save(self) -> None:
        """Insert the people who are new."""
        if self._new:
            self._connection.execute(sa.insert(PERSON), self._new)
            self._new = []

    def erase(self, key: str) -> None:
        """Forget a person's name."""
        now = ticks_of(datetime.now(UTC))
        self._connection.execute(sa.update(PERSON).where(PERSON.c.key == key).values(name=None, erased_at=now))
