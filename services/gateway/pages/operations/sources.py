"""One source's month: how it stands, its snapshots and findings; to rehearse, to freeze, to ask once more."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said
from services.gateway.pages.operations import words
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import LONGEST
from services.gateway.pages.scores.requests import settled

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SOURCE: Final = "/periods/{period}/sources/{source}"
# By the form's button, the API's list of commands and the notice of what came of it.
_ACTS: Final = {"freeze": ("freezes", "frozen"), "look": ("second-looks", "looked"), "pull": ("pulls", "rehearsed")}
_SHOWN: Final = 20
AtPage = Annotated[Page, Depends(signed_in)]


@router.get(SOURCE)
async def get_source(page: AtPage, period: str, source: str) -> Response:
    return await _source(page, period, source)


@router.post(SOURCE)
async def post_source(page: AtPage, period: str, source: str) -> Response:
    """An operator has it rehearsed, frozen, or asked once more."""
    posted = await page.posted()
    kind, done = _ACTS.get(posted.text("act"), _ACTS["pull"])
    body = {"source": source, "period": period, **said(posted, "reason")}
    try:
        made = (await page.api.post(f"/{kind}", body, once=posted.once)).json()
    except Refused as refused:
        return await _source(page, period, source, refused=refused, posted=posted)
    found = await settled(page, f"/{kind}/{made['command_id']}")
    if found["state"] != "succeeded":
        # What failed says so itself; a green word above it would say otherwise.
        asked = None if found["state"] == "failed" else "asked"
        return page.go(f"/{kind}/requests/{made['command_id']}", done=asked)
    return page.go(f"/periods/{period}/sources/{source}", done=done)


@router.get("/freezes/requests/{command}")
async def get_freezing(page: AtPage, command: str) -> Response:
    return await _request(page, "freezes", command)


@router.get("/second-looks/requests/{command}")
async def get_looking(page: AtPage, command: str) -> Response:
    return await _request(page, "second-looks", command)


@router.get("/pulls/requests/{command}")
async def get_pulling(page: AtPage, command: str) -> Response:
    return await _request(page, "pulls", command)


async def _request(page: Page, kind: str, command: str) -> Response:
    """How a command that was begun here goes, in words."""
    found = await page.api.get(f"/{kind}/{command}")
    # Nothing follows a version in use, as with a supersession.
    here = f"/{kind}/requests/{command}"
    return page.show("operations/command.html", found=found, frozen=None, here=here, words=words)


async def _source(page: Page, period: str, source: str, **context: Any) -> Response:
    board = await page.api.get("/operator-board", period=period)
    line = next((each for each in board["sources"] if each["source"] == source), None)
    snapshots = (await page.api.get("/snapshots", period=period, source=source, limit=LONGEST))["items"]
    findings = (await page.api.get("/findings", period=period, source=source, limit=LONGEST))["items"]
    if line is None:
        # The list above refuses a source that there is not; one of another scheme has no line in this month.
        return page.go(f"/operations?period={period}")
    return page.show(
        "operations/source.html", board=board, line=line, period=period, source=source, words=words,
        snapshots=list(reversed(snapshots)), findings=list(reversed(findings))[:_SHOWN], found=len(findings),
        work=[each for each in board["work"] if each["source"] == source], act=words.next_of_source(line, period), **context,
    )  # fmt: skip
