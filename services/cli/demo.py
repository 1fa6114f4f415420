"""`bangdiem demo`: one month closed end to end against the stand-in sources, printed and served. Demo data throughout."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from services import ingest, scoring
from services.cli import tables
from services.cli.acting import NETWORK_SOURCES
from services.cli.demo_intake import PROGRAMS, reported
from services.cli.executing import Desk, desk
from services.cli.keys import local_actor
from services.cli.serve import bind, gateway_of, run_services, url_of
from services.cli.settings import platform_settings
from services.cli.site import Site, founded, private_text
from services.cli.stand_ins import stand_ins
from services.gateway import auth, commands, decisions, documents
from services.ingest.settings import IngestSettings
from shared.database import Database
from shared.ending import to_the_end
from shared.period import Period
from shared.service import Service

WITHOUT_PROCEDURES = ("G27", "G28", "G30", "G31", "G32")
PORTAL_INDICATORS = ("B1", "B2", "B3", "B4", "B5")
REASON = "DỮ LIỆU MÔ PHỎNG: chạy thử một tháng từ đầu đến cuối"
DOCUMENT = "01/DEMO (văn bản mô phỏng)"
PEOPLE = {"operator": ["operator", "reader"], "publisher": ["publisher", "reader"]}


def demonstrate(month: Period, *, data_dir: Path, host: str, port: int, leave: bool) -> None:
    """`bangdiem demo`, whose words stand in services.cli.running."""
    console = tables.console()
    bound = None if leave else bind(host, port)
    with founded(platform_settings(data_dir)) as site, stand_ins(data_dir) as settings:
        document = asyncio.run(to_the_end(close_month(site, settings, month, console)))
        tables.show(document, on=console)
        if bound is None:
            return
        url = url_of(bound)
        console.print(f"\nDữ liệu mô phỏng. Phục vụ tại {url}/api/v1/periods/{month}/scores (Ctrl-C để dừng)")
        console.print(f"Biểu mẫu điện tử: {url}/e-form · khóa để đăng nhập: {site.data_dir / 'demo-agency-keys.json'}")
        services: list[Service] = [
            gateway_of(site, bound),
            ingest.create(site.platform, settings),
            scoring.create(site.platform),
        ]
        run_services(services, server=site.server)


async def close_month(site: Site, settings: IngestSettings, month: Period, console: Console) -> dict[str, Any]:
    """The whole month as two people would close it; gives the published document."""
    keys = await people(site)
    async with desk(site, keys["publisher"], settings) as publisher:
        for source, said in (await reported(publisher, month)).items():
            console.print(f"✓ nhận qua API {source}: {said}")
    async with desk(site, keys["operator"], settings) as operator:
        await freeze_all(operator, month, console)
        run = await operator.carry_out("score", period=str(month), arguments={"period": str(month)}, reason=REASON)
    agreed = "hai bộ máy tính khớp từng chữ số" if run["agrees"] else "HAI BỘ MÁY TÍNH KHÁC NHAU"
    console.print(f"✓ chấm điểm {run['run_id']} · {agreed}")
    async with desk(site, keys["publisher"], settings) as publisher:
        document = await publish(publisher, run["run_id"], month)
    console.print(f"✓ công bố phiên bản {document['version']} · {document['publication']}\n")
    return document


async def people(site: Site) -> dict[str, str]:
    """Two keys for two roles, because one person cannot do both; kept 0600 so that a second demo finds them."""
    path = site.data_dir / "demo-keys.json"
    if not path.exists():
        database = Database(site.platform.database_url, role="gateway", pool_size=1)
        made = {
            name: (
                await auth.create_key(
                    database,
                    pepper=site.pepper,
                    actor=local_actor(),
                    holder=f"demo {name}",
                    roles=roles,
                    reason=REASON,
                    now=site.platform.clock(),
                )
            )[1]
            for name, roles in PEOPLE.items()
        }
        await database.close()
        private_text(path, json.dumps(made))
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


async def freeze_all(operator: Desk, month: Period, console: Console) -> None:
    """Five sources over HTTP, two from what people reported; bodies without procedures exempted from group B."""
    for source in (*NETWORK_SOURCES, *PROGRAMS):
        with console.status(f"{source}: lấy số liệu, kiểm tra và chốt"):
            arguments = {"source": source, "period": str(month)}
            frozen = await operator.carry_out("freeze", period=str(month), arguments=arguments, reason=REASON)
        _tell(console, source, frozen, how="báo cáo" if source in PROGRAMS else "kết nối")
    await exempt_from_portal(operator, month)


async def exempt_from_portal(operator: Desk, month: Period) -> None:
    """Dated, cited rows of this month alone, since months may be shown in any order; those that are there stay."""
    known = await documents.exempted(operator.database, str(month))
    for agency in WITHOUT_PROCEDURES:
        for indicator in PORTAL_INDICATORS:
            if (agency, indicator) not in known:
                await decisions.record_applicability(
                    operator.database,
                    actor=operator.actor,
                    agency=agency,
                    indicator=indicator,
                    valid_from=str(month),
                    valid_to=str(month),
                    document=DOCUMENT,
                    reason=f"{REASON}; cơ quan không có thủ tục hành chính",
                )


async def publish(publisher: Desk, run_id: str, month: Period) -> dict[str, Any]:
    """The published document of this run; published now unless it is already."""
    if await documents.publication_of(publisher.database, run_id) is None:
        asked = await commands.request_publication(
            publisher.database, queue=publisher.queue, actor=publisher.actor, run_id=run_id, reason=REASON
        )
        await publisher.finish(asked)
    return await documents.published_document(publisher.database, str(month))


def _tell(console: Console, source: str, frozen: dict[str, Any], *, how: str) -> None:
    console.print(f"✓ chốt {source:22} {how:8} {frozen['row_count']:>7} dòng · {frozen['snapshot_id'][:21]}…")
