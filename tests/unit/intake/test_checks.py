"""Every rule of the catalogue, firing and not firing, and what happens when its context is not known (DQ-03…05)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import Narrative, Observation, RegisteredTask, Report, ReportedDatabase, SentReport
from services.gateway.reports.rules.catalogue import catalogue_in_force, parse_catalogue
from services.gateway.reports.rules.checks import CHECKS
from services.gateway.reports.rules.checks_databases import beyond
from services.gateway.reports.rules.checks_text import is_trial
from services.gateway.reports.rules.context import AutomaticFigure, Context, EarlierFigure, EarlierTask
from services.gateway.reports.rules.impact import Impact, impact
from services.gateway.reports.rules.judging import judge, unapplied
from services.gateway.reports.rules.observing import observe
from services.gateway.reports.rules.remembering import Former, context_after, first_month_needed
from services.gateway.reports.rules.rule_types import Catalogue
from tests.unit.intake.test_catalogue import document, rule_in, with_rule

CATALOGUE, FIRST = catalogue_in_force("2026-03"), catalogue_in_force("2026-01")
OPEN = RegisteredTask("NV-1", "Nền tảng dữ liệu mở cấp xã", date(2026, 1, 5), None, None)
DONE = RegisteredTask("NV-2", "Trợ lý ảo cho bộ phận một cửa", date(2026, 1, 6), date(2026, 2, 20), "2/BB-DEMO")
ROW = ReportedDatabase("db-a", "Dữ liệu hộ tịch", 5_000)
SOUND = Report(
    "monthly-report/1", "H38", "2026-03", "3/BC-DEMO", (OPEN, DONE), (ROW,), (Narrative("D1", "public", "Đúng tiến độ."),)
)


def earlier(task: RegisteredTask, **changes: Any) -> EarlierTask:
    former = EarlierTask(task.task_code, task.title, task.registered_on, task.accepted_on, "2026-02", "demo")
    return replace(former, **changes)


def automatic(records: int | None) -> dict[str, AutomaticFigure]:
    return {"db-a": AutomaticFigure("db-a", "Dữ liệu hộ tịch", records, "snap_demo")}


KNOWN = Context(
    agency="H38",
    period="2026-03",
    earlier={"NV-1": earlier(OPEN), "NV-2": earlier(DONE)},
    automatic={},
    former_records={"db-a": 5_000},
    history={"db-a": (EarlierFigure("2026-02", 5_000),)},
)


def found(report: Report = SOUND, context: Context = KNOWN, catalogue: Catalogue = CATALOGUE) -> list[Observation]:
    return list(observe(report, context, catalogue).observations)


def history(**figures: int) -> dict[str, tuple[EarlierFigure, ...]]:
    """Of one database, by month: ``m2026_01=7``."""
    return {"db-a": tuple(EarlierFigure(month[1:].replace("_", "-"), count) for month, count in figures.items())}


def tasks(*rows: RegisteredTask) -> Report:
    return replace(SOUND, registered_tasks=rows)


def first(**changes: Any) -> Report:
    return tasks(replace(OPEN, **changes), DONE)


def second(**changes: Any) -> Report:
    return tasks(OPEN, replace(DONE, **changes))


def also(**changes: Any) -> Report:
    """A third task, registered this month, that is sound but for the changes."""
    third = RegisteredTask("NV-3", "Bản đồ số công trình ngầm", date(2026, 3, 2), None, None)
    return tasks(OPEN, DONE, replace(third, **changes))


def databases(*rows: ReportedDatabase) -> Report:
    return replace(SOUND, reported_databases=rows)


def records(count: int) -> Report:
    return databases(replace(ROW, new_records=count))


def before(**changes: Any) -> Context:
    return replace(KNOWN, **changes)


def former(**changes: EarlierTask) -> Context:
    return before(earlier={task.task_code: task for task in changes.values()})


def test_a_sound_report_has_no_findings() -> None:
    assert found() == []
    assert observe(SOUND, KNOWN, CATALOGUE).unchecked == ()


DAY = date(2026, 3, 15)
# rule, report and context that make it fire, what else then fires, place and value seen; then a near miss.
FIRING: list[tuple[str, Report, Context, set[str], tuple[str, int | None, str | None, str | None], Report, Context]] = [
    ("report-agency", replace(SOUND, agency="H39"), KNOWN, set(), ("report", 0, "agency", "H39"), SOUND, KNOWN),
    (
        "report-period",
        replace(SOUND, period="2026-04"),
        KNOWN,
        set(),
        ("report", 0, "period", "2026-04"),
        SOUND,
        KNOWN,
    ),
    (
        "task-registered-after-period",
        also(registered_on=date(2026, 4, 1)),
        KNOWN,
        set(),
        ("registered_tasks", 2, "registered_on", "2026-04-01"),
        also(registered_on=date(2026, 3, 31)),
        KNOWN,
    ),
    (
        "task-registered-long-ago",
        first(registered_on=date(2015, 12, 31)),
        former(a=earlier(OPEN, registered_on=date(2015, 12, 31)), b=earlier(DONE)),
        set(),
        ("registered_tasks", 0, "registered_on", "2015-12-31"),
        first(registered_on=date(2016, 1, 1)),
        former(a=earlier(OPEN, registered_on=date(2016, 1, 1)), b=earlier(DONE)),
    ),
    (
        "task-accepted-before-registered",
        also(accepted_on=date(2026, 3, 1), acceptance_document="9/BB"),
        KNOWN,
        set(),
        ("registered_tasks", 2, "accepted_on", "2026-03-01"),
        also(accepted_on=date(2026, 3, 2), acceptance_document="9/BB"),
        KNOWN,
    ),
    (
        "task-accepted-after-period",
        also(accepted_on=date(2026, 4, 1), acceptance_document="9/BB"),
        KNOWN,
        set(),
        ("registered_tasks", 2, "accepted_on", "2026-04-01"),
        also(accepted_on=date(2026, 3, 31), acceptance_document="9/BB"),
        KNOWN,
    ),
    (
        "task-accepted-in-earlier-year",
        tasks(OPEN, DONE, RegisteredTask("NV-9", "Cổng dữ liệu giao thông", date(2025, 3, 1), date(2025, 12, 31), "9/BB")),
        former(
            a=earlier(OPEN),
            b=earlier(DONE),
            c=EarlierTask("NV-9", "Cổng dữ liệu giao thông", date(2025, 3, 1), date(2025, 12, 31), "2026-02", "demo"),
        ),
        set(),
        ("registered_tasks", 2, "accepted_on", "2025-12-31"),
        tasks(OPEN, DONE, RegisteredTask("NV-9", "Cổng dữ liệu giao thông", date(2025, 3, 1), date(2026, 1, 1), "9/BB")),
        former(
            a=earlier(OPEN),
            b=earlier(DONE),
            c=EarlierTask("NV-9", "Cổng dữ liệu giao thông", date(2025, 3, 1), date(2026, 1, 1), "2026-02", "demo"),
        ),
    ),
    (
        "task-acceptance-without-document",
        second(acceptance_document=None),
        KNOWN,
        set(),
        ("registered_tasks", 1, "acceptance_document", None),
        SOUND,
        KNOWN,
    ),
    (
        "task-document-without-acceptance",
        first(acceptance_document="4/BB"),
        KNOWN,
        set(),
        ("registered_tasks", 0, "acceptance_document", "4/BB"),
        SOUND,
        KNOWN,
    ),
    (
        "task-acceptance-document-shared",
        also(accepted_on=DAY, acceptance_document="2/bb-demo"),
        KNOWN,
        set(),
        ("registered_tasks", 2, "accepted_on", "2026-03-15"),
        tasks(
            OPEN,
            DONE,
            RegisteredTask("NV-3", "Bản đồ số công trình ngầm", date(2026, 3, 2), DAY, "7/BB"),
            RegisteredTask("NV-4", "Giám sát chất lượng nước hồ", date(2026, 3, 2), DAY, "7/BB"),
        ),
        KNOWN,
    ),
    ("tasks-none", tasks(), before(earlier={}), set(), ("registered_tasks", None, None, "0"), tasks(OPEN), before(earlier={})),
    (
        "task-code-similar",
        also(task_code="nv 1"),
        KNOWN,
        set(),
        ("registered_tasks", 2, "task_code", "nv 1"),
        also(task_code="NV-11"),
        KNOWN,
    ),
    (
        "task-gone",
        tasks(OPEN, replace(DONE, task_code="NV-7", registered_on=DAY, accepted_on=DAY)),
        KNOWN,
        set(),
        ("registered_tasks", None, None, None),
        SOUND,
        KNOWN,
    ),
    (
        "task-registration-changed",
        first(registered_on=date(2026, 1, 4)),
        KNOWN,
        set(),
        ("registered_tasks", 0, "registered_on", "2026-01-04"),
        SOUND,
        KNOWN,
    ),
    (
        "task-acceptance-changed",
        second(accepted_on=date(2026, 2, 21)),
        KNOWN,
        set(),
        ("registered_tasks", 1, "accepted_on", "2026-02-21"),
        SOUND,
        KNOWN,
    ),
    (
        "task-acceptance-withdrawn",
        second(accepted_on=None, acceptance_document=None),
        KNOWN,
        {"accepted-count-fell"},
        ("registered_tasks", 1, "accepted_on", None),
        SOUND,
        KNOWN,
    ),
    (
        "task-acceptance-backdated",
        first(accepted_on=date(2026, 2, 28), acceptance_document="8/BB"),
        KNOWN,
        set(),
        ("registered_tasks", 0, "accepted_on", "2026-02-28"),
        first(accepted_on=date(2026, 3, 1), acceptance_document="8/BB"),
        KNOWN,
    ),
    (
        "task-appeared-late",
        also(registered_on=date(2026, 2, 28)),
        KNOWN,
        set(),
        ("registered_tasks", 2, "registered_on", "2026-02-28"),
        also(registered_on=date(2026, 2, 28)),
        before(earlier={}),
    ),
    (
        "task-title-changed",
        first(title="Một tên gọi hoàn toàn khác"),
        KNOWN,
        set(),
        ("registered_tasks", 0, "title", "Một tên gọi hoàn toàn khác"),
        first(title="NỀN TẢNG  dữ liệu mở cấp xã."),
        KNOWN,
    ),
    (
        "registered-count-fell",
        tasks(DONE),
        KNOWN,
        {"task-gone"},
        ("registered_tasks", None, None, "1"),
        also(),
        KNOWN,
    ),
    (
        "accepted-count-fell",
        tasks(OPEN, replace(OPEN, task_code="NV-8", title="Số hóa tư liệu bảo tàng", registered_on=DAY)),
        KNOWN,
        {"task-gone"},
        ("registered_tasks", None, None, "0"),
        SOUND,
        KNOWN,
    ),
    (
        "task-document-changed",
        second(acceptance_document="3/BB-DEMO"),
        former(a=earlier(OPEN), b=earlier(DONE, acceptance_document="2/BB-DEMO")),
        set(),
        ("registered_tasks", 1, "acceptance_document", "3/BB-DEMO"),
        second(acceptance_document="2 bb demo"),
        former(a=earlier(OPEN), b=earlier(DONE, acceptance_document="2/BB-DEMO")),
    ),
    (
        "database-automatic",
        SOUND,
        before(automatic=automatic(5_000)),
        set(),
        ("reported_databases", 0, "new_records", "5000"),
        SOUND,
        before(automatic=automatic(None)),
    ),
    (
        "database-automatic-near",
        records(5_500),
        before(automatic=automatic(5_000)),
        set(),
        ("reported_databases", 0, "new_records", "5500"),
        SOUND,
        before(automatic=automatic(5_000)),
    ),
    (
        "database-automatic-gap",
        records(5_501),
        before(automatic=automatic(5_000)),
        set(),
        ("reported_databases", 0, "new_records", "5501"),
        records(5_500),
        before(automatic=automatic(5_000)),
    ),
    (
        "database-jump",
        records(50_000),
        KNOWN,
        set(),
        ("reported_databases", 0, "new_records", "50000"),
        records(49_999),
        KNOWN,
    ),
    (
        "database-gone",
        databases(),
        KNOWN,
        set(),
        ("reported_databases", None, None, None),
        databases(),
        before(automatic=automatic(7)),
    ),
    (
        "database-zero",
        records(0),
        before(history={}),
        set(),
        ("reported_databases", 0, "new_records", "0"),
        records(1),
        before(history={}),
    ),
    (
        "task-title-repeated",
        also(title=OPEN.title.upper()),
        KNOWN,
        set(),
        ("registered_tasks", 2, "title", OPEN.title.upper()),
        also(title=f"{OPEN.title} giai đoạn 2"),
        KNOWN,
    ),
    (
        "task-title-short",
        also(title="Cầu số 77"),
        KNOWN,
        set(),
        ("registered_tasks", 2, "title", "Cầu số 77"),
        also(title="Cầu số 778"),
        KNOWN,
    ),
    (
        "task-title-trial",
        also(title="Nhiệm vụ thử 12"),
        KNOWN,
        set(),
        ("registered_tasks", 2, "title", "Nhiệm vụ thử 12"),
        also(title="Nhiệm vụ thu 12"),
        KNOWN,
    ),
    (
        "database-name-repeated",
        databases(ROW, replace(ROW, database="db-b", database_name="dữ liệu hộ tịch")),
        KNOWN,
        set(),
        ("reported_databases", 1, "database_name", "dữ liệu hộ tịch"),
        databases(ROW, replace(ROW, database="db-b", database_name="Dữ liệu hộ tịch số")),
        KNOWN,
    ),
    (
        "narrative-trial",
        replace(SOUND, narratives=(Narrative("general", "private", "Test 1"),)),
        KNOWN,
        set(),
        ("narratives", 0, "text", "Test 1"),
        replace(SOUND, narratives=(Narrative("general", "private", "Đã test với 3 xã."),)),
        KNOWN,
    ),
]


@pytest.mark.parametrize(
    ("rule", "report", "context", "beside", "place", "miss", "missed"), FIRING, ids=[case[0] for case in FIRING]
)
def test_a_rule_fires_where_it_must_and_not_beside(
    rule: str,
    report: Report,
    context: Context,
    beside: set[str],
    place: tuple[str, int | None, str | None, str | None],
    miss: Report,
    missed: Context,
) -> None:
    observed = found(report, context)
    assert {each.rule for each in observed} == {rule, *beside}
    (seen,) = [each for each in observed if each.rule == rule]
    assert (seen.section, seen.ordinal, seen.field, seen.seen) == place
    assert rule not in {each.rule for each in found(miss, missed)}


def test_every_rule_with_a_check_has_its_case() -> None:
    assert sorted(case[0] for case in FIRING) == sorted(rule.id for rule in CATALOGUE.rules if rule.check in CHECKS)


NEEDING = sorted(rule.id for rule in CATALOGUE.rules if rule.check in CHECKS and CHECKS[rule.check].needs)


@pytest.mark.parametrize("rule", NEEDING)
def test_without_its_context_a_rule_is_said_to_be_unchecked(rule: str) -> None:
    """Nothing is taken for zero: the case that fires with the context is named as unchecked without it."""
    case = next(case for case in FIRING if case[0] == rule)
    observed = observe(case[1], Context(), CATALOGUE)
    assert rule not in {each.rule for each in observed.observations}
    assert observed.unchecked == tuple(each.id for each in CATALOGUE.rules if each.id in NEEDING)


@pytest.mark.parametrize("on_missing", ["notice", "fatal"])
def test_a_catalogue_may_want_more_than_silence(on_missing: str) -> None:
    stricter = parse_catalogue(with_rule("database-automatic", on_missing=on_missing))
    observed = observe(SOUND, before(automatic=None), stricter)
    assert [(each.rule, each.missing) for each in observed.observations] == [("database-automatic", "automatic")]


@pytest.mark.parametrize("catalogue", [FIRST, CATALOGUE], ids=lambda each: each.id)
@pytest.mark.parametrize(
    ("now", "then", "jumps"),
    [(1_000, 100, True), (999, 100, False), (100, 1_000, True), (101, 1_000, False), (0, 100, True), (0, 99, False),
     (90, 1, False), (100, 10, True), (100, 0, True), (0, 0, False), (100, 100, False)],
)  # fmt: skip
def test_ten_times_is_exact_and_small_figures_do_not_jump(now: int, then: int, jumps: bool, catalogue: Catalogue) -> None:  # noqa: FBT001 - a table's column
    """With one month before, its figure is the median; the first catalogue compared with the last figure."""
    context = before(former_records={"db-a": then}, history=history(m2026_02=then))
    rules = {each.rule for each in found(records(now), context, catalogue)}
    assert ("database-jump" in rules) == jumps


# The last figure alone would say the contrary in every one of these.
@pytest.mark.parametrize(
    ("figures", "now", "middle", "window"),
    [
        ({"m2026_01": 100, "m2026_02": 5_000}, 25_500, "2550", "2026-01…2026-02"),
        ({"m2025_11": 500, "m2025_12": 501, "m2026_02": 9_000, "m2026_01": 4}, 5_005, "500.5", "2025-11…2026-02"),
        (
            {"m2025_04": 300, "m2025_06": 310, "m2025_07": 290, "m2026_02": 4_000},
            3_050,
            "305",
            "2025-04, 2025-06…2025-07, 2026-02",
        ),
        ({"m2026_01": 5_000, "m2026_02": 100, "m2025_12": 5_000}, 500, "5000", "2025-12…2026-02"),
        ({"m2025_02": 1, "m2025_03": 400}, 4_000, "400", "2025-03"),
        ({"m2025_12": 0, "m2026_01": 0, "m2026_02": 90}, 100, "0", "2025-12…2026-02"),
    ],
)
def test_a_jump_is_over_the_exact_median_of_the_window(figures: dict[str, int], now: int, middle: str, window: str) -> None:
    context = before(history=history(**dict(sorted(figures.items()))))
    (seen,) = [each for each in found(records(now), context) if each.rule == "database-jump"]
    assert (seen.seen, seen.expected, seen.words["median"], seen.words["window"]) == (str(now), middle, middle, window)
    assert seen.words["count"] == str(len([month for month in figures if month >= "m2025_03"]))
    just_short = now - 1 if now > float(middle) else now + 1
    assert "database-jump" not in {each.rule for each in found(records(just_short), context)}
    (told,) = judge([seen], CATALOGUE, SentReport("application/json", {}), form=form_for("2026-03"))
    assert told.severity == "confirm"
    assert all(words in told.message_en for words in (str(now), middle, window, f"of {seen.words['count']} months"))
    assert all(words in told.message_vi for words in (middle.replace(".", ","), window, f"{seen.words['count']} tháng"))


def test_without_an_accepted_figure_in_the_window_the_rule_says_that_it_does_not_apply() -> None:
    two = databases(ROW, replace(ROW, database="db-b", database_name="Dữ liệu đất đai", new_records=10**9))
    observed = observe(two, before(history=history(m2025_02=1, m2025_03=5_000)), CATALOGUE)
    assert observed.observations == ()
    (idle,) = unapplied(observed.not_applicable, CATALOGUE)
    assert (idle.rule, idle.rows) == ("database-jump", ("db-b",))
    assert "2025-03…2026-02" in idle.message_vi
    assert "2025-03…2026-02" in idle.message_en
    nothing_known = observe(two, before(history=None), CATALOGUE)
    assert (nothing_known.not_applicable, nothing_known.unchecked) == ((), ("database-jump",)), "not known is not none there"


def test_the_window_decides_which_reports_are_needed() -> None:
    assert first_month_needed("2026-03", [CATALOGUE]) == "2025-03"
    assert first_month_needed("2026-03", [FIRST]) == "2026-01"
    assert first_month_needed("2026-12", [FIRST, CATALOGUE]) == "2025-12"


@pytest.mark.parametrize(
    ("reported", "figure", "far"),
    [(110, 100, False), (111, 100, True), (90, 100, False), (89, 100, True), (1, 0, True), (0, 0, False)],
)
def test_the_tolerance_is_exact(reported: int, figure: int, far: bool) -> None:  # noqa: FBT001 - a table's column
    assert beyond(reported, figure, percent=10) == far


@pytest.mark.parametrize(
    ("text", "trial"),
    [
        ("test", True), ("TEST 123", True), ("Nhiệm vụ demo", True), ("Thử nghiệm", True), ("abc xyz", True),
        ("This is a test", True),
        ("Nghiên cứu thử nghiệm giống lúa", False), ("Nhiệm vụ 1", False), ("123", False), ("Bộ kit test nhanh", False),
        ("Contest", False), ("", False),
    ],
)  # fmt: skip
def test_a_trial_is_nothing_but_trial_words(text: str, trial: bool) -> None:  # noqa: FBT001 - a table's column
    rule = CATALOGUE.rule("task-title-trial")
    assert is_trial(text, rule.list_of("trial"), rule.list_of("beside")) == trial


def test_the_last_report_is_history_of_its_own_year_only() -> None:
    last = Former("2026-03", "x", SOUND)
    same, next_year = (context_after([last], agency="H38", period=period) for period in ("2026-04", "2027-01"))
    assert same.earlier is not None
    assert same.earlier["NV-2"] == EarlierTask(
        "NV-2", DONE.title, DONE.registered_on, DONE.accepted_on, "2026-03", "x", DONE.acceptance_document
    )
    assert next_year.earlier == {}
    assert same.former_records == next_year.former_records == {"db-a": 5_000}


def test_a_longer_window_changes_nothing_but_the_history() -> None:
    """What was reported a year ago and no more since is not gone again every month."""
    old = Former("2025-11", "a", databases(ROW, replace(ROW, database="db-old")))
    new = Former("2026-02", "b", databases(replace(ROW, new_records=6_000)))
    context = context_after([new, old], agency="H38", period="2026-03")
    assert context.former_records == {"db-a": 6_000}
    assert context.history == {
        "db-a": (EarlierFigure("2025-11", 5_000), EarlierFigure("2026-02", 6_000)),
        "db-old": (EarlierFigure("2025-11", 5_000),),
    }
    alone = context_after([old], agency="H38", period="2026-03")
    assert (alone.earlier, alone.former_records) == ({}, {"db-a": 5_000, "db-old": 5_000})


# What another catalogue would do (DQ-09)


def test_a_stricter_catalogue_is_seen_to_stop_reports_before_it_does() -> None:
    stricter = document(id="report-rules-3")
    rule_in(stricter, "task-title-short").update(severity="confirm", parameters={"letters": 28})
    rule_in(stricter, "database-zero")["severity"] = "fatal"
    new = parse_catalogue(stricter)
    reports = [("sub_1", SOUND, KNOWN), ("sub_2", records(0), before(history={})), ("sub_3", also(), KNOWN)]
    assert impact(reports, former=CATALOGUE, new=new) == (
        Impact("sub_1", (), ("task-title-short",)),
        Impact("sub_2", ("database-zero",), ("task-title-short",)),
        Impact("sub_3", (), ("task-title-short",)),
    )


def test_what_was_stopped_before_is_nothing_new_but_a_confirmation_made_fatal_is() -> None:
    harder = parse_catalogue(with_rule("tasks-none", severity="fatal"))
    softer = parse_catalogue(with_rule("tasks-none", severity="notice"))
    empty = [("sub_1", tasks(), before(earlier={}))]
    assert impact(empty, former=CATALOGUE, new=CATALOGUE) == ()
    assert impact(empty, former=CATALOGUE, new=harder) == (Impact("sub_1", ("tasks-none",), ()),)
    assert impact(empty, former=harder, new=CATALOGUE) == ()
    assert impact(empty, former=CATALOGUE, new=softer) == ()


def test_a_rule_of_another_name_for_the_same_check_is_nothing_new() -> None:
    renamed = document(id="report-rules-3")
    rule_in(renamed, "tasks-none").update(id="plan-empty", anchor="plan-empty")
    assert impact([("sub_1", tasks(), before(earlier={}))], former=CATALOGUE, new=parse_catalogue(renamed)) == ()


def test_missing_context_made_fatal_is_an_impact_and_dates_are_kept() -> None:
    unknowing = [("sub_1", SOUND, before(automatic=None))]
    strict = parse_catalogue(with_rule("database-automatic", on_missing="fatal"))
    later = parse_catalogue(with_rule("database-automatic", on_missing="fatal", valid_from="2026-04"))
    assert impact(unknowing, former=CATALOGUE, new=strict) == (Impact("sub_1", ("database-automatic",), ()),)
    assert impact(unknowing, former=CATALOGUE, new=later) == ()


def make_many(make: Callable[[int], RegisteredTask]) -> Report:
    return tasks(*(make(number) for number in range(3)))


def test_every_row_is_checked_not_only_the_first() -> None:
    many = make_many(
        lambda number: replace(DONE, task_code=f"T-{number}", title=f"Đề tài trình diễn {number}", acceptance_document=None)
    )
    ordinals = [each.ordinal for each in found(many, before(earlier={})) if each.rule == "task-acceptance-without-document"]
    assert ordinals == [0, 1, 2]
