"""What would raise an indicator by one point: the smallest change of the body's own figure, or why there is none.

Everything else is held still: the same tasks, the same leader, the same allocation. It is arithmetic, no promise.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from shared.law import provisions as law
from shared.law.explanation.tree import Node
from shared.law.explanation.words import LANGUAGES, Sentence, filled, points, sentences
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyInput, ScoreSheet

ONE = Fraction(1)
# Counted of what others assign: more of it is no merit of the body's.
ASSIGNED_BY_OTHERS = frozenset({"period_tasks", "assigned_tasks"})
# Each takes from what is left to the other.
TASKS = frozenset({"on_time_tasks", "late_tasks"})


@dataclass(frozen=True, slots=True)
class Raise:
    """``by`` more of ``measure`` gives at least one more point; without them ``reason`` says why none can be had.

    ``reach`` is the most the indicator can still give on the figures that others decide; None where that is unknown.
    """

    measure: str | None
    by: Fraction | None
    reason: str | None
    reach: Fraction | None
    said: Sentence


def raise_of(sheet: ScoreSheet, node: Node, given: AgencyInput) -> Raise:
    """What one more point of the indicator takes."""
    indicator = sheet.scheme.indicators[node.path]
    if node.state == "missing":
        return _none("unknown", None)
    if node.state in ("not_applicable", "not_counted"):
        return _none(node.state, Fraction())
    if node.exact is None or "no_events" in node.flags:
        return _none("no_events", node.exact)
    reach = _reach(sheet, indicator, given)
    if reach is None:
        # Of what is full already nothing is left, whatever the figure is that is missing.
        return _none("at_maximum", node.exact) if node.exact == indicator.maximum.value else _none("unknown", None)
    if isinstance(indicator.formula, law.DecidedPoints):
        return _none("decided", reach)
    if indicator.formula.measures[0] in ASSIGNED_BY_OTHERS:
        return _none("not_own", reach)
    left = reach - node.exact
    if not left:
        return _none("at_maximum", reach)
    if left < ONE:
        return _little(left, reach, sheet.scheme)
    measure, by = _smallest(sheet, node, indicator, given)
    kind = "index" if isinstance(indicator.formula, law.ScaledIndex) else measure
    said = {language: filled(sentences()["raise"][kind][language], {"by": by}, language) for language in LANGUAGES}
    return Raise(measure, by, None, reach, said)


def _none(reason: str, reach: Fraction | None, **values: str) -> Raise:
    said = {language: filled(sentences()["raise"][reason][language], values, language) for language in LANGUAGES}
    return Raise(None, None, reason, reach, said)


def _little(left: Fraction, reach: Fraction, scheme: Scheme) -> Raise:
    """Less than one point is left; what would be shown as none of it is said to be less than the least that is shown."""
    shown = points(left, scheme)
    if Fraction(shown):
        return _none("less_than_one", reach, least=shown)
    least = points(Fraction(1, 10**scheme.rounding.display_places.value), scheme)
    return replace(_none("less_than_shown", reach, least=least), reason="less_than_one")


def _reach(sheet: ScoreSheet, indicator: law.Indicator, given: AgencyInput) -> Fraction | None:
    """The most that the figures others decide still allow; None while it is unknown how many tasks the other one took."""
    formula = indicator.formula
    other = "on_time_tasks" if indicator.shares_maximum_with else "late_tasks"
    if isinstance(formula, law.ShareOfCount) and formula.counted in TASKS and given.measures.get(other) is None:
        return None
    if isinstance(formula, law.ShareOfCount) and indicator.shares_maximum_with:
        # A2 lives on what A1 leaves over: every open task can still be completed late.
        rest = _figure(given, formula.out_of) - _figure(given, "on_time_tasks")
        return formula.full * rest / _figure(given, formula.out_of)
    if isinstance(formula, law.ShareOfCount) and formula.counted == "on_time_tasks":
        # A task that was completed late is on time no more.
        rest = _figure(given, formula.out_of) - _figure(given, "late_tasks")
        return formula.full * rest / _figure(given, formula.out_of)
    if isinstance(formula, law.ScaledIndex):
        index = sheet.scheme.measures[formula.index].maximum
        return indicator.maximum.value if index is None else formula.factor * index.value
    return indicator.maximum.value


def _smallest(sheet: ScoreSheet, node: Node, indicator: law.Indicator, given: AgencyInput) -> tuple[str, Fraction]:
    """The measure to raise, and the smallest step of it that is worth a point."""
    formula = indicator.formula
    counted = _figure(given, formula.measures[0])
    aim = (node.exact or Fraction()) + ONE
    match formula:
        case law.ShareOfCount() if formula.partly is not None:
            return formula.counted, _figure(given, formula.out_of) - counted
        case law.ShareOfCount():
            return formula.counted, ceil(aim / formula.full * _figure(given, formula.out_of)) - counted
        case law.RelativeToBest():
            best = sheet.leaders[node.path].value
            return formula.counted, ceil(aim / formula.worth.value * best) - counted
        case law.CountedWithCap():
            return formula.counted, ceil(aim / formula.each.value) - counted
        case law.ScaledIndex():
            return formula.index, ONE / formula.factor
        case _:
            raise ValueError(f"{node.path} is decided, not raised")


def _figure(given: AgencyInput, measure: str) -> Fraction:
    return Fraction(given.measures.get(measure) or 0)
