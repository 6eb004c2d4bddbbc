"""A project as it lies in files: policies, portfolio and facts read, checked and joined for one date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lexline.compiled_files import compiled_once
from lexline.data_problems import as_error
from lexline.decision import Evaluation, StoreState
from lexline.diagnostics import Diagnostic, LexlineError, Severity, Source, Span
from lexline.evaluate.verdict import Clock
from lexline.lang.encoded import Compiled
from lexline.lang.encoding import read_source
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Program
from lexline.ledger.waivers import Waiver
from lexline.packs import Pack, check_packs, find_packs, register_of
from lexline.plugin_manager import FOR_DECIDING, load_plugins
from lexline.plugin_offers import Plugins
from lexline.project_files import Files, policy_paths
from lexline.settings import NAME, load_settings
from lexline.store_state import EVIDENCE, WAIVING, glance
from lexline_lineage.builder import BuiltGraph
from lexline_lineage.files import load_graph as build_graph
from lexline_lineage.files import read_portfolio
from lexline_lineage.identity_rules import IdentityRules, read_identity_rules
from lexline_lineage.problems import LineageError
from lexline_lineage.snapshot_store import Snapshots
from lexline_lineage.statements import DataFinding, DataReport
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.vocabulary_files import extend, load_builtin_vocabulary, load_vocabulary

if TYPE_CHECKING:
    from lexline.lang.syntax import PolicyFile
    from lexline.ledger.selection_compiler import SelectionCompiler
    from lexline.store import Revision, Store

__all__ = [
    "Facts",
    "Files",
    "Project",
    "Rules",
    "fact_files",
    "identity_rules",
    "load",
    "load_evaluation",
    "load_facts",
    "load_graph",
    "load_over_time",
    "load_policies",
    "load_project",
    "load_rules",
    "load_waivers",
    "load_words",
    "pack_policies",
    "policy_paths",
    "stored",
    "unread_facts",
    "waiver_compiler",
]


@dataclass(frozen=True, slots=True)
class Project:
    """All of a project, read and checked: ``evaluation`` is ready to be decided, ``warnings`` are to be shown."""

    rules: Rules
    evaluation: Evaluation
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a project and of its packs, compiled from ``sources``; ``kept`` is the folder where compiled ones
    are kept, None where none are."""

    packs: tuple[Pack, ...]
    sources: tuple[Source, ...]
    vocabulary: Vocabulary
    program: Program
    warnings: tuple[Diagnostic, ...]
    kept: Path | None = None


def load(folder: Path | str = ".", *, on: date | None = None, known_on: date | None = None) -> Evaluation:
    """The project in a folder, ready to be decided on a date (today where None), with the law published by
    ``known_on`` (all where None). Raises ``LexlineError`` with every mistake."""
    files = Files.of(load_settings(Path(folder) / NAME))
    return load_project(
        files, Clock.of(on, known_on), load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
    ).evaluation


def load_project(files: Files, clock: Clock, plugins: Plugins, snapshots: Snapshots | None = None) -> Project:
    """Read, check and join all files of a project. Raises ``LexlineError`` with every mistake."""
    rules = load_rules(files, plugins, snapshots.folder.with_name("policies") if snapshots is not None else None)
    evaluation, warnings = load_evaluation(files, rules, clock, plugins, snapshots)
    return Project(rules, evaluation, (*rules.warnings, *warnings))


def load_evaluation(
    files: Files, rules: Rules, clock: Clock, plugins: Plugins, snapshots: Snapshots | None = None
) -> tuple[Evaluation, tuple[Diagnostic, ...]]:
    """What rules that are loaded already evaluate: the facts and waivers of a day, or of another state of the store;
    and warnings. Raises ``LexlineError`` with every mistake."""
    known = load_facts(files, rules.vocabulary, clock.today, snapshots)
    waivers, warnings = load_waivers(files, rules, plugins, clock.today, known.waivers)
    return _evaluation(rules, known, waivers, clock, plugins), warnings


