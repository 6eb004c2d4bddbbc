"""From a command's options to an evaluation: policies, facts and checks loaded, mistakes shown."""

from __future__ import annotations

from dataclasses import dataclass

from lexline.app.cli.options import mistake
from lexline.app.cli.output import progress, show_diagnostics
from lexline.decision import Evaluation
from lexline.evaluate.verdict import Clock
from lexline.lang.findings import a
from lexline.lang.suggest import nearest
from lexline.lang.typed import Key, Program
from lexline.plugin_manager import FOR_DECIDING, load_plugins
from lexline.plugin_offers import Plugins
from lexline.project import Files, Rules, load_project
from lexline_lineage.snapshot_store import Snapshots

__all__ = ["Session", "element_number", "open_session", "rule_key", "subject_number"]


@dataclass(frozen=True, slots=True)
class Session:
    """A loaded project and its plug-ins, ready to decide."""

    plugins: Plugins
    rules: Rules
    evaluation: Evaluation


def open_session(files: Files, clock: Clock, snapshots: Snapshots | None = None, *, announces: bool = True) -> Session:
    """Load everything that an evaluation needs and show the warnings. Raises ``LexlineError`` with all mistakes; of the
    places of ``notify`` only where the command is one that ``announces``, or that people look at first."""
    if announces and files.settings is not None and files.settings.file.notify:
        from lexline.app.cli.announcing import check_notify

        check_notify(files.settings)
    plugins = load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
    with progress("reading policies and facts"):
        project = load_project(files, clock, plugins, snapshots)
    show_diagnostics(project.warnings)
    return Session(plugins, project.rules, project.evaluation)


def element_number(evaluation: Evaluation, element: str) -> int:
    """The number of the element that a command names by its id or another exact name."""
    number = evaluation.number(element)
    if number is None:
        near = nearest(element, evaluation.graph.ids)
        raise mistake(
            f"there is no element `{element}` in the portfolio",
            f"did you mean `{near}`?"
            if near
            else "lexline check --format json lists the elements that rules are about",
        )
    return number


def subject_number(evaluation: Evaluation, rule: Key, element: str) -> int:
    """The number of the element that a command asks a rule about: one of the rule's kind."""
    number = element_number(evaluation, element)
    kind, asked = evaluation.graph.kind(number), evaluation.program.rules[rule].kind
    if kind != asked:
        others = [key[1] for key, other in evaluation.program.rules.items() if other.kind == kind]
        advice = f"about {a(kind)} are " + ", ".join(f"`{other}`" for other in others[:5]) if others else ""
        message = f"`{rule[1]}` is a rule about {a(asked)}, and `{element}` is {a(kind)}"
        raise mistake(message, advice or f"name {a(asked)}")
    return number


def rule_key(program: Program, name: str) -> Key:
    """The rule that a command names: ``RULE`` where one policy has it, or ``policy/RULE``."""
    policy, _, rule = name.rpartition("/")
    found = [key for key in program.rules if key[1] == rule and policy in ("", key[0])]
    if len(found) == 1:
        return found[0]
    if found:
        raise mistake(f"several policies have a rule `{name}`", "say " + " or ".join("/".join(key) for key in found))
    near = nearest(name, ["/".join(key) for key in program.rules] + [key[1] for key in program.rules])
    raise mistake(
        f"there is no rule `{name}`",
        f"did you mean `{near}`?" if near else "lexline check --format json lists the rules",
    )
