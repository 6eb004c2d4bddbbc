"""Writes a vocabulary as a page: ``python -m lexline_lineage.vocabulary_page > docs/vocabulary.md``."""

from __future__ import annotations

import sys

from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Flow, Kind, Relation, Vocabulary
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

__all__ = ["vocabulary_page"]

_INTRODUCTION = """\
# The built-in vocabulary

<!-- Written by `python -m lexline_lineage.vocabulary_page` from lineage/lexline_lineage/builtin_vocabulary.yaml. -->

Version {version}: {kinds} kinds of elements with {attributes} attributes, and {relations} relations between them.
Policies name them; portfolio files, facts and importers give their values.

## Extending it

A file of the same form adds to the vocabulary (`extend:` in `lexline.yaml`, `--extend-vocabulary FILE`, a pack or a
plug-in): kinds, attributes of any kind, relations, and further kinds that a relation joins.

```yaml
kinds:
  dataset:
    attributes:
      postcode_level: [area, district, unit]
  prompt:
    plural: prompts
    meaning: A text that steers a model.
    attributes:
      owner: text
      reviewed_on: {{type: date, meaning: The day of its last review.}}
      languages: [[text]]
relations:
  steers: {{from: prompt, to: deployment, flow: forward}}
```

A type is `boolean`, `text`, `number`, `percentage`, `date`, `moment`, `duration` or `document`, `[a, b]` for one of
some words, or `[[text]]` for a list. `person: true` says that a text names a person, a team or a mailbox: a
[store](store.md) keeps it apart, so that it can be erased. `expected: [inputs]` says that something flows into every
element of a kind: where nothing is recorded, its lineage is open. `flow` says which way data moves along a relation as
it is written (`forward`, `backward`, or `none`, the default). Of a relation without flow, `recorded: complete` says
that an empty set means none; `partial`, the default, that it may just be unrecorded. Two files that say different
things of one name are refused, and the error names both.

How values are written: a percentage as a fraction or as `95%`; a date as `2026-11-22`; a moment with its zone, as
`2026-11-22T10:00:00Z`; a duration as `12 months`, `30 days`, `72 hours` or in the form of ISO 8601; a document as any
JSON.
"""


def vocabulary_page(vocabulary: Vocabulary) -> str:
    """The page of a vocabulary, in Markdown."""
    lines = [
        _INTRODUCTION.format(
            version=vocabulary.version,
            kinds=len(vocabulary.kinds),
            attributes=sum(len(kind.attributes) for kind in vocabulary.kinds.values()),
            relations=len(vocabulary.relations),
        ),
        "## Relations",
        "",
        "| relation | from | to | flow, or recorded | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_relation(relation) for relation in vocabulary.relations.values()]
    for kind in vocabulary.kinds.values():
        lines += ["", *_kind(kind)]
    return "\n".join(lines) + "\n"


def _relation(relation: Relation) -> str:
    how = relation.flow.value if relation.flow is not Flow.NONE else "complete" if relation.complete else "partial"
    origins, targets = ", ".join(relation.origins), ", ".join(relation.targets)
    return f"| `{relation.name}` | {origins} | {targets} | {how} | {_cell(relation.meaning)} |"


def _kind(kind: Kind) -> list[str]:
    expected = [word for word, said in (("inputs", kind.expects_inputs), ("outputs", kind.expects_outputs)) if said]
    lines = [f"## {kind.name}", "", _cell(kind.meaning), ""]
    if expected:
        lines += [f"Expected: {' and '.join(expected)}.", ""]
    lines += ["| attribute | type | meaning |", "| --- | --- | --- |"]
    for attribute in kind.attributes.values():
        unit = f", in {attribute.unit}" if attribute.unit else ""
        person = ", a person" if attribute.person else ""
        lines.append(f"| `{attribute.name}` | {_type(attribute.type)}{unit}{person} | {_cell(attribute.meaning)} |")
    return lines


def _type(type: ValueType) -> str:  # noqa: A002  # the word of the domain
    return ", ".join(f"`{symbol}`" for symbol in type.symbols) if type.sort is Sort.ENUMERATION else str(type)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(vocabulary_page(load_builtin_vocabulary()))