def load_over_time(
    files: Files, clock: Clock, plugins: Plugins, snapshots: Snapshots | None = None
) -> tuple[Project, Callable[[date], Evaluation]]:
    """A project on a day, and what gives its evaluation on that or any later day: the same policies and waivers over
    the facts that hold then. Raises ``LexlineError`` with every mistake."""
    rules = load_rules(files, plugins, snapshots.folder.with_name("policies") if snapshots is not None else None)
    known = load_facts(files, rules.vocabulary, clock.today, snapshots)
    waivers, warnings = load_waivers(files, rules, plugins, clock.today, known.waivers)

    def on(day: date) -> Evaluation:
        nonlocal known
        if not known.built.first <= day <= known.built.last:
            known = load_facts(files, rules.vocabulary, day)  # kept graphs are those of days that are asked for
        return _evaluation(rules, known, waivers, Clock(day, None, clock.known_on), plugins)

    return Project(rules, on(clock.today), (*rules.warnings, *warnings)), on


def _evaluation(rules: Rules, known: Facts, waivers: tuple[Waiver, ...], clock: Clock, plugins: Plugins) -> Evaluation:
    return Evaluation(
        program=rules.program,
        graph=known.built.graph,
        clock=clock,
        checks=plugins.check_results(known.built.graph, clock),
        unread=(*unread_facts(known.built.report), *_without_subject(known)),
        joined=known.built.joined,
        register=register_of(rules.packs),
        waivers=waivers,
        state=known.state,
        plugins=plugins.installed,
        facts_until=known.built.last,
    )


def load_rules(files: Files, plugins: Plugins, kept: Path | None = None) -> Rules:
    """Read and compile the policies of a project and of the packs that it names; ``kept`` is the folder where compiled
    ones are kept. Raises ``LexlineError`` with every mistake."""
    packs = find_packs(files.packs, plugins.packs, files.settings)
    vocabulary = load_words(files, plugins, packs)
    files.require("policies", files.policies)
    named = [*pack_policies(packs), *((path, "") for path in policy_paths(files.policies))]
    given = files.parameters or {}
    places = {name: files.settings.span("parameters", name) for name in given} if files.settings is not None else {}
    read = [read_source(path, name) for path, name in named]
    program, warnings = load_policies(read, vocabulary, plugins.signatures, given, places, kept)
    check_packs(packs, program)
    return Rules(packs, tuple(source for source, _ in read), vocabulary, program, warnings, kept)


def load_waivers(
    files: Files, rules: Rules, plugins: Plugins, today: date, recorded: tuple[Waiver, ...] = ()
) -> tuple[tuple[Waiver, ...], tuple[Diagnostic, ...]]:
    """The waivers of a project, of its file and of its ledger, and warnings of recorded ones whose condition can't be
    used any more, which hide nothing. Raises ``LexlineError`` with every mistake of the file."""
    if files.waivers is None and not recorded:
        return (), ()
    from lexline.ledger.waiver_file import read_waivers

    compiled = waiver_compiler(files, rules, plugins)
    found = list(map(compiled, read_waivers(files.waivers) if files.waivers is not None else ()))
    warnings: list[Diagnostic] = []
    for waiver in recorded:
        try:
            found.append(compiled(waiver))
        except LexlineError as error:
            found.append(waiver)
            if waiver.is_in_force(today):
                warnings += (replace(mistake, severity=Severity.WARNING) for mistake in error.diagnostics)
    return tuple(found), tuple(warnings)


def waiver_compiler(files: Files, rules: Rules, plugins: Plugins) -> Callable[[Waiver], Waiver]:
    """What compiles the condition of a waiver beside the policies of a project, or takes it from where compiled ones
    are kept. It raises ``LexlineError`` with what is wrong with the condition."""
    from lexline.ledger.selections import with_selection  # only where something is waived

    policies = [policy.id for policy in rules.program.policies]
    given = (rules.vocabulary, plugins.signatures, files.parameters or {})

    @cache
    def compiler() -> SelectionCompiler:
        from lexline.ledger.selection_compiler import SelectionCompiler  # with the parser: where none is kept

        return SelectionCompiler(rules.sources, *given)

    def selection(source: Source) -> Program:
        def compiled() -> Compiled:
            return compiler().compiled(source), ()

        if rules.kept is None:
            return compiled()[0]
        return compiled_once(rules.kept, [*rules.sources, source], map(repr, given), compiled)[0]

    return lambda waiver: with_selection(waiver, policies, selection)


