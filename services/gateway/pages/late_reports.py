"""How timely and complete a month's reports are, and decisions on deadlines: extensions, late reports that count."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.administration.typed import end_of
from services.gateway.pages.days import read_moment
from services.gateway.pages.evidence import said
from services.gateway.pages.moved_deadlines import movers
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST, asked_month, months, names, roster

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]


@router.get("/periods/{period}/reporting")
async def get_reporting(page: There, period: str) -> Response:
    found = await page.api.get(f"/periods/{period}/reporting")
    state = page.query("state")
    shown = [each for each in found["items"] if state in (None, each["state"])]
    return page.show(
        "late_reports/reporting.html", found=found, items=shown, state=state, period=period, periods=await months(page),
        names=await names(page, period), moved=await movers(page, period),
    )  # fmt: skip


@router.get("/extensions")
async def get_extensions(page: There) -> Response:
    month, _ = await asked_month(page)
    return await _extensions(page, month, agency=page.request.query_params.get("agency", ""))


@router.post("/extensions")
async def post_extension(page: There) -> Response:
    posted = await page.posted()
    body = said(posted, "agency", "period", "until", "effect", "reason", "document")
    if "until" in body:
        body["until"] = end_of(read_moment(body["until"]))
    try:
        await page.api.post("/extensions", body, once=posted.once)
    except Refused as refused:
        return await _extensions(page, posted.text("period"), refused=refused, posted=posted)
    return page.go(f"/extensions?period={posted.text('period')}", done="requested")


@router.get("/extensions/{extension}/approvals")
async def get_extension_approval(page: There, extension: str) -> Response:
    return await _extension(page, extension)


@router.post("/extensions/{extension}/approvals")
async def post_extension_approval(page: There, extension: str) -> Response:
    posted = await page.posted()
    try:
        made = await page.api.post(f"/extensions/{extension}/approvals", said(posted, "reason"), once=posted.once)
    except Refused as refused:
        return await _extension(page, extension, refused=refused, posted=posted)
    return page.go(f"/extensions?period={made.json()['period']}", done="approved")


@router.get("/late-acceptances")
async def get_late_acceptances(page: There) -> Response:
    month, _ = await asked_month(page)
    return await _late_acceptances(page, month)


@router.post("/late-acceptances")
async def post_late_acceptance(page: There) -> Response:
    posted = await page.posted()
    period = posted.text("period")
    try:
        await page.api.post("/late-acceptances", said(posted, "submission_id", "reason", "document"), once=posted.once)
    except Refused as refused:
        return await _late_acceptances(page, period, refused=refused, posted=posted)
    return page.go(f"/late-acceptances?period={period}", done="saved")


async def _extensions(page: Page, period: str, *, agency: str = "", **context: Any) -> Response:
    found = await page.api.get("/extensions", period=period, limit=LONGEST)
    return page.show(
        "late_reports/extensions.html", items=found["items"], period=period, periods=await months(page), agency=agency,
        bodies=await roster(page, period), names=await names(page, period), month=await page.api.get(f"/periods/{period}"),
        **context,
    )  # fmt: skip


async def _extension(page: Page, extension: str, **context: Any) -> Response:
    found = await page.api.get(f"/extensions/{extension}")
    return page.show("late_reports/extension.html", found=found, names=await names(page, found["period"]), **context)


async def _late_acceptances(page: Page, period: str, **context: Any) -> Response:
    found = await page.api.get("/late-acceptances", period=period, limit=LONGEST)
    reporting = await page.api.get(f"/periods/{period}/reporting")
    return page.show(
        "late_reports/late_acceptances.html", items=found["items"], period=period, periods=await months(page),
        late=_late(reporting["items"]), names=await names(page, period), **context,
    )  # fmt: skip


def _late(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Late reports that no decision lets count yet: the one in force where it is late, else one that came after it."""
    found = []
    for each in bodies:
        if each["late"] and not each["late_accepted"]:
            found.append({name: each[name] for name in ("agency", "submission_id", "sequence", "submitted_at")})
        if each["uncounted"]:
            found.append({"agency": each["agency"], **each["uncounted"]})
    return found
