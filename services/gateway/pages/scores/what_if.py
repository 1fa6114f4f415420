"""What a body's points would be with other figures of its own, asked in a form; nothing is kept (EXP-07, 08)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names
from services.gateway.pages.scores.law import law_of
from services.gateway.pages.scores.own import READING
from shared.writing import grouped

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

WHAT_IF: Final = "/agencies/{agency}/periods/{period}/what-if"
AtPage = Annotated[Page, Depends(signed_in)]
FIELD: Final = "figures."
# What stands for a missing figure wherever pages show one; a hyphen is what keyboards have.
_MISSING: Final = ("–", "-")


@router.get(WHAT_IF)
async def get_what_if(page: AtPage, agency: str, period: str) -> Response:
    """The form, with the figures that the address names filled in (``?figures.speeches=2``)."""
    page.require_may(*READING)
    return await _form(page, agency, period, page.query("version"))


@router.post(WHAT_IF)
async def post_what_if(page: AtPage, agency: str, period: str) -> Response:
    """The same form with what came of it; figures left as they stand are not sent."""
    posted = await page.posted()
    version = posted.text("version")
    # As the API writes figures; people write thousands and decimals as the page shows them.
    figures = {name: plain_figure(text) for name, text in posted.below(FIELD).items()}
    asked = {"period": period, "version": int(version) if version.isdecimal() else None, "measures": figures}
    try:
        answer = await page.api.post(f"/agencies/{agency}/what-if", asked, once=posted.once)
    except Refused as refused:
        return await _form(page, agency, period, version, refused=refused, posted=posted)
    return await _form(page, agency, period, version, posted=posted, answer=answer.json())


def plain_figure(text: str) -> str | None:
    """1.042.413 as 1042413, 18,57 as 18.57, a dash as None: missing; what is written otherwise as it stands, for the API to
    judge."""
    if text in _MISSING:
        return None
    found = text.replace(".", "").replace(",", ".")
    return found if grouped(found) == text or "," in text else text


async def _form(
    page: Page, agency: str, period: str, version: str | None, *, answer: Mapping[str, Any] | None = None, **context: Any
) -> Response:
    sheet = await page.api.get(f"/periods/{period}/scores/{agency}", version=version)
    law = await law_of(page, sheet["scheme"])
    return page.show(
        "scores/what_if.html", sheet=sheet, body=sheet["agencies"][0], law=law, agency=agency, period=period, answer=answer,
        names=await names(page, period), filled={name: page.query(FIELD + name) for name in law.measures}, **context,
    )  # fmt: skip


def address_of(agency: str, beside: Mapping[str, Any], figures: Mapping[str, str | None]) -> str:
    """Of the form about a published version, with these figures filled in; below the pages' root. Pure."""
    filled = {FIELD + name: _MISSING[0] if value is None else value for name, value in figures.items()}
    return f"{WHAT_IF.format(agency=agency, period=beside['period'])}?{urlencode({'version': beside['version'], **filled})}"
