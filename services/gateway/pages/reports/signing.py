"""Signing a report: what is signed, the bytes to sign elsewhere, a signature made there; and the receipt (APR-06, INT-10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.declared import declarations
from services.gateway.pages.reports.desk import View, content_of, every, or_none, view_of
from services.gateway.pages.reports.files import handed_on
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace, overview

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SIGNATURES = ONE + "/signatures"


@dataclass(frozen=True)
class Figures:
    """What a report says in numbers. None for what it does not state; ``unknown`` databases have no count of records, so that
    ``records`` is the sum of the others."""

    tasks: int | None
    accepted: int | None
    databases: int | None
    unknown: int
    records: int | None
    public: int | None
    private: int | None


def figures_of(content: Mapping[str, Any], period: str) -> Figures:
    """``accepted`` since the year's first day, as D1 counts (QĐ 4585, phụ lục mục 3, D1). Pure."""
    tasks, databases, said = (content.get(name) for name in ("registered_tasks", "reported_databases", "narratives"))
    since = f"{period[:4]}-01-01"
    counted = [each.get("new_records") for each in databases or ()]
    known = [each for each in counted if isinstance(each, int)]
    shown = [each.get("visibility") for each in said or ()]
    return Figures(
        tasks=None if tasks is None else len(tasks),
        accepted=None if tasks is None else sum(1 for each in tasks if str(each.get("accepted_on") or "") >= since),
        databases=None if databases is None else len(databases),
        unknown=len(counted) - len(known),
        records=None if databases is None or (counted and not known) else sum(known),
        public=None if said is None else shown.count("public"),
        private=None if said is None else shown.count("private"),
    )


@router.get(SIGNATURES)
async def get_signature(page: AtPage, place: AtPlace) -> Response:
    return await _signing(await view_of(page, place))


@router.post(SIGNATURES)
async def post_signature(page: AtPage, place: AtPlace) -> Response:
    posted = await page.posted()
    view = await view_of(page, place)
    asked = {"digest": posted.text("digest"), "statement": posted.given("statement"), "jws": _jws(posted)}
    asked |= {"signs": posted.given("signs")} if posted.given("signs") else {}
    try:
        await page.api.post(f"{place.one}/signatures", asked, once=posted.once)
    except Refused as refused:
        return await _signing(await view_of(page, place), refused=refused, posted=posted)
    return view.go("/receipt", done="signed")


@router.get(ONE + "/signing-payload")
async def get_signing_payload(page: AtPage, place: AtPlace) -> Response:
    """The very bytes to sign."""
    signs = page.request.query_params.get("signs", "report")
    answer = await page.api.ask("GET", f"{place.one}/signing-payload", query={"signs": signs})
    return handed_on(answer, name=f"{place.agency}-{place.period}-{place.sequence}-{signs}.bin")


@router.get(ONE + "/receipt")
async def get_receipt(page: AtPage, place: AtPlace) -> Response:
    view = await view_of(page, place)
    receipt = await page.api.get(f"{place.one}/receipt")
    signature = await page.api.get_or_none(f"{place.one}/signature")
    return view.show("receipt.html", receipt=receipt, signature=signature)


@router.get(ONE + "/receipt.json")
async def get_receipt_file(page: AtPage, place: AtPlace) -> Response:
    answer = await page.api.ask("GET", f"{place.one}/receipt")
    return handed_on(answer, name=f"{answer.json()['receipt_number']}.json")


@router.get(ONE + "/receipt.jws")
async def get_receipt_jws(page: AtPage, place: AtPlace) -> Response:
    """The receipt itself, as any JOSE library reads it."""
    receipt = await page.api.get(f"{place.one}/receipt")
    headers = {"content-disposition": f'attachment; filename="{receipt["receipt_number"]}.jws"', "cache-control": "no-store"}
    return Response(receipt["jws"], media_type="application/jose", headers=headers)


async def _signing(view: View, **context: Any) -> Response:
    if not view.may("sign"):
        return await overview(view, **context)
    steps = await every(view.page, f"{view.place.one}/transitions")
    demands = await every(view.page, f"/agencies/{view.place.agency}/signature-demands")
    mandates = await every(view.page, f"/agencies/{view.place.agency}/mandates")
    content, _ = await content_of(view)
    return view.show(
        "signature.html",
        figures=figures_of(content, str(view.place.period)),
        files=len(await every(view.page, f"{view.place.one}/attachments")),
        declared=await declarations(view),
        approval=next((each for each in reversed(steps) if each["action"] == "approve"), None),
        demanded=bool(demands) and demands[-1]["demand"] == "required",
        mandates=[each for each in mandates if each["state"] == "in_force"],
        agency=await or_none(view.page, f"/agencies/{view.place.agency}"),
        **context,
    )


def _jws(posted: Posted) -> str | None:
    """What was pasted, or what stands in the file; a file that is no text is not a signature, and the API says so."""
    if "jws_file" in posted.files:
        return posted.files["jws_file"][2].decode("utf-8", "replace").strip()
    return posted.given("jws")
