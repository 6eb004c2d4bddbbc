"""The table of texts: a number for each text, the same for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from lexline.store.inserts import add_rows
from lexline.store.tables import PHRASE

__all__ = ["Phrases"]

_MANY = 5_000
"""How many digests one query asks for."""


class Phrases:
    """The numbers of texts, each looked up once. New texts are added; who asks holds the lock of writers."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}
        self._last: int = connection.execute(sa.select(sa.func.max(PHRASE.c.id))).scalar() or 0
        self._was_empty = not self._last

    def numbers(self, texts: Sequence[str]) -> list[int]:
        """The numbers of texts, in their order."""
        unseen = [text for text in dict.fromkeys(texts) if text not in self._numbers]
        for begin in range(0, len(unseen), _MANY):
            self._look_up(unseen[begin : begin + _MANY])
        return [self._numbers[text] for text in texts]

    def _look_up(self, texts: Sequence[str]) -> None:
        by_digest = {hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]: text for text in texts}
        if not self._was_empty:
            known = sa.select(PHRASE.c.digest, PHRASE.c.id).where(PHRASE.c.digest.in_(by_digest))
            found = self._connection.execute(known)
            self._numbers.update((by_digest[bytes(digest)], number) for digest, number in found)
        new = [(digest, text) for digest, text in by_digest.items() if text not in self._numbers]
        rows = [(self._last + count, *row) for count, row in enumerate(new, 1)]
        self._last += len(rows)
        self._numbers.update((text, number) for number, _, text in rows)
        add_rows(self._connection, PHRASE, ("id", "digest", "text"), rows)
