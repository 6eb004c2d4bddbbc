"""Runs peers side by side on one portfolio, checks that their verdict digests agree, prints a Markdown table.

    python compare.py DATA_DIR [--peers a,b] [--rounds 3] [--runs 5] [--timeout 400] [--rules each] [--json OUT]

Each round runs every peer once, in turn, in a process of its own, so that noise on a shared machine hits all of them;
the table holds medians over the rounds. A peer whose run took longer than --once-over seconds is not repeated.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {
    "reference-local": ["reference_local.py"],
    "reference-numba": ["reference_numba.py"],
    "lexline": ["lexline_columns.py"],
    "lexline-snapshot": ["lexline_columns.py", "--snapshot"],
    "lexline-natural": ["lexline_columns.py", "--policy=natural", "--snapshot"],
    "lexline-many": ["lexline_columns.py", "--policy=many", "--snapshot"],
    "lexline-numpy": ["lexline_columns.py", "--kernels=numpy"],
    "rustworkx": ["rustworkx_sets.py"],
    "duckdb-set": ["duckdb_sql.py"],
    "networkx": ["networkx_plain.py"],
}
DEFAULT = list(PEERS)


def run(peer, a):
    script, *more = PEERS[peer]
    cmd = [sys.executable, os.path.join(HERE, "peers", script), a.data, "--runs", str(a.runs), "--budget", "24", "--cases", a.cases, *more]
    if a.rules:
        cmd += ["--rules", a.rules]
    try:
        p = subprocess.run(cmd, capture_output=True, text=True, timeout=a.timeout)
    except subprocess.TimeoutExpired as e:  # keep the cases that were done
        lines = (e.stderr or b"").decode().splitlines()
        return {k: v for x in lines if x.startswith("{") for k, v in json.loads(x).items()} | {"timeout": a.timeout}
    if p.returncode:
        return {"error": p.stderr.strip().splitlines()[-1][:200] if p.stderr.strip() else f"exit {p.returncode}"}
    return json.loads(p.stdout.splitlines()[-1])


def median(values):
    return statistics.median(values) if values else None


def combine(runs):
    got = lambda f: median([x for r in runs if (x := f(r)) is not None])
    flip = lambda w: got(lambda r: r.get("flip_" + w, {}).get("s", [None])[0])
    one = lambda k: got(lambda r: r.get("one", {}).get(k))
    return {"load_s": got(lambda r: r.get("load_s")), "full_s": got(lambda r: median(r.get("full_s", []))),
            "first_s": got(lambda r: r.get("full_s", [None])[0]),
            "rss_mb": got(lambda r: r.get("peak_rss_mb")), "leaf_s": flip("leaf"), "hub_s": flip("hub"),
            "one_ms": one("median_ms"), "one_p99_ms": one("p99_ms"), "rounds": len(runs),
            "digests": sorted({(r.get("digest"), r.get("flip_leaf", {}).get("digest"), r.get("flip_hub", {}).get("digest"),
                                r.get("one_agrees")) for r in runs}, key=str),
            "rule_s": {k: median([r["rule_s"][k] for r in runs if "rule_s" in r]) for k in runs[0].get("rule_s", {})},
            "versions": runs[0].get("versions"), "stopped": next((r[k] for r in runs for k in ("error", "timeout") if k in r), None)}


def show(x):
    return "-" if x is None else f"{x:.3g}" if x < 1000 else f"{x:.0f}"


def table(res):
    ref = next(iter(res.values()))
    head = ("engine", "load s", "first s", "full s", "x ref", "RSS MB", "one model ms", "p99 ms", "rounds", "verdicts")
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for peer, r in res.items():
        ratio = r["full_s"] / ref["full_s"] if r["full_s"] and ref["full_s"] else None
        same = all(x is None or x == y for d in r["digests"] for x, y in zip(d, ref["digests"][0]))
        print("| " + " | ".join([peer, *map(show, (r["load_s"], r["first_s"], r["full_s"], ratio, r["rss_mb"], r["one_ms"],
                                                   r["one_p99_ms"])), str(r["rounds"]),
                                 f"stopped ({r['stopped']})" if r["stopped"] else "three-valued" if peer == "lexline-natural" else "other rules" if peer == "lexline-many"
                                 else "agree" if same else "DIFFER"]) + " |")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data")
    ap.add_argument("--peers", default=",".join(DEFAULT), help="first one is the reference of the ratio column")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--timeout", type=float, default=400, help="seconds for one process: load, all cases")
    ap.add_argument("--once-over", type=float, default=60)
    ap.add_argument("--rules", default="", help="'each' also times every rule on its own")
    ap.add_argument("--runs", type=int, default=5, help="full evaluations in a process, each from nothing (odd)")
    ap.add_argument("--cases", default="full,one")
    ap.add_argument("--json", help="also write medians and raw runs here")
    a = ap.parse_args()
    runs, wall = {p: [] for p in a.peers.split(",")}, {}
    for i in range(a.rounds):
        for p in runs:
            if wall.get(p, 0) < a.once_over:
                t = time.perf_counter()
                runs[p].append(run(p, a))
                wall[p] = time.perf_counter() - t
                print(f"round {i + 1} {p} {wall[p]:.1f}s", file=sys.stderr, flush=True)
    res = {p: combine(r) for p, r in runs.items()}
    print(f"{a.data}: {os.cpu_count()} cores, Python {platform.python_version()}\n")
    table(res)
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"medians": res, "runs": runs}, f, indent=1)


if __name__ == "__main__":
    main()
