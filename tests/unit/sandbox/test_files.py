"""Demo official files of the two internal sources: whole, marked as demo, right in their totals, good for every body."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.sandbox.bodies import codes
from deploy.sandbox.files import main, official_file
from deploy.sandbox.months import FIRST, Month
from deploy.sandbox.national_database import WITHOUT_AUTOMATIC, fed_by
from shared.datasets import agency_reports, government_office

SEED = 4585
MODULES = {"agency_report": agency_reports, "government_office": government_office}
PERIODS = [FIRST, FIRST.plus(1), FIRST.plus(12)]


def content(source: str, period: Month = FIRST) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(official_file(source, period, seed=SEED))
    return found


def rows(source: str, dataset: str, period: Month = FIRST) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content(source, period)["datasets"][dataset]["rows"]
    return found


@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize("source", MODULES)
def test_files_follow_the_contract_strictly(source: str, period: Month) -> None:
    module = MODULES[source]
    found = content(source, period)
    assert set(found) == {"contract", "period", "as_of", "notice", "datasets"}
    assert (found["contract"], found["period"]) == (module.CONTRACT, str(period))
    assert "MÔ PHỎNG" in found["notice"]
    assert set(found["datasets"]) == {dataset.name for dataset in module.DATASETS}
    for dataset in module.DATASETS:
        given = found["datasets"][dataset.name]
        msgspec.convert(given["rows"], type=list[dataset.row], strict=True)  # type: ignore[name-defined]
        keys = [tuple(row[name] for name in (*dataset.key, "agency")) for row in given["rows"]]
        assert keys == sorted(set(keys))
        totals = {name: str(sum(row[name] for row in given["rows"])) for name in dataset.sums}
        assert given["control"] == {"rows": len(given["rows"]), "sums": totals}


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_statements_of_all_56_agree_with_the_rows(period: Month) -> None:
    reports = {row["agency"]: row for row in rows("agency_report", "reports", period)}
    registers = {row["agency"]: row for row in rows("government_office", "registers", period)}
    assert set(reports) == set(registers) == set(codes())
    pairs = [
        (reports, "registered_tasks", "agency_report", "registered_tasks"),
        (reports, "reported_databases", "agency_report", "reported_records"),
        (registers, "summonses", "government_office", "summonses"),
        (registers, "speeches", "government_office", "speeches"),
        (registers, "initiatives", "government_office", "initiatives"),
    ]
    for stated, name, source, dataset in pairs:
        counted = Counter(row["agency"] for row in rows(source, dataset, period))
        assert {code: row[name] for code, row in stated.items()} == {code: counted[code] for code in codes()}


def test_bodies_without_automatic_figures_report_all_their_databases_confirmed() -> None:
    reported = rows("agency_report", "reported_records")
    for code in WITHOUT_AUTOMATIC:
        own = [row for row in reported if row["agency"] == code]
        assert {row["database"] for row in own} == {database.code for database in fed_by(code)}
        assert all(row["confirmed_at"] and row["confirmed_by"] for row in own)
    others = [row for row in reported if row["agency"] not in WITHOUT_AUTOMATIC]
    assert any(row["confirmed_at"] for row in others)
    assert any(row["confirmed_at"] is None for row in others)


def test_reports_are_in_before_day_05() -> None:
    assert all("2026-02-01T" <= row["submitted_at"] < "2026-02-05T" for row in rows("agency_report", "reports"))


def test_acceptances_grow_through_the_year_and_nothing_is_accepted_later_than_the_period() -> None:
    accepted = []
    for shift in range(12):
        found = rows("agency_report", "registered_tasks", FIRST.plus(shift))
        days = [row["accepted_on"] for row in found if row["accepted_on"]]
        assert max(days) <= FIRST.plus(shift).last.isoformat()
        accepted.append(len(days))
    assert accepted == sorted(accepted)
    assert accepted[0] < accepted[-1]


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_speeches_belong_to_meetings_the_body_was_at(period: Month) -> None:
    attended = {
        (row["meeting_id"], row["agency"]): row["attended_role"] for row in rows("government_office", "summonses", period)
    }
    for speech in rows("government_office", "speeches", period):
        assert attended[speech["meeting_id"], speech["agency"]] == speech["speaker_role"]
        assert not speech["qualifying"] or speech["speaker_role"] in ("head", "acting_head")


def test_every_kind_of_attendance_and_speech_is_there() -> None:
    found = {
        (row["required_role"], row["attended_role"], row["attended_mode"]) for row in rows("government_office", "summonses")
    }
    assert {role for _, role, _ in found} == {"head", "acting_head", "deputy", "officer", None}
    assert {mode for _, _, mode in found} == {"in_person", "online", None}
    speeches = rows("government_office", "speeches")
    assert {row["kind"] for row in speeches} == {"speech", "thematic_report"}
    assert {row["qualifying"] for row in speeches} == {True, False}


def test_a_body_without_tasks_and_one_without_meetings() -> None:
    assert 0 in {row["registered_tasks"] for row in rows("agency_report", "reports")}
    assert 0 in {row["summonses"] for row in rows("government_office", "registers")}


def test_the_command_writes_both_files_the_same_every_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["agency_report-2026-01.json", "government_office-2026-01.json"]
    written = []
    for directory in ("one", "two"):
        assert main(["2026-01", str(tmp_path / directory)]) == 0
        assert capsys.readouterr().out.split() == [str(tmp_path / directory / name) for name in names]
        written.append([(tmp_path / directory / name).read_bytes() for name in names])
    assert written[0] == written[1]
    assert main(["2026-01", str(tmp_path / "other"), "--seed", "7"]) == 0
    assert (tmp_path / "other" / names[0]).read_bytes() != written[0][0]


@pytest.mark.parametrize("period", ["2025-12", "2026-1", "january"])
def test_periods_outside_the_world_are_refused(tmp_path: Path, period: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main([period, str(tmp_path)])
    assert refused.value.code == 2
