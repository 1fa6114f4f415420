"""A slip is one row stated wrongly in a page that is whole, until the source mends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.sandbox.content import Content, total
from deploy.sandbox.server import options, running
from deploy.sandbox.slips import Slips
from deploy.sandbox.sources import World
from tests.e2e.planted import KEYS, MONTH, SEED, SOURCE_OF, write
from tests.unit.sandbox.client import Reader, control_of, rows_of

VOLUMES = ("ndxp", "exchange_volumes")
H38 = {"agency": "000.00.00.H38", "source_system": "NDXP"}


@pytest.fixture
def reader() -> Iterator[Reader]:
    with running(options(seed=4585)) as port_file, httpx.Client(timeout=30) as http:
        yield Reader(port_file, http)


def told(reader: Reader, pair: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reader.page(*pair, size=1000).content, parse_float=Decimal)
    return found


def admin(reader: Reader, method: str, path: str = "", **body: Any) -> httpx.Response:
    at = reader.port_file["admin"]
    return httpx.request(method, at["slips_url"] + path, json=body or None, headers={"Authorization": f"Bearer {at['token']}"})


def test_a_slip_changes_one_row_and_the_totals_with_it_until_it_is_mended(reader: Reader) -> None:
    right = told(reader, VOLUMES)
    change = {"transactions": -500_000, "as_provider": -500_000}
    made = admin(reader, "POST", source="ndxp", dataset="exchange_volumes", match=H38, change=change, period="2026-01").json()
    wrong = told(reader, VOLUMES)
    ((one, two),) = [(one, two) for one, two in zip(rows_of(right), rows_of(wrong), strict=True) if one != two]
    assert {name: two[name] - one[name] for name in change} == change
    assert int(control_of(right)["sums"]["transactions"]) - int(control_of(wrong)["sums"]["transactions"]) == 500_000
    assert admin(reader, "DELETE", f"/{made['id']}").json() == []
    assert told(reader, VOLUMES) == right
    assert admin(reader, "DELETE", f"/{made['id']}").status_code == 404


def test_a_row_is_left_out_or_told_otherwise_and_other_months_stay(reader: Reader) -> None:
    right = told(reader, VOLUMES)
    admin(reader, "POST", source="ndxp", dataset="exchange_volumes", match=H38, left_out=True, period="2026-02")
    assert told(reader, VOLUMES) == right
    admin(reader, "POST", source="ndxp", dataset="exchange_volumes", match=H38, set={"failed": 7})
    (row,) = [row for row in rows_of(told(reader, VOLUMES)) if row["agency"] == H38["agency"]]
    assert row["failed"] == 7
    admin(reader, "POST", source="ndxp", dataset="exchange_volumes", match=H38, left_out=True)
    wrong = told(reader, VOLUMES)
    assert control_of(wrong)["rows"] == len(rows_of(wrong)) == len(rows_of(right)) - 1


def test_a_file_of_slips_stands_from_the_start(tmp_path: Path) -> None:
    """The forty of tests.e2e.planted, each in a row of its own, and one row a second time; totals follow, points exactly."""
    path, *_ = write(tmp_path)
    slips = Slips()
    slips.plant_all(path)
    changed, again = 0, 0
    for dataset in KEYS:
        right = SOURCE_OF[dataset].datasets[dataset](World(SEED), MONTH, MONTH.freeze)
        stated = slips.applied(dataset, str(MONTH), right)
        wrong, rows = (set(map(repr, _rows(content))) for content in (stated, right))
        changed += len(rows - wrong)
        again += max(stated.rows - right.rows, 0)
        assert stated.sums == {name: total(row[name] for row in _rows(stated)) for name in right.sums}
    assert (changed, again) == (40, 1)


def test_a_row_is_told_again_under_another_spelling_in_so_many_answers(reader: Reader) -> None:
    pair = ("public_service_portal", "service_scores")
    right = rows_of(told(reader, pair))
    how = {"match": {"departmentCode": "H38"}, "set": {"departmentCode": "h38"}, "again": True, "answers": 2}
    admin(reader, "POST", source=pair[0], dataset=pair[1], **how)
    for _ in range(2):
        *rest, last = rows_of(told(reader, pair))
        assert rest == right
        assert last == {**next(row for row in right if row["departmentCode"] == "H38"), "departmentCode": "h38"}
    assert rows_of(told(reader, pair)) == right
    assert admin(reader, "GET").json() == []


def _rows(content: Content) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(b"[" + content.cut(0, content.rows) + b"]", parse_float=Decimal)
    return found


@pytest.mark.parametrize(
    "body",
    [
        {"source": "ndxp", "dataset": "investments", "match": {"agency": "x"}},
        {"source": "ndxp", "dataset": "exchange_volumes"},
        {"source": "ndxp", "dataset": "exchange_volumes", "match": {"agency": "x"}, "set": 1},
    ],
)
def test_what_is_no_slip_is_refused(reader: Reader, body: dict[str, Any]) -> None:
    refused = admin(reader, "POST", **body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_SLIP")
