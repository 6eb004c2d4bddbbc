"""From the typed tree to a plan. In: a typed program. Out: a ``Plan`` (``plans``).

``build`` turns the trees of all rules, terms and measures into one table of nodes, in which equal expressions are one
node; ``rewrite`` replaces nodes by cheaper ones of the same meaning; ``show`` prints a plan.
Guaranteed of a plan: terms, parameters and rules are resolved into nodes, so that nothing is left to look up but kinds,
attributes and relations of the graph; a node stands after all nodes that it reads.
"""
