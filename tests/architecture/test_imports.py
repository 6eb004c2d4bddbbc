"""Start-up imports only what a command uses: bounded by modules, not by time."""

import subprocess
import sys

HEAVY = {"lark", "networkx", "pyarrow", "numpy", "jsonpath_ng", "hypothesis", "scipy"}


def imported_by(*arguments: str) -> set[str]:
    """The top-level modules that a run of the command imports."""
    program = (
        "import sys\nfrom lexline.app.cli import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n@' + ' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.rsplit("@", 1)[1].split())


def test_version_and_help_import_nothing_heavy() -> None:
    assert not imported_by("--version") & HEAVY
    assert not imported_by("check", "--help") & HEAVY
