"""A province at work over the API alone: its people, their keys, a clock that tests move. Figures and persons are demo data."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from services.gateway import GatewaySettings, create
from services.gateway.access.auth import create_key
from services.gateway.http.runtime import Runtime
from services.gateway.reports.keyring import new_key
from services.ingest import create as create_ingest
from services.ingest.jobs import QUEUE
from services.ingest.settings import IngestSettings
from shared.audit import Actor
from shared.period import VIETNAM
from shared.service import Platform
from tests.conftest import TestDatabase

API = "/api/v1"
FIXTURE: dict[str, Any] = json.loads((Path(__file__).parents[3] / "deploy/sandbox/data/units-lao-cai.json").read_text("utf-8"))
AGENCY, PERIOD = FIXTURE["agency"], FIXTURE["period"]
REASON = {"reason": "theo phân công (minh họa)"}
# Before the internal deadline of January's month: 02 February, morning.
DAY_TWO = datetime(2026, 2, 2, 9, tzinfo=VIETNAM)
DAY_THREE = datetime(2026, 2, 3, tzinfo=VIETNAM)
DAY_FOUR = datetime(2026, 2, 4, 15, tzinfo=VIETNAM)
DAY_FIVE = datetime(2026, 2, 5, tzinfo=VIETNAM)
PEPPER = SecretStr("pepper-of-the-province-0123456789-abcd")


@dataclass
class Province:
    """Callers by name: keys made at the machine (administrators), then by the API."""

    client: httpx.AsyncClient
    runtime: Runtime
    clock: dict[str, datetime]
    url: str
    agency: str = AGENCY
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{API}/agencies/{self.agency}"

    @property
    def month(self) -> str:
        return f"{self.path}/periods/{PERIOD}"

    async def ask(self, method: str, path: str, who: str, body: Any = None, **headers: str) -> httpx.Response:
        words = {} if body is None else {"json": body}
        named = {"authorization": f"Bearer {self.keys[who][1]}", **headers}
        return await self.client.request(method, path, headers=named, **words)

    async def get(self, path: str, who: str) -> dict[str, Any]:
        answer = await self.ask("GET", path, who)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def post(self, path: str, who: str, body: Any = None, **headers: str) -> dict[str, Any]:
        answer = await self.ask("POST", path, who, {} if body is None else body, **headers)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, path: str, who: str, body: Any, **headers: str) -> tuple[int, str, dict[str, Any]]:
        answer = await self.ask("POST", path, who, body, **headers)
        problem = answer.json()
        return answer.status_code, str(problem["type"]).rpartition("/")[2], problem

    async def at_the_machine(self, who: str, role: str, agency: str | None = None) -> None:
        """A key as `bangdiem key create` makes one."""
        self.keys[who] = await create_key(
            self.runtime.database, pepper=PEPPER, actor=Actor("local:tests"), holder=f"Người {who}", roles=[role],
            agency=agency, reason="kiểm thử", now=self.clock["at"],
        )  # fmt: skip

    async def employ(self, who: str, *roles: str) -> None:
        """A key that one administrator of the agency asks for and another approves."""
        expires = (self.clock["at"] + timedelta(days=60)).isoformat()
        body = {"holder": f"Hệ thống {who}", "roles": list(roles), "expires_at": expires, **REASON}
        made = await self.post(f"{self.path}/credentials", "admin one", body)
        key_id = made["credential"]["key_id"]
        self.keys[who] = (key_id, made["key"])
        await self.post(f"{self.path}/credentials/{key_id}/approvals", "admin two", REASON)

    async def assign(self, who: str, unit: str) -> dict[str, Any]:
        body = {"subject": f"key:{self.keys[who][0]}", **REASON}
        return await self.post(f"{self.path}/units/{unit}/members", "admin one", body)

    async def set_up(self, fixture: Mapping[str, Any] = FIXTURE) -> str:
        """Units with contact points, the approved plan, and a key for each unit and step; the plan's id."""
        for who in ("admin one", "admin two"):
            await self.at_the_machine(who, "agency_admin", self.agency)
        await self.at_the_machine("system", "system_administrator")
        for each in fixture["units"]:
            await self.post(f"{self.path}/units", "admin one", {**each, **REASON})
        made = await self.post(f"{self.path}/unit-plans", "admin one", {**fixture["plan"], **REASON})
        await self.post(f"{self.path}/unit-plans/{made['plan_id']}/approvals", "admin two", REASON)
        for each in fixture["units"]:
            await self.employ(each["unit"], "agency_unit")
            await self.assign(each["unit"], each["unit"])
        for who in ("drafter", "approver", "signer"):
            await self.employ(who, f"agency_{who}")
        await self.assign("drafter", fixture["plan"]["lead_unit"])
        return str(made["plan_id"])

    async def send(self, section: Mapping[str, Any], who: str | None = None) -> dict[str, Any]:
        return await self.post(f"{self.month}/sections", who or unit_of(section["indicator"]), section)

    async def begin(self) -> int:
        return int((await self.post(f"{self.month}/submissions", "drafter"))["sequence"])

    async def board(self, who: str = "drafter") -> dict[str, dict[str, Any]]:
        """Lines by indicator."""
        found = await self.get(f"{self.month}/sections", who)
        return {line["indicator"]: line for line in found["items"]}

    async def freeze(self, source: str = "agency_report") -> dict[str, Any]:
        """What the operator's command comes to, once ingest's worker did it."""
        if "operator" not in self.keys:
            await self.at_the_machine("operator", "operator")
        body = {"source": source, "period": PERIOD, **REASON}
        asked = await self.ask("POST", f"{API}/freezes", "operator", body)
        assert asked.status_code == 202, asked.text
        ingest = create_ingest(Platform(self.url, clock=lambda: self.clock["at"]), IngestSettings())
        async with ingest.queue.opened():
            await ingest.queue.drain([QUEUE])
        await ingest.database.close()
        return await self.get(asked.headers["location"], "operator")


def unit_of(indicator: str) -> str:
    return next(str(each["unit"]) for each in FIXTURE["plan"]["assignments"] if each["indicator"] == indicator)


def section_of(indicator: str) -> dict[str, Any]:
    return next(dict(each) for each in FIXTURE["sections"] if each["indicator"] == indicator)


@asynccontextmanager
async def opened_province(database: TestDatabase, **settings: Any) -> AsyncIterator[Province]:
    clock = {"at": DAY_TWO}
    given = GatewaySettings(key_pepper=PEPPER, receipt_key=SecretStr(new_key()), **settings)
    gateway = create(given, Platform(database.app_url, clock=lambda: clock["at"]))
    transport = httpx.ASGITransport(app=gateway, client=("203.0.113.9", 40000))
    async with gateway.opened() as runtime, httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield Province(client, runtime, clock, database.app_url)
