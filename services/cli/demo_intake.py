"""What people report in the demo: bodies' own systems and the Government Office's officers, programs of their own, send it to
this gateway over HTTP. Demo data.

The month was over long ago, so the demo first moves its report deadline by a calendar row, and closes it by another one when
all have reported: what came before that stays in time.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from services.cli.executing import Desk
from services.cli.keys import local_actor
from services.cli.serve import bind, gateway_of, url_of
from services.cli.site import Site, private_text
from services.gateway import auth, decisions, documents
from shared.database import Database
from shared.ending import GRACE_SECONDS, end
from shared.errors import Unavailable
from shared.period import Period
from shared.registry_store import load_registry

# Source → the program that sends what people report to it.
PROGRAMS = {"agency_report": "deploy.sandbox.agencies", "government_office": "deploy.sandbox.offices"}
PEOPLE = ("agency_drafter", "agency_approver", "agency_signer")
# The Ministry of Public Security gathers C1 (QĐ 4585 appendix §3 C1).
REVIEWING_BODY = "G01"
REASON = "DỮ LIỆU MÔ PHỎNG: chạy thử một tháng từ đầu đến cuối"
OPEN_FOR = timedelta(hours=1)


async def reported(publisher: Desk, month: Period) -> dict[str, str]:
    """What the programs said of each source that was not frozen yet."""
    site = publisher.site
    known = {name: await documents.is_frozen(publisher.database, source=name, period=str(month)) for name in PROGRAMS}
    waiting = [name for name, frozen in known.items() if not frozen]
    if not waiting:
        return {}
    keys = await people_keys(site, month)
    for name in waiting:
        await _deadline(publisher, name, month, after=OPEN_FOR)
    async with _serving(site) as url:
        said = {name: await _sent(PROGRAMS[name], url, month, keys) for name in waiting}
    for name in waiting:
        await _deadline(publisher, name, month, after=timedelta())
    return said


async def people_keys(site: Site, month: Period) -> Path:
    """A file of three keys for each body, the reviewer's, two officers' and the assessor's; made once, 0600."""
    path = site.data_dir / "demo-agency-keys.json"
    if not path.exists():
        database = Database(site.platform.database_url, role="gateway", pool_size=1)
        async with database.read() as connection:
            bodies = sorted((await load_registry(connection, month.last_day)).agencies)
        made: dict[str, object] = {
            body: {role: await _key(site, database, f"demo {body} {role}", role, body) for role in PEOPLE} for body in bodies
        }
        made["reviewer"] = await _key(site, database, "demo reviewer", "records_reviewer", REVIEWING_BODY)
        made["officers"] = [await _key(site, database, f"demo officer {number}", "officer", None) for number in (1, 2)]
        made["assessor"] = await _key(site, database, "demo assessor", "assessor", None)
        await database.close()
        private_text(path, json.dumps(made))
    return path


async def _key(site: Site, database: Database, holder: str, role: str, body: str | None) -> str:
    _, key = await auth.create_key(
        database,
        pepper=site.pepper,
        actor=local_actor(),
        holder=holder,
        roles=[role],
        agency=body,
        reason=REASON,
        now=site.platform.clock(),
    )
    return key


async def _deadline(publisher: Desk, source: str, month: Period, *, after: timedelta) -> None:
    await decisions.record_calendar_entry(
        publisher.database,
        actor=publisher.actor,
        period=str(month),
        source=source,
        kind="report_deadline",
        falls_at=publisher.site.platform.clock() + after,
        reason=REASON,
    )


@asynccontextmanager
async def _serving(site: Site) -> AsyncIterator[str]:
    """The gateway on a port of its own, while the bodies send."""
    bound = bind("127.0.0.1", 0)
    # Whoever calls before the server accepts waits in the queue instead of being refused.
    bound.listen()
    running = asyncio.create_task(gateway_of(site, bound).run())
    try:
        yield url_of(bound)
    finally:
        await end([running], again_after=GRACE_SECONDS)


async def _sent(program: str, url: str, month: Period, keys: Path) -> str:
    words = ("-m", program, str(month), "--url", url, "--keys", str(keys))
    child = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, errors = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise Unavailable(f"{program} ended with code {child.returncode}: {errors.decode().strip()}")
    return out.decode().strip()
