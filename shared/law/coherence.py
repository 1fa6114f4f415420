"""What a scheme must satisfy as a whole: every number cited, every passage intact, every sum adding up (EXP-04)."""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from shared.law import provisions as law
from shared.law.refusals import SchemeInvalid

WITHOUT_DENOMINATOR = law.ScaledIndex | law.DecidedPoints | law.NotCounted
TURNED = ("rounding", "grading", "ranking", "applicability", "measures", "indicators")
"""Parts of a scheme that another reading may turn. Group maxima, the scale and the calendar stand."""

SHORTEST_MONTH = 28

if TYPE_CHECKING:
    from shared.law.scheme import Scheme


def faults_of_citations(content: Mapping[str, Any]) -> list[str]:
    """Numbers without a citation, citations without a passage, readings without an entry, passages that changed."""
    known: dict[str, Any] = {part: content.get(part) for part in ("passages", "readings")}
    absent = [f"{part}: expected a mapping" for part, entries in known.items() if not isinstance(entries, dict)]
    if absent:
        return absent
    return [*_uncited(content, ""), *_dangling(content, "", known), *_changed(known["passages"])]


def _uncited(node: object, path: str) -> Iterator[str]:
    """A number may stand only as the `value` of a mapping that cites; binary floats nowhere."""
    if isinstance(node, float):
        yield f"{path}: {node!r} is a binary float; write a fraction as text, such as '18/5'"
    elif isinstance(node, int):
        yield f"{path}: the number {node!r} has no citation; write {{value: {node!r}, cite: a-passage}}"
    for key, child in _children(node):
        if not (key == "value" and isinstance(node, dict) and "cite" in node and isinstance(child, int)):
            yield from _uncited(child, f"{path}.{key}".lstrip("."))


def _dangling(node: object, path: str, known: Mapping[str, Any]) -> Iterator[str]:
    names = {"cite": "passages", "words": "passages", "grounds": "passages", "reading": "readings"}
    for key, child in _children(node):
        here = f"{path}.{key}".lstrip(".")
        cited = (child if isinstance(child, list) else [child]) if key in names else []
        for name in cited:
            if isinstance(name, str) and name not in known[names[str(key)]]:
                yield f"{here}: {name!r} is not among the {names[str(key)]}"
        yield from _dangling(child, here, known)


