"""The messages of a rule for one element: texts with values in them."""

from __future__ import annotations

from lexline.evaluate.explain_parts import in_words
from lexline.evaluate.interpret_expressions import Env, Evaluator, element
from lexline.evaluate.interpret_values import Missing
from lexline.lang.typed import AttributeValue, Expression, Template
from lexline.lang.types import type_of

__all__ = ["render"]

NAME = "name"
"""The attribute by which people know an element."""


def render(template: Template | None, evaluator: Evaluator, env: Env) -> str:
    """The text of a template; who has no name goes by the id, and what else is missing reads as ``(not recorded)``."""
    if template is None:
        return ""
    return "".join(part if isinstance(part, str) else _filled(part, evaluator, env) for part in template.parts)


def _filled(part: Expression, evaluator: Evaluator, env: Env) -> str:
    value = evaluator.value(part, env)
    if not isinstance(value, Missing):
        return in_words(value, type_of(part))
    if isinstance(part, AttributeValue) and part.attribute == NAME:
        return evaluator.graph.ids[element(env[part.slot])]
    return "(not recorded)"
