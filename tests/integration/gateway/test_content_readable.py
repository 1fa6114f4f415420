"""Whatever was kept as content is read back, by the API in every format and at the pages: never a fault of ours (INT-04)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.period import Period
from tests.integration.gateway.conftest import House
from tests.integration.gateway.reports import Body, report, task
from tests.integration.gateway.test_eform import browser
from tests.integration.ingest.handing_in import HandingIn
from tests.integration.ingest.handing_in import task as handed_task

AGENCY, PERIOD = "G09", "2026-02"
LARGE = 10**20 - 1
DATABASE = {"database": "csdl-1", "database_name": "Minh họa", "new_records": 1}
# What no form would send and a program may; each is kept with its findings, or refused whole.
CONTENTS: dict[str, Any] = {
    "whole numbers beyond 64 bits": report(AGENCY, PERIOD, reported_databases=[{**DATABASE, "new_records": LARGE}]),
    "and below": report(AGENCY, PERIOD, reported_databases=[{**DATABASE, "new_records": -LARGE}]),
    "truth values for text": report(AGENCY, PERIOD, reported_databases=[dict.fromkeys(DATABASE, True)]),
    "nothing at all": {},
    "a head without a word": {"report": {}},
    "rows without a cell": {"registered_tasks": [{}, {}], "narratives": [{}]},
    "things unheard of": report(AGENCY, PERIOD, tasks=[task(1, strange={"deep": [{"er": 1}]})], unheard=[1]),
    "marks and controls": report(AGENCY, PERIOD, tasks=[task(1, title="a\u0007\u202e\u2028\ufeff", task_code="/~=1+1")]),
    "half a pair": b'{"report": {"form": "\\ud800"}}',
    "a fraction": b'{"reported_databases": [{"database": "a", "database_name": "b", "new_records": 1.50}]}',
    "a very long text": report(AGENCY, PERIOD, narratives=[{"section": "C1", "visibility": "public", "text": "x" * 300_000}]),
}
MEDIA = ("application/json", "application/x-ndjson", "text/csv",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip
PAGES = ("", "/content", "/content/report", "/content/registered_tasks", "/content/reported_databases", "/content/narratives",
         "/content/registered_tasks/rows/0", "/findings", "/findings?section=whole",
         "/findings?section=narratives&severity=to_do", "/handovers", "/content.json", "/content.xlsx")  # fmt: skip


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
async def test_content_that_was_kept_is_read_back(house: House, content: Any) -> None:
    body = Body(house, AGENCY, PERIOD)
    sequence = await body.begin()
    kept = await body.put(f"/{sequence}", content)
    assert kept.status_code in (200, 202, 422), kept.text
    await _reads(body, sequence, missing=kept.status_code == 422)
    await body.step(sequence, "reverts", "drafter", {"reason": "thử xong"})


async def test_what_other_tests_hand_in_is_what_the_product_keeps(house: House) -> None:
    handed = HandingIn(house.runtime.database)
    tasks = [handed_task("NV-1"), handed_task("NV-2", accepted_on="2026-01-20")]
    await handed.report("G08", Period.parse("2026-01"), datetime(2026, 2, 3, tzinfo=UTC), tasks=tasks)
    body = Body(house, "G08", "2026-01")
    await _reads(body, 1, missing=False)
    assert [each["task_code"] for each in (await body.get("/1/content")).json()["registered_tasks"]] == ["NV-1", "NV-2"]


async def _reads(body: Body, sequence: int, *, missing: bool) -> None:
    for media_type in MEDIA:
        answer = await body.get(f"/{sequence}/content", accept=media_type)
        assert answer.status_code in ((200,) if media_type == MEDIA[0] or missing else (200, 409)), answer.text
    async with browser(body.house, (await body.house.keys_of(body.agency, "agency_drafter"))[1]) as client:
        for page in PAGES:
            place = f"/e-form/agencies/{body.agency}/periods/{body.period}/submissions/{sequence}{page}"
            assert (await client.get(place)).status_code in (200, 404, 409), page
