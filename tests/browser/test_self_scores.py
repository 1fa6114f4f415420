"""What a body stated before its month was published, beside the official points, at a page for its people alone (EXP-11)."""

from __future__ import annotations

import asyncio
import json
from fractions import Fraction
from typing import Any

import pytest

from shared.writing import points, signed
from tests.browser.person import Person
from tests.browser.serving import Served
from tests.integration.gateway.seeds import Seeds

HOME, OTHER = "H38", "H12"
PLACE = f"/agencies/{HOME}/periods/2026-01/self-scores"
STATED = {"A1": "15.43", "C1": "0"}


@pytest.fixture(scope="module")
def official(served: Served) -> dict[str, Any]:
    """The body's line of a month published after it had stated its points."""
    served.call("POST", PLACE, served.key("Người soạn", "agency_drafter", agency=HOME), json={"points": STATED})
    made = asyncio.run_coroutine_threadsafe(Seeds(served.database.app_url).publish(version=1), served.loop).result(60)
    found: dict[str, Any] = next(line for line in json.loads(made.json)["agencies"] if line["agency"] == HOME)
    return found


def cells(person: Person, heading: str) -> list[str]:
    row = person.page.get_by_role("row").filter(has=person.page.get_by_role("rowheader", name=heading))
    return [cell.removeprefix(name).strip() for cell, name in zip(
        row.get_by_role("cell").all_inner_texts(), ("Tự đánh giá:", "Chính thức:", "Chênh lệch:"), strict=False)]  # fmt: skip


def test_a_body_reads_its_own_points_beside_the_official_ones(person: Person, served: Served, official: dict[str, Any]) -> None:
    person.signs_in(served.key("Người ký", "agency_signer", agency=HOME))
    person.opens(f"/e-form{PLACE}")
    person.reads("so với phiên bản 1")
    gaps = Fraction(0)
    for code, stated in STATED.items():
        exact = Fraction(official["indicators"][code]["exact"])
        gaps += Fraction(stated) - exact
        assert cells(person, f"{code} ")[:3] == [points(stated), points(str(exact)), signed(str(Fraction(stated) - exact))]
    assert cells(person, "Cộng các chỉ số đã tự đánh giá")[2] == signed(str(gaps))
    # What was not stated is compared with nothing, and is no zero.
    assert cells(person, "A2 ")[::2][:2] == ["–", "–"]
    person.reads("Không so sánh (không tự đánh giá, hoặc thiếu số liệu)")
    assert person.page.get_by_role("button", name="Ghi điểm tự đánh giá").count() == 0
    person.looks("self-score-compared")


def test_nobody_else_finds_it(person: Person, served: Served, official: dict[str, Any]) -> None:
    person.signs_in(served.key("Người soạn khác", "agency_drafter", agency=OTHER))
    assert person.opens(f"/e-form{PLACE}").status == 404
    person.opens(f"/e-form{PLACE.replace(HOME, OTHER)}")
    person.reads("Cơ quan không tự đánh giá trước khi tháng được công bố.")
