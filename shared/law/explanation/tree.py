"""The computation of one agency's total as a tree: what was added, divided, limited and rounded, down to figures and the law.

A node's value is worked out from its children by its operation, so whoever has the tree has the computation. Operations:

- ``sum`` of the known children (a missing one adds nothing), ``product``, ``min``: of all children;
- ``ratio``: the first child by the second;
- ``constant``: the value of the one child, given because of the node's state or of the figures named beside it;
- ``half_up``: the child rounded once, a half up, to so many ``places``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal

from shared.law import provisions as law
from shared.law.exact import half_up
from shared.law.indicators import State
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyInput, AgencyScore, ScoreSheet

Operation = Literal["sum", "min", "ratio", "product", "constant", "half_up"]


class ExplanationDiffers(AssertionError):
    """The tree gives another value than the sheet: a fault of the product, never shown to anybody."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A leaf from the frozen rows. ``agencies`` are whose figure it is: the agency's own, or the leaders' of a pool.
    Points are never in it; None is missing."""

    path: str
    measure: str
    exact: Fraction | None
    agencies: tuple[str, ...]
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A leaf from the law: a number of the scheme with its place there, the passage and the reading it follows from."""

    path: str
    parameter: str
    exact: Fraction
    cite: str
    reading: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value worked out from its children; ``exact`` is None where nothing is known. ``because`` are figures that decided
    which way was taken without entering the value."""

    path: str
    op: Operation
    exact: Fraction | None
    children: tuple["Tree", ...]
    state: State | None = None
    flags: tuple[str, ...] = ()
    places: int | None = None
    because: tuple[Figure, ...] = ()


Tree = Node | Figure | Parameter

OVER_WHAT_IS_KNOWN = frozenset({"total/exact", "total/plain"})
"""Sums that are a number even where none of their parts is known: a provisional total is of the known points."""


def tree_of(sheet: ScoreSheet, agency: str) -> Node:
    """The tree of one agency's total. Raises KeyError for an agency that is not on the sheet, ExplanationDiffers."""
    line = sheet.line(agency)
    given = next(one for one in sheet.agencies if one.code == agency)
    groups = tuple(_group(sheet, code, line, given) for code in sheet.scheme.groups)
    places = sheet.scheme.rounding.total_places.value
    rounded = Fraction(line.total, 10**places)
    tree = Node("total", "half_up", rounded, (_exact_total(sheet, line, groups),), places=places)
    for node in nodes_of(tree):
        if isinstance(node, Node) and worked_out(node) != node.exact:
            raise ExplanationDiffers(f"{agency} {node.path}: the tree gives {worked_out(node)}, the sheet {node.exact}")
    return tree


def nodes_of(tree: Tree) -> Iterator[Tree]:
    """Every node and leaf, parents first."""
    yield tree
    if isinstance(tree, Node):
        for child in tree.children:
            yield from nodes_of(child)


def worked_out(node: Node) -> Fraction | None:
    """The node's value from its children's."""
    values = [child.exact for child in node.children]
    known = [value for value in values if value is not None]
    if node.op == "sum":
        return sum(known, Fraction()) if known or node.path in OVER_WHAT_IS_KNOWN else None
    if len(known) < len(values) or not values:
        return None
    return combined(node.op, known, places=node.places or 0)


def combined(op: Operation, values: Sequence[Fraction], *, places: int) -> Fraction:
    """What an operation makes of known values."""
    match op:
        case "sum":
            return sum(values, Fraction())
        case "min":
            return min(values)
        case "product":
            return prod(values, start=Fraction(1))
        case "ratio":
            return values[0] / values[1]
        case "constant":
            return values[0]
        case "half_up":
            unit = 10**places
            return Fraction(half_up(values[0].numerator * unit, values[0].denominator), unit)


