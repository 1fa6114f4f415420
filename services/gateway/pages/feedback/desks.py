"""Lists of feedback, a new one, and one as it stands: for the body that sent it and for the offices (Art. 17.2)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.feedback.evidences import OFFERED, PARTS, asked, read
from services.gateway.pages.feedback.places import Desk
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

OWN: Final = "/agencies/{agency}/feedback"
ALL: Final = "/feedback"
# The address of the empty form: no feedback is called so.
NEW: Final = "/new"
AtPage = Annotated[Page, Depends(signed_in)]
_FILTERS: Final = ("state", "kind", "about")
_SAID: Final = ("about_agency", "period", "indicator")
_LED: Final = ("kind", "subject", *_SAID, *(f"evidence.0.{part}" for part in PARTS))
_CONTACT: Final = ("address", "phone", "mail")


@router.get(OWN)
async def get_own_list(page: AtPage, agency: str) -> Response:
    return await _list(Desk(page, agency))


@router.post(OWN)
async def post_own(page: AtPage, agency: str) -> Response:
    return await _enter(Desk(page, agency))


@router.get(OWN + NEW)
async def get_own_form(page: AtPage, agency: str) -> Response:
    """What the address says of it stands in the form: a score's page leads here with what is to be verified."""
    asked = page.request.query_params
    said = {name: [asked[name]] for name in _LED if name in asked}
    return await _form(Desk(page, agency), posted=Posted(said) if said else None)


@router.get(OWN + "/{feedback}")
async def get_own(page: AtPage, agency: str, feedback: str) -> Response:
    return await one(Desk(page, agency), feedback)


@router.get(ALL)
async def get_list(page: AtPage) -> Response:
    return await _list(Desk(page, None))


@router.post(ALL)
async def post_for_others(page: AtPage) -> Response:
    return await _enter(Desk(page, None))


@router.get(ALL + NEW)
async def get_form(page: AtPage) -> Response:
    return await _form(Desk(page, None))


@router.get(ALL + "/{feedback}")
async def get_one(page: AtPage, feedback: str) -> Response:
    return await one(Desk(page, None), feedback)


async def one(desk: Desk, feedback: str, **context: Any) -> Response:
    """A feedback with every step, and what the person may do."""
    found = await desk.page.api.get(f"{desk.path}/{feedback}")
    return desk.page.show("feedback/one.html", desk=desk, found=found, **await desk.words(), **context)


async def _list(desk: Desk) -> Response:
    asked_for = {name: desk.page.query(name) for name in _FILTERS}
    if desk.agency:
        asked_for.pop("about")
    listed = await desk.page.api.get(desk.path, **asked_for, cursor=desk.page.request.query_params.get("cursor"))
    counted = None if desk.agency else await desk.page.api.get("/feedback-statistics")
    return desk.page.show(
        "feedback/list.html",
        desk=desk,
        feedback=listed["items"],
        following=listed["next"],
        chosen={name: value for name, value in asked_for.items() if value},
        counted=counted,
        **await desk.words(),
    )


async def _enter(desk: Desk) -> Response:
    posted = read(await desk.page.posted())
    try:
        made = await desk.page.api.post(desk.path, _asked(desk, posted), once=posted.once)
    except Refused as refused:
        return await _form(desk, refused=refused, posted=posted)
    return desk.page.go(f"{desk.path}/{made.json()['feedback_id']}", done="sent" if desk.agency else "entered-feedback")


async def _form(desk: Desk, **context: Any) -> Response:
    return desk.page.show("feedback/form.html", desk=desk, offered=OFFERED, **await desk.words(), **context)


def _asked(desk: Desk, posted: Posted) -> dict[str, Any]:
    said: dict[str, Any] = {name: posted.text(name) for name in ("kind", "subject", "text")}
    said |= {name: posted.given(name) for name in _SAID} | {"evidence": asked(posted)}
    if desk.agency is None:
        said |= {name: posted.text(name) for name in ("sender", "channel", "name")}
        said |= {name: posted.given(name) for name in _CONTACT}
    return said
