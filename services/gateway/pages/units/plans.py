"""Who answers for which indicator inside a body and until when: plans asked for, approved by a second person, kept (APR-02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.desk import every
from services.gateway.pages.units.directory import AtPage
from shared.period import Period

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL = "/agencies/{agency}/unit-plans"
# The address of the empty form: no plan is called so.
NEW = "new"
_BONUS = "bonus"
# Of the months there are, so many are offered whether published or not: a plan of theirs may need another.
_LAST = 3


@router.get(ALL)
async def get_plans(page: AtPage, agency: str) -> Response:
    path = f"/agencies/{agency}/unit-plans"
    listed = await page.api.get(path, cursor=page.request.query_params.get("cursor"))
    whole = {"agency": agency, "path": path, "plans": listed["items"], "following": listed["next"]}
    return page.show("units/plans.html", **whole, names=await _names(page, agency), may_ask=page.has("agency_admin"))


@router.get(ALL + "/" + NEW)
async def get_new_plan(page: AtPage, agency: str) -> Response:
    return await _form(page, agency)


@router.post(ALL)
async def post_plan(page: AtPage, agency: str) -> Response:
    posted = await page.posted()
    try:
        answer = await page.api.post(f"/agencies/{agency}/unit-plans", _asked(posted), once=posted.once)
    except Refused as refused:
        return await _form(page, agency, refused=refused, posted=posted)
    return page.go(f"/agencies/{agency}/unit-plans/{answer.json()['plan_id']}", done="requested")


@router.get(ALL + "/{plan}")
async def get_plan(page: AtPage, agency: str, plan: str) -> Response:
    return await _plan(page, agency, plan)


@router.post(ALL + "/{plan}/approvals")
async def post_approval(page: AtPage, agency: str, plan: str) -> Response:
    posted = await page.posted()
    path = f"/agencies/{agency}/unit-plans/{plan}"
    try:
        await page.api.post(f"{path}/approvals", {"reason": posted.text("reason")}, once=posted.once)
    except Refused as refused:
        return await _plan(page, agency, plan, refused=refused, posted=posted)
    return page.go(path, done="approved")


async def _plan(page: Page, agency: str, plan: str, **context: Any) -> Response:
    path = f"/agencies/{agency}/unit-plans/{plan}"
    found = await page.api.get(path)
    may_approve = found["state"] == "requested" and page.has("agency_admin") and page.actor.id != found["requested_by"]
    words: dict[str, Any] = {"names": await _names(page, agency), "labels": _labels(page, await _law(page))}
    return page.show("units/plan.html", agency=agency, path=path, plan=found, may_approve=may_approve, **words, **context)


async def _form(page: Page, agency: str, **context: Any) -> Response:
    """Filled with the last plan: most of it stays."""
    plans = await every(page, f"/agencies/{agency}/unit-plans")
    units = [each for each in await every(page, f"/agencies/{agency}/units") if not each["ended"]]
    months = open_months((await page.api.get("/periods"))["items"])
    last = plans[-1] if plans else None
    answering = {each["indicator"]: each["unit"] for each in last["assignments"]} if last else {}
    law = await _law(page)
    whole: dict[str, Any] = {
        "agency": agency,
        "units": units,
        "labels": _labels(page, law),
        # Before the day on which the report itself is late.
        "days": list(range(1, law["calendar"]["report_deadline_day"]["value"])),
        "last": last,
        "answering": answering,
    }
    return page.show("units/plan_form.html", **whole, months=months, **context)


def open_months(periods: Sequence[Mapping[str, Any]]) -> list[str]:
    """Months that a plan may begin with: not published yet, so that somebody may still report; those about to be, and the next
    one. ``periods`` are the API's, the running month last. Pure."""
    names = [str(each["period"]) for each in periods]
    offered = [name for name, each in zip(names, periods, strict=True) if each["published"] is None or name in names[-_LAST:]]
    return [*offered, str(Period.parse(names[-1]).next)]


def _asked(posted: Posted) -> dict[str, Any]:
    day = posted.text("due_day")
    names = ("first_period", "document", "lead_unit", "due_time", "reason")
    return {
        **{name: posted.text(name) for name in names},
        "due_day": int(day) if day.isascii() and day.isdecimal() and len(day) < len("100") else day,
        "assignments": [{"indicator": code, "unit": posted.text(f"unit-{code}")} for code in posted.texts("indicator")],
    }


async def _names(page: Page, agency: str) -> dict[str, str]:
    return {each["unit"]: each["name"] for each in await every(page, f"/agencies/{agency}/units")}


async def _law(page: Page) -> Any:
    """The content of the scheme in force."""
    months = (await page.api.get("/periods"))["items"]
    return (await page.api.get(f"/schemes/{months[-1]['scheme']}"))["content"]


def _labels(page: Page, law: Any) -> dict[str, str]:
    """Indicators that a plan assigns, in the order of the law in force, by code."""
    indicators = law["indicators"].items()
    return {code: each["label"][page.language] for code, each in indicators if each["group"] != _BONUS}
