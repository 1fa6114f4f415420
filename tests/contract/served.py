"""The gateway on a real HTTP server and a real database with one of everything, and the committed document to hold it to."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import schemathesis
import uvicorn
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig

from services.gateway import GatewaySettings, create
from services.gateway.access.auth import ROLES, create_key
from services.gateway.access.oidc_settings import IssuerSettings
from services.gateway.access.tenancy import AGENCY_ROLES
from services.gateway.http.runtime import Runtime
from services.gateway.operations.plans import difference_of_run
from services.gateway.reports.attachment_policy import KINDS
from services.gateway.reports.formats.media_types import NDJSON, WORKBOOK
from services.gateway.reports.keyring import new_key
from shared.audit import Actor
from shared.database import Database
from shared.holds.register import open_holds
from shared.period import Period
from shared.service import Platform
from shared.timer import now
from tests.conftest import TestDatabase
from tests.contract.registered import Registering
from tests.contract.reported import Reporting
from tests.contract.signing import Signing
from tests.contract.united import Uniting
from tests.integration.gateway.seeds import Seeds
from tests.rolled import insert_roll_up

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
PEPPER = SecretStr("pepper-of-the-contract-tests-0123456789")
API = "/api/v1"
HOME = "G06"
# A body may have the right shape and still mean nothing, or not be allowed now; that is no fault of the document.
MEANING = ["2xx", "401", "403", "404", "406", "409", "412", "422", "428"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"deterministic": True, "database": "none"},
        # A slow machine is no fault of the document.
        "request-timeout": 120,
        # One method that no route has: tests of the gateway try all of them.
        "phases": {"coverage": {"unexpected-methods": ["DELETE"]}},
        "checks": {"positive_data_acceptance": {"expected-statuses": MEANING}},
    }
)
# Bodies that are files go as the bytes they are, and lines of JSON as text.
schemathesis.serializer.alias(sorted({WORKBOOK, *KINDS}), "application/octet-stream")
schemathesis.serializer.alias(NDJSON, "text/plain")
SCHEMA = schemathesis.openapi.from_dict(json.loads(FILE.read_text("utf-8")), config=CONFIG)
REASON = {"reason": "kiểm thử hợp đồng"}


@dataclass(frozen=True)
class Served:
    """The address, a key for each role, and real things by the name of the path parameter that finds them."""

    url: str
    keys: dict[str, str]
    things: dict[str, str]
    session: requests.Session

    def headers(self, role: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"} if role else {}


class _Server:
    """The gateway in a thread with its own event loop, as a process would run it."""

    def __init__(self, database: TestDatabase, signing: Signing) -> None:
        # Persons of this issuer can be granted something; none can sign in, for it answers nobody.
        issuers = {"vpcp": IssuerSettings(url="http://127.0.0.1:9/realm", audience="bangdiem")}
        settings = {"issuers": issuers, "webhook_networks": "127.0.0.1/32", "what_ifs_a_minute": 10_000, **signing.settings}
        given = GatewaySettings(key_pepper=PEPPER, receipt_key=SecretStr(new_key()), **settings)
        self._gateway = create(given, Platform(database.app_url))
        config = uvicorn.Config(self._gateway, port=0, log_config=None, access_log=False, lifespan="on")
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._server.serve(),))

    def __enter__(self) -> _Server:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.02)
        return self

    @property
    def url(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    @property
    def runtime(self) -> Runtime:
        found: Runtime = self._gateway.app.state.runtime
        return found

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._loop.close()


@contextmanager
def serving(database: TestDatabase, folder: Path) -> Iterator[Served]:
    """The gateway with one of everything; the folder is empty."""
    signing = Signing.trusted_in(folder, now=now())
    with _Server(database, signing) as server, requests.Session() as session:
        keys = server.run(_make_keys(server.runtime))
        served = Served(server.url, keys, {}, session)
        # Before anything is published of the month; on a connection of its own, which nobody finds closed afterwards.
        own = f"{server.url}{API}/agencies/{HOME}/periods/2026-01/self-scores"
        stated = requests.post(own, headers=served.headers("agency_drafter"), json={"points": {"A1": "12.5"}}, timeout=30)
        assert stated.status_code == 201, stated.text
        things = server.run(_make_things(Seeds(database.app_url)))
        things |= _rolled_up(database)
        served = Served(server.url, keys, things, session)
        for name, path, role, body in _asked(things):
            answer = session.post(served.url + path, headers=served.headers(role), json=body, timeout=30)
            assert answer.status_code in (201, 202), answer.text
            things[name] = answer.headers["location"].rsplit("/", 1)[1]
        # After the version that was asked for: none is public before this one.
        server.run(Seeds(database.app_url).publish(version=2, release_at=now() + timedelta(days=20)))
        things |= _shadow_runs(served, server.run(Seeds(database.app_url).shadow_run(things["revision"])))
        approver = {"Authorization": f"Bearer {server.run(_make_key(server.runtime, 'publisher', 'second publisher'))}"}
        things["decision"] = _approved(served, things["entry"], approver)
        second = {"Authorization": f"Bearer {server.run(_make_key(server.runtime, 'agency_admin', 'second administrator'))}"}
        about = {"agency": HOME, "period": "2026-01"}
        units = Uniting(session, served.url, keys, served.headers, second, **about)
        things |= Reporting(session, served.url, served.headers, signing=signing, units=units, **about).everything()
        things |= Registering(session, served.url, served.headers, agency=HOME).everything()
        told = session.get(f"{served.url}{API}/agencies/{HOME}/events", headers=served.headers("agency_drafter"), timeout=30)
        things["event"] = told.json()["items"][0]["id"]
        yield served


def _rolled_up(database: TestDatabase) -> dict[str, str]:
    """A quarter and a year that are published."""
    insert_roll_up(database.superuser_url, "2026", published=True)
    roll_up = insert_roll_up(database.superuser_url, "2026-Q1", published=True)
    return {"roll_up": roll_up, "quarter": "2026-Q1", "year": "2026"}


def _shadow_runs(served: Served, shadow_id: str) -> dict[str, str]:
    """One that scoring has made, and one that waits for it."""
    place = f"{served.url}{API}/scheme-revisions/{served.things['revision']}/shadow-runs"
    asked = {"periods": ["2026-01"], **REASON}
    answer = served.session.post(place, headers=served.headers("operator"), json=asked, timeout=30)
    return {"shadow": shadow_id, "shadowing": answer.json()["command_id"]}


async def _make_keys(runtime: Runtime) -> dict[str, str]:
    return {role: await _make_key(runtime, role, role) for role in ROLES}


async def _make_key(runtime: Runtime, role: str, holder: str) -> str:
    agency = HOME if role in AGENCY_ROLES else None
    words = {"actor": Actor("local:tests"), "holder": holder, "reason": "kiểm thử"}
    _, key = await create_key(runtime.database, pepper=PEPPER, roles=[role], agency=agency, now=now(), **words)  # type: ignore[arg-type]
    return key


async def _make_things(seeds: Seeds) -> dict[str, str]:
    published = await seeds.publish(version=1, bundled=True)
    await seeds.keep_readings(published)
    unpublished = await seeds.run()
    return {
        "run": published.run_id,
        "unpublished": unpublished["run_id"],
        "seen": await _seen(seeds, unpublished["run_id"]),
        "score_plan": await seeds.score_plan(),
        "publication": published.publication_id,
        "snapshot": await seeds.freeze(),
        "hold_id": await _held(seeds),
    }


async def _seen(seeds: Seeds, run_id: str) -> str:
    """The digest of what publishing the run would change."""
    database = Database(seeds.url, role="gateway")
    try:
        return (await difference_of_run(database, run_id)).digest
    finally:
        await database.close()


async def _held(seeds: Seeds) -> str:
    """What holds February: one task that was recorded late."""
    snapshot = await seeds.freeze(period="2026-02")
    await seeds.run("2026-02", system57=snapshot)
    told = datetime(2026, 3, 3, 2, tzinfo=UTC)
    change = {
        "task_id": "NV-1", "agency": "G06", "kind": "recorded_late", "due_on": date(2026, 2, 28),
        "completed_on": date(2026, 2, 27), "reported_at": told, "verdict_before": "open", "verdict_after": "on_time",
    }  # fmt: skip
    await seeds.looked("2026-02", [change], snapshot=snapshot, as_of=datetime.now(UTC) + timedelta(days=1))
    database = Database(seeds.url, role="gateway")
    try:
        async with database.read() as connection:
            (hold,) = await open_holds(connection, Period(2026, 2))
    finally:
        await database.close()
    return hold.hold_id


def _approved(served: Served, decision: str, headers: dict[str, str]) -> str:
    """A calendar row as everybody may read it: until another person approved it, it is a proposal."""
    place = f"{served.url}{API}/decisions/{decision}/approvals"
    answer = served.session.post(place, headers=headers, json=REASON, timeout=30)
    assert answer.status_code == 201, answer.text
    return decision


def _asked(things: dict[str, str]) -> list[tuple[str, str, str, dict[str, Any]]]:
    """One of everything that can be asked for or recorded, so that there is something to be found by its id."""
    month = {"period": "2026-01", **REASON}
    paper = {"document": "Công văn 3 (minh họa)", "agency": "G06", **REASON}
    rule = {"period": "2026-03", "measure": "speeches", "value": "1"}
    return [
        ("pull", f"{API}/pulls", "operator", {"source": "ndxp", **month}),
        ("second_look", f"{API}/second-looks", "operator", {"source": "system57", **month}),
        ("freeze", f"{API}/freezes", "operator", {"source": "ndxp", **month}),
        ("score", f"{API}/score-runs", "operator", month),
        ("back_fill", f"{API}/back-fills", "operator", {"from": "2026-01", "to": "2026-02", **REASON}),
        ("planning", f"{API}/score-plans", "operator", month),
        ("publish", f"{API}/publications", "publisher",
          {"run_id": things["unpublished"], "plan": things["seen"], **REASON}),
        ("supersede", f"{API}/snapshots/{things['snapshot']}/supersessions", "operator", REASON),
        ("ruling", f"{API}/rulings", "publisher", {**rule, **paper}),
        ("row", f"{API}/applicability", "publisher", {"indicator": "B1", "valid_from": "2026-01", **paper}),
        ("entry", f"{API}/calendar", "publisher",
         {"source": "ndxp", "kind": "cutoff", "falls_at": "2099-02-03T00:00:00+07:00", **month}),
        ("head", f"{API}/agencies/{HOME}/heads", "publisher",
         {"name": "Người đứng đầu (minh họa)", "valid_from": "2026-01-15", "document": "Công văn 3 (minh họa)", **REASON}),
        ("revision", f"{API}/scheme-revisions", "publisher",
         {"scheme": "qd-4585", "first_period": "2026-02", "readings": {"B-1": "table"}, "document": "Công văn 3 (minh họa)",
          **REASON}),
        ("omission", f"{API}/periods/2026-02/omissions", "publisher",
         {"hold_id": things["hold_id"], "document": paper["document"], **REASON}),
        # Nobody listens there.
        ("webhook", f"{API}/agencies/{HOME}/webhooks", "agency_admin", {"url": "https://127.0.0.1:9/su-kien", **REASON}),
    ]  # fmt: skip
