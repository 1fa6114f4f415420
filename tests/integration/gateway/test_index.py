"""Where the API begins, and what other origins and slow lines get of it (PUB-01)."""

from __future__ import annotations

import json
from pathlib import Path

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
