"""Quarters: computed from published months, checked by the bodies, published by another person, and stale once a month is
corrected (RUL-14, G-17; ADR 41). All figures are invented."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import httpx
import psycopg
import pytest

from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.edge import ONLY
from shared.canonical import sha256_hex
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, House, make_key
from tests.integration.gateway.seeds import Published, Seeds
from tests.integration.gateway.test_scores import until

OTHER, SPAN = "H38", "2026-Q1"
MONTHS = ("2026-01", "2026-02", "2026-03")
LATER = datetime(2099, 1, 1, tzinfo=UTC).isoformat()
SCORES = f"{API}/quarters/{SPAN}/scores"
PAGE = f"/quarters/{SPAN}"
UNSEEN = "SELECT count(*) AS n FROM control.roll_up_line"


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def compute(house: House, *, span: str = SPAN, until: str = LATER, **words: Any) -> httpx.Response:
    body = {"span": span, "check_until": until, "reason": "tổng hợp quý (minh họa)", **words}
    return await house.post(f"{API}/roll-ups", "operator", body, **ENGLISH)


async def say(
    house: House, roll_up: str, verdict: str, *, agency: str = HOME, role: str = "agency_signer", **words: Any
) -> Any:
    headers = {**await house.bearer_of(agency, role), **ENGLISH}
    return await house.client.post(own(roll_up, agency) + "/checks", headers=headers, json={"verdict": verdict, **words})


async def release(house: House, draft: dict[str, Any], **words: Any) -> httpx.Response:
    body = {"digest": draft["digest"], "reason": "công bố quý (minh họa)", **words}
    return await house.post(f"{API}/roll-ups/{draft['roll_up_id']}/publications", "publisher", body, **ENGLISH)


async def seen(house: House, roll_up: str) -> dict[str, Any]:
    found: dict[str, Any] = (await house.get(f"{API}/roll-ups/{roll_up}", "reader")).json()
    return found


def own(roll_up: str, agency: str = HOME) -> str:
    return f"{API}/agencies/{agency}/roll-ups/{roll_up}"


def end_the_time(database: TestDatabase, roll_up: str) -> None:
    """As if the deadline had passed: no session of the product can do this."""
    with psycopg.connect(database.superuser_url) as at:
        at.execute("SET session_replication_role = replica")
        past = datetime.now(UTC) - timedelta(seconds=1)
        at.execute("UPDATE control.roll_up SET check_until = %s WHERE roll_up_id = %s", [past, roll_up])


def unpublished(answer: httpx.Response) -> list[str]:
    return [each["seen"] for each in answer.json()["errors"]]


@pytest.fixture(scope="module")
async def months(house: House, seeds: Seeds) -> dict[str, Published]:
    """While January and February alone are published the quarter cannot be rolled up, and the answer says what it waits for."""
    made = {month: await seeds.publish(month, version=1) for month in MONTHS[:2]}
    refused = await compute(house)
    assert (refused.status_code, slug(refused), unpublished(refused)) == (409, "roll-up-months-missing", ["2026-03"])
    assert "2026-03" in refused.json()["detail"]
    year = await compute(house, span="2026")
    assert unpublished(year) == [f"2026-{month:02}" for month in range(3, 13)]
    return made | {"2026-03": await seeds.publish("2026-03", version=1)}


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ({"span": "2026-Q5"}, "/span"),
        ({"span": "2025-Q4"}, "/span"),
        ({"span": "0000"}, "/span"),
        ({"until": "2026-01-01T00:00:00+07:00"}, "/check_until"),
    ],
)
async def test_what_is_no_quarter_or_gives_no_time_is_refused(house: House, words: dict[str, str], pointer: str) -> None:
    answer = await compute(house, **words)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text


async def test_the_whole_way_of_a_quarter(
    house: House, seeds: Seeds, database: TestDatabase, months: dict[str, Published]
) -> None:
    assert (await house.get(SCORES)).status_code == 404
    made = await compute(house)
    assert made.status_code == 201, made.text
    draft = made.json()
    roll_up = draft["roll_up_id"]
    assert (draft["state"], draft["stale"], draft["body_count"], len(draft["lines"])) == ("open", [], 56, 56)
    pinned = [(each["period"], each["version"], each["publication_id"], each["digest"]) for each in draft["months"]]
    assert pinned == [(name, 1, months[name].publication_id, months[name].digest) for name in MONTHS]
    _require_means(draft["lines"], months)
    (written,) = await house.audit_of(roll_up)
    assert written["action"] == "roll_up.compute"

    await _checked_by_its_body_alone(house, roll_up, draft)
    refused = await release(house, draft)
    assert (refused.status_code, slug(refused)) == (409, "roll-up-not-ready")
    assert "objections" in refused.json()["detail"]
    objection = next(each for each in (await seen(house, roll_up))["checks"] if each["verdict"] == "objects")
    answer = f"{API}/roll-ups/{roll_up}/checks/{objection['check_id']}/answers"
    told = await house.post(answer, "publisher", {"reason": "Đã đối chiếu với bảng tháng 02"})
    assert (told.status_code, told.json()["unanswered"]) == (201, [])
    assert (await house.post(answer, "publisher", {"reason": "lần nữa"})).status_code == 409
    refused = await release(house, draft)
    assert "54 bodies may answer" in refused.json()["detail"]
    end_the_time(database, roll_up)
    late = await say(house, roll_up, "agrees")
    assert (late.status_code, slug(late)) == (409, "roll-up-closed")
    other = await release(house, draft, digest=sha256_hex(b""))
    assert "is not the digest" in other.json()["detail"]

    out = await release(house, draft)
    assert (out.status_code, out.json()["state"], out.json()["version"]) == (201, "published", 1), out.text
    assert slug(await release(house, draft)) == "roll-up-not-ready"
    unchanged = await compute(house)
    assert (unchanged.status_code, slug(unchanged)) == (409, "roll-up-unchanged")
    await _served(house, draft)
    await _corrected(house, seeds, database, draft)


def _require_means(lines: list[dict[str, Any]], months: dict[str, Published]) -> None:
    """By other code than the product's, from the published CSV and not from the JSON that it read."""
    tables = {name: csv.DictReader(io.StringIO(made.csv.decode("utf-8-sig"))) for name, made in months.items()}
    published = {name: {row["agency"]: row for row in table} for name, table in tables.items()}
    sums = {line["agency"]: sum(int(published[name][line["agency"]]["total"]) for name in MONTHS) for line in lines}
    for line in lines:
        mine = sums[line["agency"]]
        assert Fraction(line["mean_exact"]) * 3 == mine
        assert line["mean"] == (2 * mine + 3) // 6
        exact = sum(Fraction(published[name][line["agency"]]["total_exact"]) for name in MONTHS)
        assert Fraction(line["exact_totals_mean"]) * 3 == exact
        assert line["rank"] == 1 + sum(other > mine for other in sums.values())
        assert "grade" not in line
        assert line["missing"] == []


