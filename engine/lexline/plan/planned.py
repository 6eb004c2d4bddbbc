"""The plan of a program, made once for all who decide by it."""

from __future__ import annotations

from weakref import WeakValueDictionary, finalize

from lexline.lang.typed import Program
from lexline.plan.build import build_plan
from lexline.plan.plans import Plan
from lexline.plan.rewrite import rewrite

__all__ = ["plan_of"]

_PROGRAMS: WeakValueDictionary[int, Program] = WeakValueDictionary()
_PLANS: dict[int, Plan] = {}


def plan_of(program: Program) -> Plan:
    """The rewritten plan of a program: the same object as long as the program lives."""
    place = id(program)
    if _PROGRAMS.get(place) is not program:
        _PLANS[place] = rewrite(build_plan(program))
        _PROGRAMS[place] = program
        finalize(program, _PLANS.pop, place, None)
    return _PLANS[place]
