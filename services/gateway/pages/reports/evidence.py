"""Files that evidence a report: sent, listed with digest and scan, fetched (INT-14)."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.http.runtime import runtime
from services.gateway.pages.own_api import Body, Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.desk import View, as_refused, at_fields, view_of
from services.gateway.pages.reports.files import handed_on
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace
from services.gateway.reports.attachment_policy import KINDS
from services.gateway.reports.attachments import MOST
from shared.errors import DomainError, Fault, InputInvalid

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ATTACHMENTS = ONE + "/attachments"
_FIELDS: Final = {"Content-Digest": "/sha256", "Content-Type": "/file", "?name": "/file", "?section": "/section"}
_MEBIBYTE: Final = 1024 * 1024
_HEX: Final = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")


@router.get(ATTACHMENTS)
async def get_attachments(page: AtPage, place: AtPlace) -> Response:
    return await _attachments(await view_of(page, place))


@router.post(ATTACHMENTS)
async def post_attachment(page: AtPage, place: AtPlace) -> Response:
    posted = await page.posted()
    view = await view_of(page, place)
    try:
        name, declared, body = _file(posted)
        await page.api.ask(
            "POST",
            f"{place.one}/attachments",
            query={"section": posted.text("section"), "name": name},
            body=Body(body, evidence_type(name, declared)),
            headers={"idempotency-key": posted.once, "content-digest": _declared(posted, body)},
        )
    except (Refused, DomainError) as error:
        return await _attachments(view, refused=at_fields(as_refused(page, error), _FIELDS), posted=posted)
    return view.go("/attachments", done="uploaded")


@router.get(ATTACHMENTS + "/{attachment}")
async def get_attachment(page: AtPage, place: AtPlace, attachment: str) -> Response:
    return handed_on(await page.api.ask("GET", f"{place.one}/attachments/{attachment}"), name=attachment)


async def _attachments(view: View, **context: Any) -> Response:
    listed = await view.page.api.get(f"{view.place.one}/attachments", cursor=view.page.request.query_params.get("cursor"))
    return view.show(
        "attachments.html",
        files=listed["items"],
        following=listed["next"],
        suffixes=sorted({suffix for kind in KINDS.values() for suffix in kind.suffixes}),
        mebibytes=runtime(view.page.request).max_attachment_bytes // _MEBIBYTE,
        most=MOST,
        **context,
    )


def _file(posted: Posted) -> tuple[str, str, bytes]:
    if "file" not in posted.files:
        raise InputInvalid("no file was chosen", faults=[Fault("/file", "is missing", expected="a file")])
    return posted.files["file"]


def evidence_type(name: str, declared: str) -> str:
    """By the file's name, where it ends in one that is taken; the API compares it with the bytes."""
    lower = name.lower()
    return next((kind for kind, how in KINDS.items() if lower.endswith(how.suffixes)), declared or "application/octet-stream")


def _declared(posted: Posted, body: bytes) -> str:
    """RFC 9530: the digest the person was given with the file, where they typed one, else that of the bytes that came."""
    typed = _HEX.fullmatch(posted.text("sha256"))
    if posted.text("sha256") and typed is None:
        fault = Fault("/sha256", "is no SHA-256", seen=posted.text("sha256")[:80], expected="64 hexadecimal digits")
        raise InputInvalid("the file's digest cannot be read", faults=[fault])
    digest = bytes.fromhex(typed[1]) if typed else hashlib.sha256(body).digest()
    return f"sha-256=:{base64.b64encode(digest).decode()}:"
