"""A frozen snapshot, and replacing it by a next version: one asks with a reason, another person approves."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said
from services.gateway.pages.operations import words
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.scores.requests import settled

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SNAPSHOT: Final = "/snapshots/{snapshot}"
REQUEST: Final = "/snapshots/{snapshot}/supersessions/{command}"
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(SNAPSHOT)
async def get_snapshot(page: AtPage, snapshot: str) -> Response:
    return await _snapshot(page, snapshot)


@router.post(SNAPSHOT)
async def post_supersession(page: AtPage, snapshot: str) -> Response:
    """The first person's request. What is taken: everything as the source knows it now, everything as of the frozen instant (a
    figure put right, and nothing else), or the changed completions alone."""
    posted = await page.posted()
    body: dict[str, Any] = said(posted, "reason")
    if posted.text("takes") == "changed_completions":
        body["takes"] = "changed_completions"
    elif posted.text("takes") == "same_instant":
        body["as_of"] = (await page.api.get(f"/snapshots/{snapshot}"))["as_of"]
    try:
        made = (await page.api.post(f"/snapshots/{snapshot}/supersessions", body, once=posted.once)).json()
    except Refused as refused:
        return await _snapshot(page, snapshot, refused=refused, posted=posted)
    return page.go(f"/snapshots/{snapshot}/supersessions/{made['command_id']}", done="requested")


@router.get(REQUEST)
async def get_supersession(page: AtPage, snapshot: str, command: str) -> Response:
    return await _request(page, snapshot, command)


@router.post(REQUEST)
async def post_supersession_step(page: AtPage, snapshot: str, command: str) -> Response:
    """Another person approves, which starts the work, or refuses; who asked takes it back."""
    posted = await page.posted()
    place = f"/snapshots/{snapshot}/supersessions/{command}"
    ends = posted.text("act") == "refuse"
    try:
        await page.api.post(f"{place}/{'refusals' if ends else 'approvals'}", said(posted, "reason"), once=posted.once)
    except Refused as refused:
        return await _request(page, snapshot, command, refused=refused, posted=posted)
    if ends:
        return page.go(place, done="ended-request")
    found = await settled(page, place)
    # What failed says so itself; a green word above it would say otherwise.
    return page.go(place, done=None if found["state"] == "failed" else "approved")


async def _snapshot(page: Page, snapshot: str, **context: Any) -> Response:
    found = await page.api.get(f"/snapshots/{snapshot}")
    aside = (await page.api.get(f"/snapshots/{snapshot}/rows-put-aside", limit=100))["items"]
    versions = (await page.api.get("/snapshots", period=found["period"], source=found["source"], limit=500))["items"]
    waiting = [each for each in (await page.api.get("/waiting-requests"))["items"] if each["about"] == snapshot]
    return page.show(
        "operations/snapshot.html", found=found, aside=aside, latest=versions[-1]["snapshot_id"] == snapshot, waiting=waiting,
        words=words, **context,
    )  # fmt: skip


async def _request(page: Page, snapshot: str, command: str, **context: Any) -> Response:
    place = f"/snapshots/{snapshot}/supersessions/{command}"
    found, frozen = await page.api.get(place), await page.api.get(f"/snapshots/{snapshot}")
    # The second person sees which instant would follow which.
    return page.show("operations/command.html", found=found, frozen=frozen["as_of"], here=place, words=words, **context)
