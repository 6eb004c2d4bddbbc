"""The elements one relation away: by their kind, or by the relation's name where the kind could mean several."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.findings import a, did_you_mean, in_words
from lexline.lang.scope import Checker, Element
from lexline_lineage.vocabulary import Flow, Relation, Vocabulary

__all__ = ["related"]


def related(c: Checker, navigation: syntax.Navigation, origin: Element) -> tuple[typed.Related | None, str] | None:
    """What a phrase without a direction reaches from ``origin`` (None where that is wrong), and the kind."""
    word = ".".join(navigation.name.parts)
    own = origin.kind or ""
    by_relation = _by_relation(c.vocabulary, word, own)
    kind = c.vocabulary.kind(word)
    if kind is None and not by_relation:
        _unknown(c, navigation, own)
        return None
    by_kind = (
        [(relation, forward, kind.name) for relation, forward in c.vocabulary.between(own, kind.name)] if kind else []
    )
    if by_kind and by_relation and set(_keys(by_kind)) != set(_keys(by_relation)):
        c.findings.error(
            "LX205",
            navigation.name.span,
            f"`{word}` could mean the kind or the relation",
            "say `upstream` or `downstream`, or rename one of them in the vocabulary",
        )
        return None
    found = by_kind or by_relation
    if not found and kind is not None:
        _unrelated(c, navigation, own, kind.name)
        return None, kind.name
    kinds = sorted({target for _, _, target in found})
    if len(kinds) > 1:
        c.findings.error(
            "LX242",
            navigation.name.span,
            f"`{word}` leads from {a(own)} to {in_words(kinds, 'and')}",
            f"name the kind: {in_words(f'some {name}' for name in kinds)}",
        )
        return None
    if len(found) > 1:
        _several(c, navigation, own, found)
        return None, kinds[0]
    return typed.Related(tuple((relation.name, forward) for relation, forward, _ in found)), kinds[0]


Way = tuple[Relation, bool, str]
"""A relation, whether it is followed as written, and the kind that it leads to."""


def _keys(ways: list[Way]) -> list[tuple[str, bool, str]]:
    return [(relation.name, forward, kind) for relation, forward, kind in ways]


def _by_relation(vocabulary: Vocabulary, word: str, own: str) -> list[Way]:
    """What a relation's name reaches. One that joins a kind to itself is followed as it is written."""
    for relation in vocabulary.relations.values():
        if word in (relation.name, _plural(relation.name)):
            if own in relation.origins:
                return [(relation, True, kind) for kind in relation.targets]
            if own in relation.targets:
                return [(relation, False, kind) for kind in relation.origins]
    return []


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _unknown(c: Checker, navigation: syntax.Navigation, own: str) -> None:
    word = ".".join(navigation.name.parts)
    relation = next((r for r in c.vocabulary.relations.values() if word in (r.name, _plural(r.name))), None)
    if relation is not None:
        c.findings.error(
            "LX241",
            navigation.name.span,
            f"the relation `{relation.name}` does not touch {a(own)}",
            f"it leads from {in_words(relation.origins)} to {in_words(relation.targets)}",
        )
        return
    kinds = [name for kind in c.vocabulary.kinds.values() for name in (kind.name, kind.plural)]
    help_text = did_you_mean(word, [*kinds, *c.vocabulary.relations])
    c.findings.error(
        "LX201",
        navigation.name.span,
        f"`{word}` is neither a kind of element nor a relation",
        help_text or f"the kinds are {in_words(sorted(c.vocabulary.kinds), 'and')}",
    )


def _unrelated(c: Checker, navigation: syntax.Navigation, own: str, kind: str) -> None:
    vocabulary = c.vocabulary
    if vocabulary.has_lineage(own) and vocabulary.has_lineage(kind):
        help_text = f"for what lies further away write `upstream {kind}` or `downstream {kind}`"
    else:
        near = sorted(other for other in vocabulary.kinds if vocabulary.between(own, other))
        help_text = f"{a(own)} is related to {in_words(near, 'and')}" if near else f"{a(own)} has no relations"
        help_text += f"; or write `{kind} in the portfolio`"
    c.findings.error("LX241", navigation.name.span, f"no relation joins {a(own)} and {a(kind)}", help_text)


def _several(c: Checker, navigation: syntax.Navigation, own: str, found: list[Way]) -> None:
    word = ".".join(navigation.name.parts)
    flows = all(relation.flow is not Flow.NONE for relation, _, _ in found)
    lineage = f"`direct upstream {word}` or `direct downstream {word}`" if flows else ""
    names = list(dict.fromkeys(relation.name for relation, _, _ in found))
    if len(names) == 1:
        message = f"`{word}` could be at either end of `{names[0]}`"
        help_text = (
            f"write {lineage}" if lineage else f"name the relation to follow it as it is written: `some {names[0]}`"
        )
    else:
        message = f"{in_words(names, 'and')} {'both' if len(names) == 2 else 'all'} join {a(own)} and {a(found[0][2])}"
        usable = [name for name in names if len(_by_relation(c.vocabulary, name, own)) == 1]
        choices = [f"name the relation: {in_words(f'some {name}' for name in usable)}"] if usable else []
        help_text = ", or ".join([*choices, f"write {lineage}"] if lineage else choices)
    c.findings.error("LX242", navigation.name.span, message, help_text)
