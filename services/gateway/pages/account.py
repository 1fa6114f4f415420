"""Who is signed in: their account, body, roles and session; and the keys with which a system signs its requests."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.administration.typed import said
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.session import IDLE, LONGEST

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]


@router.get("/account")
async def get_account(page: There) -> Response:
    return await _account(page)


@router.post("/account/request-keys")
async def post_request_key(page: There) -> Response:
    posted = await page.posted()
    asked = {**said(posted, "proof", "reason"), **_jwk(posted.text("jwk"))}
    try:
        await page.api.post("/request-keys", asked, once=posted.once)
    except Refused as refused:
        for fault in refused.problem.get("errors", []):
            if fault["pointer"].startswith("/jwk/"):
                fault["pointer"] = "/jwk"
        return await _account(page, refused=refused, posted=posted, here=f"{ROOT}/account")
    return page.go("/account", done="saved")


def _jwk(typed: str) -> dict[str, Any]:
    """The key as the document it is; what is no JSON stays text, for the API to refuse."""
    if not typed:
        return {}
    try:
        return {"jwk": json.loads(typed)}
    except (ValueError, RecursionError):
        return {"jwk": typed}


async def _account(page: Page, **context: Any) -> Response:
    """Only an API key has request keys: an access token proves itself."""
    actor = page.actor
    agency = await page.api.get_or_none(f"/agencies/{actor.agency}") if actor.agency else None
    own = (await page.api.get("/people"))["items"]
    kind, _, key_id = actor.id.partition(":")
    keys = (await page.api.get("/request-keys"))["items"] if kind == "key" else None
    words = json.dumps({"api_key": key_id, "purpose": "bangdiem request key"}, separators=(",", ":"))
    hours = {"longest": LONGEST.seconds // 3600, "idle": IDLE.seconds // 3600}
    factors = sorted(page.session.caller.factors) if page.session else []
    told: dict[str, Any] = {
        "name": own[0]["name"] if own else None,
        "agency": agency,
        "keys": keys,
        "words": words,
        "factors": factors,
    }
    return page.show("account.html", **told, hours=hours, **context)
