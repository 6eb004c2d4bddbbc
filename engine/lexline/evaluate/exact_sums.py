"""Exactly rounded sums of many numbers at once, by whole numbers alone: ``math.fsum`` for every row.

A number is written in digits of some base, so that each digit can be summed up in 64 bits on its own, in any order and
by whoever sums; at the end the sums are rounded once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Index

__all__ = ["Digits", "digits_of"]

_MANTISSA = 53


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """Numbers as sums of ``columns[i] * 2 ** (exponent + i * bits)``: whole digits with the sign of their number."""

    columns: tuple[Index, ...]
    exponent: int
    bits: int

    def rounded(self, sums: tuple[Index, ...]) -> NDArray[np.float64]:
        """The numbers of which ``sums`` are the summed digits, each rounded once; infinite where it is too large."""
        digits = self._carried(sums)
        is_negative = digits[-1] < 0
        digits = self._carried(tuple(np.where(is_negative, -digit, digit) for digit in digits))
        scale = [self.exponent + place * self.bits for place in range(len(digits))]
        high, low = np.zeros(len(is_negative)), np.zeros(len(is_negative))
        more = np.zeros(len(is_negative), np.bool_)
        with np.errstate(over="ignore", invalid="ignore"):
            for digit, exponent in zip(reversed(digits), reversed(scale), strict=True):
                # As long as nothing is lost; what comes after that tells only which side of a tie it is.
                rounded = low != 0
                more |= rounded & (digit > 0)
                part = np.ldexp(digit.astype(np.float64), exponent)
                total = high + part
                low = np.where(rounded, low, part - (total - high))
                high = np.where(rounded, high, total)
            above = high + 2 * low
            is_tie = (low > 0) & more & (above - high == 2 * low)
        return np.where(is_negative, -1.0, 1.0) * np.where(is_tie, above, high)

    def _carried(self, sums: tuple[Index, ...]) -> list[Index]:
        """The same numbers with one more digit; all but that one from 0 to below the base."""
        found: list[Index] = []
        carry: Any = 0
        for column in sums:
            total = column + carry
            found.append(total & ((1 << self.bits) - 1))
            carry = total >> self.bits
        return [*found, carry]


def digits_of(numbers: NDArray[np.float64]) -> Digits:
    """Some finite numbers in digits so small that the sum of all of them, in any selection, fits into 64 bits."""
    fraction, powers = np.frexp(numbers)
    exponents = powers.astype(np.int64)
    whole = np.abs(np.ldexp(fraction, _MANTISSA)).astype(np.int64)
    lowest = np.frexp((whole & -whole).astype(np.float64))[1] - 1  # the place of the lowest bit that is set
    first, last = exponents - _MANTISSA + lowest, exponents
    used = np.flatnonzero(whole)
    if not len(used):
        return Digits((np.zeros(len(numbers), np.int64),), 0, 1)
    exponent, end = int(first[used].min()), int(last[used].max())
    bits = min(_MANTISSA - 1, 62 - len(numbers).bit_length())
    shifts = np.where(whole > 0, exponents - _MANTISSA - exponent, 0)  # of the mantissa, in the unit of the first digit
    columns, ones = [], np.int64((1 << bits) - 1)
    for place in range(-(-(end - exponent) // bits)):
        shift = shifts - place * bits
        left, right = np.clip(shift, 0, bits), np.clip(-shift, 0, 63)
        digit = ((whole >> right) & (ones >> left)) << left
        columns.append(np.where(numbers < 0, -digit, digit))
    return Digits(tuple(columns), exponent, bits)
