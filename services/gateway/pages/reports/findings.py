"""Findings of a report: the whole list by pages and as a file, confirmations, and checks that still run (INT-05, DQ-07)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.reports.desk import View, view_of
from services.gateway.pages.reports.files import handed_on
from services.gateway.pages.reports.found import SEVERITIES, findings_of, untried_of
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace
from services.gateway.pages.reports.sections import ROWS, page_number
from services.gateway.reports.rules.findings_chosen import PLACES
from shared.errors import NotFound

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

FINDINGS = ONE + "/findings"
_FILES: Final = ("csv", "ndjson")
_CHOICE: Final = ("severity", "section", "open")
TO_DO: Final = "to_do"


@router.get(FINDINGS)
async def get_findings(page: AtPage, place: AtPlace) -> Response:
    view = await view_of(page, place)
    asked = page.request.query_params
    kind, section = _known(asked.get("severity", ""), (*SEVERITIES, TO_DO)), _known(asked.get("section", ""), PLACES)
    choice = _choice(kind, section)
    found = await findings_of(view, **choice)
    whole = None if found is None else await page.api.get(f"{place.one}/findings", limit=1)
    number = page_number(page, len(found or []))
    first = (number - 1) * ROWS
    return view.show(
        "findings.html",
        counts=whole["counts"] if whole else None,
        kind=kind,
        section=section,
        chosen=urlencode(choice),
        items=(found or [])[first : first + ROWS],
        untried=[] if found is None else await untried_of(view),
        number=number,
        pages=max(1, -(-len(found or []) // ROWS)),
    )


@router.get(ONE + "/findings.{suffix}")
async def get_findings_file(page: AtPage, place: AtPlace, suffix: str) -> Response:
    if suffix not in _FILES:
        raise NotFound(f"findings are not written as {suffix[:20]!r}")
    query = {name: value for name, value in page.request.query_params.items() if name in _CHOICE}
    answer = await page.api.ask("GET", f"{place.one}/findings", query={**query, "format": suffix})
    return handed_on(answer, name=f"findings-{place.agency}-{place.period}-{place.sequence}.{suffix}")


@router.get(ONE + "/confirmations")
async def get_confirmation(page: AtPage, place: AtPlace) -> Response:
    return await _confirming(await view_of(page, place), page.request.query_params.get("key", ""))


@router.post(ONE + "/confirmations")
async def post_confirmation(page: AtPage, place: AtPlace) -> Response:
    posted = await page.posted()
    view = await view_of(page, place)
    asked = {"finding_key": posted.text("finding_key"), "reason": posted.text("reason")}
    try:
        await page.api.post(f"{place.one}/confirmations", asked, once=posted.once)
    except Refused as refused:
        return await _confirming(view, asked["finding_key"], refused=refused, posted=posted)
    return view.go("/findings", done="confirmed")


@router.post(ONE + "/validations")
async def post_validation(page: AtPage, place: AtPlace) -> Response:
    """The report checked again, by the rules and figures that hold now."""
    posted = await page.posted()
    view = await view_of(page, place)
    made = await page.api.post(f"{place.one}/validations", {}, once=posted.once)
    found = made.json()
    return view.go("/findings" if found["state"] == "done" else f"/validations/{found['validation_id']}", done="checked")


@router.get(ONE + "/validations/{validation}")
async def get_validation(page: AtPage, place: AtPlace, validation: str) -> Response:
    """How far a check is that a job makes."""
    view = await view_of(page, place)
    return view.show("validation.html", check=await page.api.get(f"{place.one}/validations/{validation}"))


def _known(asked: str, known: Sequence[str]) -> str:
    """Empty for what no link of ours asks for."""
    return asked if asked in known else ""


def _choice(kind: str, section: str) -> dict[str, str]:
    """As the API is asked."""
    asked = {"open": "true"} if kind == TO_DO else {"severity": kind}
    return {name: value for name, value in {**asked, "section": section}.items() if value}


async def _confirming(view: View, key: str, **context: Any) -> Response:
    found = next((each for each in await findings_of(view) or [] if each["key"] == key), None)
    if found is None:
        raise NotFound("the latest check has no such finding")
    return view.show("confirmation.html", finding=found, **context)
