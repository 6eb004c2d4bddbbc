"""The policy language. In: text. Out: a typed tree (``typed``).

``parse`` (text to ``syntax``), ``resolve`` and ``check`` (names, types: to ``typed``), ``format`` (back to text).
Guaranteed of a typed tree: every name is resolved, every comparison typed, every node has a span. Mistakes are
collected as diagnostics, all of a file at once.
"""
