"""Writes a page for each pack: ``python -m lexline.app.render.pack_page docs/packs``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from lexline.coverage import Covered, coverage
from lexline.lang.typed import DatedValue, Measure, Parameter, Rule
from lexline.packs import Pack
from lexline.plugin_manager import load_plugins
from lexline.project import Files, Rules, load_rules
from lexline_lineage.values import ValueType, format_value

__all__ = ["pack_page", "pack_pages"]

Cells = tuple[str, ...]

WRITTEN = "<!-- Written by `python -m lexline.app.render.pack_page docs/packs` from the pack. -->"
PARAPHRASED = "Requirements are short paraphrases, not the law. This is not legal advice."


def pack_pages() -> dict[str, str]:
    """The pages of the packs that are installed, by their ids."""
    plugins = load_plugins()
    pages = {}
    for folder in plugins.packs:
        rules = load_rules(Files(packs=(folder.name,)), plugins)
        pack = next(pack for pack in rules.packs if pack.id == folder.name)
        pages[pack.id] = pack_page(pack, rules)
    return pages


def pack_page(pack: Pack, rules: Rules) -> str:
    """A pack as Markdown: what it is, its rules and measures, what covers each provision of its register, and which
    values a project may set."""
    content = pack.content
    found = coverage([pack], rules.program, content.reviewed_on)
    of = f"{content.authority}, {content.jurisdiction}; {content.status}"
    lines = [f"# {content.title}", "", WRITTEN, "", f"`packs: [{pack.id}]`, version {content.version}: {of},"]
    lines += [f"reviewed on {content.reviewed_on}, to be reviewed by {content.review_due}.", PARAPHRASED, ""]
    program = rules.program
    own_rules = [_rule(rule) for key, rule in program.rules.items() if key[0] == pack.id]
    lines += _table("", ("rule", "about", "says", "cites", "severity, enforcement"), own_rules)
    measures = [_measure(measure) for key, measure in program.measures.items() if key[0] == pack.id]
    lines += _table("Measures", ("measure", "says", "target"), measures)
    provisions = [_provision(covered) for covered in found.provisions]
    lines += _table("Provisions", ("provision", "where", "asks", "status, confidence", "covered by"), provisions)
    parameters = [_parameter(parameter) for key, parameter in program.parameters.items() if key[0] == pack.id]
    lines += _table("Parameters", ("parameter", "says", "value"), parameters)
    return "\n".join(lines).rstrip() + "\n"


def _table(title: str, heads: Cells, rows: Sequence[Cells]) -> list[str]:
    """A table under its title; nothing where it has no rows."""
    if not rows:
        return []
    lines = [f"## {title}", ""] if title else []
    lines += [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(map(_cell, cells))} |" for cells in rows), ""]


def _rule(rule: Rule) -> Cells:
    cited = ", ".join(citation.provision for citation in rule.citations)
    return f"`{rule.key[1]}`", rule.kind, rule.title, cited, f"{rule.severity}, {rule.enforcement}"


def _measure(measure: Measure) -> Cells:
    target = "" if measure.target is None else f"`{measure.target.span.text}`"
    return f"`{measure.key[1]}`", measure.title, target


def _parameter(parameter: Parameter) -> Cells:
    values = "; ".join(_dated(value, parameter.type) for value in parameter.values)
    return f"`{parameter.key[1]}`", parameter.title, values


def _dated(value: DatedValue, type_: ValueType) -> str:
    since = f" from {value.since}" if value.since else ""
    until = f" until {value.until}" if value.until else ""
    published = f", published {value.published}" if value.published else ""
    return f"{format_value(value.value, type_)}{since}{until}{published}"


def _provision(covered: Covered) -> Cells:
    entry = covered.entry
    name = f"[{entry.id}]({entry.source_url})" if entry.source_url else entry.id
    why = covered.not_encodable
    by = [f"`{rule.rule[1]}`{' (judgement)' if rule.asks else ''}" for rule in covered.rules]
    by += [f"`{term}`" for term in covered.terms]
    told = ", ".join(by) or (f"not encodable: {why.reason}; decided by {why.decided_by}" if why else "**nothing**")
    return name, entry.provision, f"{entry.title}: {entry.requirement}", f"{entry.status}, {entry.confidence}", told


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(exist_ok=True)
    for name, page in pack_pages().items():
        (target / f"{name}.md").write_text(page, "utf-8")
