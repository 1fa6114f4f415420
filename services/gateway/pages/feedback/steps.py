"""Steps of a feedback: taken up, answered, declined, forwarded, explained, reopened, closed; each a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.feedback.desks import ALL, OWN, AtPage, one
from services.gateway.pages.feedback.evidences import OFFERED, asked, read
from services.gateway.pages.feedback.places import Desk
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.posted import Posted
from shared.errors import NotFound

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Step:
    """``path`` is that of the API and the page; ``action`` what the feedback allows."""

    path: str
    action: str
    text_required: bool = True


STEPS: Final = {
    each.path: each
    for each in (
        Step("acceptances", "accept", text_required=False),
        Step("answers", "answer"),
        Step("declines", "decline"),
        Step("forwardings", "forward"),
        Step("explanations", "explain"),
        Step("reopenings", "reopen"),
        Step("closures", "close", text_required=False),
    )
}


@router.get(OWN + "/{feedback}/{step}")
async def get_own_step(page: AtPage, agency: str, feedback: str, step: str) -> Response:
    return await _ask(Desk(page, agency), feedback, _step(step))


@router.post(OWN + "/{feedback}/{step}")
async def post_own_step(page: AtPage, agency: str, feedback: str, step: str) -> Response:
    return await _take(Desk(page, agency), feedback, _step(step))


@router.get(ALL + "/{feedback}/{step}")
async def get_step(page: AtPage, feedback: str, step: str) -> Response:
    return await _ask(Desk(page, None), feedback, _step(step))


@router.post(ALL + "/{feedback}/{step}")
async def post_step(page: AtPage, feedback: str, step: str) -> Response:
    return await _take(Desk(page, None), feedback, _step(step))


async def _ask(desk: Desk, feedback: str, step: Step, **context: Any) -> Response:
    """The step's form; the feedback itself where the step is not the person's to take now."""
    found = await desk.page.api.get(f"{desk.path}/{feedback}")
    if step.action not in found["allowed_actions"]:
        return await one(desk, feedback, **context)
    return desk.page.show(
        "feedback/step.html", desk=desk, found=found, step=step, offered=OFFERED, **await desk.words(), **context
    )


async def _take(desk: Desk, feedback: str, step: Step) -> Response:
    posted = read(await desk.page.posted())
    path = f"{desk.path}/{feedback}"
    try:
        await desk.page.api.post(f"{path}/{step.path}", _asked(step, posted), once=posted.once)
    except Refused as refused:
        return await _ask(desk, feedback, step, refused=refused, posted=posted)
    return desk.page.go(path, done="sent")


def _asked(step: Step, posted: Posted) -> dict[str, Any]:
    text = posted.text("text") if step.text_required else posted.given("text")
    said = {"text": text, "evidence": asked(posted)}
    return {**said, "agency": posted.text("agency")} if step.action == "forward" else said


def _step(path: str) -> Step:
    if path not in STEPS:
        raise NotFound(f"no step is called {path[:40]!r}")
    return STEPS[path]
