"""Where the API begins, and what other origins and slow lines get of it (PUB-01)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx

from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Seeds

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text("utf-8"))


async def test_a_program_that_knows_the_address_alone_finds_the_newest_table(house: House, seeds: Seeds) -> None:
    before = (await house.get(API)).json()
    assert before["latest"] is None
    await seeds.publish(version=1)
    answer = await house.get(API)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, no-cache")
    found = answer.json()
    latest = found["latest"]
    assert (latest["period"], latest["version"]) == ("2026-01", 1)
    for name in ("month", "versions", "scores", "table", "page"):
        assert (await house.get(latest[name])).status_code == 200, name
    assert (await house.get(latest["table"])).headers["content-type"] == "text/csv; charset=utf-8"
    for name in ("document", "operations", "problems"):
        assert (await house.get(found[name])).status_code == 200, name
    assert found["version"] == DOCUMENT["info"]["version"]
    again = await house.get(API, **{"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await house.get(f"{API}/")).content == answer.content


async def test_the_entry_points_are_every_list_of_the_document_with_its_roles(house: House) -> None:
    listed = {each["href"]: (each["operation"], each["roles"]) for each in (await house.get(API)).json()["entry_points"]}
    documented = {
        path: (methods["get"]["operationId"], methods["get"].get("x-roles", []))
        for path, methods in DOCUMENT["paths"].items()
        if "get" in methods and path.startswith(f"{API}/") and "{" not in path
    }
    assert listed == documented
    assert len(listed) > 20
    for href, (_, roles) in listed.items():
        assert (await house.get(href)).status_code == (401 if roles else 200), href


def _allowed(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_what_needs_no_key_is_read_from_every_origin_and_what_needs_one_from_none(house: House) -> None:
    """Every operation of the document, and what a browser asks before it. Whether we live is for monitors, no pages."""
    origin = {"origin": "https://bao.example", "access-control-request-method": "GET"}
    for path, methods in DOCUMENT["paths"].items():
        where = re.sub(r"\{[a-z_]+\}", "x", path)
        is_open = "get" in methods and "x-roles" not in methods["get"] and path not in ("/healthz", "/readyz")
        before = await house.client.options(where, headers={**origin, "access-control-request-headers": "authorization"})
        assert before.status_code == 204, path
        assert ("access-control-allow-origin" in before.headers) == is_open, path
        assert "authorization" not in before.headers.get("access-control-allow-headers", "").lower()
        for method, operation in methods.items():
            answer = await house.client.request(method, where, headers=origin)
            opened = is_open and method == "get"
            assert _allowed(answer).get("access-control-allow-origin") == ("*" if opened else None), (method, path)
            assert ("x-roles" in operation) <= (_allowed(answer) == {}), (method, path)
            assert "access-control-allow-credentials" not in {**_allowed(answer), **_allowed(before)}


async def test_the_edge_says_it_as_the_ordinary_way_does(house: House) -> None:
    scores = f"{API}/periods/2026-01/scores?version=1"
    ordinary = await house.get(scores, accept="application/json, */*;q=0.5")
    edge = [await house.get(scores) for _ in range(2)]
    unchanged = await house.get(scores, **{"if-none-match": ordinary.headers["etag"]})
    assert [_allowed(each) for each in (*edge, unchanged)] == [_allowed(ordinary)] * 3
    assert _allowed(ordinary)["access-control-allow-origin"] == "*"
    # Pages are looked at and not fetched by scripts.
    assert _allowed(await house.get("/periods/2026-01")) == _allowed(await house.get("/e-form/login")) == {}
    assert (await house.client.options(f"{API}/periods")).headers.get("access-control-allow-origin") is None
