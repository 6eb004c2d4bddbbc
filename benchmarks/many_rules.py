"""Writes many rules: the seven with varied attributes, thresholds and dates, in turn.

    python many_rules.py policies/many.policy [--rules 200]

Each rule differs from all others in something that it asks. What several of them ask alike (which datasets are
personal, the latest update upstream) is what a review of many regulations shares, too.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

DATA = {
    "special": "(dataset.special_category otherwise false)",
    "personal": "(dataset.personal_data otherwise false)",
    "sensitive": "(dataset.special_category otherwise false) and (dataset.personal_data otherwise false)",
    "unowned": "dataset.owner is missing",
    "unlawful": "dataset.lawful_basis is missing",
}
JOBS = ("anonymise", "transform", "train", "ingest")
STATES = ("approved", "draft", "rejected")
TYPES = ("dpia", "fria", "bias")

HEAD = """# Written by ../many_rules.py: the seven rules of closed.policy, varied. Evaluate on 2026-11-01.
policy bench-many "Many rules"
"""


def terms() -> list[str]:
    """What the rules share."""
    found = [f"term {name} for dataset means {condition}" for name, condition in DATA.items()]
    for kind in TYPES:
        for state in STATES:
            means = (
                f'(assessment.assessment_type otherwise "") = "{kind}" and (assessment.status otherwise "") = "{state}"'
            )
            found.append(f"term {state}-{kind} for assessment means {means}")
    found += [f'term {job}-step for job means (job.job_kind otherwise "") = "{job}"' for job in JOBS]
    found += [
        f'term {place}-place for deployment means (deployment.environment otherwise "") = "{place}"'
        for place in ("production", "staging")
    ]
    return found


def nth(options: object, number: int) -> str:
    """One of some options, in turn."""
    listed = list(options)  # type: ignore[call-overload]
    return str(listed[number % len(listed)])


def local(n: int) -> str:
    return f"""require all of
  - {nth(("risk_class", "sector", "trained_on"), n)} is known
  - every {nth(("production", "staging"), n // 3)}-place deployment has any of
    - region is known
    - deployed_on is within the last {n + 1} months"""


def assessed(n: int) -> str:
    return f"""where some upstream {nth(DATA, n)} dataset has updated_on >= {2026 - n // 12}-{n % 12 + 1:02}-01
  require some {nth(STATES, n // 5)}-{nth(TYPES, n // 15)} assessment"""


def newer(n: int) -> str:
    data = nth(DATA, n)
    return f"""where some upstream {data} dataset has updated_on is known
  require some {nth(STATES, n // 5)}-{nth(TYPES, n // 15)} assessment has all of
    - approved_on is known
    - approved_on + {n} days >= latest updated_on of (upstream {data} datasets of model where updated_on is known)"""


def lawful(n: int) -> str:
    known = nth(("lawful_basis", "owner"), n // 5)
    old = f"updated_on < {2015 + n // 12}-{n % 12 + 1:02}-01"
    return f"require every upstream {nth(DATA, n)} dataset has ({known} is known or {old})"


def counted(n: int) -> str:
    return f"require count of (upstream {nth(DATA, n)} datasets where owner is missing) <= {n // 5}"


def arriving(n: int) -> str:
    return f"""require no upstream {nth(DATA, n)} dataset avoiding ({nth(JOBS, n // 5)}-step job)
    where updated_on >= {2026 - n // 12}-{n % 12 + 1:02}-01"""


def watched(n: int) -> str:
    return f"""require every {nth(("production", "staging"), n)}-place deployment has some monitor has all of
    - (metric otherwise "") = "{nth(("psi", "auc"), n // 2)}"
    - (value otherwise 9) <= {0.05 * (n + 1):.2f}
    - (observed_on otherwise 1970-01-01) is within the last {n + 5} days"""


SEVEN: tuple[Callable[[int], str], ...] = (local, assessed, newer, lawful, counted, arriving, watched)


def policy(rules: int) -> str:
    """The text of a policy with so many rules."""
    written = [
        f'rule V{number + 1} "A variant of R{number % 7 + 1}" for model {SEVEN[number % 7](number // 7)}'
        for number in range(rules)
    ]
    return "\n".join([HEAD, *terms(), "", *written, ""])


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rules", type=int, default=200)
    asked = parser.parse_args()
    asked.file.write_text(policy(asked.rules), "utf-8")


if __name__ == "__main__":
    main()
