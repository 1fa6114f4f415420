"""What a body would have had: its real score for its real figures; of others a distribution, never a name (EXP-07, EXP-08)."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import httpx
import pytest

from shared.law.restored import restored
from shared.law.sheet import score
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, House, opened_house
from tests.integration.gateway.seeds import Published, Seeds
from tests.unit.gateway.test_explaining import VIETNAMESE

INSIDE = ("agency_drafter", "agency_approver", "agency_signer", "agency_admin")


@pytest.fixture(scope="module")
async def versions(seeds: Seeds) -> list[Published]:
    """Two versions of January; every run has other figures of every body."""
    return [await seeds.publish(version=1), await seeds.publish(version=2)]


async def asked(house: House, agency: str, measures: dict[str, Any], role: str = "reader", **words: Any) -> httpx.Response:
    body = {"period": "2026-01", "measures": measures, **words}
    return await house.post(f"{API}/agencies/{agency}/what-if", role, body, **ENGLISH)


async def test_with_its_real_figures_every_body_has_its_real_score(house: House, versions: list[Published]) -> None:
    lines = json.loads(versions[1].json)["agencies"]
    assert len(lines) == 56
    for line in lines:
        own = {name: value for name, value in line["measures"].items() if value is not None}
        for measures in ({}, own):
            answer = await asked(house, line["agency"], measures)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert (found["version"], found["agency"], found["newly_best"]) == (2, line["agency"], [])
            assert found["total_exact"] == {"from": line["total_exact"], "to": line["total_exact"], "change": "0"}
            for name in ("total", "shown_total", "grade", "rank"):
                assert found[name] == {"from": line[name], "to": line[name]}
            for each in found["indicators"]:
                said = line["indicators"][each["code"]]
                assert (each["to"], each["points"]["to"], each["state"]["to"]) == (said["exact"], said["points"], said["state"])
                assert each["change"] == "0"
            nobody = [{"above": None, "up_to": "0.00", "agencies": 55}]
            assert found["others"] == {"agencies": 55, "lost": nobody, "gained": nobody}


async def test_whoever_becomes_the_best_moves_the_others_and_names_none(house: House, versions: list[Published]) -> None:
    document = json.loads(versions[1].json)
    sheet = restored(document).sheet
    best = sheet.leaders["C2"]
    agency = next(each.code for each in sheet.agencies if each.code not in best.agencies)
    figure = best.value * 3
    found = (await asked(house, agency, {"exchange_transactions": str(figure)})).json()
    changed = [
        replace(each, measures={**each.measures, "exchange_transactions": figure}) if each.code == agency else each
        for each in sheet.agencies
    ]
    then = score(sheet.scheme, sheet.period, changed)
    line = then.line(agency)
    assert (found["total_exact"]["to"], found["total"]["to"]) == (str(line.total_exact), line.total)
    assert (found["grade"]["to"], found["rank"]["to"], found["newly_best"]) == (line.grade, line.rank, ["C2"])
    losses = [
        was.total_exact - now.total_exact for was, now in zip(sheet.lines(), then.lines(), strict=True) if was.agency != agency
    ]
    assert max(losses) > 0
    lost = found["others"]["lost"]
    assert sum(each["agencies"] for each in lost) == len(losses) == 55
    assert all(each["agencies"] >= 3 for each in lost)
    assert any(each["up_to"] != "0.00" for each in lost)
    for each in lost:
        low, high = (None if each[end] is None else Fraction(each[end]) for end in ("above", "up_to"))
        inside = [loss for loss in (round_half_up(loss) for loss in losses) if is_between(low, loss, high)]
        assert len(inside) == each["agencies"]
    text = json.dumps(found)
    for other in document["agencies"]:
        if other["agency"] != agency:
            assert f'"{other["agency"]}"' not in text
            assert other["name_vi"] not in text


def round_half_up(loss: Fraction) -> Fraction:
    return Fraction(int(max(loss, Fraction(0)) * 100 + Fraction(1, 2)), 100)


def is_between(low: Fraction | None, loss: Fraction, high: Fraction | None) -> bool:
    return (low is None or loss > low) and (high is None or loss <= high)


async def test_a_version_is_named_or_the_latest_is_meant(house: House, versions: list[Published]) -> None:
    lines = {line["agency"]: line for line in json.loads(versions[0].json)["agencies"]}
    found = (await asked(house, "H38", {}, version=1)).json()
    assert (found["version"], found["total_exact"]["to"]) == (1, lines["H38"]["total_exact"])
    assert (await asked(house, "H38", {}, version=None)).json()["version"] == 2


@pytest.mark.parametrize("role", INSIDE)
async def test_a_body_asks_about_itself_and_of_another_nothing_is_said(
    house: House, versions: list[Published], role: str
) -> None:
    assert (await asked(house, HOME, {"speeches": "1"}, role)).status_code == 200
    answer = await asked(house, "H38", {"speeches": "1"}, role)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "not-found")


async def test_nothing_is_written_and_a_key_sent_again_is_computed_again(house: House, versions: list[Published]) -> None:
    (await asked(house, HOME, {}, "agency_drafter")).raise_for_status()
    before = await kept(house)
    path, body = f"{API}/agencies/{HOME}/what-if", {"period": "2026-01", "measures": {"speeches": "1"}}
    key = {"idempotency-key": "what-if-1"}
    answers = [await house.post(path, "agency_drafter", body, **key) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["cache-control"] == "no-store"
    assert "idempotent-replayed" not in answers[1].headers
    assert await kept(house) == before


async def kept(house: House) -> list[dict[str, Any]]:
    """How many rows every table holds."""
    tables = await house.facts(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('control', 'intake', 'ingest', 'scoring', 'audit', 'registry')"
    )
    counts = (f"SELECT '{each['name']}' AS name, count(*) AS n FROM {each['name']}" for each in tables)
    return sorted(await house.facts(" UNION ALL ".join(counts)), key=lambda each: str(each["name"]))


# What is asked, at which place it is refused, and what was seen.
IMPOSSIBLE: list[tuple[dict[str, str], str, str, str | None]] = [
    ({"speeches": "-1"}, "/measures/speeches", "negative", "-1"),
    ({"speeches": "1.5"}, "/measures/speeches", "fraction-in-count", "1.5"),
    ({"speeches": "one"}, "/measures/speeches", "not-a-number", "one"),
    ({"transparency": "18.01"}, "/measures/transparency", "above-maximum", "18.01"),
    ({"punctuality": "1"}, "/measures/punctuality", "unknown-measure", None),
    ({"period_tasks": "1", "on_time_tasks": "1", "late_tasks": "1"}, "/measures", "above-total", "2"),
    ({"meetings_summoned": "0", "meetings_attended": "0", "speeches": "2", "thematic_reports": "0"},
     "/measures/speeches", "without-occasion", "2"),
]  # fmt: skip


async def test_impossible_figures_are_refused_with_what_was_seen_and_expected(
    house: House, versions: list[Published], subtests: pytest.Subtests
) -> None:
    for measures, place, rule, seen in IMPOSSIBLE:
        with subtests.test(rule):
            answer = await asked(house, "H38", measures)
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "input-invalid"), answer.text
            (fault,) = answer.json()["errors"]
            assert (fault["pointer"], fault["rule_id"], fault.get("seen")) == (place, rule, seen)
            assert fault["expected"]
            path, body = f"{API}/agencies/H38/what-if", {"period": "2026-01", "measures": measures}
            answer = await house.post(path, "reader", body, **{"accept-language": "vi"})
            (fault,) = answer.json()["errors"]
            for word in ("detail", "expected", "hint"):
                assert VIETNAMESE.search(fault[word]), fault


@pytest.mark.parametrize(
    ("agency", "words", "status", "slug"),
    [
        ("X99", {}, 404, "agency-unknown"),
        ("H38", {"version": 9}, 404, "version-unknown"),
        ("H38", {"period": "2026-02"}, 404, "not-yet-published"),
        ("H38", {"period": "2026-13"}, 422, "input-invalid"),
        ("H38", {"measures": {"speeches": 1}}, 422, "input-invalid"),
        ("H38", {"readings": {}}, 422, "input-invalid"),
    ],
)
async def test_what_is_not_there_is_said(
    house: House, versions: list[Published], agency: str, words: dict[str, Any], status: int, slug: str
) -> None:
    body = {"period": "2026-01", "measures": {}, **words}
    answer = await house.post(f"{API}/agencies/{agency}/what-if", "reader", body, **ENGLISH)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, slug), answer.text


async def test_a_caller_is_answered_so_many_a_minute_and_told_when_to_come_back(
    database: TestDatabase, versions: list[Published]
) -> None:
    """Each question is counted, whatever its answer; another caller has a count of their own."""
    async with opened_house(database, what_ifs_a_minute=2) as house:
        answers = [await asked(house, HOME, {"speeches": "1"}) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        refused = answers[-1]
        assert (refused.json()["type"].rpartition("/")[2], refused.headers["retry-after"]) == ("too-many-requests", "60")
        assert (await asked(house, HOME, {"speeches": "1"}, "agency_drafter")).status_code == 200
        late = f"{API}/agencies/{HOME}/periods/2026-01/submissions/1/score"
        assert [(await house.get(late, "agency_drafter")).status_code for _ in range(2)] == [404, 429]
