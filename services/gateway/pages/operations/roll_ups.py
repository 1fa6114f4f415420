"""Quarters and years of all bodies: an operator computes, bodies check, publishers answer and publish (RUL-14)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.days import read_moment
from services.gateway.pages.evidence import said
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.roster import LONGEST
from services.gateway.pages.scores.roll_ups import span_words

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL: Final = "/roll-ups"
ONE: Final = "/roll-ups/{roll_up}"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(ALL)
async def get_all_roll_ups(page: AtPage) -> Response:
    return await _list(page)


@router.post(ALL)
async def post_roll_up(page: AtPage) -> Response:
    """An operator computes a draft of what the months' latest versions say."""
    posted = await page.posted()
    body = {**said(posted, "span", "reason"), "check_until": read_moment(posted.text("check_until"))}
    try:
        made = await page.api.post(ALL, body, once=posted.once)
    except Refused as refused:
        return await _list(page, refused=refused, posted=posted)
    return page.go(f"{ALL}/{made.json()['roll_up_id']}", done="saved")


@router.get(ONE)
async def get_one_roll_up(page: AtPage, roll_up: str) -> Response:
    return await _one(page, roll_up)


@router.post(ONE)
async def post_roll_up_act(page: AtPage, roll_up: str) -> Response:
    """A publisher answers an objection, or publishes the draft whose digest the page showed."""
    posted = await page.posted()
    try:
        done = await _act(page, roll_up, posted)
    except Refused as refused:
        return await _one(page, roll_up, refused=refused, posted=posted)
    return page.go(f"{ALL}/{roll_up}", done=done)


async def _act(page: Page, roll_up: str, posted: Posted) -> str:
    if posted.text("act") == "answer":
        place = f"{ALL}/{roll_up}/checks/{posted.text('check')}/answers"
        await page.api.post(place, said(posted, "reason"), once=posted.once)
        return "sent"
    await page.api.post(f"{ALL}/{roll_up}/publications", said(posted, "digest", "reason"), once=posted.once)
    return "published"


async def _list(page: Page, **context: Any) -> Response:
    found = (await page.api.get(ALL, limit=LONGEST))["items"]
    return page.show("operations/roll_ups.html", found=found[::-1], words=span_words(page), **context)


async def _one(page: Page, roll_up: str, **context: Any) -> Response:
    found = await page.api.get(f"{ALL}/{roll_up}")
    names = {each["agency"]: page.t(each["name_vi"], each["name_en"]) for each in found["lines"]}
    lines = sorted(found["lines"], key=lambda each: (each["rank"] is None, each["rank"], each["agency"]))
    may_publish = (
        page.has("publisher") and found["state"] == "checked" and not found["stale"] and found["actor"] != page.actor.id
    )
    return page.show(
        "operations/roll_up.html",
        found=found,
        lines=lines,
        names=names,
        may_publish=may_publish,
        words=span_words(page),
        **context,
    )
