"""What a person wants to record, checked against the portfolio and the rules before it is: an entry can't be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from pydantic import ValidationError

from lexline.basis import Bases
from lexline.decision import Evaluation
from lexline.diagnostics import Diagnostic, LexlineError
from lexline.lang.findings import a, did_you_mean, in_words
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.ledger.evidence import RELATIONS
from lexline.ledger.record import AssessmentEntry, Form, JudgementEntry, Recorded, WaiverEntry, WaiverWithdrawn
from lexline.ledger.waivers import Waiver
from lexline_lineage.vocabulary import Attribute

__all__ = ["basis_of_waiver", "proposed_assessment", "proposed_waiver", "proposed_withdrawal", "rules_named"]

Checks = Mapping[str, CheckSignature]
F = TypeVar("F", bound=Form)
_NAMES = {"since": "from"}
_NO_OPTIONS = ("kind", "version", "basis", "element", "element_kind")
_COMMANDS = {"assessment": "assess", "judgement": "assess", "waiver": "waive", "withdrawal": "waive"}


def proposed_assessment(
    evaluation: Evaluation, element: int, said: Mapping[str, object], checks: Checks
) -> AssessmentEntry | JudgementEntry:
    """The assessment of an element, or the judgement where a ``norm`` or a ``finding`` is said, with its basis. Raises
    ``LexlineError`` with whatever can't be recorded."""
    judged = "norm" in said or "finding" in said
    form: type[AssessmentEntry | JudgementEntry] = JudgementEntry if judged else AssessmentEntry
    graph = evaluation.graph
    about = {"element": graph.ids[element], "element_kind": graph.kind(element)}
    kind = "judgement" if judged else "assessment"
    entry, mistakes = _read(form, kind, {**said, **about})
    mistakes += _unknown_words(evaluation, kind, said)
    relation = graph.vocabulary.relations.get(RELATIONS[kind])
    if relation is None or about["element_kind"] not in relation.targets:
        message = f"`{about['element']}` is {a(about['element_kind'])}, of which there is no {kind}"
        advice = f"there is one of {in_words(relation.targets)}" if relation is not None else ""
        mistakes.append(Diagnostic("LX520", message, (), advice))
    if entry is not None:
        mistakes += _wrong_days(entry, evaluation)
    if entry is None or mistakes:
        raise LexlineError(tuple(mistakes))
    word = entry.norm if isinstance(entry, JudgementEntry) else entry.type
    return entry.model_copy(update={"basis": str(Bases(evaluation, checks).of(element, kind, word))})


def proposed_waiver(evaluation: Evaluation, said: Mapping[str, object]) -> WaiverEntry:
    """The waiver of what is said, without its basis. Raises ``LexlineError`` with whatever can't be recorded."""
    entry, mistakes = _read(WaiverEntry, "waiver", said)
    if entry is not None:
        mistakes += _no_subject(evaluation, entry)
    if entry is None or mistakes:
        raise LexlineError(tuple(mistakes))
    return entry


def proposed_withdrawal(
    known: Sequence[Recorded], number: int, said: Mapping[str, object], today: date
) -> WaiverWithdrawn:
    """The withdrawal of a waiver, by its number, of those that are ``known``. Raises ``LexlineError``."""
    entry, mistakes = _read(WaiverWithdrawn, "withdrawal", {**said, "waiver": number})
    waivers = {recorded.sequence: recorded.entry for recorded in known if isinstance(recorded.entry, WaiverEntry)}
    taken = [other.entry.waiver for other in known if isinstance(other.entry, WaiverWithdrawn)]
    if number not in waivers:
        open_ = [f"{waiver}" for waiver in waivers if waiver not in taken][-5:]
        advice = f"those that may be withdrawn are {in_words(open_, 'and')}" if open_ else "lexline waive --list"
        mistakes.append(Diagnostic("LX520", f"the ledger has no waiver {number}", (), advice))
    elif number in taken:
        mistakes.append(Diagnostic("LX520", f"waiver {number} was withdrawn before", (), "lexline waive --list"))
    elif entry is not None and entry.on < min(waivers[number].since, today):
        first = waivers[number].since
        message = f"`--on {entry.on}` lies before waiver {number} begins"
        mistakes.append(Diagnostic("LX520", message, (), f"to take all of it back, write --on {first}"))
    if entry is None or mistakes:
        raise LexlineError(tuple(mistakes))
    return entry


def basis_of_waiver(evaluation: Evaluation, waiver: Waiver, checks: Checks) -> str:
    """The basis of a waiver over all elements that it covers now."""
    elements = evaluation.waived().elements(waiver)
    return str(Bases(evaluation, checks).of_waiver(elements, rules_named(evaluation, waiver)))


def rules_named(evaluation: Evaluation, waiver: Waiver) -> list[Key]:
    """The rules that a waiver is about."""
    return [rule for rule in evaluation.program.rules if waiver.names(rule)]


