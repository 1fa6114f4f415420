"""A published sheet in part, or with labels and the law beside it (PUB-15, PUB-18)."""

from __future__ import annotations

import json

import pytest

from shared.canonical import sha256_hex
from tests.integration.gateway.conftest import API, ENGLISH, House
from tests.integration.gateway.seeds import Published, Seeds

SCORES = f"{API}/periods/2026-01/scores"
FIELDS = "agencies.agency,agencies.total,agencies.indicators.A1.points"


@pytest.fixture(scope="module")
async def versions(seeds: Seeds) -> list[Published]:
    return [await seeds.publish(version=version) for version in (1, 2)]


async def test_fields_are_the_stored_values(house: House, versions: list[Published]) -> None:
    whole = json.loads(versions[0].json)
    answer = await house.get(f"{SCORES}?version=1&fields={FIELDS}")
    found = answer.json()
    assert [line["total"] for line in found["agencies"]] == [line["total"] for line in whole["agencies"]]
    assert [line["indicators"] for line in found["agencies"]] == [
        {"A1": {"points": line["indicators"]["A1"]["points"]}} for line in whole["agencies"]
    ]
    assert set(found) == {"agencies", "whole"}
    assert found["whole"] == {"address": f"{SCORES}?version=1", "digest": versions[0].digest}
    assert len(answer.content) * 10 < len(versions[0].json)


async def test_it_is_kept_as_the_whole_is_and_leads_there(house: House, versions: list[Published]) -> None:
    answer = await house.get(f"{SCORES}?version=1&fields={FIELDS}")
    whole = await house.get(f"{SCORES}?version=1")
    assert answer.headers["etag"] == f'"{sha256_hex(answer.content)}"' != whole.headers["etag"]
    assert answer.headers["cache-control"] == whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == whole.headers["vary"] == "Accept, Accept-Encoding"
    canonical = f'<{SCORES}?version=1>; rel="canonical"; digest="{versions[0].digest}"'
    assert answer.headers["link"] == f"{whole.headers['link']}, {canonical}"
    assert answer.headers["access-control-allow-origin"] == "*"
    unchanged = await house.get(f"{SCORES}?version=1&fields={FIELDS}", **{"if-none-match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    small = await house.get(f"{SCORES}?version=1&fields={FIELDS}", **{"accept-encoding": "br"})
    assert (small.headers["content-encoding"], small.content) == ("br", answer.content)
    assert small.headers["etag"] == f"W/{answer.headers['etag']}"


async def test_order_and_repetition_do_not_matter(house: House, versions: list[Published]) -> None:
    names = FIELDS.split(",")
    asked = (FIELDS, ",".join(reversed(names)), ",".join([*names, names[0]]))
    answers = [await house.get(f"{SCORES}?fields={each}") for each in asked]
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert answers[0].headers["cache-control"] == "public, no-cache"
    assert answers[0].json()["whole"]["digest"] == versions[1].digest


async def test_no_part_is_sent_for_the_whole(house: House, versions: list[Published]) -> None:
    """Nor the other way, whatever the edge keeps."""
    for _ in range(2):
        assert (await house.get(f"{SCORES}?version=1&fields=period")).json()["period"] == "2026-01"
        assert (await house.get(f"{SCORES}?version=1")).content == versions[0].json


async def test_a_body_and_an_instant(house: House, versions: list[Published]) -> None:
    body = await house.get(f"{SCORES}/G06?version=1&fields={FIELDS}")
    assert [line["agency"] for line in body.json()["agencies"]] == ["G06"]
    whole = await house.get(f"{SCORES}/G06?version=1")
    assert body.json()["whole"] == {"address": f"{SCORES}/G06?version=1", "digest": whole.headers["etag"].strip('"')}
    early = await house.get(f"{SCORES}?as_of=2026-02-01T00:00:00%2B07:00&fields=period")
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (404, "not-yet-published")
    assert (await house.get(f"{SCORES}?version=3&fields=period")).status_code == 404
    assert (await house.get(f"{SCORES}/G99?fields=period")).status_code == 404


async def test_an_unknown_field_is_refused(house: House, versions: list[Published]) -> None:
    answer = await house.get(f"{SCORES}?fields=agencies.totl,period", **ENGLISH)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["seen"]) == ("?fields", "agencies.totl")
    assert fault["detail"] == "is no field of agencies"
    assert "total, total_exact" in fault["expected"]
    vietnamese = await house.get(f"{SCORES}?fields=agencies.totl")
    assert vietnamese.json()["errors"][0]["detail"] == "không phải là trường của agencies"


@pytest.mark.parametrize(
    "query", ["fields=", "fields=a,,b", "fields=%C3%A1", "expand=snapshots", "expand=", "fields=a&fields=b"]
)
async def test_what_is_no_list_is_refused(house: House, versions: list[Published], query: str) -> None:
    answer = await house.get(f"{SCORES}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("?")


@pytest.mark.parametrize(("query", "place"), [("fields=period", "?fields"), ("expand=labels", "?expand")])
async def test_files_are_whole(house: House, versions: list[Published], query: str, place: str) -> None:
    for answer in (
        await house.get(f"{SCORES}?format=csv&{query}", **ENGLISH),
        await house.get(f"{SCORES}?{query}", **ENGLISH, accept="text/csv"),
    ):
        assert answer.status_code == 422
        (fault,) = answer.json()["errors"]
        assert (fault["pointer"], fault["seen"], fault["detail"]) == (place, "text/csv", "is of JSON alone")


async def test_labels_follow_the_caller_and_codes_do_not(house: House, versions: list[Published]) -> None:
    address = f"{SCORES}?version=1&expand=labels"
    vietnamese, english = await house.get(address), await house.get(address, **ENGLISH)
    assert vietnamese.headers["content-language"] == "vi"
    assert english.headers["content-language"] == "en"
    assert vietnamese.headers["etag"] != english.headers["etag"]
    for answer in (vietnamese, english):
        assert answer.headers["vary"] == "Accept, Accept-Encoding, Accept-Language"
        # Words may be mended by a later release: never for ever.
        assert answer.headers["cache-control"] == "public, no-cache"
    one, other = vietnamese.json(), english.json()
    said, told = one.pop("expanded")["labels"], other.pop("expanded")["labels"]
    assert one == other
    assert one.pop("whole")["digest"] == versions[0].digest
    assert one == json.loads(versions[0].json)
    assert (said["grades"]["A"], told["grades"]["A"]) == ("xuất sắc", "excellent")
    assert said["groups"].keys() == told["groups"].keys()
    other_tag = await house.get(address, **ENGLISH, **{"if-none-match": vietnamese.headers["etag"]})
    assert other_tag.status_code == 200


async def test_the_law_stands_beside_for_ever(house: House, versions: list[Published]) -> None:
    answer = await house.get(f"{SCORES}/G06?version=1&fields=scheme,scheme_digest&expand=scheme")
    assert "immutable" in answer.headers["cache-control"]
    assert "content-language" not in answer.headers
    found = answer.json()
    law = (await house.get(f"{API}/schemes/{found['scheme']}")).json()
    assert found["expanded"] == {"scheme": {name: law[name] for name in ("id", "digest", "content")}}
    assert found["expanded"]["scheme"]["digest"] == found["scheme_digest"]


async def test_parts_need_no_key_and_take_the_usual_head(house: House, versions: list[Published]) -> None:
    address = f"{SCORES}?fields=period"
    got, asked = await house.client.get(address), await house.client.head(address)
    assert (asked.content, asked.headers["content-length"]) == (b"", got.headers["content-length"])
    assert got.content == (await house.get(address, "publisher")).content
