"""What a body can see while it is checked: the elements around an expression, and the declarations that are visible."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lexline.diagnostics import Span
from lexline.lang import syntax, typed
from lexline.lang.findings import Findings
from lexline.lang.signatures import CheckSignature
from lexline_lineage.values import ValueType
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["Checker", "Declarations", "Element", "Scope"]


@dataclass(frozen=True, slots=True)
class Element:
    """An element that an expression can name: by its alias where it has one, by its kind otherwise.

    ``kind`` is None for the item of a document navigation, which has no attributes and is called ``value``.
    """

    name: str
    kind: str | None
    slot: int
    span: Span


@dataclass(frozen=True, slots=True)
class Scope:
    """The elements around an expression, the outermost first; ``hidden`` are those that it stands among but can't read
    (outside of an ``avoiding``)."""

    elements: tuple[Element, ...] = ()
    hidden: tuple[Element, ...] = ()

    def inside(self, element: Element) -> Scope:
        """The scope within a navigation to ``element``."""
        return replace(self, elements=(*self.elements, element))

    def sealed(self, element: Element) -> Scope:
        """The scope of an ``avoiding``: ``element`` alone."""
        return Scope((element,), (*self.hidden, *self.elements))

    @property
    def innermost(self) -> Element | None:
        """The element that a bare attribute belongs to."""
        return next((element for element in reversed(self.elements) if element.kind is not None), None)

    def item(self, word: str) -> Element | None:
        """The document item that ``word`` names."""
        return next((e for e in reversed(self.elements) if e.kind is None and e.name == word), None)

    def named(self, word: str) -> list[Element]:
        """The elements that ``word`` names."""
        return [element for element in self.elements if element.kind is not None and element.name == word]


@dataclass(slots=True)
class Declarations:
    """All declarations of all policies of a run, and who sees whose.

    ``visible`` holds for a policy its own id and those of the packs that it uses. A parameter is None, and a rule's
    kind is None, where its own declaration is wrong (and was reported).
    """

    vocabulary: Vocabulary
    checks: Mapping[str, CheckSignature]
    visible: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: dict[typed.Key, typed.Parameter | None] = field(default_factory=dict)
    terms: dict[typed.TermKey, Span] = field(default_factory=dict)
    rules: dict[typed.Key, str | None] = field(default_factory=dict)
    broken: set[typed.Key] = field(default_factory=set)
    """names of declarations that are wrong (and were reported), so that they can't be told by more than their name"""

    def is_broken(self, policy: str, word: syntax.Word) -> bool:
        """Whether ``word`` may name a declaration that is wrong."""
        return bool(self.candidates(policy, word, lambda pack, name: (pack, name) in self.broken))

    def candidates(self, policy: str, word: syntax.Word, exists: Callable[[str, str], bool]) -> list[typed.Key]:
        """What ``word``, written in ``policy``, may name: ``NAME`` of the policy or a used pack, or ``PACK.NAME``."""
        packs = self.visible.get(policy, (policy,))
        if len(word.parts) == 2:
            packs = (word.parts[0],) if word.parts[0] in packs else ()
        elif len(word.parts) != 1:
            return []
        return [(pack, word.parts[-1]) for pack in packs if exists(pack, word.parts[-1])]

    def parameter_candidates(self, policy: str, word: syntax.Word) -> list[typed.Key]:
        """The parameters that ``word`` may name."""
        return self.candidates(policy, word, lambda pack, name: (pack, name) in self.parameters)


@dataclass
class Checker(ABC):
    """Checks the body of one declaration; the families of expressions call each other through it.

    ``uses`` collects the terms and rules that the body rests on. Each method gives None for what is wrong, after it
    was reported once: what stands around it is silent then.
    """

    declarations: Declarations
    findings: Findings
    policy: str
    timezone: str
    next_slot: int = 1
    uses: list[typed.Key | typed.TermKey] = field(default_factory=list)

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary that the run is checked against."""
        return self.declarations.vocabulary

    def take_slot(self) -> int:
        """A slot that nothing else in this body has."""
        self.next_slot += 1
        return self.next_slot - 1

    @abstractmethod
    def value(
        self, expression: syntax.Expression, scope: Scope, expected: ValueType | None = None
    ) -> typed.Expression | None:
        """The expression as a value. ``expected`` is the type that its neighbour asks for: it decides what a bare
        symbol, a quoted one, and the item of a document are, and binds nothing else."""

    @abstractmethod
    def condition(self, expression: syntax.Expression, scope: Scope) -> typed.Expression | None:
        """The expression as a condition."""

    @abstractmethod
    def navigation(self, navigation: syntax.Navigation, scope: Scope) -> tuple[typed.Navigation | None, Scope | None]:
        """The set of elements, and the scope inside it (None where its kind isn't known)."""

    @abstractmethod
    def aggregate(
        self, aggregate: syntax.Aggregate, scope: Scope, expected: ValueType | None
    ) -> typed.Expression | None:
        """The value over a set of elements."""
