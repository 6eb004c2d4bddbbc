"""What plug-ins offer, examined: the form of every check, importer, reporter, notifier, vocabulary file and pack."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.evaluate.check_answers import is_of
from lexline.evaluate.check_runs import CheckRuns, RegisteredCheck
from lexline.evaluate.verdict import Clock
from lexline.hookspecs import Check, CheckSignature, Importer, Notifier, Reporter
from lexline.lang.suggest import nearest
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, ValueType

__all__ = ["OFFERED", "Item", "Offer", "Plugins", "completed", "name_of", "what_is_wrong"]

Item = Importer | Check | Reporter | Notifier | Path
T = TypeVar("T", Importer, Check, Reporter, Notifier, Path)

OFFERED: Mapping[str, tuple[str, type[Item]]] = {
    "lexline_importers": ("importer", Importer),
    "lexline_checks": ("check", Check),
    "lexline_reporters": ("reporter", Reporter),
    "lexline_vocabulary": ("vocabulary file", Path),
    "lexline_packs": ("pack", Path),
    "lexline_notifiers": ("notifier", Notifier),
}
"""By hook: the word for what it offers, and its type."""

MAX_SECONDS = 3_600
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_CHECK_NAME = re.compile(rf"{_NAME.pattern}(?:\.{_NAME.pattern})+")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a plug-in offers through a hook. ``entry_point`` is empty for what comes with the product."""

    plugin: str
    entry_point: str
    hook: str
    item: Item


@dataclass(frozen=True, slots=True)
class Plugins:
    """All plug-ins by name, with what they are (``built in``, or distribution and version), and all that they offer."""

    origins: Mapping[str, str]
    offers: tuple[Offer, ...]

    @property
    def signatures(self) -> Mapping[str, CheckSignature]:
        """The signatures of all checks, by name."""
        return {name: check.signature for name, check in self._named("lexline_checks", Check).items()}

    @property
    def installed(self) -> Mapping[str, str]:
        """The plug-ins that don't come with the product, by name, with distribution and version."""
        return {name: origin for name, origin in self.origins.items() if origin != "built in"}

    @property
    def vocabulary(self) -> tuple[Path, ...]:
        """Files that extend the vocabulary."""
        return tuple(self._named("lexline_vocabulary", Path).values())

    @property
    def packs(self) -> tuple[Path, ...]:
        """Folders of packs."""
        return tuple(self._named("lexline_packs", Path).values())

    @property
    def notifiers(self) -> Mapping[str, Notifier]:
        """Notifiers by name."""
        return self._named("lexline_notifiers", Notifier)

    def notifier(self, name: str) -> Notifier:
        """The notifier of this name. Raises ``LexlineError`` where there is none."""
        return _found("notifier", name, self.notifiers)

    def importer(self, name: str) -> Importer:
        """The importer of this name. Raises ``LexlineError`` where there is none."""
        return _found("importer", name, self._named("lexline_importers", Importer))

    def reporter(self, name: str) -> Reporter:
        """The reporter of this format. Raises ``LexlineError`` where there is none."""
        return _found("format", name, self._named("lexline_reporters", Reporter))

    def check_results(self, graph: Graph, clock: Clock) -> CheckRuns:
        """The checks over one graph: those that come with the product in this process, others each in a child."""
        registered = {
            offer.item.signature.name: RegisteredCheck(offer.item, offer.entry_point)
            for offer in self.offers
            if isinstance(offer.item, Check)
        }
        return CheckRuns(graph, clock, registered)

    def describe(self) -> str:
        """Every plug-in with what it offers, a line each."""
        lines: list[str] = []
        for plugin, origin in self.origins.items():
            lines.append(f"{plugin} ({origin})")
            lines += [f"  {_described(offer)}" for offer in self.offers if offer.plugin == plugin]
        return "\n".join(lines) + "\n"

    def _named(self, hook: str, type_: type[T]) -> dict[str, T]:
        items = (offer.item for offer in self.offers if offer.hook == hook)
        return {name_of(item): item for item in items if isinstance(item, type_)}


