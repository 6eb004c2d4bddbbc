"""Groups of things that are one, with the pairs that must never be in one group.

In: links between texts. Out: the groups. Guaranteed: the same links give the same groups, if they come in the same
order; a link that would bring a forbidden pair together is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

__all__ = ["Groups"]


class Groups:
    """A partition of texts, first each alone."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}

    def root(self, item: str) -> str:
        """The text that stands for the group of ``item``."""
        top = item
        while (above := self._above.get(top, top)) != top:
            top = above
        while (above := self._above.get(item, item)) != top:
            self._above[item], item = top, above
        return top

    def members(self, item: str) -> tuple[str, ...]:
        """All of the group of ``item``, itself included."""
        root = self.root(item)
        return tuple(self._members.get(root, (root,)))

    def join(self, one: str, other: str, allowed: Callable[[Iterable[str], Iterable[str]], bool]) -> bool:
        """Makes one group of two where ``allowed`` says so of their members; False where it doesn't."""
        first, second = self.root(one), self.root(other)
        if first == second:
            return True
        left, right = self.members(first), self.members(second)
        if not allowed(left, right):
            return False
        if len(left) < len(right):
            first, second = second, first
        self._above[second] = first
        self._members[first] = [*left, *right]
        self._members.pop(second, None)
        return True

    def all(self) -> Iterator[tuple[str, ...]]:
        """The groups of more than one, each sorted, in order."""
        return iter(sorted(tuple(sorted(members)) for members in self._members.values() if len(members) > 1))
