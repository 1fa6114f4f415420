"""Why a body got its points, and what changed between versions and months (EXP-01, EXP-02, RSC-04)."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

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
    assert {each["code"]: each["rows"] for each in line["indicators"]} == {
        each["code"]: {
            "from": f"{JANUARY}/scores/H38/indicators/{each['code']}/rows?version=2",
            "to": f"{API}/periods/2026-02/scores/H38/indicators/{each['code']}/rows?version=1",
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
