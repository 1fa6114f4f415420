"""The law file: every number cited, every passage intact, every sum checked, one scheme in force per period."""

import copy
import hashlib
import unicodedata
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.law.law_file import read_law_file
from shared.law.refusals import SchemeInvalid, SchemeNotInForce
from shared.law.scheme import SCHEMES, Scheme, in_order, legal_cutoff, legal_report_deadline, load_schemes, scheme_for
from shared.law.sheet import AgencyInput, score
from shared.period import VIETNAM, Period

JANUARY = Period(2026, 1)
Content = dict[str, Any]


def later_law(content: Content) -> Content:
    """A fabricated successor: from April 2026 on, A3 is worth 4 points and A1 16."""
    changed = copy.deepcopy(content)
    changed["id"] = "qd-test-2026"
    changed["effective"]["from"]["value"] = "2026-04"
    changed["indicators"]["A1"]["maximum"]["value"] = 16
    changed["indicators"]["A1"]["formula"]["worth"]["value"] = 16
    changed["indicators"]["A1"]["when_empty"]["value"] = 16
    changed["indicators"]["A3"]["maximum"]["value"] = 4
    changed["indicators"]["A3"]["formula"]["worth"]["value"] = 4
    return changed


def test_the_packaged_law_loads_and_is_cited() -> None:
    (scheme,) = load_schemes()
    assert (scheme.id, str(scheme.first_period)) == ("qd-4585", "2026-01")
    assert scheme.decision.number == "4585/QĐ-BKHCN"
    assert list(scheme.indicators) == [
        "A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus",
    ]  # fmt: skip
    assert scheme.calendar.cutoff_day.value == 1
    assert scheme.calendar.report_deadline_day.value == 5
    assert scheme.digest.startswith("sha256:")
    assert scheme.content["id"] == "qd-4585"
    assert len(scheme.readings) >= 70


def test_passages_are_nfc_with_their_digest_and_all_are_used() -> None:
    scheme = scheme_for(JANUARY)
    content = dict(scheme.content)
    used = {*named(content, "cite"), *named(content, "words"), *chain.from_iterable(named(content, "grounds"))}
    assert used == set(scheme.passages)
    for passage in scheme.passages.values():
        assert unicodedata.is_normalized("NFC", passage.text)
        assert passage.sha256 == f"sha256:{hashlib.sha256(passage.text.encode()).hexdigest()}"


def named(node: Any, key: str) -> list[Any]:
    """Everything under a key, anywhere."""
    if isinstance(node, dict):
        return [value for name, value in node.items() if name == key and value] + [
            found for value in node.values() for found in named(value, key)
        ]
    return [found for value in node for found in named(value, key)] if isinstance(node, list) else []


def test_every_number_of_the_law_has_a_citation_and_the_walk_finds_all() -> None:
    content = read_law_file(SCHEMES / "qd-4585.yaml")
    numbers = list(cited_numbers(content))
    assert len(numbers) > 60
    for path in numbers:
        broken = copy.deepcopy(content)
        node: Any = broken
        for key in path:
            node = node[key]
        del node["cite"]
        with pytest.raises(SchemeInvalid) as refusal:
            Scheme.of(broken)
        assert ".".join(map(str, path)) in str(refusal.value)


