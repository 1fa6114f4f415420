"""One decision of two people: what it says, whose turn it is; approving it, ending it, asking that it be withdrawn."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.http.answers import API
from services.gateway.pages.evidence import said
from services.gateway.pages.operations import words
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers.roster import names
from services.gateway.pages.scores.law import law_of

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

DECISION: Final = "/decisions/{decision}"
OMISSION: Final = "/omissions/{omission}"
AtPage = Annotated[Page, Depends(signed_in)]
# Where one asks that what is in force be taken back.
_WITHDRAWN: Final = {
    "ruling": "/rulings",
    "applicability": "/applicability/{id}/withdrawals",
    "calendar_entry": "/calendar/{id}/withdrawals",
}


@router.get(DECISION)
async def get_decision(page: AtPage, decision: str) -> Response:
    return await _decision(page, decision)


@router.post(DECISION)
async def post_decision(page: AtPage, decision: str) -> Response:
    posted = await page.posted()
    act = posted.text("act")
    try:
        if act == "withdraw":
            return await _withdraw(page, decision, posted)
        path = "refusals" if act == "refuse" else "approvals"
        await page.api.post(f"/decisions/{decision}/{path}", said(posted, "reason"), once=posted.once)
    except Refused as refused:
        return await _decision(page, decision, refused=refused, posted=posted)
    return page.go(f"/decisions/{decision}", done="ended-request" if act == "refuse" else "approved")


@router.get(OMISSION)
async def get_omission(page: AtPage, omission: str) -> Response:
    return await _omission(page, omission)


@router.post(OMISSION)
async def post_omission_approval(page: AtPage, omission: str) -> Response:
    posted = await page.posted()
    try:
        await page.api.post(f"/omissions/{omission}/approvals", said(posted, "reason"), once=posted.once)
    except Refused as refused:
        return await _omission(page, omission, refused=refused, posted=posted)
    return page.go(f"/omissions/{omission}", done="approved")


async def _withdraw(page: Page, decision: str, posted: Posted) -> Response:
    """A new decision, which waits for another person itself."""
    found, about = await _found(page, decision)
    body: dict[str, Any] = said(posted, "document", "reason")
    if found["kind"] == "calendar_entry":
        body.pop("document", None)
    if found["kind"] == "ruling":
        body |= {"value": None, **{name: about[name] for name in ("period", "agency", "measure")}}
    made = await page.api.post(_WITHDRAWN[found["kind"]].format(id=decision), body, once=posted.once)
    return page.go(f"/decisions/{made.headers['location'].rpartition('/')[2]}", done="requested")


async def _decision(page: Page, decision: str, **context: Any) -> Response:
    found, about = await _found(page, decision)
    return page.show(
        "operations/decision.html", found=found, about=about, measure=await _measure(page, found, about),
        names=await names(page, found["period"]), words=words,
        may_withdraw=found["kind"] in _WITHDRAWN and about.get("in_force", False) and found["withdraws"] is None, **context,
    )  # fmt: skip


async def _omission(page: Page, omission: str, **context: Any) -> Response:
    found = await page.api.get(f"/omissions/{omission}")
    return page.show("operations/omission.html", found=found, names=await names(page, found["period"]), words=words, **context)


async def _measure(page: Page, found: dict[str, Any], about: dict[str, Any]) -> str:
    """What the month's law calls the figure that was ruled on; empty for another decision."""
    if found["kind"] != "ruling":
        return ""
    month = await page.api.get(f"/periods/{found['period']}")
    name = str(about["measure"])
    return (await law_of(page, month["scheme"])).measures.get(name, name)


async def _found(page: Page, decision: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The decision, and what was decided."""
    found = await page.api.get(f"/decisions/{decision}")
    return found, await page.api.get(found["subject"].removeprefix(API))
