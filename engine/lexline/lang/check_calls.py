"""Types calls of check plug-ins: the check, the kind of element, and the arguments."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.findings import a, did_you_mean, in_words
from lexline.lang.operands import percentage_help
from lexline.lang.scope import Checker, Scope
from lexline.lang.signatures import CheckParameter, CheckSignature
from lexline.lang.types import same_type, with_article
from lexline_lineage.values import Sort

__all__ = ["check_call"]


def check_call(c: Checker, call: syntax.CheckCall, scope: Scope) -> typed.Expression | None:
    """``check NAME(ARGUMENT: VALUE, …)``, asked about the innermost element."""
    signature = c.declarations.checks.get(call.name)
    if signature is None:
        names = c.declarations.checks
        help_text = did_you_mean(call.name, names) or (
            f"the checks are {in_words(sorted(names), 'and')}" if names else "no plug-in brings a check"
        )
        c.findings.error("LX211", call.name_span, f"there is no check `{call.name}`", help_text)
        return None
    arguments = _arguments(c, call, signature)
    element = scope.innermost
    if element is None or element.kind is None:
        c.findings.error(
            "LX262",
            call.span,
            f"the check `{call.name}` needs an element to be asked about",
            "call it inside a navigation or a rule",
        )
        return None
    if element.kind not in signature.kinds:
        outer = [e.name for e in scope.elements if e.kind in signature.kinds]
        move = f"; the `{outer[-1]}` is one, so call it outside of this navigation" if outer else ""
        c.findings.error(
            "LX262",
            call.span,
            f"the check `{call.name}` can't be asked about {a(element.kind)}",
            f"it is for {in_words(signature.kinds)}{move}",
        )
        return None
    if arguments is None:
        return None
    called = (signature.result, call.name, element.slot, element.kind, arguments, signature.version)
    return typed.CheckValue(call.span, *called)


def _arguments(
    c: Checker, call: syntax.CheckCall, signature: CheckSignature
) -> tuple[tuple[str, typed.Expression], ...] | None:
    """All parameters with their values, sorted by name; what the call leaves out has its default."""
    parameters = {parameter.name: parameter for parameter in signature.parameters}
    given: dict[str, typed.Expression | None] = {}
    for argument in call.arguments:
        parameter = parameters.get(argument.name)
        if parameter is None:
            help_text = did_you_mean(argument.name, parameters) or (
                f"it takes {in_words(parameters, 'and')}" if parameters else "it takes none"
            )
            c.findings.error(
                "LX260", argument.span, f"the check `{call.name}` has no parameter `{argument.name}`", help_text
            )
            given[argument.name] = None
        else:
            given[argument.name] = _argument(c, argument, parameter)
    for parameter in signature.parameters:
        if parameter.name in given:
            continue
        if parameter.default is None and not given.keys() <= parameters.keys():
            given[parameter.name] = None  # most likely the one whose name is misspelt
        elif parameter.default is None:
            c.findings.error(
                "LX260",
                call.span,
                f"the check `{call.name}` needs `{parameter.name}`, {with_article(parameter.type)}",
                f"add `{parameter.name}: …`",
            )
            given[parameter.name] = None
        else:
            given[parameter.name] = typed.LiteralValue(call.span, parameter.type, parameter.default)
    complete = tuple((name, value) for name, value in sorted(given.items(), key=lambda item: item[0]) if value)
    return complete if len(complete) == len(given) else None


def _argument(c: Checker, argument: syntax.Argument, parameter: CheckParameter) -> typed.Expression | None:
    # Checked outside of every element, so that a name can only be a parameter or a symbol.
    value = c.value(argument.value, Scope(), parameter.type)
    if value is None:
        return None
    if not isinstance(value, typed.LiteralValue | typed.ParameterValue):
        c.findings.error(
            "LX261",
            argument.value.span,
            f"`{argument.name}` has to be the same for all elements",
            "write a value or the name of a parameter",
        )
        return None
    if not same_type(value.type, parameter.type):
        neighbour = typed.LiteralValue(value.span, parameter.type, 0.0)
        figures = {value.type.sort, parameter.type.sort} == {Sort.NUMBER, Sort.PERCENTAGE}
        c.findings.error(
            "LX261",
            argument.value.span,
            f"`{argument.name}` is {with_article(parameter.type)}, and this is {with_article(value.type)}",
            percentage_help(value, neighbour) if figures else parameter.meaning,
        )
        return None
    return value
