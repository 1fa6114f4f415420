"""One submission: state, whose turn it is, what is left to do, its sections, files and history (APR-12, INT-16)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.reports.declared import declarations
from services.gateway.pages.reports.desk import View, every, view_of
from services.gateway.pages.reports.found import below, counts_of, findings_of
from services.gateway.pages.reports.month import SUBMISSIONS
from services.gateway.pages.reports.place import Place, place_of

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ONE = SUBMISSIONS + "/{sequence}"
AtPage = Annotated[Page, Depends(signed_in)]
AtPlace = Annotated[Place, Depends(place_of)]


@router.get(ONE)
async def get_submission(page: AtPage, place: AtPlace) -> Response:
    return await overview(await view_of(page, place))


async def overview(view: View, **context: Any) -> Response:
    """``context`` may hold a refusal to be shown."""
    findings = await findings_of(view)
    whole = {
        "steps": await every(view.page, f"{view.place.one}/transitions"),
        "files": await every(view.page, f"{view.place.one}/attachments"),
        "counts": None if findings is None else counts_of(findings),
        "sections": [(each, counts_of(below(findings or [], f"/{each.section.name}"))) for each in await declarations(view)],
    }
    return view.show("overview.html", **whole, **context)
