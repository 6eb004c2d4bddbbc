"""What each operation of a plan makes of the columns that it reads, where it doesn't navigate."""

from __future__ import annotations

from collections.abc import Sequence

from lexline.evaluate.column_types import Cells, Numbers, Truths, Values, truth_of
from lexline.evaluate.kernels import alternative, arithmetic, compare, equals_any, includes_all, select, stands_in
from lexline.evaluate.kernels_time import DAY, add_to_dates, add_to_moments, dates_of, elapsed
from lexline.evaluate.truth_columns import conjunction, disjunction, inverse, passing
from lexline.plan import nodes as plan
from lexline_lineage.values import Sort, ValueType

__all__ = ["combine"]


def combine(operation: plan.Operation, parts: Sequence[Cells], types: Sequence[ValueType]) -> Cells:
    """The column of an operation, from those that it reads and their types."""
    match operation:
        case plan.Connect(operator):
            truths = [truth_of(part) for part in parts]
            if operator == "not":
                return inverse(truths[0])
            return conjunction(truths) if operator == "and" else disjunction(truths)
        case plan.Compare(operator):
            return compare(operator, *parts)
        case plan.OneOf():
            return equals_any(parts[0], parts[1:])
        case plan.InList():
            return stands_in(*parts)
        case plan.Includes():
            return includes_all(*parts)
        case plan.IsKnown():
            known = parts[0].known
            return Truths(known, ~known, known & False)
        case plan.Passes():
            return passing(*(truth_of(part) for part in parts))
        case plan.Choose():
            return select(truth_of(parts[0]), *parts[1:])
        case plan.Otherwise():
            return alternative(*parts)
        case plan.DateOf(timezone):
            return dates_of(_values(parts[0]), timezone)
        case plan.Arithmetic():
            return _arithmetic(operation, parts, types)
        case _:
            raise TypeError(f"{operation} reads no columns")


def _arithmetic(operation: plan.Arithmetic, parts: Sequence[Cells], types: Sequence[ValueType]) -> Cells:
    left, right = parts
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        return arithmetic(operation.operator, left, right)
    one, other = _values(left), _values(right)
    if types[1].sort is not Sort.DURATION and types[0].sort is not Sort.DURATION:
        is_date = types[0].sort is Sort.DATE
        return elapsed(one, other, DAY if is_date else 1, whole_days=is_date)
    time, duration = (one, other) if types[1].sort is Sort.DURATION else (other, one)
    sign = -1 if operation.operator == "-" else 1
    if Sort.DATE in (types[0].sort, types[1].sort):
        return add_to_dates(time, duration, sign)
    return add_to_moments(time, duration, sign, operation.timezone)


def _values(cells: Cells) -> Values:
    if not isinstance(cells, Values):
        raise TypeError("dates, moments and durations are values")
    return cells
