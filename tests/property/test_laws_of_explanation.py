"""An explanation is the computation, a comparison sums to the last digit, advice is arithmetic (EXP-01, EXP-02, RSC-04)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from shared.law.changes import CAUSES, AgencyChange, Cause, Change, changes_of
from shared.law.exact import decimal_text
from shared.law.explanation import ExplanationDiffers, Node, explanation_of, nodes_of, tree_of, verify
from shared.law.explanation.advice import raise_of
from shared.law.measures import read_measures
from shared.law.readings import IN_FORCE, Readings
from shared.law.scheme import packaged_schemes
from shared.law.sheet import AgencyInput, AgencyScore, ScoreSheet, computed, faults_of, score
from tests.property.exceptions import rightly_broken
from tests.property.months import complete, dice, seeds, with_gaps

SCHEME = packaged_schemes()[0]
PERIOD = SCHEME.first_period
NUMBER = re.compile(r"[0-9][0-9.,]*")


LAWS: dict[str, Callable[[int, Readings], None]] = {}
"""By the name of its test: a law of one month, given by its seed, under these readings."""
TRIED = {
    "test_the_way_back_is_the_exact_negative": 60,
    "test_a_changed_value_is_found": 60,
    "test_whose_a_figure_is_and_where_a_number_stands_are_read_back": 25,
}
"""Months a law is tried on where 150 take long."""


def months(law: Callable[[int, Readings], None]) -> Any:
    """A law tried on generated months, each under none, one or two other readings; every two are tried by
    test_laws_of_readings."""
    LAWS[law.__name__] = law

    def tried(seed: int) -> None:
        readings = some_readings(dice(seed))
        assume(not rightly_broken(law.__name__, readings))
        law(seed, readings)

    tried.__name__, tried.__doc__ = law.__name__, law.__doc__
    words: dict[str, Any] = {
        "max_examples": TRIED.get(law.__name__, 150),
        "derandomize": True,
        "deadline": None,
        "database": None,
    }
    return settings(**words, suppress_health_check=list(HealthCheck))(given(seeds)(tried))


def sheet_of(agencies: list[AgencyInput], readings: Readings = IN_FORCE) -> ScoreSheet:
    return score(SCHEME, PERIOD, agencies, readings=readings)


def some_readings(random: Random) -> Readings:
    """None, one or two alternatives that figures alone can follow."""
    known = [
        (name, one.id)
        for name, reading in SCHEME.readings.items()
        for one in reading.alternatives
        if one.source == "measures" and one.computed
    ]
    return Readings.of(SCHEME, dict(random.sample(known, random.randrange(3))))


def document_of(sheet: ScoreSheet, agency: str) -> dict[str, Any]:
    names = {one.code: {"vi": "cơ quan", "en": "body"} for one in sheet.agencies}
    return explanation_of(sheet, agency, names=names, snapshots={})


def again(node: Mapping[str, Any]) -> Fraction | None:
    """The published tree worked out by its published rules alone, with nothing of the product."""
    if "op" not in node:
        return None if node["exact"] is None else Fraction(node["exact"])
    values = [again(child) for child in node["children"]]
    known = [value for value in values if value is not None]
    if node["op"] == "sum":
        return sum(known, Fraction()) if known else None
    if not values or len(known) < len(values):
        return None
    if node["op"] == "half_up":
        scaled = known[0] * 10 ** node["places"]
        return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10 ** node["places"])
    return {
        "min": lambda: min(known),
        "product": lambda: prod(known, start=Fraction(1)),
        "ratio": lambda: known[0] / known[1],
        "constant": lambda: known[0],
    }[node["op"]]()


def leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in (*node.get("children", ()), *node.get("because", ())):
        yield from leaves(child)


@months
def test_the_tree_worked_out_again_is_the_score(seed: int, readings: Readings) -> None:
    random = dice(seed)
    sheet = sheet_of(with_gaps(random), readings)
    for line in sheet.lines():
        document = document_of(sheet, line.agency)
        assert again(document["tree"]) == Fraction(line.total, 10**sheet.scheme.rounding.total_places.value)
        by_path = {node["path"]: node for node in leaves(document["tree"])}
        for code, found in line.indicators.items():
            assert again(by_path[code]) == found.points
            assert by_path[code]["state"] == found.state
        for code, points in line.groups.items():
            assert again(by_path[f"group/{code}"]) == points


@months
def test_of_a_body_of_which_nothing_is_known_that_is_told(seed: int, readings: Readings) -> None:
    """As in the month's first days: nothing has points, the provisional total is that of no known points."""
    agencies = [replace(one, measures=dict.fromkeys(one.measures), settled=frozenset()) for one in with_gaps(dice(seed))]
    sheet = sheet_of(agencies, readings)
    document = document_of(sheet, agencies[0].code)
    verify(document, sheet)
    assert sheet.line(agencies[0].code).total_exact == 0
    groups = [part for part in leaves(document["tree"]) if part["path"].startswith("group/") and "op" in part]
    assert {part["exact"] for part in groups} <= {None, "0"}
    assert document["tree"]["exact"] == "0"


