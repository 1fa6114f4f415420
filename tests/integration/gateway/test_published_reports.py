"""What is published of a month's reports: public words, what counted, and the extension beside the score (INT-16, APR-10).

Reports are frozen by ingest itself; only the other figures of the published sheets are invented.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.store import latest_snapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from shared.audit import record
from shared.database import Database, rows
from shared.ids import new_id
from shared.inputs import Snapshot
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from shared.tables.control import extension, extension_approval
from tests.contract.stand_ins import FAR
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_eform import browser
from tests.integration.ingest.handing_in import HandingIn

JANUARY = Period(2026, 1)
DUE = legal_report_deadline(JANUARY)
UNTIL = DUE + timedelta(days=2)
REPORTS = source_named("agency_report")
PLACE = f"{API}/periods/2026-01/reports"
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung báo cáo (minh họa)"}
SECRET = "Lời riêng không được công bố (minh họa)"
OPEN = "Lời công khai của cơ quan (minh họa)"


def words(*said: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"section": section, "visibility": visibility, "text": text} for section, visibility, text in said]


@dataclass(frozen=True)
class Month:
    """G01 in time with public and private words, G02 in time by an extension, G03 late and let count by one, G06 late and
    forgiven, G08 in time with an extension that did nothing, G09 silent with one."""

    first: Snapshot
    second: Snapshot
    submissions: dict[str, str]
    extensions: dict[str, str]


@pytest.fixture(scope="module")
async def month(app_url: str, house: House, seeds: Seeds) -> AsyncIterator[Month]:
    ingest, gateway = (Database(app_url, role=role, pool_size=4) for role in ("ingest", "gateway"))
    runtime, hand = Runtime(ingest, IngestSettings(), lambda: FAR), HandingIn(gateway)
    extensions = {code: await hand.extend(code, JANUARY, UNTIL) for code in ("G02", "G08", "G09")}
    said = words(("C1", "private", SECRET), ("C1", "public", OPEN), ("D1", "public", "Về nhiệm vụ (minh họa)"))
    made = {"G01": await hand.report("G01", JANUARY, DUE - timedelta(hours=2), narratives=said)}
    made["G08"] = await hand.report("G08", JANUARY, DUE - timedelta(hours=1))
    await freeze(runtime, REPORTS, JANUARY, actor="local:test")
    first = await latest(ingest)
    await seeds.publish(version=1, reports=first)
    made["G02"] = await hand.report("G02", JANUARY, DUE + timedelta(hours=1))
    made["G03"] = await hand.report("G03", JANUARY, DUE + timedelta(hours=1), narratives=words(("D1", "private", SECRET)))
    made["G06"] = await hand.report("G06", JANUARY, DUE + timedelta(hours=1))
    extensions["G03"] = await hand.extend("G03", JANUARY, UNTIL, effect="late_counts")
    await hand.accept_late(made["G06"], "G06", JANUARY)
    await supersede(runtime, REPORTS, JANUARY, **PEOPLE)
    yield Month(first, await latest(ingest), made, extensions)
    await ingest.close()
    await gateway.close()


async def latest(ingest: Database) -> Snapshot:
    async with ingest.read() as connection:
        found = await latest_snapshot(connection, source=REPORTS.name, period=JANUARY)
    assert found is not None
    return Snapshot(**{name: getattr(found, name) for name in ("pk", "snapshot_id", "source", "version", "origin", "as_of")})


async def read(house: House, path: str = "", query: str = "") -> dict[str, Any]:
    answer = await house.get(f"{PLACE}{path}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_report_for_the_session_has_public_words_alone(house: House, month: Month) -> None:
    async with browser(house, house.keys["reader"]) as client:
        text = (await client.get("/e-form/periods/2026-01/session-report?version=1")).text
    assert OPEN in text
    assert SECRET not in text


async def test_public_words_are_published_and_private_ones_are_not(house: House, month: Month) -> None:
    assert (await house.get(f"{API}/periods/2026-02/reports")).json()["type"].endswith("/not-yet-published")
    answer = await house.get(f"{PLACE}?version=1")
    found = answer.json()
    assert (found["period"], found["version"], found["snapshot"]) == ("2026-01", 1, month.first.snapshot_id)
    assert len(found["items"]) == 56
    bodies = {each["agency"]: each for each in found["items"]}
    assert bodies["G01"]["narratives"] == [
        {"section": "C1", "text": OPEN}, {"section": "D1", "text": "Về nhiệm vụ (minh họa)"}
    ]  # fmt: skip
    kept = (await house.facts("SELECT digest, sequence FROM intake.acceptance WHERE agency = 'G01'"))[0]
    told = bodies["G01"]["report"]
    assert (told["submission_id"], told["sequence"], told["digest"]) == (month.submissions["G01"], 1, kept["digest"])
    assert bodies["G09"]["report"] is None
    assert SECRET.encode() not in answer.content
    # The control: the words are there to leak, and a reader who may see them finds them in the same report.
    whole = (await house.facts("SELECT convert_from(content, 'UTF8') AS it FROM intake.acceptance WHERE agency = 'G01'"))[0][
        "it"
    ]
    assert SECRET in whole
    # Whatever is asked of the database behind it, private words and what nobody published do not come.
    async with house.runtime.database.read() as connection:
        everything = await rows(connection, text("SELECT * FROM scoring.published_words"))
        assert await rows(connection, text("SELECT * FROM intake.acceptance")) == []
    assert {each["agency"] for each in everything} == {"G01"}
    assert SECRET not in str(everything)


async def test_a_version_says_the_same_for_ever(house: House, month: Month, seeds: Seeds) -> None:
    before = await house.get(f"{PLACE}?version=1")
    await seeds.publish(version=2, reports=month.second)
    after = await house.get(f"{PLACE}?version=1")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert "immutable" in after.headers["cache-control"]
    again = await house.get(f"{PLACE}?version=1", **{"if-none-match": before.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    latest = await house.get(PLACE)
    assert (latest.json()["version"], latest.headers["cache-control"]) == (2, "public, no-cache")
    assert latest.json()["snapshot"] == month.second.snapshot_id
    assert SECRET.encode() not in latest.content
    assert (await house.get(f"{PLACE}?version=3")).json()["type"].endswith("/version-unknown")
    assert (await house.get(f"{PLACE}/Z99")).json()["type"].endswith("/agency-unknown")


async def test_an_extension_stands_beside_the_score_it_affected(house: House, month: Month) -> None:
    """By whom, why, until when, and what it did to lateness; the sheet's bytes hold none of it, and lead there."""
    grounds = {
        "G01": ("in_time", []), "G02": ("in_time", ["report_in_time"]), "G03": ("extension", ["late_report_counts"]),
        "G06": ("late_acceptance", []), "G08": ("in_time", ["none"]), "G09": (None, ["none"]),
    }  # fmt: skip
    for agency, (ground, consequences) in grounds.items():
        sheet = await house.get(f"{API}/periods/2026-01/scores/{agency}")
        assert sheet.headers["link"].startswith(f'<{PLACE}/{agency}?version=2>; rel="related"')
        beside = (await house.get(sheet.links["related"]["url"])).json()
        assert (beside["agency"], beside["version"]) == (agency, sheet.json()["version"])
        assert (beside["report"] or {}).get("ground") == ground, agency
        assert [each["consequence"] for each in beside["extensions"]] == consequences, agency
        held = UNTIL if agency in ("G02", "G08", "G09") else DUE
        told = {beside["report_deadline_at"], (beside["report"] or {"deadline": beside["report_deadline_at"]})["deadline"]}
        assert {datetime.fromisoformat(each) for each in told} == {held}, f"{agency}: one deadline"
        assert beside == {**await read(house, f"/{agency}"), "agency": agency}
    (one,) = (await read(house, "/G02"))["extensions"]
    assert datetime.fromisoformat(one["until"]) == UNTIL
    assert (one["extension_id"], one["actor"], one["approved_by"]) == (month.extensions["G02"], "local:tests", "local:second")
    assert (one["reason"], one["document"], one["approval_reason"]) == ("demo", "3/QĐ-DEMO", "demo")
    assert {one[name][-6:] for name in ("until", "recorded_at", "approved_at")} == {"+07:00"}, "one zone in one object"
    whole = await house.get(f"{API}/periods/2026-01/scores")
    assert whole.headers["link"].startswith(f'<{PLACE}?version=2>; rel="related"')
    assert month.extensions["G03"].encode() not in whole.content