def _children(node: object) -> Iterator[tuple[object, object]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _changed(passages: Mapping[str, Any]) -> Iterator[str]:
    for name, passage in passages.items():
        text = passage.get("text") if isinstance(passage, dict) else None
        if not isinstance(text, str):
            yield f"passages.{name}: expected item, text and sha256"
        elif unicodedata.normalize("NFC", text) != text:
            yield f"passages.{name}: the text is not in Unicode form NFC"
        elif passage.get("sha256") != f"sha256:{hashlib.sha256(text.encode()).hexdigest()}":
            yield f"passages.{name}: the text does not have the digest written beside it"


def faults_of_structure(scheme: "Scheme", *, switched: bool = False) -> list[str]:
    """Unknown measures and groups, maxima that contradict a formula, sums that do not add up, grades out of order.

    Under another reading a group may reach less than its maximum: the table's B gives at most 19.5 of 20.
    """
    faults = [fault for code, indicator in scheme.indicators.items() for fault in _indicator_faults(scheme, code, indicator)]
    faults += [
        f"checks.{number}: unknown or non-count measure {measure}"
        for number, check in enumerate(scheme.checks)
        for measure in check.measures
        if not _is_count(scheme, measure)
    ]
    faults += [
        f"measures.{name}: a decimal needs a maximum"
        for name, measure in scheme.measures.items()
        if measure.type == "decimal" and measure.maximum is None
    ]
    faults += _calendar_faults(scheme)
    return faults or [*_sum_faults(scheme, switched=switched), *_grade_faults(scheme)]


def faults_of_alternatives(scheme: "Scheme") -> list[str]:
    """Alternatives without switch or reason, with a switch that leads nowhere, or that two of them turn to two values."""
    faults: list[str] = []
    turned: dict[str, Any] = {}
    for name, reading in scheme.readings.items():
        ids = [one.id for one in reading.alternatives]
        faults += [f"readings.{name}: the alternative {each} stands twice" for each in sorted(set(ids)) if ids.count(each) > 1]
        own: dict[str, Any] = {}
        for number, one in enumerate(reading.alternatives):
            place = f"readings.{name}.alternatives.{number}"
            faults += [f"{place}{fault}" for fault in _alternative_faults(scheme, one)]
            # Two alternatives of one reading are never chosen together.
            clash = [path for path, value in one.turns.items() if turned.get(path, value) != value]
            faults += [f"{place}: another reading turns {path} to something else" for path in clash]
            own |= one.turns
        turned |= own
    return faults


def _alternative_faults(scheme: "Scheme", one: law.Alternative) -> Iterator[str]:
    if one.computed == (one.not_computed is not None):
        yield ": expected what it turns, or why it is not computed, and not both"
    if one.source == "measures" and one.rows:
        yield ": rules of counting rows belong to an alternative that is computed from rows"
    forbidden = [path for path in one.turns if path.partition(".")[0] not in TURNED]
    yield from (f".turns.{path}: only {', '.join(TURNED)} may be turned" for path in forbidden)
    if one.turns and not forbidden:
        try:
            scheme.switched(one.turns)
        except SchemeInvalid as error:
            yield from (f".turns.{fault}" for fault in error.faults)


def _calendar_faults(scheme: "Scheme") -> Iterator[str]:
    """Only days that every month has."""
    for name, day in (
        ("cutoff_day", scheme.calendar.cutoff_day.value),
        ("report_deadline_day", scheme.calendar.report_deadline_day.value),
        ("word_deadline_day", scheme.calendar.word_deadline_day.value),
    ):
        if not 1 <= day <= SHORTEST_MONTH:
            yield f"calendar.{name}: {day} is no day of every month; expected 1 to {SHORTEST_MONTH}"


def _indicator_faults(scheme: "Scheme", code: str, indicator: law.Indicator) -> Iterator[str]:
    if indicator.group not in scheme.groups:
        yield f"indicators.{code}: unknown group {indicator.group}"
    unknown = [measure for measure in indicator.formula.measures if measure not in scheme.measures]
    if unknown:
        yield f"indicators.{code}: unknown measure {unknown[0]}"
        return
    yield from _formula_faults(scheme, code, indicator)
    yield from _empty_faults(code, indicator)
    yield from _sharing_faults(scheme, code, indicator)


def _formula_faults(scheme: "Scheme", code: str, indicator: law.Indicator) -> Iterator[str]:
    formula = indicator.formula
    match formula:
        case law.ShareOfCount():
            full, of = formula.most, "worth × portion × share_at_most"
        case law.RelativeToBest():
            full, of = formula.worth.value, "worth"
        case law.CountedWithCap():
            full, of = formula.at_most.value, "at_most"
        case law.NotCounted():
            full, of = Fraction(), "nothing"
        case _:
            measure = formula.measures[0]
            limit = scheme.measures[measure].maximum
            if limit is None:
                yield f"indicators.{code}: the measure {measure} needs a maximum"
                return
            full, of = limit.value * getattr(formula, "factor", 1), f"the largest {measure}"
    if full != indicator.maximum.value:
        yield f"indicators.{code}: the maximum {indicator.maximum.value} is not {of} = {full}"
    if not isinstance(formula, WITHOUT_DENOMINATOR):
        yield from (
            f"indicators.{code}: {measure} must be a count" for measure in formula.measures if not _is_count(scheme, measure)
        )


def _empty_faults(code: str, indicator: law.Indicator) -> Iterator[str]:
    can_be_empty = not isinstance(indicator.formula, WITHOUT_DENOMINATOR)
    if can_be_empty != (indicator.when_empty is not None):
        yield f"indicators.{code}: when_empty belongs to formulas with a denominator, and to all of them"
    elif indicator.when_empty is not None and indicator.when_empty.value > indicator.maximum.value:
        yield f"indicators.{code}: when_empty is above the maximum"


def _sharing_faults(scheme: "Scheme", code: str, indicator: law.Indicator) -> Iterator[str]:
    if indicator.shares_maximum_with is None:
        return
    partner = scheme.indicators.get(indicator.shares_maximum_with)
    if partner is None or partner.group != indicator.group or partner.shares_maximum_with is not None:
        yield f"indicators.{code}: may share the maximum only of an indicator of its group that has its own"
    elif partner.maximum.value < indicator.maximum.value:
        yield f"indicators.{code}: shares a maximum smaller than its own"


def _is_count(scheme: "Scheme", measure: str) -> bool:
    found = scheme.measures.get(measure)
    return found is not None and found.type == "count"


def _sum_faults(scheme: "Scheme", *, switched: bool) -> Iterator[str]:
    for code, group in scheme.groups.items():
        own = [scheme.indicators[name] for name in scheme.indicators_of(code)]
        total = sum(indicator.maximum.value for indicator in own if indicator.shares_maximum_with is None)
        if total > group.maximum.value or (total != group.maximum.value and not switched):
            yield f"groups.{code}: the maximum {group.maximum.value} is not the sum of its indicators, {total}"
    total = sum(group.maximum.value for group in scheme.groups.values())
    if total != scheme.scale.value:
        yield f"scale: {scheme.scale.value} is not the sum of the groups, {total}"


def _grade_faults(scheme: "Scheme") -> Iterator[str]:
    bounds = [grade.bound.value for grade in scheme.grading.grades]
    if bounds != sorted(set(bounds), reverse=True) or bounds[-1:] != [0]:
        yield "grading.grades: expected bounds from the best grade down, the last one 0"
