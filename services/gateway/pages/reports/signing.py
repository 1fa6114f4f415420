"""Signing a report: what is signed, the bytes to sign elsewhere, a signature made there; and the receipt (APR-06, INT-10)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.declared import declarations
from services.gateway.pages.reports.desk import View, every, or_none, view_of
from services.gateway.pages.reports.files import handed_on
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace, overview

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SIGNATURES = ONE + "/signatures"


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
    return view.show(
        "signature.html",
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