def _exact_total(sheet: ScoreSheet, line: AgencyScore, groups: tuple[Node, ...]) -> Node:
    """The groups' sum; where another reading rescales it, by the scale over the maximum that applies."""
    scheme = sheet.scheme
    applies = [code for code, found in line.indicators.items() if found.state != "not_applicable"]
    if scheme.applicability.total.value == "plain_sum" or len(applies) == len(line.indicators):
        return Node("total/exact", "sum", line.total_exact, groups)
    plain = Node("total/plain", "sum", sum((group.exact or Fraction() for group in groups), Fraction()), groups)
    parts = tuple(
        _applicable(scheme, code, applies) for code in scheme.groups if set(scheme.indicators_of(code)) & set(applies)
    )
    if not parts:
        return Node("total/exact", "product", Fraction(), (plain,))
    most = Node("total/applicable", "sum", sum((_value(part) for part in parts), Fraction()), parts)
    scale = _parameter("total", "scale", "scale", scheme.scale)
    share = Node("total/share", "ratio", _value(scale) / _value(most), (scale, most))
    return Node("total/exact", "product", line.total_exact, (plain, share))


def _applicable(scheme: Scheme, group: str, applies: Sequence[str]) -> Node:
    """A group's maximum, for the share of its indicators' maxima that applies; a shared maximum stands once."""
    own = scheme.indicators_of(group)
    some, whole = (
        _maxima(scheme, f"applicable/{group}/{name}", codes)
        for name, codes in (("some", [code for code in own if code in applies]), ("whole", own))
    )
    share = Node(f"applicable/{group}/share", "ratio", _value(some) / _value(whole), (some, whole))
    most = _parameter(f"applicable/{group}", "maximum", f"groups.{group}.maximum", scheme.groups[group].maximum)
    return Node(f"applicable/{group}", "product", _value(most) * _value(share), (most, share))


def _maxima(scheme: Scheme, path: str, codes: Sequence[str]) -> Node:
    owners: dict[str, str] = {}
    for code in codes:
        owner = scheme.indicators[code].shares_maximum_with or code
        held = owners.setdefault(owner, code)
        if scheme.indicators[code].maximum.value > scheme.indicators[held].maximum.value:
            owners[owner] = code
    parts = tuple(
        _parameter(f"{path}/{code}", "maximum", f"indicators.{code}.maximum", scheme.indicators[code].maximum)
        for code in owners.values()
    )
    return Node(path, "sum", sum((part.exact for part in parts), Fraction()), parts)


def _group(sheet: ScoreSheet, code: str, line: AgencyScore, given: AgencyInput) -> Node:
    """min of the indicators' sum and the group's maximum; missing where every indicator is."""
    parts = tuple(_indicator(sheet, name, line, given) for name in sheet.scheme.indicators_of(code))
    total = Node(f"group/{code}/sum", "sum", _known_sum(part.exact for part in parts), parts)
    limit = _parameter(f"group/{code}", "maximum", f"groups.{code}.maximum", sheet.scheme.groups[code].maximum)
    if total.exact is None:
        return Node(f"group/{code}", "sum", None, (total,))
    return Node(f"group/{code}", "min", line.groups[code], (total, limit))


