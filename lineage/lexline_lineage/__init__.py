"""The lineage graph: what systems say about data, models, deployments and assessments.

In: facts of many systems (``facts``, ``files``), checked against a ``vocabulary``.
Out: one immutable columnar ``Graph`` for a date (``builder``), and copies of it with supposed changes (``overlay``).
Guaranteed: every value has the type that the vocabulary gives it or is missing; every fact knows its source; edges that
may not be there are marked *possible*; a bad file is a ``LineageError`` with every reason (``problems``), and never
anything else. This package knows nothing of policies.
"""