@months
def test_a_changed_value_is_found(seed: int, readings: Readings) -> None:
    """Of every node, leaf and deciding figure, of what is missing too, with the path of it or of what it enters."""
    sheet = sheet_of(with_gaps(dice(seed)), readings)
    document = document_of(sheet, sheet.agencies[0].code)
    verify(document, sheet)
    above: dict[str, set[str]] = {}
    for part in leaves(document["tree"]):
        for child in (*part.get("children", ()), *part.get("because", ())):
            above.setdefault(child["path"], set()).add(part["path"])
    for part in leaves(document["tree"]):
        held = part["exact"]
        part["exact"] = "1" if held is None else str(Fraction(held) + 1)
        with pytest.raises(ExplanationDiffers) as found:
            verify(document, sheet)
        part["exact"] = held
        assert str(found.value).split()[1].rstrip(":") in {part["path"], *above.get(part["path"], ())}
    verify(document, sheet)


@months
def test_whose_a_figure_is_and_where_a_number_stands_are_read_back(seed: int, readings: Readings) -> None:
    sheet = sheet_of(with_gaps(dice(seed)), readings)
    document = document_of(sheet, sheet.agencies[0].code)
    for part in leaves(document["tree"]):
        for name, other in (
            ("agencies", ["nobody"]),
            ("settled", not part.get("settled")),
            ("reading", "X-1"),
            ("citation", {"passage": "scope"}),
        ):
            if name in part:
                held, part[name] = part[name], other
                with pytest.raises(ExplanationDiffers):
                    verify(document, sheet)
                part[name] = held
    verify(document, sheet)


@months
def test_every_number_of_every_sentence_stands_in_the_tree(seed: int, readings: Readings) -> None:
    random = dice(seed)
    sheet = sheet_of(with_gaps(random), readings)
    for line in sheet.lines():
        document = document_of(sheet, line.agency)
        nodes = {node["path"]: node for node in leaves(document["tree"])}
        for code, said in document["sentences"].items():
            allowed = numbers_of(nodes["total" if code == "total" else code])
            if code == "total":
                allowed |= {str(line.rank)} | {decimal_text(line.total_exact, places=2)}
            else:
                allowed |= {shown(sheet.scheme.indicators[code].maximum.value)}
            for language in ("vi", "en"):
                assert set(numbers_in(said[language], language)) <= allowed, (code, said[language])


@months
def test_what_one_more_point_takes_says_how_much_and_no_other_number(seed: int, readings: Readings) -> None:
    sheet = sheet_of(with_gaps(dice(seed)), readings)
    for line in sheet.lines():
        for code, advice in document_of(sheet, line.agency)["raise"].items():
            points = line.indicators[code].points
            by = set() if advice["by"] is None else {shown(Fraction(advice["by"]))}
            if advice["reason"] == "less_than_one":
                left = decimal_text(Fraction(advice["reach"]) - (points or 0), places=2)
                # What would be written as nothing is said to be less than the least that is written.
                allowed = {"1", left if Fraction(left) else "0.01"}
            else:
                allowed = by
            for language in ("vi", "en"):
                said = set(numbers_in(advice["sentence"][language], language))
                assert by <= said <= allowed, (code, advice)


def numbers_in(sentence: str, language: str) -> Iterator[str]:
    """Its numbers without the marks between thousands, with a decimal point."""
    point, part = (",", ".") if language == "vi" else (".", ",")
    for number in NUMBER.findall(stripped(sentence, language)):
        yield number.strip(".,").replace(part, "").replace(point, ".")


def stripped(sentence: str, language: str) -> str:
    """Without the names of indicators and measures, which are words that hold digits."""
    names = [measure.label.vi if language == "vi" else measure.label.en for measure in SCHEME.measures.values()]
    for name in sorted([*names, *SCHEME.indicators], key=len, reverse=True):
        sentence = sentence.replace(name, "")
    return sentence


def numbers_of(node: dict[str, Any]) -> set[str]:
    """Every value of a part of the tree, as a sentence may write it."""
    found = set()
    for part in leaves(node):
        if part["exact"] is not None:
            value = Fraction(part["exact"])
            found |= {shown(value), decimal_text(value, places=2), decimal_text(100 * value, places=1), shown(100 * value)}
            found |= set(str(value).split("/"))
    return found


def shown(value: Fraction) -> str:
    places = next((n for n in range(40) if 10**n % value.denominator == 0), None)
    return str(value) if places is None else decimal_text(value, places=places)