def _read(form: type[F], kind: str, said: Mapping[str, object]) -> tuple[F | None, list[Diagnostic]]:
    try:
        return form.model_validate(said), []
    except ValidationError as error:
        items = error.errors()
    fields = {str(item["loc"][0]) for item in items if item["type"] == "missing"}
    absent = [_option(name) for name in form.model_fields if _NAMES.get(name, name) in fields and name != "rules"]
    mistakes = [_mistake(form, kind, dict(item)) for item in items if item["type"] != "missing"]
    if "rules" in fields:
        mistakes.insert(0, Diagnostic("LX520", "no rule is named", (), "lexline waive policy/RULE ELEMENT …"))
    if absent:
        message = f"{in_words(absent, 'and')} {'is' if len(absent) == 1 else 'are'} missing"
        advice = f"{a(kind)} has to say {'it' if len(absent) == 1 else 'them'}: lexline {_COMMANDS[kind]} --help"
        mistakes.append(Diagnostic("LX520", message, (), advice))
    return None, mistakes


def _option(field: str) -> str:
    return "--" + _NAMES.get(field, field).replace("_", "-")


def _mistake(form: type[Form], kind: str, item: Mapping[str, object]) -> Diagnostic:
    where = item["loc"]
    field = str(where[0]) if isinstance(where, tuple) and where else ""
    option = _option(field)
    match item["type"]:
        case "extra_forbidden":
            known = [_option(name) for name in form.model_fields if name not in _NO_OPTIONS]
            message, advice = f"{a(kind)} has no `{option}`", f"it has {in_words(known, 'and')}"
        case "string_too_short":
            message, advice = f"`{option}` is empty", f"{a(kind)} has to say it"
        case "string_pattern_mismatch" if field == "every":
            message, advice = f"`{option} {item['input']}` is no kind", "docs/vocabulary.md has all kinds"
        case _ if not field:
            context = item.get("ctx")
            why = context.get("error") if isinstance(context, dict) else item["msg"]
            message, advice = f"the {kind} can't be recorded: {why}", ""
        case _:
            said = str(item["msg"])
            message, advice = f"`{option}` can't be recorded: {said[:1].lower()}{said[1:]}", ""
    return Diagnostic("LX520", message, (), advice)


def _unknown_words(evaluation: Evaluation, kind: str, said: Mapping[str, object]) -> Iterator[Diagnostic]:
    """Words of an enumeration that the vocabulary doesn't have."""
    known = evaluation.graph.vocabulary.kinds.get(kind)
    attributes: Mapping[str, Attribute] = known.attributes if known is not None else {}
    for name, value in said.items():
        symbols = attributes[name].type.symbols if name in attributes else ()
        if symbols and value not in symbols:
            advice = did_you_mean(str(value), symbols) or f"there are {in_words(symbols, 'and')}"
            yield Diagnostic("LX520", f"`--{name} {value}` is no {name} of {a(kind)}", (), advice)


def _wrong_days(entry: AssessmentEntry | JudgementEntry, evaluation: Evaluation) -> Iterator[Diagnostic]:
    name = "decided_on" if isinstance(entry, JudgementEntry) else "approved_on"
    day = getattr(entry, name)
    option = "--" + name.replace("_", "-")
    if isinstance(entry, AssessmentEntry) and entry.status == "approved" and day is None:
        yield Diagnostic("LX520", f"`{option}` is missing: an approved assessment says since when it is", (), "")
    if day is not None and day > evaluation.clock.today:
        message = f"`{option} {day}` lies after {evaluation.clock.today}"
        yield Diagnostic("LX520", message, (), "record it when it has been decided")
    if day is not None and entry.valid_until is not None and entry.valid_until < day:
        yield Diagnostic("LX520", f"`--valid-until {entry.valid_until}` lies before `{option} {day}`", (), "")


def _no_subject(evaluation: Evaluation, entry: WaiverEntry) -> Iterator[Diagnostic]:
    """Elements of which no named rule is, and kinds that there aren't."""
    kinds = {rule.kind for key, rule in evaluation.program.rules.items() if _names(entry.rules, key)}
    graph = evaluation.graph
    if entry.every and entry.every not in graph.vocabulary.kinds:
        advice = did_you_mean(entry.every, graph.vocabulary.kinds) or "docs/vocabulary.md has all kinds"
        yield Diagnostic("LX520", f"`--every {entry.every}` is no kind", (), advice)
    elif entry.every and entry.every not in kinds:
        yield Diagnostic("LX520", f"no rule that is named is about {a(entry.every)}", (), _about(kinds))
    for name in entry.elements:
        number = evaluation.number(name)
        if number is not None and graph.kind(number) not in kinds:
            message = f"`{name}` is {a(graph.kind(number))}, and no rule that is named is about one"
            yield Diagnostic("LX520", message, (), _about(kinds))


def _names(names: Iterable[str], rule: Key) -> bool:
    return any(name in ("/".join(rule), f"{rule[0]}/*") for name in names)


def _about(kinds: Iterable[str]) -> str:
    return f"they are about {in_words(sorted(kinds), 'and')}"
