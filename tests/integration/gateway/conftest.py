"""One gateway per module on a fresh database, opened as a server opens it, called in-process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.gateway import Gateway, GatewaySettings, create
from services.gateway.access.auth import OFFICE_ROLES, create_key
from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.http.runtime import Runtime
from services.gateway.reports.keyring import new_key
from shared.audit import Actor
from shared.canonical import sha256_hex
from shared.database import Database, rows
from shared.service import Platform
from tests.conftest import TestDatabase
from tests.integration.gateway.seeds import Seeds

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
RECEIPT_KEY = SecretStr(new_key())
PEPPER = SecretStr("pepper-of-the-tests-0123456789-abcdef")
ROOT = Actor("local:tests")
HOME = "G06"
# From where the client calls, as the socket says it.
PEER = "203.0.113.7"
API = "/api/v1"
# Who asks for it reads English; everybody else Vietnamese.
ENGLISH = {"accept-language": "en"}


@dataclass(frozen=True)
class House:
    """The gateway with a client and a key for each role; those of roles inside a body are for ``HOME``."""

    gateway: Gateway
    runtime: Runtime
    client: httpx.AsyncClient
    keys: dict[str, str]
    ids: dict[str, str]
    owner: Database
    bodies: dict[tuple[str, str], tuple[str, str]]

    async def keys_of(self, agency: str, role: str) -> tuple[str, str]:
        """Id and secret of the key for a role inside a body ('*': of a national office), made when first asked for; every one
        has another holder."""
        if (agency, role) not in self.bodies:
            holder, body = f"{role} of {agency}", None if agency == "*" else agency
            self.bodies[agency, role] = await make_key(self.runtime, holder=holder, role=role, agency=body)
        return self.bodies[agency, role]

    async def bearer_of(self, agency: str, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {(await self.keys_of(agency, role))[1]}"}

    def bearer(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys[role]}"}

    async def get(self, path: str, role: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={**(self.bearer(role) if role else {}), **headers})

    async def post(self, path: str, role: str | None, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post(path, headers={**(self.bearer(role) if role else {}), **headers}, json=body)

    async def seen(self, run_id: str) -> str:
        """The digest of what publishing a run would change; of a run that is not there, some digest."""
        found = await self.get(f"{API}/score-runs/{run_id}/readiness", "reader")
        digest: str = found.json()["plan"]["digest"] if found.status_code == 200 else sha256_hex(b"")
        return digest

    async def publish(self, run_id: str, role: str = "publisher", **headers: str) -> httpx.Response:
        """Asked for by who has just read what it would change."""
        body = {"run_id": run_id, "plan": await self.seen(run_id), "reason": "công bố"}
        return await self.post(f"{API}/publications", role, body, **headers)

    async def second(self) -> dict[str, str]:
        """The header of another publisher, another person."""
        return {"authorization": f"Bearer {(await self.keys_of('*', 'publisher'))[1]}"}

    async def approve(self, decision: str) -> httpx.Response:
        """By the other publisher."""
        place, body = f"{API}/decisions/{decision}/approvals", {"reason": "Đồng ý"}
        return await self.client.post(place, headers=await self.second(), json=body)

    async def decide(self, path: str, body: Any) -> dict[str, Any]:
        """What one publisher asks for at a path of the API and another one approves, as it then stands."""
        asked = await self.post(API + path, "publisher", body)
        assert asked.status_code == 201, asked.text
        place = asked.headers["location"]
        approved = await self.approve(place.rpartition("/")[2])
        assert approved.status_code == 201, approved.text
        made: dict[str, Any] = (await self.get(place, "reader")).json()
        return made

    async def audit_of(self, subject: str) -> list[dict[str, Any]]:
        """The audit rows of a thing, oldest first."""
        return await self.facts(
            "SELECT actor, action, reason, detail, xid FROM audit.entry WHERE object = :it ORDER BY id", subject
        )

    async def facts(self, statement: str, it: Any = None) -> list[dict[str, Any]]:
        async with self.owner.read() as connection:
            return await rows(connection, text(statement), {} if it is None else {"it": it})


@pytest.fixture(scope="module")
def seeds(app_url: str) -> Seeds:
    return Seeds(app_url)


@pytest.fixture(scope="module")
async def house(database: TestDatabase) -> AsyncIterator[House]:
    async with opened_house(database) as made:
        yield made


@asynccontextmanager
async def opened_house(
    database: TestDatabase, *, clock: Callable[[], datetime] = lambda: NOW, **settings: Any
) -> AsyncIterator[House]:
    """``settings`` are those of the gateway beyond its secrets."""
    # The clock of a house stands still, and a module may ask more than anybody would in a minute.
    settings = {"what_ifs_a_minute": 10_000, **settings}
    given = GatewaySettings(key_pepper=PEPPER, receipt_key=RECEIPT_KEY, **settings)
    gateway = create(given, Platform(database.app_url, clock=clock))
    transport = httpx.ASGITransport(app=gateway, client=(PEER, 40000))
    owner = Database(database.superuser_url, role=None, pool_size=2)
    async with gateway.opened() as runtime, httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        # The bytes as they are stored, unless a test asks otherwise.
        client.headers["accept-encoding"] = "identity"
        keys, ids = {}, {}
        for role in OFFICE_ROLES:
            ids[role], keys[role] = await make_key(runtime, holder=f"holder of {role}", role=role)
        made = House(gateway, runtime, client, keys, ids, owner, {})
        for role in AGENCY_ROLES:
            ids[role], keys[role] = await made.keys_of(HOME, role)
        yield made
    await owner.close()


async def make_key(runtime: Runtime, *, holder: str, role: str, agency: str | None = None) -> tuple[str, str]:
    words = {"actor": ROOT, "holder": holder, "reason": "kiểm thử"}
    return await create_key(runtime.database, pepper=PEPPER, roles=[role], agency=agency, now=NOW, **words)  # type: ignore[arg-type]
