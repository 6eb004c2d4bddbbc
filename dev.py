"""Sets up Lexline and runs one job: ``python3 dev.py example | test | check | wheel | all``.

Needs Python 3.11 or newer and nothing else: it makes an environment in ``.venv`` and installs what the job needs there.
``example``  checks the shipped example, examples/credit
``test``     passes all tests (arguments after it go to pytest)
``check``    ruff, mypy and the import contracts
``wheel``    builds the wheel, installs it in a fresh environment and tries the main command there
``all``      test, wheel and check, as the gate runs them
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".venv"
BIN = "Scripts" if os.name == "nt" else "bin"
EXAMPLE_DATE = "2026-09-03"
TOP_LEVEL = {"lexline", "lexline_lineage", "lexline_plugins", "lexline_policies"}


def run(*command: str | Path, cwd: Path = ROOT, allowed: tuple[int, ...] = (0,)) -> int:
    """Runs a command; ends this script with its status unless that is one of ``allowed``."""
    status = subprocess.run([str(part) for part in command], cwd=cwd, check=False).returncode
    if status not in allowed:
        sys.exit(status)
    return status


def environment(home: Path, *packages: str) -> Path:
    """An environment with ``packages`` installed; its folder of programs."""
    programs = home / BIN
    if not (programs / ("python.exe" if os.name == "nt" else "python")).exists():
        print(f"making an environment in {home}", flush=True)
        venv.EnvBuilder(with_pip=True, clear=home.exists()).create(home)
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
    return programs


def developed() -> Path:
    """The environment of this checkout, with all that tests and checks need; made again when pyproject.toml changes."""
    stamp = HOME / "installed-from"
    wanted = (ROOT / "pyproject.toml").read_text("utf-8") + str(ROOT)
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return HOME / BIN
    programs = environment(HOME, "--editable", f"{ROOT}[dev]")
    stamp.write_text(wanted, "utf-8")
    return programs


def example() -> None:
    """Checks the credit example; a breach (status 1) is what it is there to show."""
    programs = developed()
    run(programs / "lexline", "check", "--on", EXAMPLE_DATE, cwd=ROOT / "examples" / "credit", allowed=(1,))


def test(*arguments: str) -> None:
    """Passes all tests, side by side; with arguments, those that they name, one after the other."""
    chosen = arguments or ("-n", "auto", "--dist", "worksteal")
    run(developed() / "python", "-m", "pytest", *chosen)


def check() -> None:
    """Style, types and import contracts; every one is run, the first failure gives the status."""
    programs = developed()
    parts = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",))
    statuses = []
    for name, *arguments in parts:
        print(f"== {name} {' '.join(arguments)}", flush=True)
        statuses.append(run(programs / name, *arguments, allowed=tuple(range(256))))
    if any(statuses):
        sys.exit(next(status for status in statuses if status))


def wheel() -> None:
    """Builds sdist and wheel, installs the wheel apart from this checkout, and runs the main command there."""
    programs = developed()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(programs / "python", "-m", "build", "--outdir", place / "dist", ROOT)
        (built,) = (place / "dist").glob("*.whl")
        names = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import zipfile; print('\\n'.join(zipfile.ZipFile({str(built)!r}).namelist()))",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
        if tops != TOP_LEVEL:
            sys.exit(f"the wheel holds {sorted(tops)}, not {sorted(TOP_LEVEL)}")
        fresh = environment(place / "venv", str(built))
        run(fresh / "lexline", "init", place / "project", cwd=place)
        run(fresh / "lexline", "check", cwd=place / "project", allowed=(1,))  # its first portfolio breaks its rule
        run(fresh / "lexline", "test", cwd=place / "project")
        shutil.copytree(ROOT / "examples" / "credit", place / "credit")
        run(fresh / "lexline", "check", "--on", EXAMPLE_DATE, "--reasons", "none", cwd=place / "credit", allowed=(1,))
        print(f"wheel: {built.name} installed; init, check and test ran outside the checkout")


JOBS = {"example": example, "test": test, "check": check, "wheel": wheel}


def main() -> None:
    """Runs the job that the command line names."""
    if sys.version_info < (3, 11):  # noqa: UP036  # the very script that finds out
        sys.exit(f"Lexline needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    job, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if job == "all":
        for part in (test, wheel, check):
            print(f"==== {part.__name__}", flush=True)
            part()
            print(f"==== {part.__name__}: ok", flush=True)
    elif job in JOBS:
        JOBS[job](*arguments)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
