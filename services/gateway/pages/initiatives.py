"""Initiatives for the bonus: a body proposes and hands in, the standing agency assesses, a decision follows (F-1 to F-4)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.days import with_days
from services.gateway.pages.evidence import said, whole, with_digests
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.roster import months, names

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]

STATES = ("proposed", "submitted", "assessed", "decided", "withdrawn")
_OF_A_BODY = "/agencies/{agency}/initiatives"
_PROPOSAL = ("period", "title", "explanation", "document", "document_digest")
_NOTICES = {"approvals": "approved", "withdrawals": "withdrawn", "assessments": "assessed", "decisions": "decided"}


@router.get("/agencies/{agency}/initiatives")
async def get_own_initiatives(page: There, agency: str) -> Response:
    return await _listed(page, f"/agencies/{agency}/initiatives")


@router.get("/agencies/{agency}/initiatives/new")
async def get_new_initiative(page: There, agency: str) -> Response:
    page.require_may("POST", _OF_A_BODY)
    return await _proposal(page, agency)


@router.post("/agencies/{agency}/initiatives")
async def post_initiative(page: There, agency: str) -> Response:
    posted = with_digests(await page.posted(), "document_digest")
    page.require_may("POST", _OF_A_BODY)
    path = f"/agencies/{agency}/initiatives"
    try:
        made = (await page.api.post(path, said(posted, *_PROPOSAL), once=posted.once)).json()
    except Refused as refused:
        return await _proposal(page, agency, refused=refused, posted=posted, here=f"{ROOT}{path}/new")
    return page.go(f"{path}/{made['initiative_id']}", done="proposed")


@router.get("/agencies/{agency}/initiatives/{initiative}")
async def get_own_initiative(page: There, agency: str, initiative: str) -> Response:
    return await _one(page, f"/agencies/{agency}/initiatives", initiative)


@router.post("/agencies/{agency}/initiatives/{initiative}/approvals")
async def post_approval(page: There, agency: str, initiative: str) -> Response:
    return await _step(page, f"/agencies/{agency}/initiatives", initiative, "approvals")


@router.post("/agencies/{agency}/initiatives/{initiative}/withdrawals")
async def post_withdrawal(page: There, agency: str, initiative: str) -> Response:
    return await _step(page, f"/agencies/{agency}/initiatives", initiative, "withdrawals")


@router.get("/initiatives")
async def get_initiatives(page: There) -> Response:
    return await _listed(page, "/initiatives")


@router.get("/initiatives/{initiative}")
async def get_initiative(page: There, initiative: str) -> Response:
    return await _one(page, "/initiatives", initiative)


@router.post("/initiatives/{initiative}/assessments")
async def post_assessment(page: There, initiative: str) -> Response:
    return await _step(page, "/initiatives", initiative, "assessments")


@router.post("/initiatives/{initiative}/decisions")
async def post_decision(page: There, initiative: str) -> Response:
    return await _step(page, "/initiatives", initiative, "decisions")


async def _listed(page: Page, path: str) -> Response:
    asked = page.request.query_params
    only = {name: asked.get(name) or None for name in ("period", "state", "cursor")}
    found = await page.api.get(path, **only)
    return page.show(
        "initiatives/list.html", path=path, items=found["items"], next=found["next"], only=only, states=STATES,
        periods=await months(page), names=await names(page),
    )  # fmt: skip


async def _proposal(page: Page, agency: str, **context: Any) -> Response:
    return page.show("initiatives/new.html", path=f"/agencies/{agency}/initiatives", periods=await months(page), **context)


async def _one(page: Page, path: str, initiative: str, *, act: str = "", **context: Any) -> Response:
    """``act`` is the form that was sent, so that only it keeps what was typed and shows what was wrong."""
    found = await page.api.get(f"{path}/{initiative}")
    shown = {"path": path, "each": found, "names": await names(page, found["period"]), "act": act}
    return page.show("initiatives/one.html", here=f"{ROOT}{path}/{initiative}", **shown, **context)


async def _step(page: Page, path: str, initiative: str, act: str) -> Response:
    posted = with_digests(await page.posted(), "decision_digest")
    try:
        await page.api.post(f"{path}/{initiative}/{act}", _said(posted, act), once=posted.once)
    except Refused as refused:
        return await _one(page, path, initiative, act=act, refused=refused, posted=posted)
    return page.go(f"{path}/{initiative}", done=_NOTICES[act])


def _said(posted: Posted, act: str) -> dict[str, Any]:
    if act == "assessments":
        return {**whole(posted, "points"), **said(posted, "reason")}
    if act == "decisions":
        return {
            **whole(posted, "points"),
            **said(with_days(posted, ("decided_on",)), "decision_number", "decided_on", "decision_digest", "reason"),
        }
    return dict(said(posted, "reason"))
