"""What Lexline takes in memory, beside what the documentation states: the graph by element and edge, the first load,
an evaluation with and without a limit. Prints Markdown tables; each figure comes from a process of its own.

    python memory.py DATA_DIR [DATA_DIR …]
"""

import argparse
import json
import re
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

MB = 1_000_000
sys.path.append(str(Path(__file__).parent / "peers"))
VALUES = {"boolean": 1, "text": 4, "enumeration": 4}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def loaded(data, *, first=False):
    """The graph, built from Parquet or from the snapshot that is kept beside it."""
    import lexline_columns as lexline

    from lexline_lineage.files import load_graph
    from lexline_lineage.snapshot_store import Snapshots
    from lexline_lineage.vocabulary_files import load_vocabulary

    vocabulary, files = load_vocabulary(lexline.POLICIES / "vocabulary.yaml"), (data,)
    snapshots = Snapshots(data / "snapshots")
    if first:
        snapshots.clear()
    build = partial(load_graph, vocabulary, files, lexline.DAY)
    return snapshots.graph(vocabulary, files, lexline.DAY, None, build).graph


def graph(data):
    """The bytes of the graph, what the documentation states for it, and the file of its snapshot."""
    from lexline_lineage.footprint import graph_bytes

    found = loaded(data, first=True)
    elements, edges, load = len(found.ids), sum(len(way.neighbours) for way in found.along.values()), peak()
    relations = sum(len(way.neighbours) > 0 for way in found.along.values())
    of_elements = (18 + 8 * relations + 8) * elements + int(found.ids.starts[-1])
    flow = len(found.upstream.neighbours)
    known = [(len(column.known), str(column.type)) for column in found.columns.values() if column.known.any()]
    of_attributes = sum(count * (5 + VALUES.get(kind.split(" ")[0], 8)) for count, kind in known)
    of_edges = 14 * edges + 10 * flow
    texts = sum(8 * len(block) + int(block.starts[-1]) for block in (found.texts,))
    file = max((data / "snapshots").glob("*/*.graph"), key=lambda path: path.stat().st_mtime).stat().st_size
    arrays = [
        array
        for way in (*found.along.values(), *found.against.values(), found.upstream, found.downstream)
        for array in (way.neighbours, way.possible)
    ]
    really = sum(array.nbytes for array in arrays) + sum(array.nbytes for array in found.edge_said.values())
    return {
        "elements": elements,
        "edges": edges,
        "graph": graph_bytes(found),
        "of_edges": really,
        "file": file,
        "load": load,
        "stated": of_elements + of_attributes + of_edges + texts,
        "stated_edges": of_edges,
    }


def evaluation(data, policy, limit):
    """The peak of a process that decides all rules, without reasons; the least limit where ``limit`` is too low."""
    import lexline_columns as lexline

    from lexline.decision import Evaluation, decide
    from lexline.diagnostics import LexlineError
    from lexline.evaluate.walk_kernels import walk_kernels
    from lexline_lineage.vocabulary_files import load_vocabulary

    program = lexline.program_of(policy, load_vocabulary(lexline.POLICIES / "vocabulary.yaml"))
    found = loaded(data)
    walk_kernels(len(found.upstream.neighbours))
    before = peak()
    try:
        report = decide(Evaluation(program, found, lexline.CLOCK), reasons=0, memory_limit=limit)
    except LexlineError as error:
        return {"least": int(re.search(r"at least ([0-9]+)MB", str(error))[1]) * MB}
    return {"before": before, "peak": peak(), "verdicts": len(report.decisions), "summary": report.summary()}


def child(*words):
    done = subprocess.run(
        [sys.executable, __file__, "--child", *map(str, words)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def main(folders):
    row("models", "elements", "edges", "graph MB", "stated MB", "bytes an element", "bytes an edge", "stated",
        "snapshot MB", "first load, peak MB")  # fmt: skip
    row(*["---"] * 10)
    elements = {}
    for data in folders:
        got = child("graph", data)
        of_rest, edges, count = got["graph"] - got["of_edges"], got["edges"], got["elements"]
        elements[data] = count
        sizes = [f"{got[name] / MB:.1f}" for name in ("graph", "stated")]
        each = [f"{part:.1f}" for part in (of_rest / count, got["of_edges"] / edges, got["stated_edges"] / edges)]
        row(data.name, f"{count:,}", f"{edges:,}", *sizes, *each, f"{got['file'] / MB:.1f}", f"{got['load'] / MB:.0f}")
    print()
    row("models", "rules", "verdicts", "peak MB", "over the load, bytes an element", "least limit MB",
        "peak MB within it", "verdicts alike")  # fmt: skip
    row(*["---"] * 8)
    for data in folders:
        for policy in ("natural", "many"):
            free, least = child("evaluation", data, policy, 0), child("evaluation", data, policy, 1)["least"]
            bound = child("evaluation", data, policy, least)
            over = (free["peak"] - free["before"]) / elements[data]
            alike = "yes" if bound["summary"] == free["summary"] else "NO"
            peaks = [f"{part / MB:.0f}" for part in (least, bound["peak"])]
            row(data.name, policy, f"{free['verdicts']:,}", f"{free['peak'] / MB:.0f}", f"{over:.0f}", *peaks, alike)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        what, data, *rest = sys.argv[2:]
        if what == "graph":
            print(json.dumps(graph(Path(data))))
        else:
            print(json.dumps(evaluation(Path(data), rest[0], int(rest[1]) or None)))
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("data", nargs="+", type=Path)
        main(parser.parse_args().data)