async def _checked_by_its_body_alone(house: House, roll_up: str, draft: dict[str, Any]) -> None:
    """One body objects, another agrees; each reads its own line, and no role but the one that signs says anything."""
    by_agency = {line["agency"]: line for line in draft["lines"]}
    for agency in (HOME, OTHER):
        for role in WHOLE_BODY_ROLES:
            found = (await house.client.get(own(roll_up, agency), headers=await house.bearer_of(agency, role))).json()
            assert (found["line"], found["checks"], "actor" in found) == (by_agency[agency], [], False)
    foreign = await house.client.get(own(roll_up), headers=await house.bearer_of(OTHER, "agency_signer"))
    assert foreign.status_code == 404
    assert (await house.get(f"{API}/roll-ups/{roll_up}", "agency_signer")).status_code == 403
    assert (await say(house, roll_up, "agrees", role="agency_drafter")).status_code == 403
    without = await say(house, roll_up, "objects")
    assert (without.status_code, slug(without)) == (422, "reason-missing")
    first = await say(house, roll_up, "agrees")
    assert first.status_code == 201, first.text
    again = await say(house, roll_up, "objects", reason="Tháng 02 còn đang phản ánh (minh họa)")
    assert [each["verdict"] for each in again.json()["checks"]] == ["agrees", "objects"]
    assert (await say(house, roll_up, "agrees", agency=OTHER)).json()["checks"][0]["agency"] == OTHER
    whole = await seen(house, roll_up)
    assert (len(whole["silent"]), whole["unanswered"]) == (54, [HOME])
    listed = (await house.get(f"{API}/agencies/{HOME}/roll-ups", "agency_drafter")).json()["items"]
    assert [(each["roll_up_id"], each["state"]) for each in listed] == [(roll_up, "open")]


