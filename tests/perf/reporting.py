"""Bodies with their people and reports for the benchmark of reports. Everything is invented, and in its own database only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import SecretStr

from services.gateway.access.keys_limits import NO_LIMITS
from services.gateway.access.keys_making import KeyWanted, write_key
from shared.audit import Actor, record
from shared.database import Connection
from shared.registry_store import load_registry
from shared.tables.registry import agency as registry_agency
from shared.timer import now
from tests.perf.place import Place

PERIOD = "2026-01"
PEPPER = SecretStr("pepper-of-the-benchmark-0123456789-abcdef")
ROLES = ("agency_drafter", "agency_approver", "agency_signer")
SUBMISSIONS = "/api/v1/agencies/{}/periods/" + PERIOD + "/submissions"
# Letters that no real body's code begins with; more bodies than the registry's 56 are made up under them.
_INVENTED = tuple(f"{letter}{number:02}" for letter in "XYZ" for number in range(100))
_BENCH = Actor("local:bench")
_BEGINNING = date(2026, 1, 1)
_TASK = {
    "title": "Nhiệm vụ giả định số {} của phép đo tốc độ",
    "registered_on": "2026-01-12",
    "accepted_on": "2026-01-20",
    "acceptance_document": "Biên bản {} (giả định)",
}


@dataclass(frozen=True)
class Body:
    """``keys`` by role, each of another person."""

    agency: str
    keys: dict[str, str]

    @property
    def path(self) -> str:
        return SUBMISSIONS.format(self.agency)


async def bodies(place: Place, count: int) -> list[Body]:
    """The registry's bodies, and invented ones where they do not suffice, with three keys each."""
    async with place.database("gateway").read() as connection:
        known = sorted((await load_registry(connection, _BEGINNING)).agencies)
    wanted = [*known, *_INVENTED][:count]
    async with place.owner.transaction() as connection:
        await _register(connection, [code for code in wanted if code not in known])
    async with place.database("gateway").transaction() as connection:
        return [Body(code, await _keys(connection, code)) for code in wanted]


def report(agency: str, rows: int) -> bytes:
    """A report that no rule finds fault with; ``rows`` registered tasks, all accepted."""
    tasks = [
        {"task_code": f"NV-{number:05}", **{name: words.format(number) for name, words in _TASK.items()}}
        for number in range(rows)
    ]
    document: dict[str, Any] = {
        "report": {"form": "monthly-report/1", "agency": agency, "period": PERIOD, "document": "Số 1/BC (giả định)"},
        "registered_tasks": tasks,
        "reported_databases": [],
        "narratives": [],
    }
    return json.dumps(document, ensure_ascii=False).encode()


async def _register(connection: Connection, codes: list[str]) -> None:
    names = ("name_vi", "name_en", "head_title_vi", "head_title_en", "document")
    for code in codes:
        row = {"code": code, "valid_from": _BEGINNING, "revision": 1, "kind": "province"}
        await connection.execute(registry_agency.insert().values(row | dict.fromkeys(names, f"{code} (giả định)")))
    if codes:
        await record(connection, _BENCH.id, "bench.seed", codes[0])


async def _keys(connection: Connection, agency: str) -> dict[str, str]:
    made = {}
    for role in ROLES:
        wanted = KeyWanted(f"{role} of {agency}", (role,), agency, None, NO_LIMITS)
        _, made[role] = await write_key(connection, wanted, pepper=PEPPER, actor=_BENCH, reason="phép đo", now=now())
    return made
