"""What waits for a second person, for everybody who may approve it or asked for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.operations import words
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@router.get("/waiting-requests")
async def get_waiting(page: Annotated[Page, Depends(signed_in)]) -> Response:
    found = (await page.api.get("/waiting-requests"))["items"]
    return page.show("operations/waiting.html", waiting=found, words=words)
