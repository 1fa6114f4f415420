"""What operators and publishers ask the scoring service for, and how it goes: pages for the API's commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

AtPage = Annotated[Page, Depends(signed_in)]
# Most are done in a second: somebody who waits that long sees what came of it and no page in between.
_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.2
_UNFINISHED: Final = ("waiting", "running")


async def asked(
    page: Page, kind: str, body: Mapping[str, Any], posted: Posted, *, again: Callable[..., Awaitable[Response]]
) -> Response:
    """Asks for it, and shows what came of it as soon as there is something; of what is refused, the form ``again``."""
    try:
        made = (await page.api.post(f"/{kind}", body, once=posted.once)).json()
        return await watched(page, kind, made["command_id"])
    except Refused as refused:
        return await again(refused=refused, posted=posted)


async def watched(page: Page, kind: str, command: str) -> Response:
    """To the run or the month that came of it; to the command's own page while or where nothing did."""
    found = await settled(page, f"/{kind}/{command}")
    if found["state"] != "succeeded":
        return page.go(f"/{kind}/requests/{command}", done="asked")
    return _outcome(page, kind, found)


def _outcome(page: Page, kind: str, found: Mapping[str, Any]) -> Response:
    """To the page of what came of a command."""
    if kind == "score-runs":
        return page.go(f"/score-runs/{found['result']['run_id']}", done="scored")
    if kind == "score-plans":
        return page.go(f"/score-plans/{found['produced'].rpartition('/')[2]}", done="planned")
    return page.go(f"/periods/{found['period']}/publishing", done="published")


async def settled(page: Page, path: str) -> dict[str, Any]:
    """The command as it stands once it is done, or after a few seconds."""
    for _ in range(int(_PATIENCE_S / _PAUSE_S)):
        found: dict[str, Any] = await page.api.get(path)
        if found["state"] not in _UNFINISHED:
            break
        await asyncio.sleep(_PAUSE_S)
    return found


@router.get("/score-runs/requests/{command}")
async def get_scoring(page: AtPage, command: str) -> Response:
    return await _request(page, "score-runs", command)


@router.get("/score-plans/requests/{command}")
async def get_planning(page: AtPage, command: str) -> Response:
    return await _request(page, "score-plans", command)


@router.get("/publications/requests/{command}")
async def get_publication(page: AtPage, command: str) -> Response:
    return await _request(page, "publications", command)


@router.post("/publications/requests/{command}")
async def post_approval(page: AtPage, command: str) -> Response:
    """The second publisher's agreement that a former version stand again, or the end of the request."""
    posted = await page.posted()
    ends = posted.text("act") == "refuse"
    try:
        path = f"/publications/{command}/{'refusals' if ends else 'approvals'}"
        await page.api.post(path, said(posted, "reason"), once=posted.once)
    except Refused as refused:
        return await _request(page, "publications", command, refused=refused, posted=posted)
    if ends:
        return page.go(f"/publications/requests/{command}", done="ended-request")
    return await watched(page, "publications", command)


async def _request(page: Page, kind: str, command: str, **context: Any) -> Response:
    found = await page.api.get(f"/{kind}/{command}")
    if found["state"] == "succeeded":
        return _outcome(page, kind, found)
    return page.show("scores/request.html", found=found, kind=kind, **context)
