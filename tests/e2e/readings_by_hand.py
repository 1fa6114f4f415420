"""Every other reading computed a second time by hand: from a published sheet's measures and points, and from frozen rows.

Nothing of the product computes here: plain fractions, one body after another, one function a reading, the decision's numbers
written down again. A reading changes some indicators' points; the rest of the body's points stay as they were published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import psycopg
from psycopg.rows import dict_row

FIRST, NEXT = date(2026, 1, 1), date(2026, 2, 1)
NAMED = ("ban chỉ đạo trung ương", "chính phủ", "thủ tướng chính phủ")
Points = dict[str, Fraction]
Row = dict[str, Any]


@dataclass(frozen=True)
class Month:
    """January as it was published, by body, and its frozen rows by dataset."""

    measures: Mapping[str, Mapping[str, Fraction]]
    points: Mapping[str, Points]
    exempt: Mapping[str, set[str]]
    rows: Mapping[str, list[Row]]
    known_at: datetime
    # System 57's tasks as they were first frozen, and as of when.
    locked: tuple[list[Row], datetime]

    def of(self, dataset: str, agency: str) -> Iterator[Row]:
        return (row for row in self.rows[dataset] if row["agency_code"] == agency)


def read_month(sheet: Mapping[str, Any], url: str) -> Month:
    measures, points, exempt = {}, {}, {}
    for line in sheet["agencies"]:
        measures[line["agency"]] = {name: Fraction(value) for name, value in line["measures"].items() if value is not None}
        points[line["agency"]] = {code: Fraction(found["exact"]) for code, found in line["indicators"].items()}
        exempt[line["agency"]] = {code for code, found in line["indicators"].items() if found["state"] == "not_applicable"}
    datasets = ("task_assignment", "database_growth", "reported_records", "investment", "summons")
    with psycopg.connect(url, row_factory=dict_row) as connection:
        frozen = "SELECT DISTINCT ON (source) pk, source, as_of FROM ingest.snapshot WHERE period = '2026-01'"
        frozen += " ORDER BY source, version DESC"
        known_at = {row["source"]: row["as_of"] for row in connection.execute(frozen)}["system57"]
        pks = [row["pk"] for row in connection.execute(frozen)]
        rows = {
            name: list(connection.execute(f"SELECT * FROM ingest.{name} WHERE snapshot_pk = ANY (%s)", [pks]))  # type: ignore[arg-type]
            for name in datasets
        }
        first = "SELECT pk, as_of FROM ingest.snapshot WHERE (period, source, version) = ('2026-01', 'system57', 1)"
        (one,) = connection.execute(first)
        tasks = list(connection.execute("SELECT * FROM ingest.task_assignment WHERE snapshot_pk = %s", [one["pk"]]))
    return Month(measures, points, exempt, rows, known_at, (tasks, one["as_of"]))


def outcomes(month: Month, reading: str, alternative: str) -> dict[str, tuple[str, str, str, int]]:
    """By body total, exact total, grade and rank, as the answers write them."""
    changed = CHANGES.get((reading, alternative), lambda _, __: {})
    exact = {}
    for agency, points in month.points.items():
        own = {code: value for code, value in changed(month, agency).items() if code not in month.exempt[agency]}
        exact[agency] = sum((points | own).values(), Fraction(0))
    if reading == "G-15":
        exact = {agency: total * 100 / applicable(month.exempt[agency]) for agency, total in exact.items()}
    tenths = 10 if reading == "G-3" else 1
    rounded = {agency: Fraction((2 * total * tenths + 1) // 2, tenths) for agency, total in exact.items()}
    graded = exact if reading == "G-4" else rounded
    ranked = rounded if reading == "G-23" else exact
    return {
        agency: (
            f"{rounded[agency].numerator * 10 // rounded[agency].denominator // 10}.{rounded[agency] * 10 % 10}"
            if reading == "G-3"
            else str(rounded[agency]),
            str(exact[agency]),
            next(grade for grade, bound in (("A", 85), ("B", 70), ("C", 50), ("D", 0)) if graded[agency] >= bound),
            1 + sum(other > ranked[agency] for other in ranked.values()),
        )
        for agency in exact
    }


def applicable(exempt: set[str]) -> Fraction:
    worth = {"A1": 18, "A3": 2, "C1": 10, "C2": 10, "D1": 10, "D2": 10, "E1": 5, "E2": 5, "E3": 5, "bonus": 5}
    worth |= {"B2": 4}
    tenths = {"B1": 36, "B3": 44, "B4": 36, "B5": 44}
    whole = sum(most for code, most in worth.items() if code not in exempt)
    return Fraction(10 * whole + sum(most for code, most in tenths.items() if code not in exempt), 10)


def share(done: Any, whole: Any, worth: int, nothing: int) -> Fraction:
    return min(Fraction(1), Fraction(done) / Fraction(whole)) * worth if whole else Fraction(nothing)


def best(values: Mapping[str, Any], agency: str, worth: int) -> Fraction:
    most = max(values.values())
    return Fraction(values[agency]) / most * worth if most else Fraction(0)


def b_table(month: Month, agency: str) -> Points:
    names = ("transparency", "progress", "online_services", "satisfaction")
    given = month.measures[agency]
    four = {f"B{n}": given.get(name, Fraction(0)) / 100 * 25 for n, name in enumerate(names, start=1)}
    return {**four, "B5": Fraction(0)}


def nothing_of(code: str, counted: str, out_of: str, worth: int, nothing: int) -> Callable[[Month, str], Points]:
    def changed(month: Month, agency: str) -> Points:
        given = month.measures[agency]
        if code in month.exempt[agency]:
            return {}
        return {code: share(given[counted], given[out_of], worth, nothing)}

    return changed


def e2(month: Month, agency: str, *, empty: int, reports_count: bool) -> Points:
    given = month.measures[agency]
    if not given["meetings_summoned"]:
        return {"E2": Fraction(empty)}
    full = reports_count and given["thematic_reports"] >= 1
    return {"E2": Fraction(5) if full else min(Fraction(5), given["speeches"])}


def all_or_nothing(month: Month, agency: str) -> Points:
    given = month.measures[agency]
    return {"E3": Fraction(5 if given["kpis_updated"] == given["kpis_required"] else 0)}


def due_of(task: Row) -> date | None:
    extended = task["extended_due_on"] and task["extension_document"] and task["extension_approved_on"]
    if extended and task["extension_approved_on"] <= task["due_on"]:
        return task["extended_due_on"]  # type: ignore[no-any-return]
    return task["due_on"]  # type: ignore[no-any-return]


def done_of(month: Month, task: Row) -> date | None:
    if task["completed_on"] is None or task["reported_at"] is None or task["reported_at"] >= month.known_at:
        return None
    if task["sent_back_at"] is not None and not (task["confirmed_at"] and task["confirmed_at"] > task["sent_back_at"]):
        return None
    return task["completed_on"]  # type: ignore[no-any-return]


def led(month: Month, agency: str) -> Iterator[tuple[Row, date | None, date | None]]:
    """Its tasks with the day due, None where there is none, and the day done."""
    for task in month.of("task_assignment", agency):
        returned = task["returned_accepted_on"]
        if task["role"] == "lead" and task["assigned_on"] < NEXT and not (returned and returned < NEXT):
            dated = task["due_precision"] not in ("continuous", "open")
            yield task, due_of(task) if dated else None, done_of(month, task)


def counts(month: Month, agency: str, wanted: Callable[[Row], bool], *, own: bool = True) -> tuple[int, int, int]:
    """To be done, on time, late; without the month's own late ones where `own` is false."""
    to_do = on_time = late = 0
    for task, due, done in led(month, agency):
        if due is None or due >= NEXT or not wanted(task):
            continue
        to_do += due >= FIRST or done is None or done >= FIRST
        on_time += due >= FIRST and done is not None and done <= due
        late += done is not None and FIRST <= done < NEXT and done > due and (own or due < FIRST)
    return to_do, on_time, late