async def test_what_was_not_in_force_then_is_not_told_of_a_version(house: House, month: Month) -> None:
    """Version 1 was published before G03's extension; a later one tells nothing of versions before it."""
    bodies = {each["agency"]: each for each in (await read(house, "", "?version=1"))["items"]}
    assert [code for code, each in bodies.items() if each["extensions"]] == ["G02", "G08", "G09"]
    assert {code for code, each in bodies.items() if each["report"]} == {"G01", "G08"}
    assert {each["consequence"] for code in ("G02", "G08", "G09") for each in bodies[code]["extensions"]} == {"none"}


async def test_an_approval_still_open_while_a_version_is_published_never_enters_it(
    house: House, month: Month, seeds: Seeds, app_url: str
) -> None:
    """Its instant lies before the publication's and its commit after it: the version tells what it saw, for ever."""
    gateway, extension_id = Database(app_url, role="gateway", pool_size=1), new_id("ext")
    about = {"extension_id": extension_id, "agency": "G10", "period": "2026-01", "until": UNTIL, "effect": "late_counts"}
    async with gateway.transaction() as connection:
        await connection.execute(text("SELECT set_config('bangdiem.reads', '*', true), set_config('bangdiem.acts', '', true)"))
        await connection.execute(extension.insert().values(**about, document="3/QĐ-DEMO", reason="demo", actor="local:one"))
        agreed = {"extension_id": extension_id, "actor": "local:two", "reason": "demo", "decided_at": DUE}
        await connection.execute(extension_approval.insert().values(**agreed))
        await seeds.publish(version=3, reports=month.second)
        before = await house.get(f"{PLACE}?version=3")
        await record(connection, "local:two", "extension.approve", extension_id)
    await gateway.close()
    assert (await house.get(f"{PLACE}?version=3")).content == before.content
    await seeds.publish(version=4, reports=month.second)
    (told,) = (await read(house, "/G10", "?version=4"))["extensions"]
    assert told["extension_id"] == extension_id, "the control: the next version tells it"
