"""Published sheets are stored bytes: one URL, one ETag, whoever asks (PUB-01, PUB-02, RSC-03)."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from fractions import Fraction

import httpx
import pytest

from shared.ids import new_id
from shared.public_pages.rendering import SDMX, XLSX
from shared.sdmx.structure import STRUCTURE
from shared.sdmx.structure import structure as named_structure
from tests.integration.gateway.conftest import API, ENGLISH, House
from tests.integration.gateway.seeds import Published, Seeds
from tests.unit.scoring.spreadsheet import assert_recomputes
from tests.unit.scoring.test_sdmx import by_sdmx1

SCORES = f"{API}/periods/2026-01/scores"
SHEET_HEADERS = ("etag", "cache-control", "vary", "content-type", "content-length", "x-content-type-options")


@pytest.fixture(scope="module")
async def first(seeds: Seeds) -> Published:
    return await seeds.publish(version=1)


async def until(what: Callable[[], Awaitable[bool] | bool], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def trusted(house: House) -> None:
    """The listener vouches for the latest versions: two readings of the same sheet leave it in the cache."""

    async def shelved() -> bool:
        await house.get(SCORES)
        return house.gateway.published.find((SCORES, b"", "application/json")) is not None

    await until(shelved)


async def test_the_stored_bytes_are_sent_as_they_are(house: House, first: Published) -> None:
    answer = await house.get(SCORES)
    assert answer.status_code == 200
    assert answer.content == first.json
    assert answer.headers["etag"] == f'"{first.digest}"'
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert (document["period"], document["version"], document["run"]) == ("2026-01", 1, first.run_id)
    assert len(document["agencies"]) == 56


async def test_two_callers_with_different_keys_get_the_same_answer(house: House, first: Published) -> None:
    answers = [await house.get(SCORES, role) for role in ("reader", "publisher", None)]
    answers.append(await house.client.get(SCORES, headers={"authorization": "Bearer nonsense"}))
    assert {answer.headers["etag"] for answer in answers} == {f'"{first.digest}"'}
    assert {answer.content for answer in answers} == {first.json}


@pytest.mark.parametrize("shape", ["{0}", "W/{0}", '"other", {0}', '"other",W/{0} , "third"', "*"])
async def test_who_has_the_sheet_gets_304_without_body(house: House, first: Published, shape: str) -> None:
    answer = await house.get(SCORES, **{"if-none-match": shape.format(f'"{first.digest}"')})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == f'"{first.digest}"'
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["x-request-id"]
    assert "content-length" not in answer.headers


async def test_the_ordinary_way_says_304_too(house: House, first: Published) -> None:
    headers = {"if-none-match": f'"{first.digest}"', "accept": "application/json, */*;q=0.5"}
    answer = await house.get(SCORES, **headers)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", f'"{first.digest}"')


@pytest.mark.parametrize("other", ['"sha256:0"', "nonsense", '"', ""])
async def test_another_etag_gets_the_sheet(house: House, first: Published, other: str) -> None:
    answer = await house.get(SCORES, **{"if-none-match": other})
    assert (answer.status_code, answer.content) == (200, first.json)


async def test_head_has_the_headers_of_get_and_no_body(house: House, first: Published) -> None:
    await trusted(house)
    for query in ("", "?version=1", "?format=csv"):
        got = await house.client.get(SCORES + query)
        asked = await house.client.head(SCORES + query)
        assert asked.content == b""
        assert {name: asked.headers[name] for name in SHEET_HEADERS} == {name: got.headers[name] for name in SHEET_HEADERS}
    unchanged = await house.client.head(SCORES, headers={"if-none-match": f'"{first.digest}"'})
    assert unchanged.status_code == 304


async def test_one_agency_has_its_own_bytes(house: House, first: Published) -> None:
    whole = json.loads(first.json)
    answer = await house.get(f"{SCORES}/G06")
    document = answer.json()
    assert [line["agency"] for line in document["agencies"]] == ["G06"]
    assert document["agencies"][0] == next(line for line in whole["agencies"] if line["agency"] == "G06")
    assert (document["run"], document["version"]) == (first.run_id, 1)
    assert answer.headers["etag"] != f'"{first.digest}"'
    again = await house.get(f"{SCORES}/G06", **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        ("text/csv", "", "text/csv"),
        ("text/csv;q=0.9, application/json;q=0.2", "", "text/csv"),
        ("application/json, text/csv;q=0.9", "", "application/json"),
        ("text/*", "", "text/csv"),
        ("application/*;q=0.1, */*;q=0.05", "", "application/json"),
        ("application/json;q=0, */*", "", "text/csv"),
        ("application/json", "?format=csv", "text/csv"),
        ("image/png", "?format=json", "application/json"),
    ],
)
async def test_accept_and_format_choose(house: House, first: Published, accept: str, query: str, media_type: str) -> None:
    for _ in range(2):  # the ordinary way, then from the cache
        answer = await house.get(SCORES + query, accept=accept)
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == media_type
        assert answer.content == (first.csv if media_type == "text/csv" else first.json)


async def test_the_table_comes_as_a_file(house: House, first: Published) -> None:
    answer = await house.get(SCORES, accept="text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="scores-2026-01-v1.csv"'
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert answer.text.startswith("\ufeffperiod,version,")
    assert len(answer.text.splitlines()) == 57
    assert answer.headers["etag"] != f'"{first.digest}"'


async def test_a_peoples_table_is_another_file(house: House, first: Published) -> None:
    machine = (await house.get(f"{SCORES}?format=csv", **{"accept-language": "vi"})).content
    assert machine == first.csv
    for query in ("?format=csv&locale=vi", "?version=1&format=csv&locale=vi"):
        for _ in range(2):  # the ordinary way, then from the cache
            answer = await house.get(SCORES + query)
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            assert answer.headers["content-disposition"] == 'attachment; filename="bang-diem-2026-01-v1.csv"'
            assert answer.text.startswith("\ufeffTháng;Phiên bản;")
            assert len(answer.text.splitlines()) == 57
            unchanged = await house.get(SCORES + query, **{"if-none-match": answer.headers["etag"]})
            assert unchanged.status_code == 304
    assert (await house.get(f"{SCORES}?locale=vi", accept="text/csv")).content == answer.content
    assert (await house.get(f"{SCORES}?locale=vi")).content == first.json
    assert (await house.get(f"{SCORES}?format=csv&locale=de")).status_code == 422


async def test_a_month_comes_as_a_workbook(house: House, first: Published) -> None:
    named, accepted = await house.get(f"{SCORES}?format=xlsx"), await house.get(SCORES, accept=XLSX)
    assert named.content == accepted.content == (await house.get(f"{SCORES}?version=1&format=xlsx")).content
    document = json.loads(first.json)
    assert len(document["agencies"]) == 56
    for number in (Fraction, float):
        assert_recomputes(document, named.content, number)
    assert named.headers["content-type"] == XLSX
    assert named.headers["content-disposition"] == 'attachment; filename="bang-diem-2026-01-v1.xlsx"'
    assert (await house.get(f"{SCORES}?format=xlsx", **{"if-none-match": named.headers["etag"]})).status_code == 304
    assert f"{SCORES}?version=1&amp;format=xlsx" in (await house.get("/periods/2026-01", accept="text/html")).text


async def test_a_month_comes_as_a_statistical_dataset(house: House, first: Published) -> None:
    named, accepted = await house.get(f"{SCORES}?format=sdmx"), await house.get(SCORES, accept=SDMX)
    assert named.content == accepted.content == (await house.get(f"{SCORES}?version=1&format=sdmx")).content
    assert named.headers["content-type"] == "application/vnd.sdmx.data+csv; version=2.0.0"
    assert named.headers["content-disposition"] == 'attachment; filename="bang-diem-2026-01-v1.sdmx.csv"'
    observations = by_sdmx1(named.content)
    document = json.loads(first.json)
    assert len({agency for agency, _ in observations}) == len(document["agencies"]) == 56
    for line in document["agencies"]:
        told = {code: one["points"] for code, one in line["indicators"].items()} | line["groups"] | {"total": line["total"]}
        values = {code: observations.pop((line["agency"], code)).value for code in told}
        assert values == {code: str(points) for code, points in told.items()}
    assert observations == {}
    structure = re.search(r'<([^>]+)>; rel="describedby"', named.headers["link"])
    assert structure
    file = await house.get(structure[1])
    assert (file.headers["content-type"], file.content) == (STRUCTURE, named_structure())
    assert "immutable" in file.headers["cache-control"]
    assert (await house.get(structure[1], **{"if-none-match": file.headers["etag"]})).status_code == 304
    assert (await house.get(f"{API}/sdmx-structures/9.9.9")).status_code == 404
    assert f"{SCORES}?version=1&amp;format=sdmx" in (await house.get("/periods/2026-01", accept="text/html")).text


async def test_a_version_of_before_there_were_files_has_none(house: House, seeds: Seeds) -> None:
    row = await seeds.run("2026-03")
    header = {"publication_id": new_id("pub"), "period": "2026-03", "version": 1, "run_id": row["run_id"]}
    known = {"publisher": "local:second", "reason": "chỉ có dữ liệu", "published_at": datetime.now(UTC), "digest": "sha256:0"}
    only = {"publication_id": header["publication_id"], "agency": "", "body": b"{}", "digest": "sha256:0"}
    await seeds.insert_publication({**header, **known}, [{**only, "media_type": "application/json"}])
    for query in ("format=xlsx", "format=csv&locale=vi", "format=pdf", "format=sdmx"):
        answer = await house.get(f"{API}/periods/2026-03/scores?version=1&{query}")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (406, "not-acceptable")


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        (f"{API}/periods/2026-02/scores", 404, "not-yet-published"),
        (f"{API}/periods/2026-02/scores/G06", 404, "not-yet-published"),
        (f"{API}/periods/2026-02/versions", 404, "not-yet-published"),
        (f"{API}/periods/2025-12/scores", 404, "period-unknown"),
        (f"{API}/periods/2026-04/scores", 404, "period-unknown"),
        (f"{API}/periods/0000-01/scores", 404, "period-unknown"),
        (f"{API}/periods/9999-12/scores", 404, "period-unknown"),
        (f"{SCORES}?version=9", 404, "version-unknown"),
        (f"{SCORES}/Z99", 404, "agency-unknown"),
        (f"{SCORES}/Z99?version=1", 404, "agency-unknown"),
        (f"{API}/periods/9999-99/scores", 422, "input-invalid"),
        (f"{API}/periods/2026-1/scores", 422, "input-invalid"),
        (f"{SCORES}?version=0", 422, "input-invalid"),
        (f"{SCORES}?version=99999999999999999999", 422, "input-invalid"),
        (f"{SCORES}?version=1&version=2", 422, "input-invalid"),
        (f"{SCORES}?verion=1", 422, "input-invalid"),
        (f"{SCORES}?format=xml", 406, "not-acceptable"),
        (f"{SCORES}?format=", 406, "not-acceptable"),
        (f"{SCORES}?version=1.0", 422, "input-invalid"),
        (f"{SCORES}/%00", 422, "input-invalid"),
    ],
)
async def test_every_refusal_has_its_type(house: House, first: Published, path: str, status: int, slug: str) -> None:
    answer = await house.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"http://127.0.0.1:8000/problems/{slug}"


@pytest.mark.parametrize(
    ("path", "pointer", "seen", "expected"),
    [
        (f"{SCORES}?format=xml", "?format", "xml", "json or csv or xlsx or pdf or sdmx"),
        (f"{SCORES}?version=abc", "?version", "abc", "a whole number, written in digits"),
        (f"{SCORES}?version=1.0", "?version", "1.0", "a whole number, written in digits"),
        (f"{SCORES}?version=0", "?version", "0", "a whole number from 1 on"),
        (f"{API}/periods/2026-1/scores", "period", "2026-1", "a month as YYYY-MM, such as 2026-01"),
    ],
)
async def test_a_refused_parameter_is_named_once(
    house: House, first: Published, path: str, pointer: str, seen: str, expected: str
) -> None:
    (fault,) = (await house.get(path, **ENGLISH)).json()["errors"]
    assert (fault["pointer"], fault["seen"], fault["expected"]) == (pointer, seen, expected)


@pytest.mark.parametrize("period", ["9999-12", "0000-01", "2025-12"])
async def test_a_month_nobody_scores_is_shown_as_given(house: House, period: str) -> None:
    detail = (await house.get(f"{API}/periods/{period}/scores", **ENGLISH)).json()["detail"]
    assert period in detail
    assert "no scheme" in detail
    assert "calendar month" not in detail


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "application/xml, text/html", "garbage"])
async def test_an_unknown_format_is_refused(house: House, first: Published, accept: str) -> None:
    answer = await house.get(SCORES, accept=accept)
    assert answer.status_code == 406
    assert answer.json()["type"].endswith("/problems/not-acceptable")


async def test_the_shelf_answers_as_the_ordinary_way_does(house: House, first: Published) -> None:
    await trusted(house)
    shelved = await house.get(SCORES)
    house.gateway.published.distrust()
    ordinary = await house.get(SCORES)
    assert shelved.content == ordinary.content
    different = {"x-request-id"}
    assert {k: v for k, v in shelved.headers.items() if k not in different} == {
        k: v for k, v in ordinary.headers.items() if k not in different
    }
    assert (await house.get(SCORES, **{"x-request-id": "mine-1"})).headers["x-request-id"] == "mine-1"


async def test_later_versions_change_the_latest_at_once_and_a_pinned_one_never(
    house: House, seeds: Seeds, first: Published
) -> None:
    await trusted(house)
    pinned = await house.get(f"{SCORES}?version=1")
    assert pinned.headers["cache-control"] == "public, max-age=31536000, immutable"
    for version in range(2, 12):
        made = await seeds.publish(version=version)

        async def is_latest(digest: str = made.digest) -> bool:
            return (await house.get(SCORES)).headers["etag"] == f'"{digest}"'

        await until(is_latest, seconds=2)
        assert (await house.get(SCORES)).content == made.json
        again = await house.get(f"{SCORES}?version=1")
        assert (again.content, again.headers["etag"]) == (first.json, pinned.headers["etag"])
    versions = (await house.get(f"{API}/periods/2026-01/versions")).json()["items"]
    assert [line["version"] for line in versions] == list(range(1, 12))
    assert (versions[0]["run"], versions[0]["digest"]) == (first.run_id, first.digest)
    assert (await house.get(versions[0]["scores"])).content == first.json


async def test_without_the_listener_the_database_is_asked(house: House, seeds: Seeds, first: Published) -> None:
    """Its connection is cut by the server, again and again, while versions appear: no answer is ever stale."""
    await trusted(house)
    for version in range(12, 15):
        await cut_listener(house)
        made = await seeds.publish(version=version)
        answer = await house.get(SCORES)
        assert (answer.json()["version"], answer.headers["etag"]) == (version, f'"{made.digest}"')
    await trusted(house)
    assert (await house.get(SCORES)).json()["version"] == 14


async def cut_listener(house: House) -> None:
    """Ends the listener's session and waits until the cache has noticed, as it does when the socket closes."""
    await until(lambda: _is_trusted(house))
    ended = await house.facts(
        "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity"
        " WHERE application_name = 'bangdiem-gateway-listener' AND datname = current_database()"
    )
    assert [row["ended"] for row in ended] == [True]
    await until(lambda: not _is_trusted(house))


def _is_trusted(house: House) -> bool:
    return house.gateway.published.trusted


async def test_a_format_that_was_never_published_is_not_made_up(house: House, seeds: Seeds) -> None:
    row = await seeds.run("2026-02")
    header = {"publication_id": new_id("pub"), "period": "2026-02", "version": 1, "run_id": row["run_id"]}
    known = {"publisher": "local:second", "reason": "chỉ có JSON", "published_at": datetime.now(UTC), "digest": "sha256:0"}
    only = {"publication_id": header["publication_id"], "agency": "", "media_type": "application/json"}
    await seeds.insert_publication({**header, **known}, [{**only, "body": b"{}", "digest": "sha256:0"}])
    assert (await house.get(f"{API}/periods/2026-02/scores")).content == b"{}"
    answer = await house.get(f"{API}/periods/2026-02/scores", accept="text/csv")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (406, "not-acceptable")


async def test_a_hundred_readers_at_once(house: House, first: Published) -> None:
    answers: list[httpx.Response] = await asyncio.gather(*(house.get(f"{SCORES}?version=1") for _ in range(100)))
    assert {answer.content for answer in answers} == {first.json}
    assert len({answer.headers["x-request-id"] for answer in answers}) == 100
