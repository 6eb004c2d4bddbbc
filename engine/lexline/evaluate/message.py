"""The messages of a rule for one element: texts with values in them."""

from __future__ import annotations

from lexline.evaluate.explain_parts import in_words
from lexline.evaluate.interpret_expressions import Env, Evaluator, element
from lexline.evaluate.interpret_values import Missing
from lexline.lang.typed import AttributeValue, Expression, OtherwiseValue, ParameterValue, Template
from lexline.lang.types import type_of

__all__ = ["render"]

NAME = "name"
"""The attribute that says what people call an element."""


def render(template: Template | None, evaluator: Evaluator, env: Env) -> str:
    """The text of a template; what is missing reads as ``an unknown owner``, but an element without a name goes by its
    id: a sentence about nothing helps nobody."""
    if template is None:
        return ""
    return "".join(part if isinstance(part, str) else _filled(part, evaluator, env) for part in template.parts)


def _filled(part: Expression, evaluator: Evaluator, env: Env) -> str:
    value = evaluator.value(part, env)
    if isinstance(value, Missing) and isinstance(part, AttributeValue) and part.attribute == NAME:
        return evaluator.graph.ids[element(env[part.slot])]
    return f"an unknown {_name(part)}" if isinstance(value, Missing) else in_words(value, type_of(part))


def _name(part: Expression) -> str:
    match part:
        case AttributeValue(attribute=name) | ParameterValue(parameter=(_, name)):
            return name.replace("_", " ")
        case OtherwiseValue(value=value):
            return _name(value)
        case _:
            return "value"
