"""Steps of a submission's workflow as pages: what is agreed to is shown before it is agreed to (APR-03, APR-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.reports.declared import declarations
from services.gateway.pages.reports.desk import View, view_of
from services.gateway.pages.reports.found import counts_of, findings_of
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace, overview
from services.gateway.pages.reports.place import Place

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Step:
    """``path`` is that of the API and the page; ``action`` what the submission allows."""

    path: str
    action: str
    done: str
    reason_required: bool


STEPS: Final = {
    each.path: each
    for each in (
        Step("handovers", "hand_over", "handed-over", reason_required=False),
        Step("approvals", "approve", "approved", reason_required=False),
        Step("rejections", "reject", "rejected", reason_required=True),
        Step("reverts", "revert", "reverted", reason_required=True),
    )
}


@router.get(ONE + "/handovers")
async def get_handover(page: AtPage, place: AtPlace) -> Response:
    return await _asked(await view_of(page, place), STEPS["handovers"])


@router.post(ONE + "/handovers")
async def post_handover(page: AtPage, place: AtPlace) -> Response:
    return await _taken(page, place, STEPS["handovers"])


@router.get(ONE + "/approvals")
async def get_approval(page: AtPage, place: AtPlace) -> Response:
    return await _asked(await view_of(page, place), STEPS["approvals"])


@router.post(ONE + "/approvals")
async def post_approval(page: AtPage, place: AtPlace) -> Response:
    return await _taken(page, place, STEPS["approvals"])


@router.get(ONE + "/rejections")
async def get_rejection(page: AtPage, place: AtPlace) -> Response:
    return await _asked(await view_of(page, place), STEPS["rejections"])


@router.post(ONE + "/rejections")
async def post_rejection(page: AtPage, place: AtPlace) -> Response:
    return await _taken(page, place, STEPS["rejections"])


@router.get(ONE + "/reverts")
async def get_revert(page: AtPage, place: AtPlace) -> Response:
    return await _asked(await view_of(page, place), STEPS["reverts"])


@router.post(ONE + "/reverts")
async def post_revert(page: AtPage, place: AtPlace) -> Response:
    return await _taken(page, place, STEPS["reverts"])


async def _asked(view: View, step: Step, **context: Any) -> Response:
    """The step's form; the overview where the step is not the person's to take now."""
    if not view.may(step.action):
        return await overview(view, **context)
    findings = await findings_of(view)
    counts = None if findings is None else counts_of(findings)
    return view.show("step.html", step=step, counts=counts, declared=await declarations(view), **context)


async def _taken(page: Page, place: Place, step: Step) -> Response:
    posted = await page.posted()
    asked = {"reason": posted.given("reason")}
    if step.reason_required:
        asked = {"reason": posted.text("reason")}
    try:
        await page.api.post(f"{place.one}/{step.path}", asked, once=posted.once)
    except Refused as refused:
        # What stands in the way may have changed the submission itself: an agreement lapses.
        return await _asked(await view_of(page, place), step, refused=refused, posted=posted)
    return page.go(place.one, done=step.done)