def cited_numbers(node: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(node, dict) and "cite" in node and isinstance(node.get("value"), int | str):
        yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from cited_numbers(child, (*path, key))


def at(content: Content, path: str) -> tuple[Any, Any]:
    """The mapping or list holding a dotted path, and the last key."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    node: Any = content
    for part in way:
        node = node[part]
    return node, last


FAULTS: list[tuple[str, Any, str]] = [
    ("indicators.A1.maximum", 18, "indicators.A1.maximum: the number 18 has no citation"),
    ("indicators.A1.maximum.value", 18.0, "binary float"),
    ("indicators.A1.maximum.value", "18,0", "no exact number"),
    ("indicators.A1.maximum.value", True, "no exact number"),
    ("indicators.A1.maximum.cite", "a99", "'a99' is not among the passages"),
    ("indicators.A1.when_empty.reading", "A-99", "'A-99' is not among the readings"),
    ("readings.A-1.words", "a99", "'a99' is not among the passages"),
    ("readings.G-12.grounds", ["fairness", "b99"], "'b99' is not among the passages"),
    ("passages.a1.text", "Cách tính: khác", "does not have the digest"),
    ("passages.a1.text", unicodedata.normalize("NFD", "Cách tính"), "not in Unicode form NFC"),
    ("passages.a1", "words", "expected item, text and sha256"),
    ("passages", [], "passages: expected a mapping"),
    ("readings", None, "readings: expected a mapping"),
    ("indicators.A1.note", "free text", "Extra inputs are not permitted"),
    ("indicators.A1.label.en", "", "indicators.A1.label.en"),
    ("indicators.A1.formula.shape", "guess", "indicators.A1.formula"),
    ("indicators.A1.group", "Q", "unknown group Q"),
    ("indicators.A1.formula.counted", "tasks", "unknown measure tasks"),
    ("indicators.A1.formula.counted", "progress", "progress must be a count"),
    ("indicators.A1.maximum.value", 17, "the maximum 17 is not worth × portion × share_at_most = 18"),
    ("indicators.A2.formula.portion.value", "1/3", "indicators.A2: the maximum 9 is not"),
    ("indicators.C1.formula.worth.value", 11, "indicators.C1: the maximum 10 is not worth = 11"),
    ("indicators.E2.formula.at_most.value", 4, "indicators.E2: the maximum 5 is not at_most = 4"),
    ("indicators.B1.formula.out_of.value", 90, "indicators.B1: the maximum 18/5 is not the largest transparency = 4"),
    ("indicators.bonus.formula.decided", "speeches", "the measure speeches needs a maximum"),
    ("indicators.A1.when_empty", None, "when_empty belongs to formulas with a denominator"),
    ("indicators.B1.when_empty", {"value": 0, "cite": "b1"}, "when_empty belongs to formulas with a denominator"),
    ("indicators.A1.when_empty.value", 19, "when_empty is above the maximum"),
    ("indicators.A2.shares_maximum_with", "C1", "may share the maximum only"),
    ("indicators.A2.shares_maximum_with", "Q", "may share the maximum only"),
    ("indicators.A2.shares_maximum_with", "A2", "may share the maximum only"),
    ("indicators.A2.shares_maximum_with", "A3", "shares a maximum smaller than its own"),
    ("indicators.A2.shares_maximum_with", None, "groups.A: the maximum 20 is not the sum of its indicators, 29"),
    ("groups.E.maximum.value", 14, "groups.E: the maximum 14 is not the sum of its indicators, 15"),
    ("scale.value", 99, "scale: 99 is not the sum of the groups, 100"),
    ("measures.progress.maximum", None, "measures.progress: a decimal needs a maximum"),
    ("checks.0.counted", ["progress"], "checks.0: unknown or non-count measure progress"),
    ("checks.0.out_of", "q", "checks.0: unknown or non-count measure q"),
    ("checks.0.counted", [], "checks.0"),
    ("grading.grades.0.from.value", 60, "expected bounds from the best grade down"),
    ("grading.grades.3.from.value", 10, "expected bounds from the best grade down"),
    ("grading.grades.3.from.value", -1, "grading.grades.3.from.value"),
    ("rounding.method", "half_even", "rounding.method"),
    ("effective.from.value", "2026-1", "2026-1"),
    ("effective.from.value", 2026, "effective.from.value"),
    ("calendar.time_zone", "UTC", "calendar.time_zone"),
    ("calendar.cutoff_day.value", 29, "calendar.cutoff_day: 29 is no day of every month; expected 1 to 28"),
    ("calendar.report_deadline_day.value", 0, "calendar.report_deadline_day: 0 is no day of every month"),
    ("readings.B-1.alternatives.0.turns", {}, "readings.B-1.alternatives.0: expected what it turns, or why it is not computed"),
    ("readings.A-5.alternatives.0.rows", ["late"], "readings.A-5.alternatives.0: expected what it turns"),
    (
        "readings.B-1.alternatives.0.rows",
        ["late"],
        "rules of counting rows belong to an alternative that is computed from rows",
    ),
    ("readings.G-4.alternatives.0.turns", {"grading.bases": "x"}, "readings.G-4.alternatives.0.turns.grading.bases: Extra"),
    ("readings.G-4.alternatives.0.turns", {"grading.a.b": "x"}, "alternatives.0.turns.grading.a.b: leads nowhere"),
    ("readings.G-4.alternatives.0.turns", {"scale": "x"}, "alternatives.0.turns.scale: only rounding, grading"),
    ("readings.G-4.alternatives.0.turns", {"ranking.by": "luck"}, "alternatives.0.turns.ranking.by: Input should be"),
    ("readings.B-1.alternatives.0.turns", {"indicators.B5.formula": {"shape": "not_counted"}}, "is not nothing = 0"),
    (
        "readings.D-6.alternatives.0.turns",
        {"indicators.D1.when_empty": {"value": 9, "cite": "d1"}},
        "readings.D-6.alternatives.0: another reading turns indicators.D1.when_empty to something else",
    ),
    ("readings.E-1.alternatives.1.id", "head-only", "readings.E-1: the alternative head-only stands twice"),
]


@pytest.mark.parametrize(("path", "value", "said"), FAULTS, ids=[f"{path}={value!r}"[:60] for path, value, _ in FAULTS])
def test_what_is_no_law_is_refused_with_its_place(content: Content, path: str, value: Any, said: str) -> None:
    node, last = at(content, path)
    node[last] = value
    with pytest.raises(SchemeInvalid) as refusal:
        Scheme.of(content, place="law.yaml")
    assert said in str(refusal.value)
    assert all(line.startswith("law.yaml: ") for line in str(refusal.value).split("\n")[:1])
    assert refusal.value.faults


def test_the_digest_follows_the_content_not_the_layout(content: Content, tmp_path: Path) -> None:
    relaid = tmp_path / "other.yaml"
    relaid.write_text("# another comment\n" + yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert load_schemes(tmp_path)[0].digest == scheme_for(JANUARY).digest
    content["indicators"]["A1"]["label"]["en"] = "Another name"
    assert Scheme.of(content).digest != scheme_for(JANUARY).digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "stands twice"),
        ("a: [", "not readable as YAML"),
        ("- 1\n", "expected one mapping"),
        ("\udcff", "not readable"),
    ],
)
def test_files_that_are_no_law(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SchemeInvalid, match=said):
        load_schemes(tmp_path)


def test_a_later_decision_takes_over_and_january_keeps_its_own(content: Content) -> None:
    both = in_order([Scheme.of(later_law(content)), Scheme.of(content)])
    assert [scheme.id for scheme in both] == ["qd-4585", "qd-test-2026"]
    held = {text: scheme_for(Period.parse(text), schemes=both).id for text in ("2026-01", "2026-03", "2026-04", "2031-12")}
    assert held == {"2026-01": "qd-4585", "2026-03": "qd-4585", "2026-04": "qd-test-2026", "2031-12": "qd-test-2026"}
    agency = AgencyInput("X", {"period_tasks": 4, "on_time_tasks": 3, "late_tasks": 0})
    a1 = {
        text: score(scheme_for(Period.parse(text), schemes=both), Period.parse(text), [agency])
        .line("X")
        .indicators["A1"]
        .points
        for text in ("2026-01", "2026-04")
    }
    assert a1 == {"2026-01": 13.5, "2026-04": 12}


def test_months_close_on_the_days_that_their_own_scheme_says(content: Content) -> None:
    later = later_law(content)
    later["calendar"]["cutoff_day"]["value"], later["calendar"]["report_deadline_day"]["value"] = 3, 8
    both = [Scheme.of(content), Scheme.of(later)]
    march, april = Period(2026, 3), Period(2026, 4)
    assert legal_cutoff(march, schemes=both) == datetime(2026, 4, 2, tzinfo=VIETNAM)
    assert legal_report_deadline(march, schemes=both) == datetime(2026, 4, 5, tzinfo=VIETNAM)
    assert legal_cutoff(april, schemes=both) == datetime(2026, 5, 4, tzinfo=VIETNAM)
    assert legal_report_deadline(april, schemes=both) == datetime(2026, 5, 8, tzinfo=VIETNAM)
    with pytest.raises(SchemeNotInForce, match="first period is 2026-01"):
        legal_cutoff(Period(2025, 12), schemes=both)


def test_before_the_first_scheme_nothing_is_in_force(content: Content) -> None:
    with pytest.raises(SchemeNotInForce, match="first period is 2026-01"):
        scheme_for(Period(2025, 12))
    with pytest.raises(SchemeNotInForce, match="no scheme is loaded"):
        scheme_for(JANUARY, schemes=[])


def test_two_schemes_may_not_start_together_or_share_an_id(content: Content, tmp_path: Path) -> None:
    twin = later_law(content)
    twin["effective"]["from"]["value"] = "2026-01"
    with pytest.raises(SchemeInvalid, match="both start with 2026-01"):
        in_order([Scheme.of(content), Scheme.of(twin)])
    again = later_law(content)
    again["id"] = "qd-4585"
    with pytest.raises(SchemeInvalid, match="names two schemes"):
        in_order([Scheme.of(content), Scheme.of(again)])


def test_a_limited_share_other_than_the_whole_is_law_too(content: Content) -> None:
    """`share_at_most` is a number of the law like any other: half the share, half the points."""
    content["indicators"]["D2"]["formula"]["share_at_most"]["value"] = "1/2"
    content["indicators"]["D2"]["formula"]["worth"]["value"] = 20
    scheme = Scheme.of(content)

    def d2(disbursed: int) -> Any:
        figures = {"disbursed_vnd": disbursed, "allocated_vnd": 100}
        return score(scheme, JANUARY, [AgencyInput("X", figures)]).line("X").indicators["D2"]

    assert (d2(40).points, d2(40).flags) == (8, ())
    assert (d2(50).points, d2(50).flags) == (10, ())
    assert (d2(51).points, d2(51).flags) == (10, ("clamped",))


@pytest.fixture
def changed(content: Content) -> Callable[[str, Any], Scheme]:
    def change(path: str, value: Any) -> Scheme:
        node, last = at(content, path)
        node[last] = value
        return Scheme.of(content)

    return change


@pytest.mark.parametrize("points", [0, "7/2"])
@pytest.mark.parametrize(
    ("code", "figures"),
    [
        ("C1", {"digitised_records": 0}),
        ("D1", {"accepted_tasks": 0, "registered_tasks": 0}),
        ("E2", {"speeches": 0, "thematic_reports": 0, "meetings_summoned": 0}),
    ],
)
def test_points_without_events_come_from_the_scheme(
    changed: Callable[[str, Any], Scheme], code: str, figures: dict[str, int], points: Any
) -> None:
    scheme = changed(f"indicators.{code}.when_empty.value", points)
    line = score(scheme, JANUARY, [AgencyInput("X", figures)]).line("X")
    assert str(line.indicators[code].points) == str(points)
