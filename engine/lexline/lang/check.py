"""Checks the body of a declaration: the families of expressions, joined."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.check_conditions import check_condition
from lexline.lang.check_navigation import check_navigation
from lexline.lang.check_quantified import check_aggregate
from lexline.lang.check_values import check_value
from lexline.lang.scope import Checker, Scope
from lexline_lineage.values import ValueType

__all__ = ["DEEPEST", "BodyChecker"]

DEEPEST = 150
"""How many expressions may stand inside each other: as deep as recursion goes safely, here and in the evaluators."""


class BodyChecker(Checker):
    """Syntax to typed tree, for one body."""

    depth: int = 0
    reported_depth: bool = False

    def value(
        self, expression: syntax.Expression, scope: Scope, expected: ValueType | None = None
    ) -> typed.Expression | None:
        if self._too_deep(expression):
            return None
        self.depth += 1
        try:
            return check_value(self, expression, scope, expected)
        finally:
            self.depth -= 1

    def condition(self, expression: syntax.Expression, scope: Scope) -> typed.Expression | None:
        if self._too_deep(expression):
            return None
        self.depth += 1
        try:
            return check_condition(self, expression, scope)
        finally:
            self.depth -= 1

    def navigation(self, navigation: syntax.Navigation, scope: Scope) -> tuple[typed.Navigation | None, Scope | None]:
        return check_navigation(self, navigation, scope)

    def aggregate(
        self, aggregate: syntax.Aggregate, scope: Scope, expected: ValueType | None
    ) -> typed.Expression | None:
        return check_aggregate(self, aggregate, scope, expected)

    def _too_deep(self, expression: syntax.Expression) -> bool:
        if self.depth < DEEPEST:
            return False
        if self.reported_depth:
            return True
        self.reported_depth = True
        self.findings.error(
            "LX249",
            expression.span,
            f"more than {DEEPEST} expressions stand inside each other here",
            "give parts of it names: `term NAME for KIND means …`",
        )
        return True
