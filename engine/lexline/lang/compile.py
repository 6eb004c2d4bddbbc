"""Policies to a program: all files together, every name resolved, every mistake reported."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath
from typing import TypeVar

from lexline.diagnostics import Diagnostic, Label, Source, Span
from lexline.lang import syntax, typed
from lexline.lang.check import BodyChecker
from lexline.lang.declarations import Declared, apply_settings, declare
from lexline.lang.examples import check_example
from lexline.lang.findings import Findings, did_you_mean
from lexline.lang.headers import policy_info, text_of
from lexline.lang.parse import parse
from lexline.lang.rules import check_measure, check_rule, check_term
from lexline.lang.scope import Declarations
from lexline.lang.signatures import CheckSignature
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["compile_policies", "compile_text"]

Named = typed.Key | typed.TermKey
"""What can rest on something: a rule or a term."""
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def compile_policies(
    files: Sequence[syntax.PolicyFile],
    vocabulary: Vocabulary,
    *,
    checks: Mapping[str, CheckSignature] | None = None,
    settings: Mapping[str, object] | None = None,
    places: Mapping[str, Span] | None = None,
) -> tuple[typed.Program, tuple[Diagnostic, ...]]:
    """The program that the files form, and all mistakes in them, by file and place.

    ``settings`` are values of parameters (``NAME`` or ``PACK.NAME``) as a YAML file holds them, ``places`` where it
    does. A program that comes with an error holds what could be resolved, and is not to be evaluated.
    """
    compilation = _Compilation(Findings(), Declarations(vocabulary, checks or {}))
    program = compilation.run(files, settings or {}, places or {})
    return program, compilation.findings.in_order([file.span.source for file in files])


def compile_text(
    text: str,
    vocabulary: Vocabulary,
    name: str = "policy.policy",
    *,
    checks: Mapping[str, CheckSignature] | None = None,
    settings: Mapping[str, object] | None = None,
    places: Mapping[str, Span] | None = None,
) -> tuple[typed.Program, tuple[Diagnostic, ...]]:
    """One policy text, parsed and compiled; what is wrong with the syntax comes with the other mistakes, by place."""
    file, mistakes = parse(Source(name, text))
    program, found = compile_policies(
        [file] if file else [], vocabulary, checks=checks, settings=settings, places=places
    )
    return program, tuple(sorted((*mistakes, *found), key=lambda diagnostic: diagnostic.span.start))


@dataclass(slots=True)
class _Compilation:
    findings: Findings
    declarations: Declarations

    def run(
        self, files: Sequence[syntax.PolicyFile], settings: Mapping[str, object], places: Mapping[str, Span]
    ) -> typed.Program:
        policies: dict[str, list[syntax.PolicyFile]] = {}
        for file in files:
            policies.setdefault(_policy_id(file), []).append(file)
        infos = {policy: policy_info(self.findings, policy, group) for policy, group in policies.items()}
        for policy, group in policies.items():
            self.declarations.visible[policy] = (policy,)
            self.declarations.visible[policy] = self._visible(policy, group, policies)
        self.declarations.broken.update(
            (policy, text_of(name)) for policy, group in policies.items() for file in group for name in file.unread
        )
        zones = {policy: info.timezone for policy, (info, _) in infos.items()}
        declared = {
            policy: declare(self._checker(policy, zones), [d for file in group for d in file.declarations])
            for policy, group in policies.items()
        }
        apply_settings(self._checker("", zones), settings, places)
        unknown = {policy: counts_as for policy, (_, counts_as) in infos.items()}
        return self._bodies([info for info, _ in infos.values()], declared, zones, unknown)

    def _bodies(
        self,
        infos: list[typed.PolicyInfo],
        declared: dict[str, Declared],
        zones: dict[str, str],
        unknown: dict[str, typed.Response | None],
    ) -> typed.Program:
        uses: dict[Named, list[Named]] = {}
        places: dict[Named, Span] = {}
        terms: dict[typed.TermKey, typed.Term | None] = {}
        rules: dict[typed.Key, typed.Rule | None] = {}
        measures: dict[typed.Key, typed.Measure | None] = {}
        examples: list[typed.Example] = []
        for policy, own in declared.items():
            for term_key, term in own.terms:
                c = self._checker(policy, zones)
                terms[term_key] = check_term(c, term_key, term)
                uses[term_key], places[term_key] = c.uses, term.name.span
            for key, rule in own.rules:
                c = self._checker(policy, zones)
                rules[key] = check_rule(c, key, rule, unknown[policy])
                uses[key], places[key] = c.uses, rule.id.span
            for key, measure in own.measures:
                measures[key] = check_measure(self._checker(policy, zones), key, measure)
            examples += [check_example(self._checker(policy, zones), example) for example in own.examples]
        order = _uses_first(uses, places, self.findings)
        parameters = {key: value for key, value in self.declarations.parameters.items() if value is not None}
        return typed.Program(
            tuple(infos),
            parameters,
            _ordered(terms, [name for name in order if len(name) == 3]),
            _ordered(rules, [name for name in order if len(name) == 2]),
            {key: measure for key, measure in measures.items() if measure is not None},
            tuple(examples),
        )

    def _checker(self, policy: str, zones: Mapping[str, str]) -> BodyChecker:
        return BodyChecker(self.declarations, self.findings, policy, zones.get(policy, "UTC"))

    def _visible(
        self, policy: str, files: Sequence[syntax.PolicyFile], policies: Mapping[str, object]
    ) -> tuple[str, ...]:
        """The policy itself and the packs that any of its files uses."""
        visible = [policy]
        for use in (d for file in files for d in file.declarations if isinstance(d, syntax.Use)):
            pack = text_of(use.pack)
            if pack in policies:
                visible.append(pack)
            else:
                help_text = (
                    did_you_mean(pack, policies)
                    or "name a policy of this project, or add the pack to `packs:` in lexline.yaml"
                )
                self.findings.error("LX210", use.pack.span, f"there is no pack `{pack}`", help_text)
        return tuple(dict.fromkeys(visible))


def _policy_id(file: syntax.PolicyFile) -> str:
    """What the policy line says, or the name of the file without its endings."""
    if file.policy is not None:
        return text_of(file.policy.id)
    name = PurePath(file.span.source.name).name
    return name.removesuffix(".md").removesuffix(".policy") or name


def _ordered(found: Mapping[K, V | None], order: Sequence[K]) -> dict[K, V]:
    values = ((key, found[key]) for key in order)
    return {key: value for key, value in values if value is not None}


def _uses_first(uses: Mapping[Named, Sequence[Named]], places: Mapping[Named, Span], findings: Findings) -> list[Named]:
    """All rules and terms, each behind what it rests on. What rests on itself is reported and left out."""
    rests_on = {name: [used for used in used_by if used in uses] for name, used_by in uses.items()}
    while True:
        try:
            return list(TopologicalSorter(rests_on).static_order())
        except CycleError as error:
            # Each name of the list is used by the one behind it; the first and the last are the same.
            chain: list[Named] = error.args[1][:0:-1]
            start = min(range(len(chain)), key=lambda at: (places[chain[at]].source.name, places[chain[at]].start))
            chain = chain[start:] + chain[:start]
            _report_cycle(chain, places, findings)
            for name in chain:
                del rests_on[name]
            rests_on = {name: [used for used in used_by if used in rests_on] for name, used_by in rests_on.items()}


def _report_cycle(chain: Sequence[Named], places: Mapping[Named, Span], findings: Findings) -> None:
    noun = "term" if len(chain[0]) == 3 else "rule"
    through = " → ".join(f"`{name[-1]}`" for name in (*chain, chain[0]))
    findings.error(
        "LX255",
        places[chain[0]],
        f"the {noun} `{chain[0][-1]}` rests on itself: {through}",
        "take one of them out of the chain",
        [Label(places[name], "and this in turn") for name in chain[1:]],
    )
