"""Writes the built-in checks as a page: ``python -m lexline_plugins.checks.page > docs/checks.md``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable

from lexline.hookspecs import Check, CheckParameter
from lexline_lineage.values import format_value
from lexline_plugins.checks.registration import lexline_checks

__all__ = ["checks_page"]

_INTRODUCTION = """\
# Checks

<!-- Written by `python -m lexline_plugins.checks.page` from the checks' own texts. -->

A policy calls a check like a value, and compares what it gives:

```policy
rule PARITY "Selection rates of all areas are within four fifths"
  for model where decides = credit
  require check fairness.selection-rate-ratio(by: "postcode_area", window: 90 days) >= 80%
```

It is asked about the innermost element. Where evidence is missing, the result is missing: the verdict is unknown, and
its reasons name the fact. Observations from after the date of evaluation don't count. An observation that may or may
not count, because its metric, its day or its edge is not sure, leaves the result missing too. Results are rounded to
twelve decimals, so that `80% - 70%` is `10%`. `lexline plugins` lists further checks that are installed;
[plug-ins](plugins.md) says how to write one.
"""


def checks_page(checks: Iterable[Check]) -> str:
    """The page of some checks, in Markdown."""
    lines = [_INTRODUCTION, *(line for check in checks for line in _section(check))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(check: Check) -> Iterable[str]:
    signature = check.signature
    yield f"## {signature.name}\n"
    yield f"{inspect.getdoc(check.function)}\n"
    yield f"It is asked about: {', '.join(signature.kinds)}. Its result: {signature.result}.\n"
    yield "| parameter | type | default | meaning |"
    yield "| --- | --- | --- | --- |"
    yield from map(_row, signature.parameters)
    yield ""
    reads = [f"`{kind}.{name}`" for kind, names in signature.reads.attributes.items() for name in names]
    reads += [f"the relation `{relation}`" for relation in signature.reads.relations]
    reads += ["the date"] if signature.reads.today else []
    yield f"It reads {', '.join(reads)}.\n"


def _row(parameter: CheckParameter) -> str:
    default = "needed" if parameter.default is None else f"`{format_value(parameter.default, parameter.type)}`"
    return f"| `{parameter.name}` | {parameter.type} | {default} | {parameter.meaning} |"


if __name__ == "__main__":
    sys.stdout.write(checks_page(lexline_checks()))