def name_of(item: Item) -> str:
    """The name that has to be unique among the things that a hook offers."""
    if isinstance(item, Check):
        return item.signature.name
    return str(item) if isinstance(item, Path) else item.name


def completed(item: object) -> object:
    """The item; a check whose signature does not say what it means with its function's docstring in that place."""
    if isinstance(item, Check) and isinstance(item.signature, CheckSignature) and not item.signature.meaning:
        return replace(item, signature=replace(item.signature, meaning=inspect.getdoc(item.function) or ""))
    return item


def what_is_wrong(hook: str, item: object) -> str:
    """Why a plug-in can't offer ``item`` through ``hook``, as the end of a sentence; empty where it can."""
    word, type_ = OFFERED[hook]
    if not isinstance(item, type_):
        return f"offers `{type(item).__name__}` as {word}, which has to be `{type_.__name__}`"
    wrong: str | None = None
    match item:
        case Path():
            there = item.is_file() if hook == "lexline_vocabulary" else item.is_dir()
            wrong = None if there else "which is not there"
        case Check():
            wrong = next(_wrong_in_check(item), None)
        case Importer(read=function) | Reporter(render=function) | Notifier(notify=function):
            wrong = _wrong_name(item.name, _NAME) or (None if callable(function) else "whose function can't be called")
    return f"offers the {word} `{name_of(item)}`, {wrong}" if wrong else ""


def _wrong_name(name: object, form: re.Pattern[str]) -> str | None:
    if isinstance(name, str) and form.fullmatch(name):
        return None
    return "whose name is not of the form " + ("`family.name`" if form is _CHECK_NAME else "`name-in-lower-case`")


def _wrong_in_check(check: Check) -> Iterator[str]:
    signature = check.signature
    if not isinstance(signature, CheckSignature):
        yield "whose signature is no CheckSignature"
        return
    if wrong := _wrong_name(signature.name, _CHECK_NAME):
        yield wrong
    if not callable(check.function):
        yield "whose function can't be called"
    if not isinstance(check.seconds, int | float) or not 0 < check.seconds <= MAX_SECONDS:
        yield f"whose seconds are not between 0 and {MAX_SECONDS}"
    if not signature.kinds:
        yield "which can't be asked about any kind"
    if not signature.meaning.strip():
        yield "which says nowhere what it means"
    if not _is_comparable(signature.result):
        yield f"whose result is a {signature.result}, which nothing can be compared with"
    names = [parameter.name for parameter in signature.parameters]
    if len(set(names)) < len(names):
        yield "which has two parameters of one name"
    for parameter in signature.parameters:
        if not _NAME.fullmatch(parameter.name):
            yield f"whose parameter `{parameter.name}` is not of the form `name_in_lower_case`"
        if not _is_comparable(parameter.type):
            yield f"whose parameter `{parameter.name}` can't be written in a policy"
        if parameter.default is not None and not is_of(parameter.default, parameter.type):
            yield f"whose parameter `{parameter.name}` has a default that is no {parameter.type}"


def _is_comparable(type_: object) -> bool:
    return isinstance(type_, ValueType) and type_.sort is not Sort.DOCUMENT


def _found(word: str, name: str, items: Mapping[str, T]) -> T:
    if name in items:
        return items[name]
    near = nearest(name, items)
    help_text = (
        f"did you mean `{near}`?" if near else "there are: " + ", ".join(f"`{known}`" for known in sorted(items))
    )
    raise LexlineError((Diagnostic("LX314", f"there is no {word} `{name}`", (), help_text),))


def _described(offer: Offer) -> str:
    word = OFFERED[offer.hook][0]
    match offer.item:
        case Check(signature=signature):
            return f"{word} {signature.name}: {signature.meaning.strip().splitlines()[0]}"
        case Reporter(name=name, media_type=media_type):
            return f"{word} {name}: {media_type}"
        case Importer(name=name, summary=summary) | Notifier(name=name, summary=summary):
            return f"{word} {name}: {summary}"
        case path:
            return f"{word} {path}"