def load_words(files: Files, plugins: Plugins, packs: Sequence[Pack] | None = None) -> Vocabulary:
    """The vocabulary with what plug-ins, packs (None: they are looked for) and the project itself add to it, in this
    order. Raises ``LexlineError``."""
    packs = find_packs(files.packs, plugins.packs, files.settings) if packs is None else packs
    files.require("vocabulary", [files.vocabulary] if files.vocabulary else [])
    files.require("extend", files.extend)
    parts = (*plugins.vocabulary, *(pack.vocabulary for pack in packs if pack.vocabulary is not None), *files.extend)
    try:
        vocabulary = load_vocabulary(files.vocabulary) if files.vocabulary else load_builtin_vocabulary()
        for path in parts:
            vocabulary = extend(vocabulary, path)
    except LineageError as error:
        raise as_error(error) from None
    return vocabulary


def fact_files(folder: Path | None) -> list[Path]:
    """The files of imported facts, sorted; none where nothing has been imported yet."""
    return sorted(path for path in folder.glob("*.jsonl") if path.is_file()) if folder and folder.is_dir() else []


def pack_policies(packs: Iterable[Pack]) -> Iterator[tuple[Path, str]]:
    """The policy files of packs, each with what it is called."""
    for pack in packs:
        for path in pack.policies:
            yield path, pack.name_of(path)


def load_policies(
    read: Sequence[tuple[Source, tuple[Diagnostic, ...]]],
    vocabulary: Vocabulary,
    checks: Mapping[str, CheckSignature],
    settings: Mapping[str, object],
    places: Mapping[str, Span],
    kept: Path | None = None,
) -> Compiled:
    """Compile policy files as they were ``read``, with the parameters that ``settings`` set (and where they do), or
    take them from the folder where they are ``kept``. Returns warnings; raises ``LexlineError`` with every mistake of
    every file."""

    def compiled() -> Compiled:
        return _compiled(read, vocabulary, checks, settings, places)

    if kept is None or any(refused for _, refused in read):
        return compiled()
    sources = [*(source for source, _ in read), *(span.source for span in places.values())]
    return compiled_once(kept, sources, map(repr, (vocabulary, checks, settings)), compiled)


