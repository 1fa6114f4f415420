"""A month's runs and versions: to score, to look at before publishing, to publish, to let a former version stand again."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.days import read_moment
from services.gateway.pages.evidence import said
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST, names
from services.gateway.pages.scores.law import law_of
from services.gateway.pages.scores.requests import asked
from shared.source_names import source_name

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

PUBLISHING: Final = "/periods/{period}/publishing"
RUN: Final = "/score-runs/{run}"
PLAN: Final = "/score-plans/{plan}"
RESTORING: Final = "/publications/{publication}/restorations"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(PUBLISHING)
async def get_publishing(page: AtPage, period: str) -> Response:
    return await _month(page, period)


@router.post(PUBLISHING)
async def post_run(page: AtPage, period: str) -> Response:
    """An operator asks what a run would change, or that the month be scored."""
    posted = await page.posted()
    kind = "score-plans" if posted.text("act") == "plan" else "score-runs"
    if kind == "score-runs" and not posted.given("aware") and await _unfrozen(page, period):
        return await _month(page, period, posted=posted, unaware=True)
    body = {"period": period, **said(posted, "reason")}
    return await asked(page, kind, body, posted, again=partial(_month, page, period))


@router.get(PLAN)
async def get_plan(page: AtPage, plan: str) -> Response:
    return await _plan(page, plan)


@router.post(PLAN)
async def post_planned_run(page: AtPage, plan: str) -> Response:
    """The run that was planned; of other inputs than the plan's it is refused."""
    posted = await page.posted()
    body = {"plan": plan, **said(posted, "reason")}
    return await asked(page, "score-runs", body, posted, again=partial(_plan, page, plan))


@router.get(RUN)
async def get_run(page: AtPage, run: str) -> Response:
    return await _run(page, run)


@router.post(RUN)
async def post_publication(page: AtPage, run: str) -> Response:
    posted = await page.posted()
    """At once, or public from a named instant on."""
    at = {"release_at": read_moment(posted.text("release_at"))} if posted.given("release_at") else {}
    body = {"run_id": run, **said(posted, "plan", "reason"), **at}
    return await asked(page, "publications", body, posted, again=partial(_run, page, run))


@router.get(RESTORING)
async def get_restoration(page: AtPage, publication: str) -> Response:
    return await _restoration(page, publication)


@router.post(RESTORING)
async def post_restoration(page: AtPage, publication: str) -> Response:
    """The first publisher's request; the second agrees on the request's own page."""
    posted = await page.posted()
    body = {"restores": publication, **said(posted, "reason")}
    return await asked(page, "publications", body, posted, again=partial(_restoration, page, publication))


async def _month(page: Page, period: str, **context: Any) -> Response:
    month = await page.api.get(f"/periods/{period}")
    versions = await page.api.get_or_none(f"/periods/{period}/versions")
    upcoming = await page.api.get_or_none(f"/periods/{period}/preview")
    runs = (await page.api.get("/score-runs", period=period, limit=LONGEST))["items"]
    return page.show(
        "scores/publishing.html", period=period, month=month, versions=versions["items"] if versions else [],
        upcoming=upcoming and await page.api.get(f"/publications/{upcoming['publication']}"),
        runs=list(reversed(runs)), may_score=page.has("operator"), may_publish=page.has("publisher"), source_name=source_name,
        unfrozen=await _unfrozen(page, period), **context,
    )  # fmt: skip


async def _unfrozen(page: Page, period: str) -> list[str]:
    """Sources whose month is not frozen, for those who score and publish: what a run lacks, and why it cannot be published."""
    if not (page.has("operator") or page.has("publisher")):
        return []
    board = await page.api.get("/operator-board", period=period)
    return [each["source"] for each in board["sources"] if each["state"] != "frozen"]


async def _plan(page: Page, plan: str, **context: Any) -> Response:
    found = await page.api.get(f"/score-plans/{plan}")
    return page.show(
        "scores/plan.html", plan=found, difference=found["difference"], names=await names(page, found["period"]),
        may_score=page.has("operator"), **context,
    )  # fmt: skip


async def _run(page: Page, run: str, **context: Any) -> Response:
    found = await page.api.get(f"/score-runs/{run}")
    ready = await page.api.get(f"/score-runs/{run}/readiness")
    law = await law_of(page, found["scheme"])
    return page.show(
        "scores/run.html", run=found, ready=ready, law=law, names=await names(page, found["period"]),
        source_name=source_name, may_publish=_may_publish(page, found), **context,
    )  # fmt: skip


def _may_publish(page: Page, run: dict[str, Any]) -> bool:
    """Somebody else than who started it, and once."""
    return page.has("publisher") and run["publication"] is None and run["actor"] != page.actor.id


async def _restoration(page: Page, publication: str, **context: Any) -> Response:
    found = await page.api.get(f"/publications/{publication}")
    return page.show("scores/restoration.html", found=found, **context)
