"""The order of the members of a set by their values, as ranks that a paint can carry."""

from __future__ import annotations

import numpy as np

from lexline.evaluate.column_types import Bools, Index, Numbers, Values
from lexline.evaluate.kernels_sets import ranks_of

__all__ = ["Order"]


class Order:
    """The marked members whose value is known, and their ranks from 0: the higher, the further ahead."""

    def __init__(self, value: Numbers | Values, marked: Bools, *, greatest: bool) -> None:
        self.marked = marked & value.known
        keys = ranks_of(value)[self.marked]
        if keys.dtype == np.int64 and len(keys):  # dates and moments are their own ranks, but for where they begin
            self._begin, self._sign = (keys.min(), 1) if greatest else (keys.max(), -1)
            self._column: Numbers | Values | None = None
            self.ranks: Index = (keys - self._begin) * self._sign
        else:
            _, firsts, ranks = np.unique(keys, return_index=True, return_inverse=True)
            self._begin, self._sign = (0, 1) if greatest else (len(firsts) - 1, -1)
            self._column = value.take(np.flatnonzero(self.marked)[firsts])
            self.ranks = (ranks - self._begin) * self._sign

    def values(self, ranks: Index) -> Numbers | Values:
        """The value of each rank; missing where that is -1."""
        found = ranks >= 0
        places = np.where(found, self._begin + ranks * self._sign, 0)
        unbroken = np.zeros(len(ranks), np.bool_)
        match self._column:
            case None:
                return Values(places, found, unbroken)
            case Numbers(low=low) if len(low):
                return Numbers(low[places], low[places], found, unbroken)
            case Numbers():
                return Numbers(np.zeros(len(ranks)), np.zeros(len(ranks)), found, unbroken)
            case Values(values=values):
                cells = values[places] if len(values) else np.zeros(len(ranks), values.dtype)
                return Values(cells, found, unbroken)
