"""Where administrators begin: what awaits a second person in their body, or all bodies."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.administration.registers import There
from services.gateway.pages.administration.whole_lists import whole_list
from services.gateway.pages.page import ROOT, Page, PageRoute

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

LISTS = ("members", "credentials", "mandates")


@router.get("/administration")
async def get_administration(page: There) -> Response:
    if page.has("agency_admin"):
        return await _of_body(page, str(page.actor.agency))
    bodies = (await page.api.get("/agencies"))["items"]
    officers = [each for each in await whole_list(page, "/members") if each["state"] == "requested"]
    return page.show("administration/bodies.html", bodies=bodies, officers=len(officers))


async def _of_body(page: Page, agency: str) -> Response:
    found = {}
    for name in LISTS:
        items = await whole_list(page, f"/agencies/{agency}/{name}")
        states = [each["state"] for each in items]
        found[name] = {"waiting": states.count("requested"), "in_force": states.count("in_force")}
    return page.show("administration/body.html", agency=await page.api.get(f"/agencies/{agency}"), lists=found)
