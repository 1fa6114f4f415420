"""Words on reported C1 figures: what awaits one, for which figure it holds, and who may not say it (C-2, C-3, SEC-09)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.integration.gateway.conftest import API, NOW, House, make_key
from tests.integration.gateway.test_extensions import slug
from tests.integration.ingest.handing_in import HandingIn, records

FEBRUARY = Period(2026, 2)
IN_TIME = legal_report_deadline(FEBRUARY) - timedelta(hours=1)
FIGURE = {"sequence": 1, "database": "csdl-đất-đai", "new_records": 70, "verdict": "confirmed", "reason": "đúng (minh họa)"}


@pytest.fixture(scope="module")
async def hand(app_url: str) -> AsyncIterator[HandingIn]:
    database = Database(app_url, role="gateway", pool_size=1)
    yield HandingIn(database)
    await database.close()


@pytest.fixture(scope="module")
async def reported(hand: HandingIn) -> str:
    databases = [records("csdl-đất-đai", 70), records("hộ-tịch", 0)]
    await hand.report("G08", FEBRUARY, IN_TIME, databases=[records("a", 1)])
    return await hand.report("G06", FEBRUARY, IN_TIME, databases=databases)


def path_of(agency: str) -> str:
    return f"{API}/agencies/{agency}/periods/2026-02/records-reviews"


async def figures(house: House, query: str = "") -> list[tuple[str, str, str]]:
    found: list[dict[str, Any]] = []
    address: str | None = f"{API}/records-reviews?period=2026-02&limit=1{query}"
    while address is not None:
        answer = await house.get(address, "records_reviewer")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        link = answer.headers.get("link")
        address = link[1 : link.index(">")] if link else None
    return [(one["agency"], one["database"], one["state"]) for one in found]


async def test_a_word_after_the_deadline_holds_for_the_figure_it_names(house: House, reported: str) -> None:
    assert legal_report_deadline(FEBRUARY) < NOW
    assert await figures(house, "&state=open") == [
        ("G06", "csdl-đất-đai", "open"), ("G06", "hộ-tịch", "open"), ("G08", "a", "open"),
    ]  # fmt: skip
    other = await house.post(path_of("G06"), "records_reviewer", {**FIGURE, "new_records": 71})
    assert (other.status_code, other.json()["errors"][0]["expected"]) == (422, "70")
    made = await house.post(path_of("G06"), "records_reviewer", {**FIGURE, "verdict": "refused"})
    assert made.status_code == 201, made.text
    assert (await house.get(made.headers["location"], "records_reviewer")).json() == made.json()
    assert made.json()["submission_id"] == reported
    assert ("G06", "csdl-đất-đai", "refused") in await figures(house)
    assert (await house.post(path_of("G06"), "records_reviewer", FIGURE)).status_code == 201
    assert await figures(house, "&state=confirmed") == [("G06", "csdl-đất-đai", "confirmed")]
    words = (await house.get(path_of("G06"), "reader")).json()["items"]
    assert [one["verdict"] for one in words] == ["refused", "confirmed"]
    audit = await house.audit_of(words[1]["review_id"])
    assert [(row["action"], row["reason"]) for row in audit] == [("records_review.record", FIGURE["reason"])]


async def test_a_figure_settled_once_is_not_asked_about_again_when_the_report_is_replaced(
    house: House, hand: HandingIn
) -> None:
    stated = {"database": "dân-cư", "new_records": 12, "verdict": "confirmed", "reason": "đúng (minh họa)"}
    await hand.report("H38", FEBRUARY, IN_TIME, databases=[records("dân-cư", 12), records("cư-trú", 3)])
    for database, figure in (("dân-cư", 12), ("cư-trú", 3)):
        word = {**stated, "sequence": 1, "database": database, "new_records": figure}
        assert (await house.post(path_of("H38"), "records_reviewer", word)).status_code == 201
    again = [records("dân-cư", 12), records("cư-trú", 4)]
    await hand.report("H38", FEBRUARY, IN_TIME + timedelta(minutes=1), databases=again, sequence=2)
    assert await figures(house, "&agency=H38&state=open") == [("H38", "cư-trú", "open")]
    assert await figures(house, "&agency=H38&state=confirmed") == [("H38", "dân-cư", "confirmed")]
    refused = {**stated, "sequence": 2, "verdict": "refused"}
    assert (await house.post(path_of("H38"), "records_reviewer", refused)).status_code == 201
    assert ("H38", "dân-cư", "refused") in await figures(house, "&agency=H38")


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"database": "none-such"}, 404), ({"sequence": 2}, 404), ({"verdict": "open"}, 422), ({"reason": ""}, 422)],
)
async def test_no_word_on_what_was_not_reported(house: House, reported: str, changes: dict[str, Any], status: int) -> None:
    answer = await house.post(path_of("G06"), "records_reviewer", {**FIGURE, **changes})
    assert answer.status_code == status, answer.text


async def test_a_reviewer_says_nothing_about_their_own_body(house: House, reported: str) -> None:
    _, key = await make_key(house.runtime, holder="cán bộ thẩm định", role="records_reviewer", agency="G06")
    answer = await house.client.post(path_of("G06"), headers={"authorization": f"Bearer {key}"}, json=FIGURE)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "own-body")


async def test_a_body_reads_its_own_words_and_of_others_not_even_that_there_are_any(house: House, reported: str) -> None:
    inside = await house.bearer_of("G06", "agency_drafter")
    outside = await house.bearer_of("G08", "agency_drafter")
    assert (await house.client.get(path_of("G06"), headers=inside)).status_code == 200
    assert (await house.client.get(path_of("G06"), headers=outside)).status_code == 404
    assert (await house.client.post(path_of("G06"), headers=inside, json=FIGURE)).status_code == 403
    assert (await house.client.post(path_of("G06"), headers=outside, json=FIGURE)).status_code == 404


async def test_a_reason_that_bears_a_classification_marker_is_refused_and_not_repeated(house: House, reported: str) -> None:
    """Why a figure is refused is published with the month (ADR 29)."""
    marked = {**FIGURE, "database": "hộ-tịch", "new_records": 0, "verdict": "refused", "reason": "TỐI MẬT: theo hồ sơ 12"}
    answer = await house.post(path_of("G06"), "records_reviewer", marked)
    assert (answer.status_code, slug(answer)) == (422, "classified-content")
    assert "hồ sơ 12" not in answer.text
    assert ("G06", "hộ-tịch", "open") in await figures(house)
