"""A body's units with their contact points, and who works for them (APR-02; seed 001 §2)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.desk import at_fields, every

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL = "/agencies/{agency}/units"
ONE = ALL + "/{unit}"
AtPage = Annotated[Page, Depends(signed_in)]
_CONTACT = ("name", "position", "email", "phone")
_IN_FORCE = "in_force"


@router.get(ALL)
async def get_units(page: AtPage, agency: str) -> Response:
    return await _units(page, agency)


@router.post(ALL)
async def post_unit(page: AtPage, agency: str) -> Response:
    posted = await page.posted()
    asked = {"unit": posted.text("unit"), **_said(posted)}
    try:
        await page.api.post(f"/agencies/{agency}/units", asked, once=posted.once)
    except Refused as refused:
        return await _units(page, agency, refused=refused, posted=posted)
    return page.go(f"/agencies/{agency}/units", done="saved")


@router.get(ONE)
async def get_unit(page: AtPage, agency: str, unit: str) -> Response:
    return await _unit(page, agency, unit)


@router.post(ONE + "/versions")
async def post_version(page: AtPage, agency: str, unit: str) -> Response:
    posted = await page.posted()
    asked = {**_said(posted), "ended": posted.ticked("ended")}
    try:
        await page.api.post(f"/agencies/{agency}/units/{unit}/versions", asked, once=posted.once)
    except Refused as refused:
        return await _unit(page, agency, unit, refused=refused, posted=posted)
    return page.go(f"/agencies/{agency}/units/{unit}", done="saved")


@router.get(ONE + "/members")
async def get_members(page: AtPage, agency: str, unit: str) -> Response:
    return await _members(page, agency, unit)


@router.post(ONE + "/members")
async def post_member(page: AtPage, agency: str, unit: str) -> Response:
    posted = await page.posted()
    asked = {"subject": posted.text("subject"), "reason": posted.text("reason")}
    try:
        await page.api.post(f"/agencies/{agency}/units/{unit}/members", asked, once=posted.once)
    except Refused as refused:
        return await _members(page, agency, unit, refused=refused, posted=posted)
    return page.go(f"/agencies/{agency}/units/{unit}/members", done="saved")


@router.post(ONE + "/members/{membership}/revocations")
async def post_revocation(page: AtPage, agency: str, unit: str, membership: str) -> Response:
    posted = await page.posted()
    path = f"/agencies/{agency}/units/{unit}/members"
    try:
        await page.api.post(f"{path}/{membership}/revocations", {"reason": posted.text("reason")}, once=posted.once)
    except Refused as refused:
        # Each membership has a form of its own on the page; the fault and the words go back to theirs.
        ending = {"membership": membership, "reason": posted.text("reason")}
        return await _members(page, agency, unit, refused=at_fields(refused, {"/reason": f"/{membership}"}), ending=ending)
    return page.go(path, done="saved")


async def _units(page: Page, agency: str, **context: Any) -> Response:
    path = f"/agencies/{agency}/units"
    listed = await page.api.get(path, cursor=page.request.query_params.get("cursor"))
    whole = {"agency": agency, "path": path, "units": listed["items"], "following": listed["next"]}
    return page.show("units/units.html", **whole, may_change=page.has("agency_admin"), **context)


async def _unit(page: Page, agency: str, unit: str, **context: Any) -> Response:
    path = f"/agencies/{agency}/units/{unit}"
    whole = {"agency": agency, "path": path, "unit": await page.api.get(path)}
    return page.show("units/unit.html", **whole, may_change=page.has("agency_admin"), **context)


async def _members(page: Page, agency: str, unit: str, **context: Any) -> Response:
    path = f"/agencies/{agency}/units/{unit}"
    cursor = page.request.query_params.get("cursor")
    listed = await page.api.get(f"{path}/members", cursor=cursor)
    people = await _people(page, agency)
    whole = {"agency": agency, "path": path, "unit": await page.api.get(path), "members": listed["items"], "ending": None}
    return page.show("units/members.html", **{**whole, **context}, following=listed["next"], people=people)


async def _people(page: Page, agency: str) -> list[dict[str, Any]]:
    """Keys and persons of the body whose rights are in force: ``subject``, ``holder`` and ``roles``."""
    keys = await every(page, f"/agencies/{agency}/credentials")
    grants = await every(page, f"/agencies/{agency}/members")
    found = [{**each, "subject": f"key:{each['key_id']}"} for each in keys] + grants
    return [each for each in found if each["state"] == _IN_FORCE]


def _said(posted: Posted) -> dict[str, Any]:
    """A version of a unit as it was typed."""
    contact = {name: posted.text(f"contact_{name}") for name in _CONTACT}
    return {"name": posted.text("name"), "contact": contact, "reason": posted.text("reason")}