def _known_sum(values: Iterator[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction()) if known else None


def _indicator(sheet: ScoreSheet, code: str, line: AgencyScore, given: AgencyInput) -> Node:
    found, indicator = line.indicators[code], sheet.scheme.indicators[code]
    figures = {name: _figure(code, name, given) for name in indicator.formula.measures}
    if found.state == "missing":
        return Node(code, "product", None, tuple(figures.values()), state=found.state, flags=found.flags)
    if found.state == "not_applicable":
        nothing = Parameter(f"{code}/not_applicable", f"indicators.{code}", Fraction(), indicator.maximum.cite, "G-15")
        return Node(code, "constant", Fraction(), (nothing,), state=found.state, flags=found.flags)
    if "no_events" in found.flags and indicator.when_empty is not None:
        points = _parameter(code, "when_empty", f"indicators.{code}.when_empty", indicator.when_empty)
        return Node(code, "constant", found.points, (points,), found.state, found.flags, because=tuple(figures.values()))
    op, children, because = _formula(sheet, code, indicator.formula, figures)
    return Node(code, op, found.points, children, found.state, found.flags, because=because)


Parts = tuple[Operation, tuple[Tree, ...], tuple[Figure, ...]]


def _formula(sheet: ScoreSheet, code: str, formula: law.Formula, figures: Mapping[str, Figure]) -> Parts:
    """Operation, children and deciding figures of a formula whose denominator is not empty."""
    match formula:
        case law.ShareOfCount():
            return _share(code, formula, figures)
        case law.RelativeToBest():
            leaders = sheet.leaders[code]
            best = Figure(f"{code}/best", formula.counted, Fraction(leaders.value), leaders.agencies)
            return "product", (_ratio(code, figures[formula.counted], best), _of(code, "worth", formula.worth)), ()
        case law.ScaledIndex():
            out_of = _of(code, "out_of", formula.out_of)
            return "product", (_ratio(code, figures[formula.index], out_of), _of(code, "worth", formula.worth)), ()
        case law.CountedWithCap():
            return _counted(code, formula, figures)
        case law.DecidedPoints():
            return "sum", (figures[formula.decided],), ()
        case law.NotCounted():
            # Another reading leaves the indicator out: the words are those of its maximum, which it no longer gives.
            most = sheet.scheme.indicators[code].maximum
            return (
                "constant",
                (Parameter(f"{code}/not_counted", f"indicators.{code}.formula", Fraction(), most.cite, None),),
                (),
            )


def _share(code: str, formula: law.ShareOfCount, figures: Mapping[str, Figure]) -> Parts:
    counted, out_of = figures[formula.counted], figures[formula.out_of]
    if formula.partly is not None and _value(counted) < _value(out_of):
        nothing = Parameter(
            f"{code}/partly", f"indicators.{code}.formula.partly", Fraction(), formula.partly.cite, formula.partly.reading
        )
        return "constant", (nothing,), (counted, out_of)
    share = _ratio(code, figures[formula.counted], figures[formula.out_of])
    if formula.share_at_most is not None:
        limit = _of(code, "share_at_most", formula.share_at_most)
        share = Node(f"{code}/share", "min", min(_value(share), limit.exact), (share, limit))
    factors = [("worth", formula.worth), ("portion", formula.portion)]
    return "product", (share, *(_of(code, name, value) for name, value in factors if value is not None)), ()


def _counted(code: str, formula: law.CountedWithCap, figures: Mapping[str, Figure]) -> Parts:
    deciding = [figures[formula.full_by]] if formula.full_by else []
    at_most = _of(code, "at_most", formula.at_most)
    if formula.full_from is not None and any(_value(full) >= formula.full_from.value for full in deciding):
        return "constant", (at_most,), tuple(deciding)
    each, counted = _of(code, "each", formula.each), figures[formula.counted]
    product = Node(f"{code}/counted", "product", _value(counted) * each.exact, (counted, each))
    return "min", (product, at_most), (*deciding, figures[formula.occasions])


def _ratio(code: str, counted: Figure, out_of: Figure | Parameter) -> Node:
    return Node(f"{code}/ratio", "ratio", _value(counted) / _value(out_of), (counted, out_of))


def _value(part: Tree) -> Fraction:
    """What is known because the indicator is scored."""
    if part.exact is None:
        raise ExplanationDiffers(f"{part.path}: unknown in an indicator that is scored")
    return part.exact


def _figure(code: str, measure: str, given: AgencyInput) -> Figure:
    value = given.measures.get(measure)
    exact = None if value is None else Fraction(value)
    return Figure(f"{code}/{measure}", measure, exact, (given.code,), measure in given.settled)


def _of(code: str, name: str, value: law.Cited[Fraction]) -> Parameter:
    return _parameter(code, name, f"indicators.{code}.formula.{name}", value)


def _parameter(path: str, name: str, place: str, value: law.Cited[Fraction]) -> Parameter:
    return Parameter(f"{path}/{name}", place, Fraction(value.value), value.cite, value.reading)
