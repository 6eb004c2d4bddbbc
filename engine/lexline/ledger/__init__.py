"""The ledger: what was decided, assessed, judged, waived and acknowledged, in a chain that shows every later change.

In: typed entries. Out: rows of a chain, and from a chain the entries, or what is wrong with it. Guaranteed: an entry
that was changed, removed, reordered or cut off is found by anyone who has the rows, without Lexline's database. Keeping
the rows is the store's work; this package knows no database.
"""
