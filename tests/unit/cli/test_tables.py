"""What a terminal shows: at every width the result itself stands there whole."""

from __future__ import annotations

import copy
import io
import json
import re
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from services.cli import tables
from shared.holds.declaration import HeldBody, HeldItem, Hold
from shared.law.exact import decimal_text
from shared.period import Period

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "scores-2026-01.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))
    return found


def shown(document: dict[str, Any], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    tables.show(document, on=console)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 100, 110, 160, 250])
def test_no_figure_is_cut_at_any_width(document: dict[str, Any], width: int) -> None:
    lines = {line.split()[2]: line.split() for line in shown(document, width).splitlines() if line.strip()[:1].isdigit()}
    for body in document["agencies"]:
        applies = {code[0] for code, found in body["indicators"].items() if found["state"] not in ("missing", "not_applicable")}
        groups = (body["groups"][group] if group in applies else None for group in "ABCDE")
        points = [*groups, body["indicators"]["bonus"]["points"]]
        # A zero of what does not apply is none of the body's: a dash, as for what is missing.
        figures = [*("–" if each is None else each.replace(".", ",") for each in points), str(body["total"]), body["grade"]]
        assert lines[body["agency"]][-8:] == figures
        exact = Fraction(body["total_exact"])
        assert lines[body["agency"]][:2] == [str(body["rank"]), decimal_text(exact, places=2).replace(".", ",")]


def test_what_holds_a_month_is_told_with_the_points_at_stake() -> None:
    item = HeldItem("d/G06/9", {"database": "d", "new_records": 9})
    bodies = [HeldBody("G06", [item], Fraction(12, 5)), HeldBody("H38", [item, item], None)]
    period = Period.parse("2026-01")
    hold = Hold("open_word", period, "records_review", datetime(2026, 2, 11, tzinfo=UTC), bodies, {}, scored=True)
    title, *lines, settled = tables.hold_lines("2026-01", [hold])
    assert title.startswith("Số liệu C1 do cơ quan báo cáo, chưa có ý kiến của Bộ Công an khi hết hạn")
    assert lines == ["  G06: 1, liên quan 2,40 điểm", "  H38: 2, chưa tính được số điểm liên quan"]
    assert "(hai người)" in settled
    facts = {"indicator": "C2", "measure": "exchange_transactions", "value": 30, "next_value": 10, "moved": 55}
    outlier = Hold("outlier_leader", period, "ndxp", hold.since, [HeldBody("G06", [HeldItem("k", facts)], None)], {}, True)
    assert list(tables.hold_lines("2026-01", [outlier]))[1] == "  G06: C2, 30; đơn vị đứng sau 10"
    assert list(tables.hold_lines("2026-01", [])) == ["Không có việc chờ giải quyết trước khi công bố tháng 01/2026."]


def test_an_awaited_word_and_a_refusal_stand_beside_the_indicator(document: dict[str, Any]) -> None:
    line = copy.deepcopy(document["agencies"][0])
    line["indicators"]["C1"] |= {
        "state": "awaiting_confirmation",
        "awaiting": {"figures": 1, "counted": "0", "open": "9", "points": "2.40", "exact": "12/5"},
        "figures": [{"database_name": "CSDL mẫu", "reported": "5", "word": "refused", "reason": "không khớp hồ sơ"}],
    }
    console = Console(file=io.StringIO(), width=250, force_terminal=False)
    console.print(tables.agency_table(document, line))
    told = str(console.file.getvalue())  # type: ignore[attr-defined]
    assert "1 số liệu chờ ý kiến, liên quan 2,40 điểm" in " ".join(told.split())
    assert "CSDL mẫu: 5, Bộ Công an không chấp nhận: không khớp hồ sơ" in " ".join(told.split())


def test_a_missing_group_is_a_dash_never_zero(document: dict[str, Any]) -> None:
    line = {**document["agencies"][0], "groups": {**document["agencies"][0]["groups"], "C": None}}
    text = shown({**document, "agencies": [line], "provisional": True}, 110)
    assert f" {tables.MISSING} " in text
    assert "TẠM TÍNH" in text


@pytest.mark.parametrize("width", [80, 110, 200])
def test_one_body_sees_the_figures_the_best_and_the_documents(document: dict[str, Any], width: int) -> None:
    line = next(each for each in document["agencies"] if each["agency"] == "G28")
    console = Console(file=io.StringIO(), width=width)
    console.print(tables.agency_table(document, line))
    text = str(console.file.getvalue())  # type: ignore[attr-defined]
    flat = " ".join(text.split())
    assert line["measures"]["exchange_transactions"] in flat
    assert document["leader_values"]["C2"]["value"] in flat
    assert "01/DEMO" in flat
    assert all(found["points"].replace(".", ",") in flat for found in line["indicators"].values())


def test_no_maximum_and_no_figure_is_a_fraction_or_has_a_decimal_point(document: dict[str, Any]) -> None:
    """The document has the exact fractions; who reads the table has decimals, with “…” where one has no end."""
    line = next(each for each in document["agencies"] if each["agency"] == "G28")
    assert "18/5" in {found["max"] for found in line["indicators"].values()}
    console = Console(file=io.StringIO(), width=250)
    console.print(tables.agency_table(document, line))
    text = str(console.file.getvalue())  # type: ignore[attr-defined]
    assert " 3,6 " in text
    assert set(re.findall(r"\b[0-9]+/[0-9]+\b", text)) == {"01/2026"}
    assert not re.search(r"\b[0-9]+\.[0-9]{2}\b", text)


def test_what_came_of_a_command_is_said_in_vietnamese() -> None:
    made = {"run_id": "run_1", "period": "2026-01", "provisional": False, "agrees": True, "value": None}
    assert list(tables.result_lines(made)) == [
        "lần chấm điểm: run_1", "kỳ: 2026-01", "tạm tính: không", "hai công cụ tính điểm trùng khớp: có", "giá trị: –",
    ]  # fmt: skip
    frozen = {"ndxp": {"snapshot_id": "snap_1", "row_count": 56}}
    assert list(tables.result_lines(frozen)) == ["ndxp: bản chốt: snap_1 · số dòng: 56"]