def backlog_only(month: Month, agency: str) -> Points:
    to_do, _, late = counts(month, agency, lambda _: True, own=False)
    assert to_do == month.measures[agency]["period_tasks"], "the rows give the published denominator"
    return {"A2": share(late, to_do, 9, 0)}


def as_frozen(month: Month, agency: str) -> Points:
    tasks, known_at = month.locked
    before = replace(month, rows={**month.rows, "task_assignment": tasks}, known_at=known_at)
    found = {code: counts(before, code, lambda _: True) for code in month.points}
    to_do, on_time, late = found[agency]
    most = {code: each[0] for code, each in found.items() if "A3" not in month.exempt[code]}
    return {"A1": share(on_time, to_do, 18, 18), "A2": share(late, to_do, 9, 0), "A3": best(most, agency, 2)}


def named_assigners(month: Month, agency: str) -> Points:
    def named(task: Row) -> bool:
        return str(task["assigned_by"]).lower().startswith(NAMED)

    found = {code: counts(month, code, named) for code in month.points}
    to_do, on_time, late = found[agency]
    most = {code: each[0] for code, each in found.items() if "A3" not in month.exempt[code]}
    return {"A1": share(on_time, to_do, 18, 18), "A2": share(late, to_do, 9, 0), "A3": best(most, agency, 2)}


