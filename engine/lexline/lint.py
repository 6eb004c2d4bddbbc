"""What ``lexline lint`` finds: rules, citations and messages that are right by the language and yet say nothing.

In: the rules of a project or of packs, and the facts where there are some. Out: a finding each, as a diagnostic with
its place, and an example in the policy language where one shows it. What needs a search is in ``lint_search``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lexline.decision import Evaluation, decide
from lexline.diagnostics import Diagnostic, Label, Severity, Span
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Verdict
from lexline.lang.findings import a
from lexline.lang.signatures import CheckSignature
from lexline.lang.suggest import nearest
from lexline.lang.typed import AttributeValue, Key, Lineage, Navigation, Program, Related, Rule, TermHolds
from lexline.lint_draws import nodes_within
from lexline.lint_search import Found, search
from lexline.lint_sketches import Sketch
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, Value, ValueType, format_value
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["LintFinding", "lint"]

LOOKED_AT = 20
"""How many unknown verdicts of a rule are looked into."""
INPUTS, OUTPUTS = "inputs", "outputs"
"""What explanations call the two sides of the lineage where nothing is recorded."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding; ``examples`` are portfolios that show it, as the policy language writes them."""

    diagnostic: Diagnostic
    examples: tuple[str, ...] = ()


def lint(
    program: Program,
    vocabulary: Vocabulary,
    today: date,
    own: Collection[str],
    *,
    checks: Mapping[str, CheckSignature] | None = None,
    register: Collection[str] = (),
    facts: Evaluation | None = None,
    now: Callable[[str], None] = lambda _: None,
) -> tuple[LintFinding, ...]:
    """All findings about the policies ``own``, by file and place. ``register`` are the provisions that can be cited
    (none: citations are not looked at), ``facts`` the project over its facts (None: there are none)."""
    found = [_searched(program, vocabulary, one) for one in search(program, vocabulary, today, own, checks or {}, now)]
    found += (LintFinding(diagnostic) for diagnostic in _citations(program, own, register))
    found += (LintFinding(diagnostic) for diagnostic in _messages(program, own))
    if facts is not None:
        now("looking for facts that no source gives")
        found += (LintFinding(diagnostic) for diagnostic in _undecidable(facts, own))
    places = list(dict.fromkeys(info.span.source.name for info in program.policies))

    def place(finding: LintFinding) -> tuple[int, str, int, str]:
        span, name = finding.diagnostic.span, finding.diagnostic.span.source.name
        return places.index(name) if name in places else len(places), name, span.start, finding.diagnostic.code

    return tuple(sorted(found, key=place))


def _warning(code: str, span: Span, message: str, advice: str, *others: Label) -> Diagnostic:
    return Diagnostic(code, message, (Label(span), *others), advice, Severity.WARNING)


# ---- what the search found -----------------------------------------------------------------------------------------


def _searched(program: Program, vocabulary: Vocabulary, found: Found) -> LintFinding:
    rule = program.rules[found.rule]
    name, tried = f"`{rule.key[1]}`", f"{found.tried:,} portfolios"
    if found.other is None:
        if found.what == "never applies":
            span = rule.condition.span if rule.condition is not None else rule.span
            message = f"{name} never applies: of {tried} made so that it would, none did"
            return LintFinding(
                _warning("LX601", span, message, "see whether its `for` asks for what can't be together")
            )
        message = f"{name} never fails: of {tried} made so that it would, none did"
        return LintFinding(
            _warning("LX602", rule.requirements[0].span, message, "see whether its `require` says what was meant")
        )
    other = program.rules[found.other]
    there = Label(other.span, f"`{other.key[1]}` stands here")
    called = other.key[1] if other.key[0] == rule.key[0] else "/".join(other.key)
    if found.what == "is implied":
        message = (
            f"{name} says nothing new: of {tried} made so that it alone would fail, in none it did without `{called}`"
        )
        finding = _warning("LX603", rule.span, message, f"remove {name}, or ask in it for more than `{called}`", there)
    else:
        message = f"{name} and `{called}` contradict each other: of {tried} made to pass both, none did"
        advice = "no element to which both apply can pass; narrow the `for` of one of them"
        finding = _warning("LX604", rule.span, message, advice, there)
    pairs = ((rule, other), (other, rule))
    examples = tuple(
        _example(vocabulary, sketch, found.what, *pair) for sketch, pair in zip(found.witnesses, pairs, strict=False)
    )
    return LintFinding(finding, examples)


def _example(vocabulary: Vocabulary, sketch: Sketch, what: str, rule: Rule, other: Rule) -> str:
    """A sketch as an example of the policy language."""
    count: dict[str, int] = {}
    names = []
    for kind in sketch.kinds:
        count[kind] = count.get(kind, 0) + 1
        names.append(f"{kind}-{count[kind]}")
    first = "fail" if what == "is implied" else "pass"
    title = f"{rule.key[1]} and {other.key[1]} fail" if first == "fail" else f"{rule.key[1]} or {other.key[1]}"
    lines = [f'example "{title}" on {sketch.on}', "  given"]
    for kind, name, values in zip(sketch.kinds, names, sketch.values, strict=True):
        attributes = vocabulary.kinds[kind].attributes
        written = [
            f"{key}: {_datum(value, attributes[key].type)}" for key, value in values.items() if value is not None
        ]
        lines.append(f"    {kind} {name} " + (f"{{ {', '.join(written)} }}" if written else "{}"))
    lines += [f"    {names[origin]} {relation} -> {names[target]}" for origin, relation, target in sketch.edges]
    lines += [
        "  expect",
        f"    {rule.key[1]} gives {first} for {names[0]}",
        f"    {other.key[1]} gives fail for {names[0]}",
    ]
    return "\n".join(lines) + "\n"