def _compiled(
    read: Iterable[tuple[Source, tuple[Diagnostic, ...]]],
    vocabulary: Vocabulary,
    checks: Mapping[str, CheckSignature],
    settings: Mapping[str, object],
    places: Mapping[str, Span],
) -> Compiled:
    from lexline.lang.compile import compile_policies  # with the parser: not where compiled policies are kept
    from lexline.lang.parse import parse

    parsed: list[PolicyFile] = []
    found: list[Diagnostic] = []
    for source, refused in read:
        file, diagnostics = (None, refused) if refused else parse(source)
        found += diagnostics
        if file is not None:
            parsed.append(file)
    program, diagnostics = compile_policies(parsed, vocabulary, checks=checks, settings=settings, places=places)
    found += diagnostics
    names = {file.span.source.name: at for at, file in enumerate(parsed)}
    found.sort(key=lambda d: (names.get(d.span.source.name, len(names)), d.span.start))  # as a reader meets them
    if any(d.severity is Severity.ERROR for d in found):
        raise LexlineError(tuple(found))
    return program, tuple(found)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a project as a graph; of a store which ``state`` they are, and the waivers recorded in it."""

    built: BuiltGraph
    state: StoreState | None = None
    waivers: tuple[Waiver, ...] = ()


def load_graph(files: Files, vocabulary: Vocabulary, on: date, snapshots: Snapshots | None = None) -> BuiltGraph:
    """The graph of all portfolio files and imported facts on a date, from a snapshot where there is one. Raises
    ``LexlineError``."""
    return load_facts(files, vocabulary, on, snapshots).built


def load_facts(files: Files, vocabulary: Vocabulary, on: date, snapshots: Snapshots | None = None) -> Facts:
    """The same, with what else a store says. Raises ``LexlineError``."""
    files.require("portfolio", files.portfolio)
    paths = (*files.portfolio, *fact_files(files.facts))

    def build() -> BuiltGraph:
        return build_graph(vocabulary, paths, on, identity_rules(files))

    try:
        if files.store is not None:
            return _stored_facts(files, vocabulary, on, snapshots)
        return Facts(build() if snapshots is None else snapshots.graph(vocabulary, paths, on, files.identity, build))
    except LineageError as error:
        raise as_error(error, quoted=[str(path) for path in paths]) from None


def _stored_facts(files: Files, vocabulary: Vocabulary, on: date, snapshots: Snapshots | None) -> Facts:
    """The facts of a revision of a store, the assessments, judgements and waivers of its ledger, and the portfolio
    files beside it. Where a snapshot of the newest state serves, the store is only glanced at."""
    is_newest = files.at is None and files.ledger is None
    seen = glance(files.store or "") if snapshots is not None and is_newest else None
    if snapshots is not None and seen is not None and not seen.waiving:

        def build() -> BuiltGraph:
            with stored(files) as store:
                revision = store.revision_at(str(seen.revision))
                return _stored_graph(store, files, vocabulary, on, revision, seen.evidence)

        state = f"{files.store}\0{seen.state}\0{seen.evidence_digest}"
        built = snapshots.graph(vocabulary, files.portfolio, on, files.identity, build, state)
        return Facts(built, StoreState(seen.revision, seen.evidence))
    with stored(files) as store:
        return _facts_at(store, files, vocabulary, on, snapshots)


def _facts_at(store: Store, files: Files, vocabulary: Vocabulary, on: date, snapshots: Snapshots | None) -> Facts:
    from lexline.ledger.evidence import waivers_of_entries

    revision = store.revision_at(files.at) if files.at else store.head()
    at = files.at if files.ledger is None else None
    evidence, waiving = (store.last_entry(kinds, at=at, upto=files.ledger) for kinds in (EVIDENCE, WAIVING))

    def build() -> BuiltGraph:
        return _stored_graph(store, files, vocabulary, on, revision, evidence.sequence)

    if snapshots is None:
        built = build()
    else:
        state = f"{files.store}\0{store.state(revision)}\0{evidence.digest if evidence.sequence else ''}"
        built = snapshots.graph(vocabulary, files.portfolio, on, files.identity, build, state)
    waivers = waivers_of_entries(store.entries(waiving.sequence, WAIVING)) if waiving.sequence else ()
    return Facts(built, StoreState(revision.number or None, max(evidence.sequence, waiving.sequence)), waivers)


def _stored_graph(
    store: Store, files: Files, vocabulary: Vocabulary, on: date, revision: Revision, evidence: int
) -> BuiltGraph:
    """The graph of a revision, of the ledger up to an entry, and of the portfolio files."""
    from lexline.ledger.evidence import facts_of_entries
    from lexline_lineage.column_join import joined_columns

    said = store.columns(revision)
    said = said.plus(fact for path in files.portfolio for fact in read_portfolio(path, vocabulary))
    assessed = store.entries(evidence, EVIDENCE) if evidence else ()
    said = said.plus(facts_of_entries(assessed, vocabulary, said.kinds() if assessed else {}))
    return joined_columns(vocabulary, said, on, identity_rules(files))


def _without_subject(known: Facts) -> Iterator[str]:
    """What is recorded of elements that aren't there any more, a sentence each."""
    if known.state is not None and known.state.ledger:
        from lexline.ledger.evidence import without_subject  # only where something is recorded

        yield from without_subject(known.built.graph)


def stored(files: Files, vocabulary: Vocabulary | None = None, *, make: bool = False) -> Store:
    """The store of a project. One that isn't there is empty, and is made where ``make``. Who imports facts into it says
    by the ``vocabulary`` which of them name people. Raises ``LexlineError``."""
    from lexline.store import open_store  # SQLAlchemy: only where there is a store

    if files.store is None:
        advice = f"write `store: lexline.db` in {NAME}: see docs/store.md"
        raise LexlineError(
            (Diagnostic("LX302", "the project keeps no revisions, because it has no store", (), advice),)
        )
    return open_store(files.store, vocabulary.persons if vocabulary is not None else (), make=make)


def identity_rules(files: Files) -> IdentityRules | None:
    """What the project says of names; None where it says nothing. Raises ``LexlineError``."""
    files.require("identity", [files.identity] if files.identity else [])
    try:
        return read_identity_rules(files.identity) if files.identity is not None else None
    except LineageError as error:
        raise as_error(error) from None


def unread_facts(report: DataReport) -> tuple[str, ...]:
    """What was left out of the graph, and the elements of which nothing is known: a sentence each, with its code."""
    findings = [f"{finding.message}  [{_place(finding)}{finding.code}]" for finding in report.findings]
    stubs = [f"`{element}` is named by an edge only: nothing is known of it  [LX463]" for element in report.stubs]
    return (*findings, *stubs)


def _place(finding: DataFinding) -> str:
    """Where the value stands; a contradiction's message names both places itself."""
    file, line, _ = finding.sources[0].location() if len(finding.sources) == 1 else ("", 0, 0)
    return f"{file}:{line}, " if file and line else f"{file}, " if file else ""
