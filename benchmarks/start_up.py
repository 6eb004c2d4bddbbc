"""How long a command takes from the shell to its end, each time in a process of its own.

    python start_up.py PROJECT ELEMENT [--rounds 15] [--on 2026-09-03]
    python start_up.py data/10000 model-0000001 --portfolio      # the seven rules over a portfolio

Prints, for each command, the median, the shortest and the longest time, and the processor time. The first run of each,
which may build a snapshot, isn't counted; the commands take turns. ``python -c pass`` is what Python alone takes.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

POLICIES = Path(__file__).parent / "policies"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("element")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--on", default="2026-09-03")
    parser.add_argument("--portfolio", action="store_true")
    asked = parser.parse_args()
    where = [f"--project={asked.project}"]
    if asked.portfolio:
        where = [f"--portfolio={asked.project}", f"--policy={POLICIES / 'natural.policy'}"]
        where.append(f"--vocabulary={POLICIES / 'vocabulary.yaml'}")
    lexline = str(Path(sys.executable).with_name("lexline"))
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "lexline --version": [lexline, "--version"],
        "lexline gate": [lexline, "gate", asked.element, *where, f"--on={asked.on}"],
    }
    taken = {name: [] for name in commands}
    for round_ in range(asked.rounds + 1):
        for name, command in commands.items():
            one = timed(command)
            if round_:
                taken[name].append(one)
    print(f"load {os.getloadavg()[0]:.1f}; {asked.rounds} rounds\n")
    print("| command | median s | shortest | longest | processor s |\n| --- | --- | --- | --- | --- |")
    for name, times in taken.items():
        wall, used = [w for w, _ in times], statistics.median(u for _, u in times)
        print(f"| {name} | {statistics.median(wall):.3f} | {min(wall):.3f} | {max(wall):.3f} | {used:.3f} |")


def timed(command):
    """Seconds from start to end of a command, and of processors that it used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{command} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
