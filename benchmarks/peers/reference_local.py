"""reference_numba with its local rules inside the timed part.

The original gets R1, R7 and the DPIA dates reduced to columns by its loader. Here the loader only numbers the texts
and keeps the ends of the relations; deployments, monitors and assessments are looked at in `full`, like everything that
Lexline decides.
"""
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from arrays import NO_DATE
from workload import CUTOFF, EVAL_DATE, MAX_PSI, RULES, main
from reference_numba import Numba

NODES = ("environment", "metric", "assessment_type", "status")
RELATIONS = ("deployed_as", "monitors", "assesses")


class Local(Numba):
    name = "reference-local"

    def __init__(self, path):
        super().__init__(path)
        nodes, edges = (pq.read_table(f"{path}/{name}.parquet") for name in ("nodes", "edges"))
        src, dst = (pc.index_in(edges[c], value_set=nodes["id"]).to_numpy() for c in ("src", "dst"))
        kept = {r: pc.equal(edges["type"], r).to_numpy(zero_copy_only=False) for r in RELATIONS}
        self.ends = {r: (src[at], dst[at]) for r, at in kept.items()}
        self.texts, self.codes = {}, {}
        for name in NODES:
            column = nodes[name].combine_chunks().dictionary_encode()
            self.codes[name] = pc.fill_null(column.indices, -1).to_numpy()
            self.texts[name] = {text: code for code, text in enumerate(column.dictionary.to_pylist())}
        has = lambda name: pc.is_valid(nodes[name]).to_numpy()
        day = lambda name: pc.fill_null(nodes[name].cast("int32"), NO_DATE).to_numpy()
        self.risk, self.region = has("risk_class"), has("region")
        self.observed, self.approved = day("observed_on"), day("approved_on")
        self.value = pc.fill_null(nodes["value"], np.inf).to_numpy()

    def local_rules(self):
        a, n = self.a, len(self.a.models)
        is_ = lambda name, text, at: self.codes[name][at] == self.texts[name][text]
        a.has_risk = self.risk[a.models]
        m, d = self.ends["deployed_as"]
        prod = is_("environment", "production", d)
        a.dep_row, dep = a.row[m[prod]], d[prod]
        a.dep_region = self.region[dep]
        mon, d = self.ends["monitors"]
        low, high = (np.datetime64(x).astype(int) for x in (CUTOFF, EVAL_DATE))
        seen = self.observed[mon]
        ok = is_("metric", "psi", mon) & (seen >= low) & (seen <= high) & (self.value[mon] <= MAX_PSI)
        fresh = np.zeros(a.n, bool)
        fresh[d[ok]] = True
        a.dep_fresh = fresh[dep]
        s, m = self.ends["assesses"]
        ok = is_("assessment_type", "dpia", s) & is_("status", "approved", s)
        s, m = s[ok], a.row[m[ok]]
        a.dpia, a.dpia_day = np.zeros(n, bool), np.full(n, NO_DATE, np.int32)
        a.dpia[m] = True
        np.maximum.at(a.dpia_day, m, self.approved[s])

    def full(self, rules=RULES):
        self.local_rules()
        return super().full(rules)


if __name__ == "__main__":
    main(Local, ["numba", "numpy", "pyarrow"])
