"""The table of texts: a number for each text, the same for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from lexline.store.tables import PHRASE

__all__ = ["Phrases"]

_MANY = 500
"""How many digests one query asks for."""


class Phrases:
    """The numbers of texts, each looked up once. New texts are inserted; who asks holds the lock of writers."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}

    def numbers(self, texts: Sequence[str]) -> list[int]:
        """The numbers of texts, in their order."""
        unseen = [text for text in dict.fromkeys(texts) if text not in self._numbers]
        for begin in range(0, len(unseen), _MANY):
            self._look_up(unseen[begin : begin + _MANY])
        return [self._numbers[text] for text in texts]

    def _look_up(self, texts: Sequence[str]) -> None:
        by_digest = {hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]: text for text in texts}
        known = sa.select(PHRASE.c.digest, PHRASE.c.id).where(PHRASE.c.digest.in_(by_digest))
        self._note(by_digest, self._connection.execute(known))
        new = [{"digest": digest, "text": text} for digest, text in by_digest.items() if text not in self._numbers]
        if new:
            made = sa.insert(PHRASE).returning(PHRASE.c.digest, PHRASE.c.id)
            self._note(by_digest, self._connection.execute(made, new))

    def _note(self, by_digest: dict[bytes, str], rows: Iterable[Any]) -> None:
        self._numbers.update((by_digest[bytes(digest)], number) for digest, number in rows)
