"""The pages of a version tell of other months, and its document names which: from what is published, and from nothing else,
they are made again to the same bytes (ADR 38)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.scoring.beside import what_stands_beside
from services.scoring.renderings import JSON
from shared import audit
from shared.canonical import sha256_hex
from shared.database import Database, rows
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law_store import load_law
from shared.period import Period
from shared.public_pages.months import history_of
from shared.public_pages.rendering import CSS, HTML, LAW, pages_of
from shared.tables.scoring import publication, rendering, run_reading
from tests.conftest import TestDatabase
from tests.integration.gateway.seeds import Seeds
from tests.integration.scoring.test_restored import restored as restored_version
from tests.integration.scoring.test_runs import JANUARY, SILENT, clock, db, looked_again, rule, scored
from tests.publishing import publish
from tests.unit.public_pages.published import former

__all__ = ["db"]


async def insert_former(
    db: Database, database: TestDatabase, period: str, version: int, total: int, release_at: datetime | None = None
) -> None:
    """An invented version of a month before the scheme's first, with one body in it; its run is of any month."""
    run_id = (await Seeds(database.app_url).run("2026-05"))["run_id"]
    made = former(period, version, {SILENT: (total, str(total), 1, "C")})
    header = {"publication_id": f"pub_{period}v{version}", "period": period, "version": version, "run_id": run_id}
    header |= {
        "publisher": "key:p",
        "reason": "demo",
        "published_at": clock(),
        "release_at": release_at,
        "digest": made.digest,
        "plan_digest": made.digest,
    }
    body = {"publication_id": header["publication_id"], "agency": "", "media_type": JSON, "body": made.body}
    async with db.transaction() as connection:
        await connection.execute(publication.insert().values(**header))
        await connection.execute(rendering.insert().values(**body, digest=made.digest))
        await audit.record(connection, "key:p", "score.publish", header["publication_id"], reason="demo")


@pytest.fixture(scope="module")
async def versions(db: Database, database: TestDatabase) -> list[dict[str, Any]]:
    """January with two versions; December was corrected between them, and the month a year ago is out of the window."""
    await looked_again(database, "2026-01")
    made = []
    for number, value in enumerate(("3", "40"), start=1):
        await rule(database, value)
        run = await scored(db)
        if number == 1:
            await insert_former(db, database, "2025-01", 1, 99)
            await insert_former(db, database, "2025-10", 1, 41)
            # Not public yet: no page of another month tells it.
            await insert_former(db, database, "2025-11", 1, 77, datetime.now(UTC) + timedelta(days=1))
        await insert_former(db, database, "2025-12", number, 50 + number)
        made.append(await publish(db, run["run_id"], publisher="key:p", reason="demo", clock=clock))
    return made


async def stored(db: Database, publication_id: str) -> dict[tuple[str, str], bytes]:
    async with db.read() as connection:
        found = await rows(connection, select(rendering).where(rendering.c.publication_id == publication_id))
    return {(line["agency"], line["media_type"]): bytes(line["body"]) for line in found}


async def made_again(db: Database, publication_id: str) -> dict[tuple[str, str], bytes]:
    """The pages, from the document, the versions that it names, the run's register of readings and the law."""
    document = json.loads((await stored(db, publication_id))["", JSON])
    named = [(each, (await stored(db, each["publication"]))["", JSON]) for each in document["former_months"]]
    assert [sha256_hex(body) for _, body in named] == [each["digest"] for each, _ in named]
    async with db.read() as connection:
        law = await load_law(connection, JANUARY)
        asked = select(run_reading.c.body).where(run_reading.c.run_id == document["run"], run_reading.c.reading == "")
        register = json.loads(await connection.scalar(asked) or b"null")
    assert register is not None
    found = restored(document)
    history = history_of(json.loads(body) for _, body in named)
    pages = pages_of(document, law.applied, sentences_of(found.sheet, found.names), history, register)
    return {(page.agency, page.media_type): page.body for page in pages}


async def test_the_document_names_the_latest_version_of_each_former_month(db: Database, versions: list[dict[str, Any]]) -> None:
    named = []
    for version in versions:
        document = json.loads((await stored(db, version["publication_id"]))["", JSON])
        named.append([(each["period"], each["version"]) for each in document["former_months"]])
        own = json.loads((await stored(db, version["publication_id"]))[SILENT, JSON])
        assert own["former_months"] == document["former_months"]
    assert named == [[("2025-10", 1), ("2025-12", 1)], [("2025-10", 1), ("2025-12", 2)]]


async def test_the_pages_are_made_again_to_the_same_bytes(db: Database, versions: list[dict[str, Any]]) -> None:
    """Of the first version too, though December was corrected since."""
    for version in versions:
        again = await made_again(db, version["publication_id"])
        kept = await stored(db, version["publication_id"])
        assert again == {key: body for key, body in kept.items() if key[1] in (HTML, LAW, CSS)}
    assert "tháng 12/2025, phiên bản 1</a>" in (await stored(db, versions[0]["publication_id"]))["", HTML].decode()
    assert "tháng 12/2025, phiên bản 2</a>" in (await stored(db, versions[1]["publication_id"]))["", HTML].decode()


async def test_a_restored_version_compares_with_what_stands_now(
    db: Database, database: TestDatabase, versions: list[dict[str, Any]]
) -> None:
    made = await restored_version(db, database, versions[0]["publication_id"])
    document = json.loads((await stored(db, made["publication_id"]))["", JSON])
    assert [(each["period"], each["version"]) for each in document["former_months"]] == [("2025-10", 1), ("2025-12", 2)]
    again = await made_again(db, made["publication_id"])
    kept = await stored(db, made["publication_id"])
    assert again == {key: body for key, body in kept.items() if key[1] in (HTML, LAW, CSS)}


async def test_the_next_month_closes_as_the_calendar_has_it(db: Database, versions: list[dict[str, Any]]) -> None:
    document = json.loads((await stored(db, versions[0]["publication_id"]))["", JSON])
    assert document["next_month"] == {
        "period": "2026-02", "cutoff": "2026-03-02T00:00:00+07:00", "report_deadline": "2026-03-05T00:00:00+07:00",
    }  # fmt: skip
    async with db.read() as connection:
        beside = await what_stands_beside(connection, Period.parse("2026-03"), versions[1]["run_id"])
    assert [(each.period, each.version) for each in beside.former][-1] >= ("2026-01", 2)
    assert beside.next_month is not None
    assert beside.next_month["period"] == "2026-04"
