"""A body's month: its submissions, the deadline, the report in force, and a new submission begun (INT-01, INT-03)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.moved_deadlines import movers
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.reports.desk import or_none
from services.gateway.pages.reports.place import Month, month_of

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SUBMISSIONS = "/agencies/{agency}/periods/{period}/submissions"
AtPage = Annotated[Page, Depends(signed_in)]
AtMonth = Annotated[Month, Depends(month_of)]


@router.get(SUBMISSIONS)
async def get_submissions(page: AtPage, month: AtMonth) -> Response:
    return await _month(page, month)


@router.post(SUBMISSIONS)
async def post_submission(page: AtPage, month: AtMonth) -> Response:
    posted = await page.posted()
    try:
        made = await page.api.post(month.submissions, {"test": posted.ticked("test")}, once=posted.once)
    except Refused as refused:
        return await _month(page, month, refused=refused, posted=posted)
    return page.go(f"{month.submissions}/{made.json()['sequence']}", done="begun")


async def _month(page: Page, month: Month, **context: Any) -> Response:
    cursor = page.request.query_params.get("cursor")
    listed = await page.api.get(month.submissions, cursor=cursor)
    due = await or_none(page, f"{month.path}/reporting")
    known = {
        "agency": await page.api.get_or_none(f"/agencies/{month.agency}"),
        "in_force": await page.api.get_or_none(f"{month.path}/report"),
        "due": due,
        "moved": await movers(page, str(month.period)) if due and due["moved_by"] else {},
    }
    begins = page.has("agency_drafter") and page.actor.agency == month.agency
    return page.show(
        "reports/month.html",
        place=month,
        submissions=listed["items"],
        following=listed["next"],
        begins=begins,
        **known,
        **context,
    )