def all_assigned(month: Month, agency: str) -> Points:
    def followed(code: str) -> int:
        return sum(
            done is None or done >= FIRST or (due is not None and FIRST <= due < NEXT) for _, due, done in led(month, code)
        )

    return {"A3": best({code: followed(code) for code in month.points}, agency, 2)}


def listed_only(month: Month, agency: str) -> Points:
    def records(code: str) -> int:
        automatic = {row["database"]: row for row in month.of("database_growth", code) if row["new_records"] is not None}
        reported = {row["database"]: row for row in month.of("reported_records", code) if row["confirmed_at"]}
        return sum(row["new_records"] for row in (reported | automatic).values() if row["listed"])

    return {"C1": best({code: records(code) for code in month.points if "C1" not in month.exempt[code]}, agency, 10)}


def development_only(month: Month, agency: str) -> Points:
    money = [row for row in month.of("investment", agency) if row["budget_kind"] == "development_investment"]
    allocated, disbursed = (sum(row[name] for row in money) for name in ("allocated_vnd", "disbursed_vnd"))
    return {"D2": share(disbursed, allocated, 10, 0)}


def held_in_january(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if FIRST <= row["held_on"] < NEXT]


def attendance(month: Month, agency: str, *, head: bool, held: bool) -> Points:
    level: dict[str | None, int] = defaultdict(int, head=3, acting_head=3, deputy=2, officer=1)
    own = held_in_january(month.of("summons", agency))
    came = [
        row
        for row in own
        if (row["attended_mode"] == "in_person" or (row["attended_mode"] == "online" and row["online_allowed"]))
        and level[row["attended_role"]] >= (3 if head else level[row["required_role"]])
    ]
    everything = {row["meeting_id"] for row in held_in_january(month.rows["summons"])}
    return {"E1": share(len(came), len(everything) if held else len(own), 5, 5)}


CHANGES: dict[tuple[str, str], Callable[[Month, str], Points]] = {
    ("A-1", "named-assigners"): named_assigners,
    ("A-4", "backlog-only"): backlog_only,
    ("A-5", "all-assigned"): all_assigned,
    ("A-6", "zero"): nothing_of("A1", "on_time_tasks", "period_tasks", 18, 0),
    ("A-8", "as-frozen"): as_frozen,
    ("B-1", "table"): b_table,
    ("C-1", "listed-only"): listed_only,
    ("D-3", "full"): nothing_of("D1", "accepted_tasks", "registered_tasks", 10, 10),
    ("D-4", "development-only"): development_only,
    ("D-6", "full"): nothing_of("D2", "disbursed_vnd", "allocated_vnd", 10, 10),
    ("E-1", "head-only"): lambda month, agency: attendance(month, agency, head=True, held=False),
    ("E-1", "table"): lambda month, agency: attendance(month, agency, head=True, held=True),
    ("E-2", "all-held"): lambda month, agency: attendance(month, agency, head=False, held=True),
    ("E-3", "zero"): nothing_of("E1", "meetings_attended", "meetings_summoned", 5, 0),
    ("E-6", "cap-only"): lambda month, agency: e2(month, agency, empty=0, reports_count=False),
    ("E-8", "full"): lambda month, agency: e2(month, agency, empty=5, reports_count=True),
    ("E-9", "all-or-nothing"): all_or_nothing,
    ("E-11", "zero"): nothing_of("E3", "kpis_updated", "kpis_required", 5, 0),
}
TOTALS = (("G-3", "one-decimal"), ("G-4", "exact"), ("G-15", "rescaled"), ("G-23", "published"))
