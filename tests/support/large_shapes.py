"""Lineage in shapes that are hard on a walk: one large loop, deep chains, stars; values at the ends of their types.

Datasets follow each other over jobs, and some train a model. Everything else is by chance: what is possible only, what
is anonymised, which values are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lineage_graphs import SOURCE

__all__ = ["SHAPES", "shape_facts"]

Links = Iterator[tuple[int, int]]


def ring(size: int, chance: Random) -> Links:
    """All in one loop, with a few chords."""
    yield from ((at, (at + 1) % size) for at in range(size))
    yield from ((chance.randrange(size), chance.randrange(size)) for _ in range(size // 8))


def knots(size: int, chance: Random) -> Links:
    """Loops of any size, each leading to the next."""
    begin = 0
    while begin < size:
        end = min(size, begin + chance.randint(1, size // 3))
        yield from ((at, at + 1) for at in range(begin, end - 1))
        yield end - 1, begin
        if end < size:
            yield end - 1, end
        begin = end


def chain(size: int, chance: Random) -> Links:  # all shapes are called alike
    """One after the other."""
    yield from ((at, at + 1) for at in range(size - 1))


def star_out(size: int, chance: Random) -> Links:
    """All from one."""
    yield from ((0, at) for at in range(1, size))


def star_in(size: int, chance: Random) -> Links:
    """One from all."""
    yield from ((at, 0) for at in range(1, size))


def dense(size: int, chance: Random) -> Links:
    """Anything from anything."""
    yield from ((chance.randrange(size), chance.randrange(size)) for _ in range(3 * size))


SHAPES: dict[str, Callable[[int, Random], Links]] = {
    shape.__name__: shape for shape in (ring, knots, chain, star_out, star_in, dense)
}

ROWS = (0, 1, -1, 0.1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 10**20, 1e308, -1e308, 5e-324, -0.0)
DATES = ("0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2026-11-22", "2026-11-21")
MOMENTS = ("0001-01-02T00:00:00Z", "9999-12-30T23:59:59Z", "1970-01-01T00:00:00Z", "2026-11-22T00:00:00Z")


def shape_facts(shape: str, size: int, seed: int) -> list[Fact]:
    """The facts of a graph with ``size`` datasets, in the vocabulary of ``lineage_graphs``."""
    chance = Random(seed)  # noqa: S311  # no secret
    uncertain = chance.choice((0, 0, 0.05))
    found: list[Fact] = []

    def element(name: str, kind: str, **values: tuple[object, ...]) -> None:
        found.append(ElementFact(name, kind, SOURCE))
        for attribute, options in values.items():
            if chance.random() < 0.9:
                found.append(AttributeFact(name, attribute, chance.choice(options), SOURCE))

    def edge(origin: str, relation: str, target: str) -> None:
        found.append(EdgeFact(origin, relation, target, SOURCE, chance.random() < uncertain))

    for at in range(size):
        element(f"d{at:04}", "dataset", personal=(True, False, False), rows=ROWS, owner=("a", "b"))
        if at % 3 == 0:
            element(f"m{at:04}", "model", owner=("a", "b"), trained_on=DATES)
            edge(f"d{at:04}", "trains", f"m{at:04}")
            if chance.random() < 0.3:
                edge(f"m{chance.randrange(0, at + 1, 3):04}", "trains", f"m{at:04}")
    for number, (one, other) in enumerate(SHAPES[shape](size, chance)):
        element(f"j{number:04}", "job", operation=("train", "train", "train", "anonymise"), done_at=MOMENTS)
        edge(f"j{number:04}", "reads", f"d{one:04}")
        edge(f"j{number:04}", "writes", f"d{other:04}")
    return found
