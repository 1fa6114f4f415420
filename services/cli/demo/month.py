"""The month as two people close it: reports received, sources frozen, scored, published by the other, the next one begun."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rich.console import Console
from uvicorn.loops.auto import auto_loop_factory

from services import ingest, scoring
from services.cli import tables
from services.cli.acting import NETWORK_SOURCES
from services.cli.demo import open_matters
from services.cli.demo.deciding import DOCUMENT, TwoPublishers, exempt_from_portal
from services.cli.demo.early import Early
from services.cli.demo.gateways import Gateways, gateways
from services.cli.demo.intake import PROGRAMS, receive_reports, run_program
from services.cli.demo.next_month import NextMonth, open_month
from services.cli.demo.people import OFFICE_KEYS, REASON, agency_keys, office_keys
from services.cli.demo.progress import Steps, shown_steps
from services.cli.executing import Desk, desk
from services.cli.serve import bind, gateway_of, run_services, url_of
from services.cli.site import Site, founded_for_demo, publication_key
from services.gateway.operations import commands, documents, heads, plans
from services.ingest.settings import IngestSettings
from shared.ending import to_the_end
from shared.period import Period
from shared.service import Service

CHECKED_AGAINST = "national_database"
MADE_UP = "(dữ liệu trình diễn)"
CHANGED_ON = 15
SECOND_LOOK = "deploy.sandbox.second_look"
SECOND_LOOK_WORDS = "hỏi lại system57 về tháng đã chốt"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Closed:
    """What the demo left: the published document, and the month that is open for reports."""

    document: dict[str, Any]
    next_month: NextMonth


def show(month: Period, early: Early, *, address: tuple[str, int] | None) -> None:
    """Close the month and print its table; with an address serve it there until a signal."""
    console = tables.console()
    bound = None if address is None else bind(*address)
    with gateways(len(PROGRAMS)) as intake, founded_for_demo(early.settings) as site:
        intake.serve(site)
        settings = early.sources()
        early.joined()
        try:
            closed = _run(close_month(site, settings, month, console, intake))
        except BaseExceptionGroup as several:
            # What came in at the same time failed: the first refusal is told as every other one is.
            raise several.exceptions[0] from several
        finally:
            intake.end()
        tables.show(closed.document, on=console)
        console.print(f"\n{closed.next_month.words}", highlight=False, soft_wrap=True)
        if bound is None:
            return
        # The address is said before the services run: whoever calls at once waits instead of being refused.
        bound.listen()
        url = url_of(bound)
        keys = f"khóa: {site.data_dir}/demo-keys.json, demo-agency-keys.json"
        console.print(f"REST: {url}/api/v1 · Biểu mẫu điện tử: {url}/e-form · {keys}", highlight=False, soft_wrap=True)
        console.print(f"Ctrl-C để dừng. Mở bảng điểm trong trình duyệt: {url}/", highlight=False, soft_wrap=True)
        services: list[Service] = [
            gateway_of(site, bound),
            ingest.create(site.platform, settings),
            scoring.create(site.platform, publication_key(site)),
        ]
        run_services(services, server=site.server)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        return runner.run(to_the_end(work))


async def close_month(site: Site, settings: IngestSettings, month: Period, console: Console, intake: Gateways) -> Closed:
    """The whole month as two people would close it; what people report comes to the gateways of ``intake``."""
    keys = await office_keys(site)
    with shown_steps(console) as steps:
        async with desk(site, keys["publisher"], settings) as publisher, desk(site, keys["operator"], settings) as operator:
            people = TwoPublishers(keys["publisher"], keys["approver"], intake)
            return await _closed(publisher, operator, month, steps, people)


async def _closed(publisher: Desk, operator: Desk, month: Period, steps: Steps, people: TwoPublishers) -> Closed:
    """First the figures that reports are checked against: an approval from before they are frozen would lapse. The others are
    pulled while people report, and what one of them recorded late is settled."""
    await freeze(operator, month, (CHECKED_AGAINST,), steps)
    await open_matters.give_a_wrong_row(operator, month)
    keys = await agency_keys(publisher.site, month)
    async with asyncio.TaskGroup() as coming_in:
        coming_in.create_task(receive_reports(publisher, people, month, keys, steps))
        coming_in.create_task(freeze_and_settle(operator, month, steps, people.gateways))
        coming_in.create_task(exempt_from_portal(people, publisher, month))
        begun = coming_in.create_task(open_month(publisher, people, month.next, keys, steps))
    await freeze(operator, month, tuple(PROGRAMS), steps)
    await enter_heads(publisher, operator, month)
    await open_matters.settle(operator, month, keys, steps, people.gateways)
    await score_and_publish(publisher, operator, month, steps)
    await open_matters.correct(operator, month, keys, steps, people.gateways)
    document = await score_and_publish(publisher, operator, month, steps, reason=open_matters.WHY_CORRECTED)
    return Closed(document, begun.result())


async def score_and_publish(
    publisher: Desk, operator: Desk, month: Period, steps: Steps, *, reason: str = REASON
) -> dict[str, Any]:
    """The published document of what counts now."""
    run = await score(operator, month, steps)
    step = steps.begin("công bố")
    document = await publish(publisher, run["run_id"], month, reason)
    steps.end(step, f"công bố phiên bản {document['version']} · {document['publication']}")
    return document


async def freeze(operator: Desk, month: Period, sources: Sequence[str], steps: Steps) -> None:
    """Sources over HTTP, or from what people reported."""
    step = steps.begin("chốt số liệu", total=len(sources))
    for source in sources:
        arguments = {"source": source, "period": str(month)}
        frozen = await operator.carry_out("freeze", period=str(month), arguments=arguments, reason=REASON)
        step.say(f"chốt {source:22} {frozen['row_count']:>7} dòng · {frozen['snapshot_id'][:21]}…")
    steps.leave(step)


async def freeze_and_settle(operator: Desk, month: Period, steps: Steps, intake: Gateways) -> None:
    await freeze(operator, month, [each for each in NETWORK_SOURCES if each != CHECKED_AGAINST], steps)
    await settle(operator.site, month, steps, intake)


async def settle(site: Site, month: Period, steps: Steps, intake: Gateways) -> None:
    """What was recorded late or taken back is found and taken in by two people, over HTTP; it would hold the first version."""
    step = steps.begin(SECOND_LOOK_WORDS)
    found = await run_program(SECOND_LOOK, await intake.url(), month, site.data_dir / OFFICE_KEYS)
    steps.end(step, f"{SECOND_LOOK_WORDS}: {found}")


async def score(operator: Desk, month: Period, steps: Steps) -> dict[str, Any]:
    step = steps.begin("chấm điểm")
    run = await operator.carry_out("score", period=str(month), arguments={"period": str(month)}, reason=REASON)
    agreed = (
        "hai công cụ tính điểm độc lập cho kết quả trùng khớp từng chữ số"
        if run["agrees"]
        else "HAI CÔNG CỤ TÍNH ĐIỂM ĐỘC LẬP CHO KẾT QUẢ KHÁC NHAU"
    )
    bodies = len((await documents.run_document(operator.database, run["run_id"]))["agencies"])
    steps.end(step, f"chấm điểm {bodies} cơ quan · {run['run_id']} · {agreed}")
    return run


async def enter_heads(publisher: Desk, operator: Desk, month: Period) -> None:
    """Of two bodies somebody who says by name to be made up, one of them followed by another in the middle of the month; of all
    others nobody. What is there stays."""
    begun, followed = month.first_day.replace(year=month.year - 1), month.first_day.replace(day=CHANGED_ON)
    terms = {
        "G06": [("Người đứng đầu", begun)],
        "H38": [("Người đứng đầu thứ nhất", begun), ("Người đứng đầu thứ hai", followed)],
    }
    for agency, entered in terms.items():
        if await heads.list_heads(publisher.database, publisher.actor, agency=agency, after=None, limit=1):
            continue
        for name, first in entered:
            wanted = heads.HeadWanted(agency, f"{name} {MADE_UP}", None, None, first, None, DOCUMENT, REASON)
            asked = await heads.request_head(operator.database, actor=operator.actor, wanted=wanted)
            await heads.approve_head(
                publisher.database, actor=publisher.actor, agency=agency, head_id=asked.head_id, reason=REASON
            )


async def publish(publisher: Desk, run_id: str, month: Period, reason: str) -> dict[str, Any]:
    """The published document of this run; published now unless it is already."""
    if await documents.publication_of(publisher.database, run_id) is None:
        seen = await plans.difference_of_run(publisher.database, run_id)
        asked = await commands.request_publication(
            publisher.database, queue=publisher.queue, actor=publisher.actor, run_id=run_id, plan=seen.digest, reason=reason
        )
        await publisher.finish(asked)
    return await documents.published_document(publisher.database, str(month))