def _datum(value: Value, type_: ValueType) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_datum(item, type_.item or type_) for item in value)}]"
    text = format_value(value, type_)
    quoted = type_.sort in (Sort.TEXT, Sort.DURATION)
    return json.dumps(text, ensure_ascii=False) if quoted else text


# ---- citations and messages ----------------------------------------------------------------------------------------


def _citations(program: Program, own: Collection[str], register: Collection[str]) -> Iterator[Diagnostic]:
    if not register:
        return
    cited = [(key[0], term.citations) for key, term in program.terms.items()]
    cited += [(key[0], rule.citations) for key, rule in program.rules.items()]
    for policy, citations in cited:
        for citation in citations if policy in own else ():
            if citation.provision not in register:
                near = nearest(citation.provision, register)
                message = f"no register of the project's packs has `{citation.provision}`"
                advice = f"did you mean `{near}`?" if near else "cite a provision that `lexline coverage` lists"
                yield _warning("LX606", citation.span, message, advice)


def _messages(program: Program, own: Collection[str]) -> Iterator[Diagnostic]:
    for key, rule in program.rules.items():
        if key[0] in own and rule.explain is not None and all(isinstance(part, str) for part in rule.explain.parts):
            message = f"the message of `{key[1]}` reads the same for every {rule.kind}"
            advice = f"name what failed, such as `{{{rule.subject_name}.name}}`"
            yield _warning("LX607", rule.explain.span, message, advice)


# ---- facts that no source gives ------------------------------------------------------------------------------------


def _undecidable(evaluation: Evaluation, own: Collection[str]) -> Iterator[Diagnostic]:
    """An attribute, relation or side of the lineage that leaves verdicts unknown, and that no source says of any
    element of the kind."""
    program, graph = evaluation.program, evaluation.graph
    chosen = [key for key in program.rules if key[0] in own]
    report = decide(evaluation, reasons=0, rules=chosen)
    unknown: dict[Key, list[int]] = {}
    for number, decision in report.decisions.numbered():
        if decision.verdict is Verdict.UNKNOWN:
            unknown.setdefault(decision.rule, []).append(number)
    interpreter = Interpreter(program, graph, evaluation.clock, evaluation.checks)
    told: set[tuple[str, str]] = set()
    for key, numbers in unknown.items():
        reasons = [reason for number in numbers[:LOOKED_AT] for reason in interpreter.decide(key, number).reasons]
        for missing in dict.fromkeys((gap.kind, gap.attribute) for reason in reasons for gap in reason.missing):
            if missing in told or _is_said(graph, *missing):
                continue
            span = _where_read(program, program.rules[key], missing)
            if span is not None:
                told.add(missing)
                yield _unsaid(key, span, missing, len(numbers), len(graph.members[missing[0]]))


def _is_said(graph: Graph, kind: str, named: str) -> bool:
    """Whether a source says it of some element of a kind: an attribute, a relation, or the inputs or outputs of the
    lineage. What is none of these, such as an item of a document, counts as said."""
    column = graph.columns.get((kind, named))
    if column is not None and column.known.any():
        return True
    sides = [graph.upstream] if named == INPUTS else [graph.downstream] if named == OUTPUTS else []
    if named in graph.vocabulary.relations:
        sides = [graph.along[named], graph.against[named]]
    if column is None and not sides:
        return True
    return any(not side.is_empty(int(number)) for side in sides for number in graph.members[kind])


def _unsaid(key: Key, span: Span, cell: tuple[str, str], verdicts: int, elements: int) -> Diagnostic:
    kind, attribute = cell
    of = f"none of the {elements:,} elements" if elements > 1 else "not of the one element"
    message = f"`{attribute}` is known of {of} of kind `{kind}`: `{key[1]}` can't decide {verdicts:,} of its subjects"
    advice = f"have a source say `{attribute}` of {a(kind)}, or ask for something that one says"
    return _warning("LX605", span, message, advice)


def _where_read(program: Program, rule: Rule, cell: tuple[str, str]) -> Span | None:
    """Where a rule, or a term that it uses, reads an attribute of a kind, or follows a relation or the lineage."""
    waiting: list[object] = [*rule.requirements, rule.condition, *rule.exceptions]
    while waiting:
        part = waiting.pop(0)
        for node in nodes_within(part) if part is not None else ():
            if isinstance(node, AttributeValue) and (node.kind, node.attribute) == cell:
                return node.span
            if isinstance(node, Navigation) and _follows(node, cell[1]):
                return node.span
            if isinstance(node, TermHolds):
                waiting.append(program.terms[node.term].condition)
    return None


def _follows(node: Navigation, named: str) -> bool:
    """Whether a navigation follows a relation, or the lineage to the inputs or outputs."""
    match node.scope:
        case Lineage(direction=direction):
            return named == (INPUTS if direction == "upstream" else OUTPUTS)
        case Related(relations=relations):
            return any(named == relation for relation, _ in relations)
        case _:
            return False
