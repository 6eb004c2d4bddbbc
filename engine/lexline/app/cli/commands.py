"""All commands of ``lexline`` in one place, and what their failures look like."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lexline.app.cli import (
    assess,
    check,
    coverage,
    examples,
    explain,
    gate,
    history,
    horizon,
    identity,
    impact,
    importing,
    inventory,
    layout,
    ledger,
    lint,
    measures,
    plugins,
    reassess,
    setup,
    waive,
)
from lexline.app.cli.output import show_diagnostics
from lexline.data_problems import as_diagnostics
from lexline.diagnostics import Diagnostic, LexlineError, UnfinishedError
from lexline_lineage.problems import LineageError

__all__ = ["application", "run"]

ASSESSMENT = "--type validation --status approved --approved-on 2026-11-01 --assessor 'Jo Marsh'"
WAIVER = (
    "--reason 'the validator left' --control 'sampled by hand' --approver 'Jo Marsh' --role 'head of model risk' "
    "--requested-by 'Sam Field' --from 2026-11-01 --until 2027-01-31"
)


def version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(f"lexline {installed('lexline')}")
        raise typer.Exit


def application() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(
        name="lexline",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Policy as code for AI governance: which models break a rule, which can't be decided, and why.",
        epilog="Start with: lexline init my-project",
    )

    @app.callback()
    def lexline(
        _version: Annotated[
            bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
        ] = False,
    ) -> None:
        pass

    app.command("init", epilog="Example: lexline init credit-policies")(setup.init)
    app.command("check", epilog="Example: lexline check --on 2026-09-03 --format json")(check.check)
    app.command("gate", epilog="Example: lexline gate model:mlflow/bank/credit/2")(gate.gate)
    app.command("explain", epilog="Example: lexline explain house/VALIDATED model:mlflow/bank/credit/2")(
        explain.explain
    )
    app.command("impact", epilog="Example: lexline impact --policies main.. --fail-on new-fail")(impact.impact)
    app.command("horizon", epilog="Example: lexline horizon --until 2028-08-02 --format html -o horizon.html")(
        horizon.horizon
    )
    app.command("measures", epilog="Example: lexline measures --trend 12 --format markdown")(measures.measures)
    app.command("reassess", epilog="Example: lexline reassess --owner dpo --until 2026-12-31")(reassess.reassess)
    app.command("inventory", epilog="Example: lexline inventory --kind model --missing")(inventory.inventory)
    app.command("coverage", epilog="Example: lexline coverage --pack uk-gdpr --format html -o coverage.html")(
        coverage.coverage
    )
    app.command("test", epilog="Example: lexline test --coverage")(examples.run_tests)
    app.command("lint", epilog="Example: lexline lint --strict")(lint.lint)
    app.command("fmt", epilog="Example: lexline fmt --check policies")(layout.fmt)
    app.command("import", epilog="Example: lexline import registry lineage")(importing.import_facts)
    app.command("identity", epilog="Example: lexline identity --propose identity-new.yaml")(identity.identity)
    app.command("log", epilog="Example: lexline log --last 10")(history.log)
    app.command("diff", epilog="Example: lexline diff 2026-08-31 2026-09-30")(history.diff)
    app.command("erase", epilog="Example: lexline erase 'Jo Doe'")(history.erase)
    app.command("assess", epilog=f"Example: lexline assess credit {ASSESSMENT}")(assess.assess)
    app.command("waive", epilog=f"Example: lexline waive house/VALIDATED credit {WAIVER}")(waive.waive)
    app.add_typer(ledger.application(), name="ledger")
    app.command("plugins", epilog="Example: lexline plugins")(plugins.plugins)
    return app


def run(arguments: list[str]) -> int:
    """Run one command; the exit status."""
    try:
        status = application()(args=arguments, prog_name="lexline", standalone_mode=False)
    except LexlineError as error:
        show_diagnostics(error.diagnostics)
        return 3 if isinstance(error, UnfinishedError) else 2
    except LineageError as error:
        show_diagnostics(as_diagnostics(error.problems, quoted=()))
        return 2
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        show_diagnostics((_out_of_reach(error),))
        return 2
    except Exception as error:
        from lexline.app.cli.misuse import is_misuse, misuse

        if not is_misuse(error):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":  # no mistake
            error.show()  # type: ignore[attr-defined]  # typer's
        else:
            show_diagnostics((misuse(error),))
        return 2
    return status if isinstance(status, int) else 0


def _out_of_reach(error: OSError) -> Diagnostic:
    """What the system said of a file or folder."""
    name = f"`{str(error.filename)[:200]}`" if error.filename is not None else "a file"
    message = f"{name} can't be used: {(error.strerror or str(error)).lower()}"
    return Diagnostic("LX303", message, (), "check the name, the folder and your access rights")
