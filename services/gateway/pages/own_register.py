"""What the registers say of one body, for its own people: why it has these points of E1, E2 and the bonus."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@router.get("/agencies/{agency}/periods/{period}/register")
async def get_own_register(page: Annotated[Page, Depends(signed_in)], agency: str, period: str) -> Response:
    found = await page.api.get(f"/agencies/{agency}/periods/{period}/register")
    meetings = [
        {**each, "attendances": _of(found["attendances"], each), "speeches": _of(found["speeches"], each)}
        for each in found["meetings"]
    ]
    return page.show(
        "own_register.html", agency=agency, period=period, found=found, meetings=meetings, names=await names(page, period)
    )


def _of(entries: list[dict[str, Any]], meeting: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in entries if each["meeting_id"] == meeting["entry_id"]]
