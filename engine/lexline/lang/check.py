"""Checks the body of a declaration: the families of expressions, joined."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.check_conditions import check_condition
from lexline.lang.check_navigation import check_navigation
from lexline.lang.check_quantified import check_aggregate
from lexline.lang.check_values import check_value
from lexline.lang.scope import Checker, Scope
from lexline_lineage.values import ValueType

__all__ = ["BodyChecker"]


class BodyChecker(Checker):
    """Syntax to typed tree, for one body."""

    def value(
        self, expression: syntax.Expression, scope: Scope, expected: ValueType | None = None
    ) -> typed.Expression | None:
        return check_value(self, expression, scope, expected)

    def condition(self, expression: syntax.Expression, scope: Scope) -> typed.Expression | None:
        return check_condition(self, expression, scope)

    def navigation(self, navigation: syntax.Navigation, scope: Scope) -> tuple[typed.Navigation | None, Scope | None]:
        return check_navigation(self, navigation, scope)

    def aggregate(
        self, aggregate: syntax.Aggregate, scope: Scope, expected: ValueType | None
    ) -> typed.Expression | None:
        return check_aggregate(self, aggregate, scope, expected)
