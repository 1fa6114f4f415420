"""What the measures of one agency must satisfy together (reading G-20). A check with an unknown value is not made."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import cast

from shared.law.measures import AgencyInput, MeasureColumn
from shared.law.provisions import AtMost, Needs
from shared.law.refusals import Fault
from shared.law.scheme import Scheme


def faults_of_checks(
    scheme: Scheme, agencies: Sequence[AgencyInput], columns: Mapping[str, MeasureColumn]
) -> Iterator[tuple[int, Fault]]:
    """Every broken check with its agency's place; checks on measures that were refused themselves are not made."""
    for check in scheme.checks:
        if all(name in columns for name in check.measures):
            for at, total, against in _broken(check, [columns[name] for name in check.measures]):
                yield at, _fault(check, agencies[at].code, total, against)


def _broken(check: AtMost | Needs, measures: Sequence[MeasureColumn]) -> list[tuple[int, int, int]]:
    """Place, sum of the counted measures and the figure they break, for the places where all of them are known."""
    *counted, against = [_filled(measure) for measure in measures]
    totals = reduce(_sums, counted)
    rows = enumerate(zip(totals, against, strict=True))
    if isinstance(check, AtMost):
        broken = [(at, total, limit) for at, (total, limit) in rows if total > limit]
    else:
        broken = [(at, total, held) for at, (total, held) in rows if total and not held]
    unknown = frozenset[int]().union(*(measure.unknown for measure in measures))
    return [found for found in broken if found[0] not in unknown]


def _sums(left: list[int], right: list[int]) -> list[int]:
    return list(map(add, left, right))


def _filled(measure: MeasureColumn) -> list[int]:
    """Something to compute with at unknown places, whose findings are dropped again."""
    return [value or 0 for value in measure.values] if measure.unknown else cast("list[int]", measure.values)


def _fault(check: AtMost | Needs, agency: str, total: int, against: int) -> Fault:
    names = " + ".join(check.counted)
    if isinstance(check, AtMost):
        hint = f"check {names} and {check.out_of} with their source"
        return Fault("above-total", agency, names, str(total), f"at most {check.out_of} = {against}", hint)
    hint = f"correct {names} or {check.occasion}"
    return Fault("without-occasion", agency, names, str(total), f"0 when {check.occasion} is 0", hint)