async def _served(house: House, draft: dict[str, Any]) -> None:
    answer = await house.get(SCORES)
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{sha256_hex(answer.content)}"')
    sheet = answer.json()
    assert (sheet["span"], sheet["version"], sheet["draft_digest"], sheet["reading"]) == (SPAN, 1, draft["digest"], "G-17")
    assert [each["scores"] for each in sheet["months"]] == [f"{API}/periods/{each}/scores?version=1" for each in MONTHS]
    checks = {each["agency"]: each["check"] for each in sheet["agencies"]}
    assert (checks[HOME], checks[OTHER], len(sheet["silent"])) == ("objects", "agrees", 54)
    assert [{name: each[name] for name in each if name != "check"} for each in sheet["agencies"]] == draft["lines"]
    assert "phản ánh" not in answer.text, "what a body said is no part of the release"
    assert (await house.get(SCORES, **{"if-none-match": answer.headers["etag"]})).status_code == 304
    pinned = await house.get(SCORES + "?version=1")
    assert (pinned.content, "immutable" in pinned.headers["cache-control"]) == (answer.content, True)
    table = await house.get(SCORES + "?format=csv")
    lines = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert {each["agency"]: each["mean_exact"] for each in lines} == {
        each["agency"]: each["mean_exact"] for each in draft["lines"]
    }
    assert all(f"2026-03:v1:{draft['months'][2]['digest']}" in each["rests_on"] for each in lines)
    assert slug(await house.get(SCORES + "?version=2")) == "version-unknown"
    assert (await house.get(f"{API}/years/2026/scores")).status_code == 404
    assert (await house.get(f"{API}/years/0000/versions")).status_code == 404


async def _corrected(house: House, seeds: Seeds, database: TestDatabase, draft: dict[str, Any]) -> None:
    """A month has a second version: the quarter says so, stays as it was, and a new version goes the same way."""
    before = (await house.get(SCORES)).content
    await page_kept(house)
    second = await compute_after(house, seeds, "2026-02", 2)
    await until(lambda: page_says(house, "tháng 02/2026 (phiên bản 2)"), seconds=2)
    versions = (await house.get(f"{API}/quarters/{SPAN}/versions")).json()["items"]
    stale = [{"period": "2026-02", "version": 1, "latest": 2}]
    assert [(each["version"], each["stale"]) for each in versions] == [(1, stale)]
    assert (await house.get(SCORES)).content == before
    assert (await house.get(own(draft["roll_up_id"]), "agency_signer")).json()["stale"] == stale
    assert second["months"][1]["version"] == 2
    # Corrected again before it is out: what the bodies have checked is not what would be said.
    end_the_time(database, second["roll_up_id"])
    third = await compute_after(house, seeds, "2026-03", 2)
    late = await release(house, second)
    assert "is replaced" in late.json()["detail"]
    await seeds.publish("2026-03", version=3)
    end_the_time(database, third["roll_up_id"])
    late = await release(house, third)
    assert "corrected since: 2026-03" in late.json()["detail"]
    last = (await compute(house)).json()
    end_the_time(database, last["roll_up_id"])
    out = await release(house, last)
    assert (out.status_code, out.json()["version"]) == (201, 2), out.text
    assert await page_says(house, "Phiên bản 2, công bố"), "who publishes a quarter reads it at once"
    assert await page_says(house, "Đã có phiên bản 2", query="?version=1")
    sheet = (await house.get(SCORES)).json()
    assert ([each["version"] for each in sheet["months"]], len(sheet["silent"])) == ([1, 2, 3], 56)
    assert (await house.get(SCORES + "?version=1")).content == before
    listed = (await house.get(f"{API}/roll-ups", "auditor")).json()["items"]
    assert [each["state"] for each in listed] == ["published", "replaced", "replaced", "published"]


async def page_says(house: House, words: str, *, query: str = "") -> bool:
    answer = await house.get(PAGE + query, accept="text/html")
    assert answer.status_code == 200, answer.text
    return words in answer.text


