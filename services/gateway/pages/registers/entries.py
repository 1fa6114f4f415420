"""Pages that every kind of register entry has: the entry with its history, its correction, withdrawal and confirmation."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.evidence import said, whole, with_digests
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute, refused_of, signed_in
from services.gateway.pages.posted import Posted
from services.gateway.pages.registers import meeting_form
from services.gateway.pages.registers.changes import changes
from services.gateway.pages.registers.content_forms import BOXES
from services.gateway.pages.registers.kinds import KINDS, MEETING, Kind
from services.gateway.pages.registers.roster import LONGEST, meetings_of, names, roster
from shared.errors import DomainError

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

There = Annotated[Page, Depends(signed_in)]


async def entry_page(page: Page, kind: Kind, entry_id: str, **context: Any) -> Response:
    """One entry: what its last version says, who did what, what this person may do, every version."""
    path = f"{kind.place}/{entry_id}"
    entry = await page.api.get(path)
    versions = (await page.api.get(f"{path}/versions", limit=LONGEST))["items"]
    beside = await _around(page, entry)
    shown = {
        "kind": kind,
        "entry": entry,
        "versions": list(reversed(versions)),
        **beside,
        "changes": changes(versions, entry),
        "here": f"{ROOT}{path}",
    }
    return page.show("registers/entry.html", **{**shown, **context})


async def form_page(page: Page, kind: Kind, posted: Posted | None, **context: Any) -> Response:
    """The form of a new entry or, with ``entry``, of the next version of one."""
    entry = context.get("entry")
    period = entry["period"] if entry else None
    bodies = await roster(page, period) if kind is MEETING else []
    shown = {
        "kind": kind,
        "entry": None,
        "meeting": None,
        "meetings": [],
        "names": {},
        "boxes": BOXES,
        "rows": meeting_form.rows(bodies, posted),
        **(await _around(page, entry) if entry else {}),
        **context,
    }
    return page.show("registers/form.html", posted=posted, **shown)


async def sent(
    page: Page, kind: Kind, path: str, *, beside: Callable[[Posted], dict[str, Any]], again: Callable[..., Awaitable[Response]]
) -> Response:
    """Sends what a form of this kind says to a path of the API; ``again`` shows the form with what was wrong."""
    posted = with_digests(await page.posted(), "evidence_digest")
    if kind is MEETING:
        filled = meeting_form.chosen_by_button(posted, await roster(page))
        if filled is not None:
            return await again(filled)
    try:
        body = {**kind.said(posted), **said(posted, "evidence_digest", "reason"), **beside(posted)}
        made = (await page.api.post(path, body, once=posted.once)).json()
    except Refused as refused:
        return await again(posted, refused=refused)
    except DomainError as error:
        return await again(posted, refused=refused_of(page.request, error))
    return page.go(f"{kind.place}/{made['entry_id']}", done="entered")


async def _around(page: Page, entry: dict[str, Any]) -> dict[str, Any]:
    """What the pages of an entry show beside it: names of bodies, and the meeting or meetings it is about."""
    meeting = await page.api.get(f"/meetings/{entry['meeting_id']}") if "meeting_id" in entry else None
    of_month = [] if meeting or "attendance_missing" in entry else await meetings_of(page, entry["period"])
    return {"names": await names(page, entry["period"]), "meeting": meeting, "meetings": of_month}


def add_routes(kind: Kind) -> None:
    """The pages of one kind."""
    one = f"{kind.place}/{{entry_id}}"

    @router.get(one, name=f"page_{kind.name}")
    async def get_entry(page: There, entry_id: str) -> Response:
        return await entry_page(page, kind, entry_id)

    @router.get(f"{one}/corrections", name=f"page_{kind.name}_correction")
    async def get_correction(page: There, entry_id: str) -> Response:
        entry = await page.api.get(f"{kind.place}/{entry_id}")
        return await form_page(page, kind, kind.typed(entry["content"]), entry=entry)

    @router.post(f"{one}/corrections", name=f"post_page_{kind.name}_correction")
    async def post_correction(page: There, entry_id: str) -> Response:
        entry = await page.api.get(f"{kind.place}/{entry_id}")

        async def again(posted: Posted, **context: Any) -> Response:
            return await form_page(page, kind, posted, entry=entry, **context)

        return await sent(page, kind, f"{kind.place}/{entry_id}/corrections", beside=lambda _: {}, again=again)

    for act, done in (("withdrawals", "entered"), ("confirmations", "confirmed")):
        _add_act(kind, act, done)


def _add_act(kind: Kind, act: str, done: str) -> None:
    @router.post(f"{kind.place}/{{entry_id}}/{act}", name=f"post_page_{kind.name}_{act}")
    async def post_act(page: There, entry_id: str) -> Response:
        posted = with_digests(await page.posted(), "evidence_digest")
        body: dict[str, Any] = said(posted, "evidence_digest", "reason")
        if act == "confirmations":
            body = {**said(posted, "reason"), **whole(posted, "version")}
        try:
            await page.api.post(f"{kind.place}/{entry_id}/{act}", body, once=posted.once)
        except Refused as refused:
            return await entry_page(page, kind, entry_id, refused=refused, posted=posted, act=act)
        return page.go(f"{kind.place}/{entry_id}", done=done)


for _kind in KINDS:
    add_routes(_kind)
