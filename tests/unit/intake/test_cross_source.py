"""DQ-03: every figure that a body or its units state and a source counts too is compared, and the finding shows both.

What there is to compare is taken from the form and the scheme's measures, so a new field or measure cannot be forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from services.gateway.reports.form.form import Label, form_for
from services.gateway.reports.form.report import Report, ReportedDatabase, SentReport
from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.rules.checks_figures import FIGURES, Official, observe_figures
from services.gateway.reports.rules.context import AutomaticFigure, Context
from services.gateway.reports.rules.judging import judge
from services.gateway.reports.rules.observing import observe
from services.gateway.reports.rules.rule_types import Rule
from services.gateway.units.compared import figure_findings, officials_of
from services.gateway.units.plans import FEEDS, indicators_of, kind_of
from services.gateway.units.store.records import FrozenSource, OfficialFigure
from shared.law.scheme import scheme_for
from shared.period import Period

PERIOD = "2026-02"
SCHEME, FORM, CATALOGUE = scheme_for(Period.parse(PERIOD)), form_for(PERIOD), catalogue_in_force(PERIOD)
OWN = "agency_report"
SNAPSHOT = "snap_" + "0123456789abcdef" * 4
# Figures of the form, with the measure each feeds and the sources that count the same.
OF_THE_FORM = {("reported_databases", "new_records"): ("digitised_records", {"national_database"})}
# The Ministry's words on a body's own figures count nothing of their own (C-2).
WORDS = "records_review"
# What units state about what sources count: every measure of the indicators that no section of the report feeds.
WATCHED = [code for code in indicators_of(SCHEME) if kind_of(code) == "monitoring"]
OF_UNITS = sorted({name for code in WATCHED for name in SCHEME.indicators[code].formula.measures})


def rule_of(measure: str) -> Rule:
    (found,) = [rule for rule in CATALOGUE.rules if rule.check == FIGURES and measure in rule.list_of("measures")]
    return found


def official(measure: str, value: str | None) -> Official:
    label = SCHEME.measures[measure].label
    source = SCHEME.measures[measure].sources[0]
    return Official(measure, Label(vi=label.vi, en=label.en), None if value is None else Decimal(value), source, SNAPSHOT)


def rules_found(measure: str, said: str | None, counted: str | None) -> list[str]:
    found = figure_findings({measure: said}, {measure: official(measure, counted)}, catalogue=CATALOGUE, form=FORM)
    return [each.rule for each in found]


def test_these_are_all_figures_that_have_two_sources() -> None:
    stated = {(section.name, field.name) for section in FORM.sections for field in section.fields if field.type == "count"}
    assert stated == set(OF_THE_FORM), "a figure of the form without a line in the table"
    also = {name: set(each.sources) - {OWN, WORDS} for name, each in SCHEME.measures.items() if OWN in each.sources}
    # D1 is counted from the rows of the body's own report; no source counts it (reading D-1).
    assert also == {**dict(OF_THE_FORM.values()), "accepted_tasks": set(), "registered_tasks": set()}
    assert set(FEEDS.values()) == {section for section, _ in OF_THE_FORM} | {"registered_tasks"}
    pulled = {name for name, each in SCHEME.measures.items() if OWN not in each.sources}
    assert set(OF_UNITS) == pulled - {"bonus_points"}, "nobody states the bonus: it is decided"


@pytest.mark.parametrize(("section", "field"), OF_THE_FORM)
def test_a_figure_of_the_form_beyond_the_tolerance_is_found_with_both_figures(section: str, field: str) -> None:
    row = ReportedDatabase("db-a", "Dữ liệu hộ tịch (minh họa)", 1_101)
    report = Report(FORM.id, "H38", PERIOD, "1/BC-DEMO", (), (row,), ())
    context = Context(automatic={"db-a": AutomaticFigure("db-a", row.database_name, 1_000, SNAPSHOT)})
    seen = [each for each in observe(report, context, CATALOGUE).observations if each.section == section]
    (found,) = judge(seen, CATALOGUE, SentReport("application/json", {}), form=FORM)
    assert (found.rule, found.severity) == ("database-automatic-gap", "confirm")
    assert (found.pointer, found.seen, found.expected) == (f"/{section}/0/{field}", "1101", "1000")
    for words in (found.message_vi, found.message_en):
        assert all(each in words for each in ("1101", "1000", "+101", SNAPSHOT, "10 %"))
    within = replace(report, reported_databases=(replace(row, new_records=1_100),))
    rules = {each.rule for each in observe(within, context, CATALOGUE).observations if each.section == section}
    assert rules == {"database-automatic-near"}


@pytest.mark.parametrize("measure", OF_UNITS)
def test_a_units_figure_beyond_its_tolerance_is_found_with_both_figures(measure: str) -> None:
    rule = rule_of(measure)
    most = 1_000 * (100 + rule.number("tolerance_percent")) // 100
    given = {measure: official(measure, "1000")}
    (found,) = figure_findings({measure: str(most + 1)}, given, catalogue=CATALOGUE, form=FORM)
    assert (found.rule, found.pointer, found.seen, found.expected) == (rule.id, f"/figures/{measure}", str(most + 1), "1000")
    source, label = SCHEME.measures[measure].sources[0], SCHEME.measures[measure].label
    for words, name in ((found.message_vi, label.vi), (found.message_en, label.en)):
        assert all(each in words for each in (name, str(most + 1), "1000", f"+{most - 999}", source, SNAPSHOT))
    assert rules_found(measure, str(most), "1000") == []
    assert rules_found(measure, str(999 - (most - 1_000)), "1000") == [rule.id], "below as above"
    assert rules_found(measure, "1", "0") == [rule.id], "a true zero of the source is a figure"
    assert rules_found(measure, "0", "0") == []


@pytest.mark.parametrize("measure", OF_UNITS)
def test_what_is_not_known_is_never_compared(measure: str) -> None:
    assert rules_found(measure, None, "1000") == []
    assert rules_found(measure, "1000", None) == []
    assert figure_findings({measure: "1"}, {}, catalogue=CATALOGUE, form=FORM) == ()


def test_a_stricter_catalogue_says_that_the_sources_figure_is_missing() -> None:
    rules = tuple(rule.model_copy(update={"on_missing": "notice"}) for rule in CATALOGUE.rules)
    stricter = CATALOGUE.model_copy(update={"rules": rules})
    (found,) = figure_findings({"late_tasks": "1"}, {"late_tasks": official("late_tasks", None)}, catalogue=stricter, form=FORM)
    assert (found.rule, found.severity, found.pointer) == ("official-count-gap", "notice", "/figures/late_tasks")
    assert "số liệu của nguồn" in found.message_vi


def test_decimals_are_compared_exactly() -> None:
    tolerance = rule_of("progress").number("tolerance_percent")
    assert tolerance == 1
    assert rules_found("progress", "18.7557", "18.57") == []
    assert rules_found("progress", "18.75570000001", "18.57") == ["official-score-gap"]
    assert rules_found("allocated_vnd", str(10**18 + 10**16), str(10**18)) == []
    assert rules_found("allocated_vnd", str(10**18 + 10**16 + 1), str(10**18)) == ["official-money-gap"]


def test_the_source_and_snapshot_are_those_that_are_frozen() -> None:
    counted = {
        "late_tasks": OfficialFigure(measure="late_tasks", value=Decimal(3), source="system57", snapshot_id=SNAPSHOT, version=2)
    }
    frozen = {"system57": FrozenSource(source="system57", snapshot_id=SNAPSHOT, version=2)}
    found = officials_of("A2", SCHEME, counted, frozen)
    assert set(found) == {"late_tasks", "period_tasks"}
    assert (found["late_tasks"].value, found["late_tasks"].snapshot_id) == (Decimal(3), SNAPSHOT)
    assert (found["period_tasks"].value, found["period_tasks"].source) == (None, "system57")
    (seen,) = observe_figures({"late_tasks": "4", "period_tasks": "9"}, found, CATALOGUE)
    assert seen.words["snapshot"] == SNAPSHOT
