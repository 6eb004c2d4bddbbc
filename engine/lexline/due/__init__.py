"""What has to be assessed again: because of what, along which path, by whom and by when.

In: an evaluation, the entries of a ledger and the states of a store, as far as there are any. Out: a ``Queue`` of
items, and for an element that isn't in it the reason. Guaranteed: what no rule can read raises nothing; what can't be
told is said, not left out.
"""

from __future__ import annotations

from lexline.due.items import CAUSES, DueItem
from lexline.due.moved_by import Stale, stale_by
from lexline.due.past import Past, State
from lexline.due.queue import Policies, Queue, basis_now, due_items
from lexline.due.versions import Version
from lexline.due.why import WhyNot, why_not

__all__ = [
    "CAUSES",
    "DueItem",
    "Past",
    "Policies",
    "Queue",
    "Stale",
    "State",
    "Version",
    "WhyNot",
    "basis_now",
    "due_items",
    "stale_by",
    "why_not",
]
