"""A whole report as a file: checked or saved, fetched back in four formats; templates; files handed on to be saved (INT-02)."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Answer, Body, Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.desk import CHANGED, View, as_refused, at_fields, checked_later, view_of
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, SUFFIXES, WORKBOOK
from shared.errors import DomainError, Fault, InputInvalid, NotFound

# How the API names a revision that was sent in one piece.
_WHOLE = "whole"

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

CONTENT = ONE + "/content"
_FIELDS: Final = {"Content-Type": "/file"}
_WRITTEN: Final = {"xlsx": WORKBOOK, "csv": CSV, "ndjson": NDJSON, "json": JSON}
_KEPT: Final = ("content-type", "content-disposition", "etag")


@router.get(CONTENT)
async def get_content(page: AtPage, place: AtPlace) -> Response:
    return _uploading(await view_of(page, place))


@router.post(CONTENT)
async def post_content(page: AtPage, place: AtPlace) -> Response:
    """A file sent: looked at only, or saved as the report's next revision."""
    posted = await page.posted()
    view = await view_of(page, place)
    checks = posted.text("act") == "check"
    try:
        answer = await _put(view, posted, dry_run=checks)
    except (Refused, DomainError) as error:
        refused = at_fields(as_refused(page, error), _FIELDS)
        fresh = await view_of(page, place)
        etag = fresh.etag if refused.slug in CHANGED else posted.text("etag")
        return _uploading(fresh, etag=etag, refused=refused, posted=posted)
    if checks:
        return _uploading(view, tried=answer.json(), name=posted.files["file"][0])
    queued = checked_later(answer)
    return view.go(f"/validations/{queued}" if queued else "/findings", done="uploaded")


@router.get(ONE + "/content.{suffix}")
async def get_content_file(page: AtPage, place: AtPlace, suffix: str) -> Response:
    if suffix not in _WRITTEN:
        raise NotFound(f"a report is not written as {suffix[:20]!r}")
    answer = await page.api.ask("GET", f"{place.one}/content", headers={"accept": _WRITTEN[suffix]})
    return handed_on(answer, name=f"{place.agency}-{place.period}-{place.sequence}.{suffix}")


def handed_on(answer: Answer, *, name: str) -> Response:
    """The API's bytes, to be saved under its name for them or else this one; no browser shows or runs them."""
    headers = {each: answer.headers[each] for each in _KEPT if each in answer.headers}
    headers.setdefault("content-disposition", f'attachment; filename="{name}"')
    headers |= {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    headers["content-security-policy"] = "sandbox; default-src 'none'"
    return Response(answer.body, headers=headers)


async def _put(view: View, posted: Posted, *, dry_run: bool) -> Answer:
    """Raises InputInvalid without a file, or Refused."""
    if "file" not in posted.files:
        raise InputInvalid("no file was chosen", faults=[Fault("/file", "is missing", expected="a file")])
    name, declared, body = posted.files["file"]
    etag = posted.text("etag")
    part = posted.text("part")
    return await view.page.api.ask(
        "PUT",
        f"{view.place.one}/content" + (f"/{view.section(part).name}" if part != _WHOLE else ""),
        query={"dry_run": "true"} if dry_run else None,
        body=Body(body, report_type(name, declared)),
        headers={"if-match": etag} if etag else {},
    )


def report_type(name: str, declared: str) -> str:
    """By the file's name: browsers know few of these types. The API refuses what is none of its own."""
    suffix = f".{name.rpartition('.')[2].lower()}"
    return SUFFIXES.get(suffix, declared or "application/octet-stream")


def _uploading(view: View, **context: Any) -> Response:
    return view.show("upload.html", **{"etag": view.etag, "tried": None, "name": None, **context})
