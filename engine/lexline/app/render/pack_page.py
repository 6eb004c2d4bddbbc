"""Writes a page for each pack: ``python -m lexline.app.render.pack_page docs/packs``."""

from __future__ import annotations

import sys
from pathlib import Path

from lexline.coverage import Covered, coverage
from lexline.packs import Pack
from lexline.plugin_manager import load_plugins
from lexline.project import Files, Rules, load_rules

__all__ = ["pack_page", "pack_pages"]

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
    """A pack as Markdown: what it is, its rules, and what covers each provision of its register."""
    content = pack.content
    found = coverage([pack], rules.program, content.reviewed_on)
    of = f"{content.authority}, {content.jurisdiction}; {content.status}"
    lines = [f"# {content.title}", "", WRITTEN, "", f"`packs: [{pack.id}]`, version {content.version}: {of},"]
    lines += [f"reviewed on {content.reviewed_on}, to be reviewed by {content.review_due}.", PARAPHRASED, ""]
    lines += ["| rule | about | says | cites | severity, enforcement |", "| --- | --- | --- | --- | --- |"]
    for key, rule in rules.program.rules.items():
        if key[0] == pack.id:
            cited = ", ".join(citation.provision for citation in rule.citations)
            lines.append(
                f"| `{key[1]}` | {rule.kind} | {_cell(rule.title)} | {cited} | {rule.severity}, {rule.enforcement} |"
            )
    lines += ["", "## Provisions", "", "| provision | where | asks | status, confidence | covered by |"]
    lines += ["| --- | --- | --- | --- | --- |", *map(_provision, found.provisions)]
    return "\n".join(lines) + "\n"


def _provision(covered: Covered) -> str:
    entry = covered.entry
    name = f"[{entry.id}]({entry.source_url})" if entry.source_url else entry.id
    why = covered.not_encodable
    by = [f"`{rule.rule[1]}`{' (judgement)' if rule.asks else ''}" for rule in covered.rules]
    by += [f"`{term}`" for term in covered.terms]
    told = ", ".join(by) or (f"not encodable: {why.reason}; decided by {why.decided_by}" if why else "**nothing**")
    cells = (name, entry.provision, f"{entry.title}: {entry.requirement}", f"{entry.status}, {entry.confidence}", told)
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(exist_ok=True)
    for name, page in pack_pages().items():
        (target / f"{name}.md").write_text(page, "utf-8")
