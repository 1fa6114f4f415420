"""Why a body got its points, and what changed between versions and months (EXP-01, EXP-02, RSC-04)."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from shared.law.document import render
from shared.law.readings import Readings
from shared.law.restored import restored
from shared.law.sheet import score
from tests.integration.gateway.conftest import API, ENGLISH, House
from tests.integration.gateway.seeds import Published, Seeds
from tests.property.test_laws_of_explanation import again, leaves

JANUARY = f"{API}/periods/2026-01"
CAUSES = ("own", "pool", "scheme", "ruling")


@pytest.fixture(scope="module")
async def versions(seeds: Seeds) -> list[Published]:
    """Two versions of January and one of February; every run has other figures of every body."""
    first, second = await seeds.publish(version=1), await seeds.publish(version=2)
    return [first, second, await seeds.publish("2026-02", version=1)]


async def test_an_explanation_is_worked_out_to_the_published_total(house: House, versions: list[Published]) -> None:
    sheet = json.loads(versions[1].json)
    passages = {one["sha256"] for found in sheet["citations"].values() for one in found}
    for line in sheet["agencies"]:
        answer = await house.get(f"{JANUARY}/scores/{line['agency']}/explanation")
        assert answer.status_code == 200
        found = answer.json()
        assert (found["format"], found["period"], found["version"]) == ("explanation/1", "2026-01", 2)
        assert again(found["tree"]) == line["total"]
        nodes = {node["path"]: node for node in leaves(found["tree"])}
        assert nodes["total/exact"]["exact"] == line["total_exact"]
        for code, indicator in line["indicators"].items():
            assert nodes[code]["exact"] == indicator["exact"]
            assert set(found["sentences"][code]) == {"vi", "en"}
        figures = [node for node in nodes.values() if "measure" in node]
        assert {node["measure"]: node["exact"] for node in figures if node["agencies"] == [line["agency"]]}.items() <= {
            name: None if value is None else str(Fraction(value)) for name, value in line["measures"].items()
        }.items()
        assert {node["citation"]["sha256"] for node in nodes.values() if "citation" in node} <= passages


async def test_a_pinned_version_is_explained_as_it_was_and_for_ever(house: House, versions: list[Published]) -> None:
    first = json.loads(versions[0].json)
    (line,) = [line for line in first["agencies"] if line["agency"] == "H38"]
    answer = await house.get(f"{JANUARY}/scores/H38/explanation?version=1")
    assert answer.json()["tree"]["exact"] == str(line["total"])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again_asked = await house.get(f"{JANUARY}/scores/H38/explanation?version=1", **{"if-none-match": answer.headers["etag"]})
    assert again_asked.status_code == 304


async def test_every_change_is_explained_to_the_last_digit(house: House, versions: list[Published]) -> None:
    before, after = ({line["agency"]: line for line in json.loads(each.json)["agencies"]} for each in versions[:2])
    answer = await house.get(f"{JANUARY}/changes?from=1&to=2")
    assert answer.status_code == 200
    assert_explained(answer.json(), before, after)
    assert (await house.get(f"{JANUARY}/changes")).json() == answer.json()


async def test_a_change_leads_to_the_rows_of_both_versions(house: House, versions: list[Published]) -> None:
    found = (await house.get(f"{API}/changes?from=2026-01&to=2026-02")).json()
    (line,) = [each for each in found["agencies"] if each["agency"] == "H38"]
    behind = f"{API}/periods/2026-02/scores/H38/indicators"
    assert {each["code"]: each["rows"] for each in line["indicators"]} == {
        each["code"]: {
            "from": f"{JANUARY}/scores/H38/indicators/{each['code']}/rows?version=2",
            "to": f"{behind}/{each['code']}/rows?version=1",
            "changes": f"{behind}/{each['code']}/row-changes?from=2&to=1&from_period=2026-01",
        }
        for each in line["indicators"]
    }
    assert line["indicators"]


async def test_two_months_are_compared(house: House, versions: list[Published]) -> None:
    before, after = ({line["agency"]: line for line in json.loads(each.json)["agencies"]} for each in versions[1:])
    found = (await house.get(f"{API}/changes?from=2026-01&to=2026-02")).json()
    assert (found["from"]["version"], found["to"]["period"]) == (2, "2026-02")
    assert_explained(found, before, after)


async def test_without_words_the_last_is_compared_with_the_one_before_and_the_first_with_itself(
    house: House, versions: list[Published]
) -> None:
    months = await house.get(f"{API}/changes")
    assert months.json() == (await house.get(f"{API}/changes?from=2026-01&to=2026-02")).json()
    first = (await house.get(f"{API}/periods/2026-02/changes")).json()
    assert (first["from"], first["moved"]) == (first["to"], 0)


@pytest.mark.parametrize("chosen", [{"B-1": "table"}, {"A-6": "zero", "G-4": "exact", "E-3": "zero"}])
async def test_under_other_readings_it_is_worked_out_to_what_scoring_gives_under_them(
    house: House, versions: list[Published], chosen: dict[str, str]
) -> None:
    found = restored(json.loads(versions[0].json)).sheet
    under = score(found.scheme, found.period, found.agencies, readings=Readings.of(found.scheme, chosen))
    query = "&".join(f"reading={name}={value}" for name, value in chosen.items())
    for line in render(under)["agencies"]:
        answer = await house.get(f"{JANUARY}/scores/{line['agency']}/explanation?version=1&{query}")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["format"], told["version"], told["run_id"]) == ("explanation/2", 1, versions[0].run_id)
        assert told["readings"] == chosen
        assert again(told["tree"]) == line["total"]
        nodes = {node["path"]: node for node in leaves(told["tree"])}
        assert nodes["total/exact"]["exact"] == line["total_exact"]
        assert {code: nodes[code]["exact"] for code in line["indicators"]} == {
            code: each["exact"] for code, each in line["indicators"].items()
        }


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("Z-9=table", "readings with alternatives are"),
        ("B-1=mean", "it has: table"),
        ("A-1=named-assigners", "needs rows, not figures alone"),
        ("B-1=table&reading=B-1=table", "is chosen twice"),
    ],
)
async def test_what_cannot_be_read_so_is_said_with_what_can(
    house: House, versions: list[Published], chosen: str, said: str
) -> None:
    answer = await house.get(f"{JANUARY}/scores/H38/explanation?reading={chosen}", **ENGLISH)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert said in fault["detail"], fault
    assert chosen.partition("=")[0] in fault["detail"]


async def test_a_run_is_explained_to_those_who_read_runs(house: House, seeds: Seeds, versions: list[Published]) -> None:
    run = await seeds.run()
    sheet = json.loads(run["sheet"])
    place = f"{API}/score-runs/{run['run_id']}/scores"
    for line in sheet["agencies"][:5]:
        answer = await house.get(f"{place}/{line['agency']}/explanation", "operator")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["format"], told["version"], told["run_id"], told["readings"]) == (
            "explanation/2", None, run["run_id"], {},
        )  # fmt: skip
        assert again(told["tree"]) == line["total"]
        rows = {node["rows"] for node in leaves(told["tree"]) if node.get("rows")}
        assert all(each.endswith(f"/rows?run={run['run_id']}") for each in rows)
        assert rows
    under = await house.get(f"{place}/H38/explanation?reading=B-1=table", "publisher")
    assert under.json()["readings"] == {"B-1": "table"}
    assert (await house.get(f"{place}/G06/explanation")).status_code == 401
    assert (await house.get(f"{place}/G06/explanation", "agency_drafter")).status_code == 403
    assert (await house.get(f"{place}/H38/explanation", "agency_drafter")).status_code == 404
    assert (await house.get(f"{place}/X99/explanation", "reader")).status_code == 404
    of_a_version = f"{API}/score-runs/{versions[1].run_id}/scores/H38/explanation"
    assert (await house.get(of_a_version, "reader")).json()["version"] == 2


async def test_runs_are_compared_with_each_other_and_with_what_is_published(
    house: House, seeds: Seeds, versions: list[Published]
) -> None:
    one, other = await seeds.run(), await seeds.run()
    before, after = ({line["agency"]: line for line in json.loads(each["sheet"])["agencies"]} for each in (one, other))
    place = f"{API}/score-runs/{other['run_id']}/changes"
    found = (await house.get(f"{place}?from={one['run_id']}", "reader")).json()
    assert_explained(found, before, after)
    assert (found["from"]["version"], found["from"]["run_id"]) == (None, one["run_id"])
    addresses = {each["rows"]["changes"] for line in found["agencies"] for each in line["indicators"]}
    assert all(each.startswith(f"{API}/score-runs/{other['run_id']}/scores/") for each in addresses)
    assert all(each.endswith(f"/row-changes?from={one['run_id']}") for each in addresses)
    published = {line["agency"]: line for line in json.loads(versions[1].json)["agencies"]}
    alone = (await house.get(place, "auditor")).json()
    assert_explained(alone, published, after)
    assert (alone["from"]["version"], alone["to"]["run_id"]) == (2, other["run_id"])
    assert (await house.get(place, "agency_drafter")).status_code == 403
    assert (await house.get(f"{place}?from=run_{'0' * 26}", "reader")).status_code == 404


def assert_explained(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    assert [one["agency"] for one in found["agencies"]] == sorted(after)
    assert found["moved"] == sum(one["moved"] for one in found["agencies"]) > 0
    for one in found["agencies"]:
        first, last = before[one["agency"]], after[one["agency"]]
        change = Fraction(last["total_exact"]) - Fraction(first["total_exact"])
        assert Fraction(one["total_exact"]["change"]) == change == sum(Fraction(one["causes"][cause]) for cause in CAUSES)
        assert Fraction(one["rounding"]) == last["total"] - first["total"] - change
        assert sum(Fraction(one["rank_causes"][cause]) for cause in CAUSES) == last["rank"] - first["rank"]
        for name in ("total", "grade", "rank", "shown_total"):
            assert one[name] == {"from": first[name], "to": last[name]}
        told = {each["code"]: each for each in one["indicators"]}
        for code, indicator in last["indicators"].items():
            if indicator["exact"] == first["indicators"][code]["exact"]:
                assert code not in told
                continue
            assert (told[code]["from"], told[code]["to"]) == (first["indicators"][code]["exact"], indicator["exact"])
            assert sum(Fraction(told[code]["causes"][cause]) for cause in CAUSES) == Fraction(told[code]["change"])


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        ("/periods/2026-01/scores/X99/explanation", 404, "agency-unknown"),
        ("/periods/2026-01/scores/H38/explanation?version=9", 404, "version-unknown"),
        ("/periods/2026-03/scores/H38/explanation", 404, "not-yet-published"),
        ("/periods/2026-01/changes?from=1&to=9", 404, "version-unknown"),
        ("/changes?from=2026-03", 404, "not-yet-published"),
        ("/changes?from=2026-01&to=2026-13", 422, "input-invalid"),
    ],
)
async def test_what_is_not_there_is_said(house: House, versions: list[Published], path: str, status: int, slug: str) -> None:
    answer = await house.get(API + path, **ENGLISH)
    assert answer.status_code == status, answer.text
    assert answer.json()["type"].endswith(slug)
