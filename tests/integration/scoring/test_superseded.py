"""The published table says what superseding versions took in, body by body, and what became of rows put aside (ADR 28, 29)."""

from __future__ import annotations

import json
from typing import Any

from services.scoring.store import bodies_with_rows
from services.scoring.superseded import Superseded, superseded
from shared.datasets import DATASETS
from tests.integration.scoring.conftest import Months
from tests.integration.second_engine.rows import Month

PORTAL, REPORTS, WORDS, VOLUMES = "public_service_portal", "agency_report", "records_review", "ndxp"
GROUPS = dict.fromkeys(("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh", "total"), 1)

WRONG = {"field": "tdgq", "check": "portal_maximum", "seen": "20.5", "expected": "0 to 20 points"}


async def told(month: Month, *snapshots: str) -> Superseded:
    """As scoring, with its own rights."""
    await month.connection.exec_driver_sql("SET LOCAL ROLE scoring")
    return await superseded(month.connection, snapshots)


async def give(month: Month, version: int, *bodies: str, aside: tuple[str, ...] = ()) -> None:
    await month.freeze(PORTAL, version=version, service_score=[{"agency_code": code, **GROUPS} for code in bodies])
    for code in aside:
        await month.put_aside(PORTAL, "service_scores", code, json.dumps([WRONG]))


def outcomes(found: Superseded) -> dict[tuple[int, str], tuple[int, str, int | None]]:
    return {
        (each["version"], body["agency"]): (body["count"], body["state"], body["by_version"])
        for each in found.rows_put_aside
        for body in each["bodies"]
    }


def bodies(found: Superseded, kind: str) -> dict[int, dict[str, int]]:
    return {
        each["version"]: {body["agency"]: body["count"] for body in each["bodies"]}
        for each in found.taken_in
        if each["kind"] == kind
    }


async def test_a_row_given_again_is_told_with_who_decided_it(months: Months) -> None:
    """X was mended at once, Y stands aside, Z was mended and is aside again, W the source gives no more."""
    async with months() as month:
        await give(month, 1, "V", aside=("W", "X", "Y", "Z"))
        await give(month, 2, "V", "X", "Z", aside=("Y",))
        await give(month, 3, "V", "X", aside=("Y", "Z"))
        first = await told(month, f"snap_{PORTAL}-2026-01-1")
        last = await told(month, f"snap_{PORTAL}-2026-01-3")
    assert first.taken_in == []
    assert outcomes(first) == {(1, code): (1, "stands", None) for code in "WXYZ"}
    assert outcomes(last) == {
        (1, "W"): (1, "not_given", 2), (1, "X"): (1, "given_again", 2), (3, "Y"): (1, "stands", None),
        (3, "Z"): (1, "stands", None),
    }  # fmt: skip
    (taken,) = last.taken_in
    assert {name: value for name, value in taken.items() if not name.startswith("title_")} == {
        "source": PORTAL, "version": 2, "kind": "given_again", "snapshot": f"snap_{PORTAL}-2026-01-2", "reason": "correction",
        "requested_by": "one", "approver": "two", "captured_at": "2026-02-02T00:00:00+07:00",
        "bodies": [{"agency": "X", "count": 1}],
    }  # fmt: skip


async def test_where_a_body_has_several_rows_none_is_said_to_be_given_again(months: Months) -> None:
    """Another row of the body, or the twin of a row that came twice, is not the one that was put aside; X has none any more."""
    twice = json.dumps([{"field": "agency", "check": "row_twice", "seen": "Y", "expected": "one row a body"}])
    volumes = [{"agency_code": code, "source_system": "a", "transactions": 3} for code in ("V", "W")]
    async with months() as month:
        await month.freeze(VOLUMES, exchange_volume=volumes)
        for code in ("W", "X"):
            await month.put_aside(VOLUMES, "exchange_volumes", code, json.dumps([WRONG]))
        await month.freeze(VOLUMES, version=2, exchange_volume=volumes)
        await give(month, 1, "Y")
        await month.put_aside(PORTAL, "service_scores", "Y", twice)
        for _ in range(2):
            await month.put_aside(PORTAL, "service_scores", "Z", json.dumps([WRONG]))
        await give(month, 2, "Y", "Z")
        found = await told(month, f"snap_{VOLUMES}-2026-01-2", f"snap_{PORTAL}-2026-01-2")
    assert outcomes(found) == {
        (1, "W"): (1, "no_longer_aside", 2), (1, "X"): (1, "not_given", 2), (1, "Y"): (1, "no_longer_aside", 2),
        (1, "Z"): (2, "no_longer_aside", 2),
    }  # fmt: skip
    assert found.taken_in == []


async def test_of_a_row_put_aside_the_check_is_told_and_no_value(months: Months) -> None:
    async with months() as month:
        await give(month, 1, aside=("X",))
        found = await told(month, f"snap_{PORTAL}-2026-01-1")
    (entry,) = found.rows_put_aside
    (body,) = entry["bodies"]
    assert body["checks"] == ["portal_maximum"]
    assert "20.5" not in json.dumps(entry)


async def test_a_word_that_came_after_the_freeze_is_told_where_it_still_stands(months: Months) -> None:
    """d1 was there before; d2 came late; d3 came, and the version after says otherwise; the frozen report knew of d4."""

    def said(*words: tuple[str, str]) -> list[dict[str, Any]]:
        return [{"agency_code": "Y", "database": name, "new_records": 5, "verdict": verdict} for name, verdict in words]

    def stated(name: str, **known: Any) -> dict[str, Any]:
        return {"agency_code": "Y", "database": name, "new_records": 5, **known}

    first, late = ("d1", "confirmed"), [("d2", "refused"), ("d4", "confirmed"), ("not reported", "confirmed")]
    reports = f"snap_{REPORTS}-2026-01-1"
    async with months() as month:
        figures = [*(stated(name, confirmed_at=None) for name in ("d1", "d2", "d3")), stated("d4")]
        await month.freeze(REPORTS, report=[{"agency_code": "Y"}], reported_records=figures)
        await month.freeze(WORDS, reviewed_records=said(first))
        await month.freeze(WORDS, version=2, reviewed_records=said(first, *late, ("d3", "confirmed")))
        await month.freeze(WORDS, version=3, reviewed_records=said(first, *late, ("d3", "refused")))
        told_of = {
            number: bodies(await told(month, f"snap_{WORDS}-2026-01-{number}", reports), "late_word") for number in (1, 2, 3)
        }
    assert told_of == {1: {}, 2: {2: {"Y": 2}}, 3: {2: {"Y": 1}, 3: {"Y": 1}}}


async def test_every_dataset_can_be_asked_for_rows(months: Months) -> None:
    """With scoring's rights: a row of any dataset may have been given again."""
    async with months() as month:
        await month.connection.exec_driver_sql("SET LOCAL ROLE scoring")
        assert await bodies_with_rows(month.connection, {(each.name, "X"): 0 for each in DATASETS}) == frozenset()