@months
def test_what_is_said_to_raise_an_indicator_does_so_and_nothing_smaller(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = complete(random)
    sheet = sheet_of(agencies, readings)
    given_here = sheet.agencies[0]
    tree = tree_of(sheet, given_here.code)
    for node in nodes_of(tree):
        if not (isinstance(node, Node) and node.path in SCHEME.indicators) or node.exact is None:
            continue
        advice = raise_of(sheet, node, given_here)
        if advice.by is None or advice.measure is None:
            assert advice.reason is not None
            continue
        for less, reached in ((0, True), (1 if advice.by.denominator == 1 else Fraction(1, 100), False)):
            measure = given_here.measures[advice.measure]
            raised = {**given_here.measures, advice.measure: Fraction(measure or 0) + advice.by - less}
            others = [one for one in sheet.agencies if one.code != given_here.code]
            held = score_with_leader(sheet, [*others, replace(given_here, measures=raised)], node.path)
            assert (held >= node.exact + 1) is reached, (node.path, advice, held, node.exact)


@months
def test_what_can_be_reached_is_had_and_how_is_said_exactly_when_it_is_a_point(seed: int, readings: Readings) -> None:
    sheet = sheet_of(with_gaps(dice(seed)), readings)
    mine = sheet.agencies[0]
    for node in nodes_of(tree_of(sheet, mine.code)):
        if not (isinstance(node, Node) and node.path in sheet.scheme.indicators):
            continue
        advice, indicator = raise_of(sheet, node, mine), sheet.scheme.indicators[node.path]
        most = at_its_most(sheet, node.path, mine)
        reached = node.exact
        if node.state != "not_applicable" and node.exact is not None and most is not None:
            others = [one for one in sheet.agencies if one.code != mine.code]
            reached = score_with_leader(sheet, [*others, replace(mine, measures={**mine.measures, **most})], node.path)
        elif most is None and node.state in ("scored", "settled") and node.exact != indicator.maximum.value:
            reached = None
        assert advice.reach == reached, (node.path, advice)
        assert advice.reason == why_not(node, indicator.formula.measures, reached), (node.path, advice)
        assert (advice.by is None) is (advice.reason is not None)


def why_not(node: Node, measures: tuple[str, ...], reached: Fraction | None) -> str | None:
    """Why no whole point more can be had of an indicator; None where one can."""
    if node.exact is None:
        return "unknown"
    if node.state in ("not_applicable", "not_counted"):
        return node.state
    if "no_events" in node.flags:
        return "no_events"
    if reached is None:
        return "unknown"
    if {"period_tasks", "assigned_tasks", "bonus_points"} & set(measures[:1]):
        return "decided" if measures == ("bonus_points",) else "not_own"
    left = reached - node.exact
    return None if left >= 1 else "less_than_one" if left else "at_maximum"


def at_its_most(sheet: ScoreSheet, code: str, mine: AgencyInput) -> dict[str, Any] | None:
    """The figure that an indicator counts, as high as it can be beside all others; None while that is unknown."""
    measures = sheet.scheme.indicators[code].formula.measures
    if not measures:
        return {}
    counted, *others = measures
    if code in sheet.leaders:
        return {counted: sheet.leaders[code].value or mine.measures[counted]}
    if limit := sheet.scheme.measures[counted].maximum:
        return {counted: limit.value}
    if counted == "speeches":
        return {counted: 5}
    out_of = mine.measures[others[0]]
    taken = {"on_time_tasks": "late_tasks", "late_tasks": "on_time_tasks"}.get(counted)
    if taken is None or not out_of:
        return {counted: out_of}
    less = mine.measures[taken]
    return None if less is None else {counted: Fraction(out_of) - Fraction(less)}


def by_code(agencies: list[AgencyInput]) -> list[AgencyInput]:
    return sorted(agencies, key=lambda one: one.code)


def score_with_leader(sheet: ScoreSheet, agencies: list[AgencyInput], code: str) -> Fraction:
    points = (
        computed(sheet.scheme, PERIOD, by_code(agencies), read_measures(sheet.scheme, by_code(agencies)))
        .line(sheet.agencies[0].code)
        .indicators[code]
        .points
    )
    assert points is not None
    return points


def two_sheets(seed: int, readings: Readings, *, law: str = "") -> tuple[ScoreSheet, ScoreSheet]:
    """Two months of other figures, under readings of their own: the later ones are drawn until ``law`` holds under them."""
    random = dice(seed)
    before, after = with_gaps(random), with_gaps(random)
    other = next(one for one in iter(lambda: some_readings(random), None) if not rightly_broken(law, one))
    return sheet_of(before, readings), sheet_of(after, other)


def rounded(sheet: ScoreSheet, line: AgencyScore) -> Fraction:
    return Fraction(line.total, 10**sheet.scheme.rounding.total_places.value)


def parts_of(change: AgencyChange) -> dict[str, Change]:
    return {"total": change.total_exact, "rank": change.rank, **change.indicators}


@months
def test_the_causes_of_a_change_sum_to_it(seed: int, readings: Readings) -> None:
    before, after = two_sheets(seed, readings)
    for change in changes_of(before, after):
        for part in parts_of(change).values():
            assert sum(part.causes.values()) == part.change
        if change.before and change.after:
            moved = rounded(after, change.after) - rounded(before, change.before)
            assert change.rounding == moved - change.total_exact.change


@months
def test_the_way_back_is_the_exact_negative(seed: int, readings: Readings) -> None:
    """No order in which causes are put in one after another is preferred."""
    before, after = two_sheets(seed, readings)
    for there, back in zip(changes_of(before, after), changes_of(after, before), strict=True):
        assert there.agency == back.agency
        assert there.rounding == -back.rounding
        returned = parts_of(back)
        for name, part in parts_of(there).items():
            assert part.causes == {cause: -share for cause, share in returned[name].causes.items()}, (there.agency, name)


@months
def test_the_indicators_shares_are_the_totals(seed: int, readings: Readings) -> None:
    """No group's maximum binds on possible figures."""
    before, after = two_sheets(seed, readings, law="test_the_indicators_shares_are_the_totals")
    for change in changes_of(before, after):
        for cause in CAUSES:
            shares = [part.causes[cause] for part in change.indicators.values()]
            assert sum(shares, Fraction()) == change.total_exact.causes[cause]


def only(cause: Cause, change: AgencyChange) -> None:
    """Every other cause has no share, of no value."""
    for name, part in parts_of(change).items():
        assert not any(share for other, share in part.causes.items() if other != cause), (change.agency, name, part.causes)
        assert part.causes[cause] == part.change


@months
def test_a_cause_that_changed_nothing_has_no_share(seed: int, readings: Readings) -> None:
    """One body's figures: they are its own share, and the pool's of everybody else, of every indicator."""
    random = dice(seed)
    agencies = with_gaps(random)
    before = sheet_of(agencies, readings)
    at = random.randrange(len(agencies))
    settled = {name: agencies[at].measures[name] for name in agencies[at].settled}
    fresh = complete(random, most=1)[0].measures
    changed = replace(agencies[at], measures={**fresh, **settled})
    if faults_of(before.scheme, [changed]):
        # Fresh figures that contradict a ruling of before are no month.
        return
    after = sheet_of([*agencies[:at], changed, *agencies[at + 1 :]], readings)
    for change in changes_of(before, after):
        only("own" if change.agency == changed.code else "pool", change)


@months
def test_other_readings_of_the_same_figures_are_the_schemes(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = with_gaps(random)
    for change in changes_of(sheet_of(agencies, readings), sheet_of(agencies, some_readings(random))):
        only("scheme", change)


@months
def test_what_is_not_relative_moves_nobody_else(seed: int, readings: Readings) -> None:
    random = dice(seed)
    agencies = with_gaps(random)
    at = random.randrange(len(agencies))
    changed = replace(agencies[at], measures={**agencies[at].measures, "transparency": Fraction(random.randrange(19))})
    after = sheet_of([*agencies[:at], changed, *agencies[at + 1 :]], readings)
    for change in changes_of(sheet_of(agencies, readings), after):
        if change.agency != changed.code:
            assert not any(part.change for name, part in parts_of(change).items() if name != "rank")
            assert not change.moved


def test_a_reading_moves_somebody_through_the_scheme() -> None:
    """The laws above are not empty: other readings and other figures stand side by side."""
    for seed in range(40):
        before, after = two_sheets(seed, IN_FORCE)
        for change in changes_of(before, after):
            if change.total_exact.causes["scheme"] and change.total_exact.causes["own"]:
                return
    pytest.fail("no month in which a reading and a figure moved the same body")


def test_a_sheet_of_the_same_figures_has_no_changes() -> None:
    sheet = sheet_of(with_gaps(dice(7)))
    assert not [change for change in changes_of(sheet, sheet) if change.moved or any(change.total_exact.causes.values())]


def test_a_body_that_comes_or_goes_is_the_whole_change() -> None:
    agencies = complete(dice(11), most=4)
    before, after = sheet_of(agencies[1:]), sheet_of(agencies)
    (arrived,) = [change for change in changes_of(before, after) if change.agency == agencies[0].code]
    assert arrived.before is None
    assert arrived.total_exact.causes["own"] == arrived.total_exact.change == after.line(agencies[0].code).total_exact


def test_an_agency_that_is_not_on_the_sheet_is_not_explained() -> None:
    with pytest.raises(KeyError):
        document_of(sheet_of(complete(dice(3))), "nobody")
