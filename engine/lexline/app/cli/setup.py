"""``lexline init``: a folder with a first policy and portfolio that run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.options import mistake

SETTINGS = """\
# Where this project's policies and facts are; see docs/settings.md.
policies: [policies]
portfolio: [portfolio/models.yaml]
facts: facts
# In place of `facts`, `store: lexline.db` keeps every state of the facts, and the ledger; see docs/store.md.
"""

POLICY = """\
policy house "House rules for AI models"
  version 1
  owner model-risk

parameter validation_period "how long a validation holds"
  is 12 months

term in-production for model means some downstream deployment has environment = production

rule VALIDATED "A model in production has a current validation"
  for in-production model
  require all of
    - validation_status = approved
    - validated_on is within the last validation_period
  severity high
  enforcement block
  explain "{model.name} is in production without a current validation"
  remedy "Ask model risk to validate it, or take it out of production"

example "a validation that ran out fails" on 2026-11-22
  given
    model old { validation_status: approved, validated_on: 2025-01-10 }
    model fresh { validation_status: approved, validated_on: 2026-06-01 }
    model silent { validation_status: approved }
    deployment live { environment: production }
    old serves -> live
    fresh serves -> live
    silent serves -> live
  expect
    VALIDATED gives fail for old
    VALIDATED gives pass for fresh
    VALIDATED gives unknown for silent
"""

PORTFOLIO = """\
# A first portfolio, typed by hand; `lexline import` reads facts from systems instead.
nodes:
  applications: {kind: dataset, personal_data: true, lawful_basis: contract}
  credit: {kind: model, name: credit, validation_status: approved, validated_on: 2020-01-10}
  fraud: {kind: model, name: fraud, validation_status: approved}
  credit-live: {kind: deployment, environment: production, region: uk}
  fraud-live: {kind: deployment, environment: production, region: uk}
edges:
  - [applications, trains, credit]
  - [applications, trains, fraud]
  - [credit, serves, credit-live]
  - [fraud, serves, fraud-live]
"""

FILES = {"lexline.yaml": SETTINGS, "policies/house.policy": POLICY, "portfolio/models.yaml": PORTFOLIO}


def init(folder: Annotated[Path, typer.Argument(help="The folder to set up.")] = Path()) -> int:
    """Set up a folder: lexline.yaml, a first policy with its examples, and a portfolio that it runs on.

    Changes no file that is already there.
    """
    from lexline.app.cli.output import tell
    from lexline_lineage.writing import write_atomically

    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise mistake(f"`{folder}` already has {', '.join(there)}", "choose another folder; nothing was changed")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, text.encode())
    where = "" if folder == Path() else f"cd {folder} && "
    tell(
        f"Set up {folder}: a policy with one rule, and a portfolio with two models.\n"
        f"Next: {where}lexline check    (one model fails, of the other a fact is missing: both block)\n"
        f"      {where}lexline test     (the policy's own example)\n"
    )
    return 0
