"""What was published at an instant is what a reader got then, byte for byte (PUB-04, SNP-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.integration.gateway.conftest import API, ENGLISH, NOW, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_extensions import slug

_OF_A_MONTH = (
    "scores", "scores?format=csv", "scores?format=csv&locale=vi", "scores?format=xlsx", "scores/G06",
    "scores?fields=agencies.total", "scores/G06?expand=labels", "scores/G06/explanation",
    "scores/G06/explanation?reading=B-1=table", "changes", "versions", "reports", "reports/G06", "readings", "readings/B-1",
    "readings/B-1/table",
)  # fmt: skip
PLACES = ("/changes", "/changes?to=2026-01", "/trends", *(f"/periods/2026-01/{place}" for place in _OF_A_MONTH))
# For who may read a body's figures, and kept by nobody on the way.
_BEHIND = ("rows", "row-changes", "row-changes?from=1")
ROWS = tuple(f"/periods/2026-01/scores/G06/indicators/A1/{place}" for place in _BEHIND)
INSTANTS = [NOW - timedelta(days=days) for days in (9, 6, 3)]
Taken = dict[tuple[datetime, str], bytes]


@pytest.fixture(scope="module")
async def taken(house: House, seeds: Seeds) -> Taken:
    """After each of three publications, what readers got of every address; with the second comes another month."""
    found: Taken = {}
    for version, at in enumerate(INSTANTS, start=1):
        await seeds.keep_readings(await seeds.publish(version=version, at=at))
        if version == 2:
            await seeds.publish("2026-02", version=1, at=at)
        for place in PLACES + ROWS:
            answer = await house.get(f"{API}{place}", "reader" if place in ROWS else None)
            assert answer.status_code == 200, answer.text
            found[at, place] = answer.content
        found[at, "page"] = (await house.client.get("/periods/2026-01/agencies/G06")).content
    return found


def at(place: str, instant: datetime) -> str:
    sign = "&" if "?" in place else "?"
    return f"{API}{place}{sign}as_of={instant.isoformat().replace('+', '%2B')}"


async def test_at_any_instant_the_bytes_are_those_that_readers_got_then(house: House, taken: Taken) -> None:
    for number, published in enumerate(INSTANTS):
        until = INSTANTS[number + 1] if number + 1 < len(INSTANTS) else NOW
        within = published + (until - published) / 3
        for instant in (published, within, until - timedelta(microseconds=1)):
            for place in PLACES + ROWS:
                answer = await house.get(at(place, instant), "reader" if place in ROWS else None)
                assert answer.content == taken[published, place], (place, instant)
                assert answer.headers["cache-control"] == ("private, no-cache" if place in ROWS else "public, no-cache")


async def test_a_pinned_version_is_the_same_bytes(house: House, taken: Taken) -> None:
    for version, published in enumerate(INSTANTS, start=1):
        pinned = await house.get(f"{API}/periods/2026-01/scores?version={version}")
        asked = await house.get(at("/periods/2026-01/scores", published))
        assert (asked.content, asked.headers["etag"]) == (pinned.content, pinned.headers["etag"])
        unchanged = await house.get(at("/periods/2026-01/scores", published), **{"if-none-match": pinned.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_changes_up_to_an_instant_are_those_of_the_version_that_stood_then(house: House, taken: Taken) -> None:
    """From the version before it, or from the one named; `to` beside the instant is refused."""
    asked = (await house.get(at("/periods/2026-01/changes?from=1", INSTANTS[2]))).json()
    assert asked == (await house.get(f"{API}/periods/2026-01/changes?from=1&to=3")).json()
    assert [asked[end]["version"] for end in ("from", "to")] == [1, 3]
    beside = await house.get(at("/periods/2026-01/changes?to=2", INSTANTS[2]), **ENGLISH)
    assert (beside.status_code, beside.json()["errors"][0]["detail"]) == (422, "stands beside ?to")


async def test_two_months_are_compared_as_they_stood(house: House, taken: Taken) -> None:
    """Of two named months too; a month that nothing had been published of is said, and so is an instant ahead of now."""
    pair = "/changes?from=2026-01&to=2026-02"
    for instant, version in ((INSTANTS[1], 2), (INSTANTS[2] - timedelta(microseconds=1), 2), (INSTANTS[2], 3)):
        found = (await house.get(at(pair, instant))).json()
        ends = [(found[end]["period"], found[end]["version"]) for end in ("from", "to")]
        assert ends == [("2026-01", version), ("2026-02", 1)]
        assert found == (await house.get(at("/changes", instant))).json()
    for place, told in ((pair, "nothing had been published of 2026-02 at"), ("/changes?to=2026-01", "")):
        answer = await house.get(at(place, INSTANTS[0] - timedelta(days=1) * (not told)), **ENGLISH)
        assert (answer.status_code, slug(answer), told in answer.json()["detail"]) == (404, "not-yet-published", True)
    for place in (pair, "/periods/2026-01/versions", ROWS[1]):
        ahead = await house.get(at(place, NOW + timedelta(days=1)), "reader")
        assert [each["pointer"] for each in ahead.json()["errors"]] == ["?as_of"], place


async def test_rows_that_changed_since_another_month_are_those_of_its_version_then(house: House, taken: Taken) -> None:
    place = "/periods/2026-02/scores/G06/indicators/A1/row-changes?from_period=2026-01"
    for instant, version in ((INSTANTS[1], 2), (INSTANTS[2], 3)):
        found = (await house.get(at(place, instant), "reader")).json()
        assert [(found[end]["period"], found[end]["version"]) for end in ("from", "to")] == [
            ("2026-01", version),
            ("2026-02", 1),
        ]
    beside = await house.get(at(ROWS[1] + "?to=2", INSTANTS[2]), "reader", **ENGLISH)
    assert (beside.status_code, beside.json()["errors"][0]["detail"]) == (422, "stands beside ?to")


async def test_before_the_first_version_nothing_is_there(house: House, taken: Taken) -> None:
    answer = await house.get(at("/periods/2026-01/scores", INSTANTS[0] - timedelta(microseconds=1)), **ENGLISH)
    assert (answer.status_code, slug(answer)) == (404, "not-yet-published")
    assert answer.json()["detail"].startswith("nothing had been published of 2026-01 at 2026-")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("as_of=2026-03-01T00:00:00", "?as_of"),
        ("as_of=2999-01-01T00:00:00Z", "?as_of"),
        ("as_of=2026-02-08T00:00:00Z&version=1", "?as_of"),
        ("as_of=yesterday", "?as_of"),
    ],
)
async def test_an_instant_that_cannot_be_is_named(house: House, taken: Taken, query: str, pointer: str) -> None:
    answer = await house.get(f"{API}/periods/2026-01/scores?{query}", **ENGLISH)
    assert (answer.status_code, slug(answer)) == (422, "input-invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_pages_stand_as_they_stood(house: House, taken: Taken) -> None:
    for published in INSTANTS:
        asked = await house.client.get("/periods/2026-01/agencies/G06", params={"as_of": published.isoformat()})
        assert asked.content == taken[published, "page"]


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-02-08T00:00:00", "x"])
async def test_a_page_of_an_instant_that_cannot_be_is_refused(house: House, taken: Taken, instant: str) -> None:
    answer = await house.client.get("/periods/2026-01", params={"as_of": instant}, headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "as_of" in answer.text


async def test_each_version_names_the_ones_before_and_after_it(house: House, taken: Taken) -> None:
    """Also from the cache, and also once a pinned version is followed."""
    place = f"{API}/periods/2026-01/scores/G06"
    for version, links in ((1, {"successor": 2}), (2, {"predecessor": 1, "successor": 3}), (3, {"predecessor": 2})):
        for _ in range(2):
            answer = await house.get(f"{place}?version={version}")
            told = {kind: f'<{place}?version={number}>; rel="{kind}-version"' for kind, number in links.items()}
            assert [kind for kind in ("predecessor", "successor") if f"{kind}-version" in answer.headers["link"]] == list(told)
            assert all(each in answer.headers["link"] for each in told.values())
    page = await house.client.get("/periods/2026-01/agencies/G06?version=2")
    assert '</periods/2026-01/agencies/G06?version=3>; rel="successor-version"' in page.headers["link"]
    listed = (await house.get(f"{API}/periods/2026-01/versions")).json()["items"]
    assert [(each["version"], each["followed_by"]) for each in listed] == [(1, 2), (2, 3), (3, None)]
