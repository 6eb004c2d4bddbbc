"""Random navigations: every direction, distance, adjective, alias, avoided node, relation, document."""

from __future__ import annotations

from dataclasses import dataclass

import generated_conditions
from generated_scope import Element, Scope, World, innermost, nameable
from generated_vocabulary import DOCUMENT

PATHS = ("$.items[*]", "$.status", "$.parts[*].gap", "$..gap", "$[*]", "$[0]", "$.nothing", "$.tags[*]", "$.items[0:2]")


@dataclass(frozen=True)
class Reached:
    """A navigation as it is written, without its ``where``, and the member that it binds."""

    text: str
    member: Element


def navigation(world: World, scope: Scope, depth: int) -> Reached:
    """A set of elements. One over the portfolio is always possible."""
    choices = world.choices
    inner = innermost(scope)
    if inner is None:
        return _portfolio(world, scope)
    options = [(8, "portfolio")]
    if world.vocabulary.has_lineage(inner.kind or "") or any(_flows(world, element) for element in nameable(scope)):
        options.insert(0, (50, "lineage"))
    if world.ways(inner.kind or ""):
        options.append((25, "related"))
    documents = _documents(world, scope)
    if documents:
        options.append((12, "document"))
    match choices.weighted(options):
        case "portfolio":
            return _portfolio(world, scope)
        case "related":
            return _related(world, scope)
        case "document":
            return _document(world, choices.pick(documents))
        case _:
            return _lineage(world, scope, depth)


def elements(world: World, scope: Scope, depth: int) -> Reached:
    """A set of elements that is no document's."""
    reached = navigation(world, scope, depth)
    return reached if reached.member.kind is not None else _portfolio(world, scope)


def where(world: World, scope: Scope, depth: int) -> str:
    """What narrows a navigation, or nothing."""
    if depth <= 0 or not world.choices.chance(35):
        return ""
    return f" where {generated_conditions.narrow(world, scope, depth - 1)}"


def members(world: World, scope: Scope, depth: int) -> tuple[str, Scope]:
    """The members of an aggregate, and the scope inside."""
    reached = navigation(world, scope, depth)
    inside = (*scope, reached.member)
    narrowing = where(world, inside, depth)
    return (f"({reached.text}{narrowing})" if narrowing or world.choices.chance(5) else reached.text), inside


def adjectives(world: World, kind: str) -> str:
    """Terms before a kind, each with a space behind it."""
    terms = world.terms.get(kind, [])
    found = ""
    while terms and len(found) < 10 and world.choices.chance(25):
        found += f"{world.choices.pick(terms)} "
    return found


def _flows(world: World, element: Element) -> bool:
    return world.vocabulary.has_lineage(element.kind or "")


def _member(world: World, scope: Scope, kind: str) -> tuple[str, Element]:
    """The ``as`` of a member, and the member. Without an alias it may share its name with an outer element."""
    taken = any(element.name == kind for element in scope)
    if world.choices.chance(75 if taken else 30):
        name = world.alias()
        return f" as {name}", Element(name, kind)
    return "", Element(kind, kind)


def _portfolio(world: World, scope: Scope) -> Reached:
    kind = world.choices.pick(tuple(world.vocabulary.kinds))
    alias, member = _member(world, scope, kind)
    adjective = adjectives(world, kind)
    parts = world.choices.shuffled([part for part in (alias, " in the portfolio") if part])
    return Reached(f"{adjective}{world.word_for(kind)}{''.join(parts)}", member)


def _related(world: World, scope: Scope) -> Reached:
    choices = world.choices
    origin, of = _origin(world, scope, [element for element in nameable(scope) if world.ways(element.kind or "")])
    word, kind = choices.pick(world.ways(origin.kind or ""))
    alias, member = _member(world, scope, kind)
    parts = choices.shuffled([part for part in (alias, of) if part])
    return Reached(f"{adjectives(world, kind)}{word}{''.join(parts)}", member)


def _lineage(world: World, scope: Scope, depth: int) -> Reached:
    choices = world.choices
    origin, of = _origin(world, scope, [element for element in nameable(scope) if _flows(world, element)])
    if not _flows(world, origin):
        return _portfolio(world, scope)
    kind = choices.pick(world.flowing())
    alias, member = _member(world, scope, kind)
    direction = choices.pick(("upstream", "upstream", "downstream"))
    direct = choices.chance(20)
    parts = [alias, of]
    if not direct and choices.chance(20):
        steps = choices.integer(1, 3)
        parts.append(f" within {steps} {'step' if steps == 1 else 'steps'}")
    while depth > 0 and len(parts) < 5 and choices.chance(35):
        parts.append(_avoiding(world, depth))
    written = "".join(choices.shuffled([part for part in parts if part]))
    head = f"{'direct ' if direct else ''}{direction} {adjectives(world, kind)}{world.word_for(kind)}"
    return Reached(head + written, member)


def _origin(world: World, scope: Scope, others: list[Element]) -> tuple[Element, str]:
    """Where a navigation starts: the innermost element, or one that ``of`` names."""
    inner = innermost(scope)
    if inner is None:
        raise ValueError("nothing to start from")
    starts = inner in others or bool(world.ways(inner.kind or ""))
    if others and (not starts or world.choices.chance(20)):
        origin = world.choices.pick(others)
        return origin, f" of {origin.name}"
    return inner, ""


def _avoiding(world: World, depth: int) -> str:
    kind = world.choices.pick(world.flowing())
    condition = ""
    if world.choices.chance(45):
        condition = " where research_only"
    elif world.choices.chance(80):
        condition = f" where {generated_conditions.condition(world, (Element(kind, kind),), depth - 1)}"
    return f" avoiding ({adjectives(world, kind)}{world.word_for(kind)}{condition})"


def _documents(world: World, scope: Scope) -> list[str]:
    inner = innermost(scope)
    found = []
    for element in nameable(scope):
        kind = world.vocabulary.kinds[element.kind or ""]
        found += [f"{element.name}.{name}" for name, attribute in kind.attributes.items() if attribute.type == DOCUMENT]
    if inner is not None:
        kind = world.vocabulary.kinds[inner.kind or ""]
        found += [name for name, attribute in kind.attributes.items() if attribute.type == DOCUMENT]
    return found


def _document(world: World, document: str) -> Reached:
    choices = world.choices
    name = world.alias() if choices.chance(25) else "value"
    head = f'{choices.pick(("value", "values"))} at "{choices.pick(PATHS)}"'
    return Reached(f"{head}{'' if name == 'value' else f' as {name}'} of {document}", Element(name, None))
