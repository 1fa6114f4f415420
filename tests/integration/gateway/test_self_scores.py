"""A body's own points: stated before the month is published, held beside the official ones after, told to it alone (EXP-11)."""

from __future__ import annotations

import json
from base64 import b64decode
from fractions import Fraction
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import psycopg
import pytest

from services.gateway.access.auth import OFFICE_ROLES
from services.gateway.access.tenancy import AGENCY_ROLES, WHOLE_BODY_ROLES
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, House
from tests.integration.gateway.seeds import Seeds
from tests.unit.scoring.pdf_files import attached

OTHER = "H38"
RENDERED = "SELECT encode(body, 'base64') AS said FROM scoring.rendering"
# Every event, every audit row.
SAID = (
    "SELECT to_jsonb(t)::text AS said FROM control.event t",
    "SELECT to_jsonb(t)::text AS said FROM audit.entry t",
)


async def everything_said(house: House) -> dict[str, str]:
    """By where it stands: what is published, workbooks unpacked, and what events and the audit log tell."""
    rendered = [b64decode(each["said"]) for each in await house.facts(RENDERED)]
    return {RENDERED: "".join(map(text_of, rendered)), **{place: json.dumps(await house.facts(place)) for place in SAID}}


def text_of(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        # Its pages are drawn glyphs, of the document that is kept in it.
        return attached(body).decode()
    if not body.startswith(b"PK"):
        return body.decode()
    with ZipFile(BytesIO(body)) as packed:
        return "".join(text_of(packed.read(name)) for name in packed.namelist())


FIRST, SECOND = {"A1": "18"}, {"A1": "15.4321", "C1": "0", "D2": "9.25", "bonus": "1"}


def place(period: str = "2026-01", agency: str = HOME) -> str:
    return f"{API}/agencies/{agency}/periods/{period}/self-scores"


async def state(house: House, points: Any, *, period: str = "2026-01", role: str = "agency_drafter") -> httpx.Response:
    return await house.post(place(period), role, {"points": points}, **ENGLISH)


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def test_versions_are_appended_and_read_by_the_body_alone(house: House) -> None:
    for number, points in enumerate((FIRST, SECOND), 1):
        made = await state(house, points)
        assert (made.status_code, made.json()["version"], made.json()["points"]) == (201, number, points), made.text
        assert (await house.get(made.headers["location"], "agency_signer")).json() == made.json()
        (written,) = await house.audit_of(made.json()["self_score_id"])
        assert (written["action"], "points" in json.dumps(written["detail"])) == ("self_score.state", False)
    for role in WHOLE_BODY_ROLES:
        items = (await house.get(place(), role)).json()["items"]
        assert [(each["version"], each["points"]) for each in items] == [(1, FIRST), (2, SECOND)]
    for role in OFFICE_ROLES:
        assert (await house.get(place(), role)).status_code == 403, role
    for role in AGENCY_ROLES:
        answer = await house.client.get(place(), headers=await house.bearer_of(OTHER, role))
        assert (answer.status_code, slug(answer)) == (404, "not-found")


@pytest.mark.parametrize(
    ("points", "pointer"),
    [
        ({"A1": "18.01"}, "/points/A1"),
        ({"A9": "1"}, "/points/A9"),
        ({"A1": "-1"}, "/points/A1"),
        ({"A1": "1,5"}, "/points/A1"),
        ({"A1": None}, "/points/A1"),
        ({"A1": 1}, "/points/A1"),
        ({}, "/points"),
    ],
)
async def test_what_no_indicator_can_have_is_refused(house: House, points: Any, pointer: str) -> None:
    answer = await state(house, points)
    assert (answer.status_code, slug(answer)) == (422, "input-invalid"), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_after_the_first_publication_gaps_sum_exactly_and_nothing_is_stated_any_more(
    house: House, seeds: Seeds, database: TestDatabase
) -> None:
    before = await house.get(place() + "/comparison", "agency_drafter")
    assert (before.status_code, slug(before)) == (404, "not-yet-published")
    made = await seeds.publish(version=1)
    line = next(each for each in json.loads(made.json)["agencies"] if each["agency"] == HOME)
    answer = await house.get(place() + "/comparison", "agency_admin")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["version"], found["self_score"]["version"]) == (1, 2)
    for each in found["indicators"]:
        said = line["indicators"][each["code"]]
        assert (each["official"], each["state"]) == (said["exact"], said["state"])
        assert each["stated"] == (str(Fraction(SECOND[each["code"]])) if each["code"] in SECOND else None)
        assert (each["gap"] is None) == (each["code"] in found["not_compared"])
        assert each["sentence"]["vi"]
    gaps = {each["code"]: Fraction(each["gap"]) for each in found["indicators"] if each["gap"] is not None}
    assert gaps == {code: Fraction(text) - Fraction(line["indicators"][code]["exact"]) for code, text in SECOND.items()}
    sums = {name: Fraction(value) for name, value in found["compared"].items()}
    assert sums["gap"] == sum(gaps.values()) == sums["stated"] - sums["official"]
    total = {name: Fraction(value) for name, value in found["official_total"].items()}
    assert (total["exact"], total["beside"]) == (
        Fraction(line["total_exact"]),
        Fraction(line["total_exact"]) - sums["official"],
    )
    late = await state(house, FIRST)
    assert (late.status_code, slug(late)) == (409, "self-score-closed")
    assert [each["version"] for each in (await house.get(place(), "agency_drafter")).json()["items"]] == [1, 2]
    insert = (
        "INSERT INTO intake.self_score (self_score_id, agency, period, points, actor) VALUES ('self_x', 'G06', %s, %s, 'key:x')"
    )
    with psycopg.connect(database.app_url, options="-c role=gateway -c bangdiem.reads=G06 -c bangdiem.acts=G06") as at:
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="closed"):
            at.execute(insert, ["2026-01", '{"A1": "1"}'])
        at.rollback()
        for wrong in ('{"A1": 1}', "{}", "[]", '{"A1": "1,5"}', '{"A1": null}'):
            with pytest.raises(psycopg.errors.CheckViolation):
                at.execute(insert, ["2026-02", wrong])
            at.rollback()


async def test_who_stated_nothing_has_nothing_to_compare(house: House) -> None:
    headers = {**await house.bearer_of(OTHER, "agency_drafter"), **ENGLISH}
    answer = await house.client.get(place(agency=OTHER) + "/comparison", headers=headers)
    assert (answer.status_code, slug(answer)) == (404, "not-found")


async def test_no_other_answer_tells_what_was_stated(house: House) -> None:
    """Not the published bytes, not an event, not the audit log."""
    for place, rows in (await everything_said(house)).items():
        assert len(rows) > 100, place
        assert "15.4321" not in rows, place
    with_reader = "SELECT count(*) AS n FROM intake.self_score"
    async with house.runtime.database.read() as connection:
        await connection.exec_driver_sql(
            "SELECT set_config('bangdiem.reads', '*', true), set_config('bangdiem.acts', '', true)"
        )
        assert (await connection.exec_driver_sql(with_reader)).scalar() == 0, "a national session sees none"
