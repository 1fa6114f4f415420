"""Everything not public is refused without a key, and with a key of another role: the whole route table, every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.gateway.application import build_app
from services.gateway.auth import ROLES
from services.gateway.openapi import build
from tests.integration.gateway.conftest import House

DOCUMENT = build(build_app())
PUBLIC = {
    "list_agencies", "get_agency", "list_schemes", "get_scheme", "list_periods", "get_period", "list_versions", "get_scores",
    "get_agency_scores", "list_problem_types", "get_problem_type", "get_liveness", "get_readiness",
}  # fmt: skip
READING = {"reader", "operator", "publisher", "auditor"}
WRITING = {
    "post_pull": {"operator"}, "post_freeze": {"operator"}, "post_score_run": {"operator"}, "post_publication": {"publisher"},
    "post_ruling": {"publisher"}, "post_applicability": {"publisher"}, "post_withdrawal": {"publisher"},
    "post_calendar_entry": {"publisher"}, "post_supersession": {"operator", "publisher"}, "post_approval": {"publisher"},
}  # fmt: skip
EXAMPLES = {
    "period": "2026-01", "agency": "G06", "scheme": "qd-4585", "slug": "internal", "snapshot": "snap_0",
    "command": "cmd_" + "0" * 26, "run": "run_" + "0" * 26, "publication": "pub_" + "0" * 26,
    "ruling": "ruling_" + "0" * 26, "row": "appl_" + "0" * 26, "entry": "cal_" + "0" * 26,
}  # fmt: skip


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, re.sub(r"\{(\w+)\}", lambda name: EXAMPLES[name[1]], path), operation


CLOSED = [pytest.param(method, path, operation, id=operation["operationId"])
          for method, path, operation in operations() if operation["operationId"] not in PUBLIC]  # fmt: skip


def test_the_roles_of_every_route_are_those_written_here() -> None:
    for method, _, operation in operations():
        name = operation["operationId"]
        expected = set() if name in PUBLIC else READING if method == "get" else WRITING[name]
        assert set(operation.get("x-roles", ())) == expected, name
        assert ("security" in operation) == bool(expected), name


@pytest.mark.parametrize(("method", "path", "operation"), CLOSED)
async def test_without_a_good_key_it_is_401(house: House, method: str, path: str, operation: dict[str, Any]) -> None:
    wrong = house.keys["operator"][:-1] + ("0" if house.keys["operator"][-1] != "0" else "1")
    for authorization in (
        None,
        "",
        "Basic YTpi",
        "Bearer",
        "Bearer nonsense",
        f"Bearer {wrong}",
        f"Digest {house.keys['operator']}",
    ):
        headers = {} if authorization is None else {"authorization": authorization}
        answer = await house.client.request(method, path, headers=headers, content=b"{not json")
        assert answer.status_code == 401, authorization
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["type"].endswith("/problems/unauthenticated")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "operation"), CLOSED)
async def test_another_role_is_403_and_the_right_one_passes(
    house: House, method: str, path: str, operation: dict[str, Any], role: str
) -> None:
    headers = {**house.bearer(role), "content-type": "application/json"}
    answer = await house.client.request(method, path, headers=headers, content=b"{}" if method == "post" else None)
    if role in operation["x-roles"]:
        assert answer.status_code in (200, 404, 422), answer.text
    else:
        assert answer.status_code == 403, answer.text
        assert answer.json()["type"].endswith("/problems/not-allowed")


async def test_public_routes_ask_for_nothing(house: House) -> None:
    for method, path, operation in operations():
        if operation["operationId"] in PUBLIC:
            answer = await house.client.request(method, path)
            assert answer.status_code in (200, 404), path