async def page_kept(house: House) -> None:
    """The listener vouches for what is published, so that the page is sent from memory."""

    async def kept() -> bool:
        await page_says(house, "")
        return house.gateway.published.find((PAGE, b"", ONLY)) is not None

    await until(kept)
    answer = await house.get(PAGE, accept="text/html")
    etag = answer.headers["etag"]
    assert (await house.get(PAGE, **{"if-none-match": etag})).status_code == 304
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def compute_after(house: House, seeds: Seeds, month: str, version: int) -> dict[str, Any]:
    await seeds.publish(month, version=version)
    made = await compute(house)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def test_who_computed_publishes_under_no_key(house: House, months: dict[str, Published], seeds: Seeds) -> None:
    """The same holder with another key; the database alone: tests/integration/database/test_one_person.py."""
    await seeds.publish("2026-01", version=2)
    draft = (await compute(house)).json()
    _, key = await _another_key(house)
    body = {"digest": draft["digest"], "reason": "thử"}
    headers = {"authorization": f"Bearer {key}", **ENGLISH}
    place = f"{API}/roll-ups/{draft['roll_up_id']}/publications"
    answer = await house.client.post(place, headers=headers, json=body)
    assert (answer.status_code, slug(answer)) == (403, "same-person"), answer.text


async def _another_key(house: House) -> tuple[str, str]:
    return await make_key(house.runtime, holder="holder of operator", role="publisher")


async def test_the_database_alone_holds_it(house: House, database: TestDatabase, months: dict[str, Published]) -> None:
    """As the gateway's role, without the product's code."""
    rows = await house.facts("SELECT roll_up_id, span, months, digest FROM control.roll_up ORDER BY sequence DESC LIMIT 1")
    (last,) = rows
    check = "INSERT INTO control.roll_up_check (check_id, roll_up_id, agency, verdict, reason, actor) VALUES ({}, 'key:x')"
    draft = (
        "INSERT INTO control.roll_up (roll_up_id, span, months, body_count, digest, check_until, actor, reason)"
        " VALUES ('rup_x', %s, %s, 1, %s, '2099-01-01', 'key:x', 'thử')"
    )
    line = "INSERT INTO control.roll_up_line (roll_up_id, agency, line) VALUES (%s, 'Z99', '{}')"
    out = (
        "INSERT INTO control.roll_up_publication (roll_up_id, span, version, json, csv, digest, csv_digest, actor, reason,"
        " published_at) VALUES (%s, %s, 1, '', '', %s, %s, 'key:other', 'thử', now())"
    )
    empty = sha256_hex(b"")
    with psycopg.connect(database.app_url, options="-c role=gateway") as at:
        for reads, acts, statement, values, wrong in (
            (HOME, HOME, check.format("'c1', %s, %s, 'agrees', NULL"), [last["roll_up_id"], OTHER], "InsufficientPrivilege"),
            ("*", "", check.format("'c2', %s, %s, 'agrees', NULL"), [last["roll_up_id"], HOME], "InsufficientPrivilege"),
            (HOME, HOME, check.format("'c3', %s, %s, 'objects', ' '"), [last["roll_up_id"], HOME], "CheckViolation"),
            ("*", "", draft, [SPAN, json.dumps(last["months"][:2]), empty], "CheckViolation"),
            ("*", "", draft, ["2026-Q2", "[]", empty], "CheckViolation"),
            ("*", "", line, [last["roll_up_id"]], "CheckViolation"),
            # Who sees nothing, and who sees one body, publishes nothing; nor does anybody before all have answered.
            ("", "", out, [last["roll_up_id"], SPAN, empty, empty], "ObjectNotInPrerequisiteState"),
            (HOME, HOME, out, [last["roll_up_id"], SPAN, empty, empty], "ObjectNotInPrerequisiteState"),
            ("*", "", out, [last["roll_up_id"], SPAN, empty, empty], "ObjectNotInPrerequisiteState"),
            ("*", "", "UPDATE control.roll_up SET reason = 'x'", [], "InsufficientPrivilege"),
        ):
            at.execute("SELECT set_config('bangdiem.reads', %s, true), set_config('bangdiem.acts', %s, true)", [reads, acts])
            with pytest.raises(getattr(psycopg.errors, wrong)):
                at.execute(statement, values)
            at.rollback()
        for reads, expected in (("", 0), (HOME, 1), ("*", 56)):
            at.execute("SELECT set_config('bangdiem.reads', %s, true)", [reads])
            found = at.execute(UNSEEN + " WHERE roll_up_id = %s", [last["roll_up_id"]]).fetchone()
            assert found is not None
            assert found[0] == expected, reads
            at.rollback()
