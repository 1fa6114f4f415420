"""A published month as a report to print for the Government's session, for national readers: results, movers, gaps, and what
bodies said in public. Everything is of the published version; words that are not public are not in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

AtPage = Annotated[Page, Depends(signed_in)]
MOST: Final = 5
# What is missing of a body, or only not known yet.
_MISSING: Final = ("missing", "awaiting_confirmation")
_READS: Final = ("GET", "/periods/{period}/commendations")


@dataclass(frozen=True)
class Mover:
    """``change`` is exact."""

    agency: str
    body: Mapping[str, Any]
    before: Mapping[str, Any]
    change: Fraction


@router.get("/periods/{period}/session-report")
async def get_session_report(page: AtPage, period: str) -> Response:
    page.require_may(*_READS)
    sheet = await page.api.get(f"/periods/{period}/scores", version=page.query("version"))
    reports = (await page.api.get(f"/periods/{period}/reports", version=sheet["version"]))["items"]
    former = await _former(page, period)
    bodies = {each["agency"]: each for each in sheet["agencies"]}
    moved = movers(sheet["agencies"], former["agencies"]) if former else []
    return page.show(
        "oversight/session_report.html", sheet=sheet, period=period, bodies=bodies, former=former,
        ranked=sorted(sheet["agencies"], key=lambda each: (each["rank"], each["agency"])),
        grades=sorted(Counter(each["grade"] for each in sheet["agencies"]).items()),
        risen=[each for each in moved if each.change > 0][:MOST],
        fallen=[each for each in reversed(moved) if each.change < 0][:MOST],
        gaps=gaps(sheet["agencies"]),
        silent=[each["agency"] for each in reports if each["report"] is None],
        late=[each for each in reports if each["report"] is not None and each["report"]["late"]],
        said=[each for each in reports if each["narratives"]],
    )  # fmt: skip


async def _former(page: Page, period: str) -> Any:
    """The published sheet of the month before, as it stands now; None where none is published."""
    known = (await page.api.get("/periods"))["items"]
    numbers = {each["period"]: number for number, each in enumerate(known)}
    before = known[numbers[period] - 1] if numbers.get(period, 0) > 0 else None
    return await page.api.get(f"/periods/{before['period']}/scores") if before and before["published"] else None


def movers(now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> list[Mover]:
    """Bodies of both months, the one that gained most first."""
    former = {each["agency"]: each for each in before}
    found = [
        Mover(each["agency"], each, former[each["agency"]], _exact(each) - _exact(former[each["agency"]]))
        for each in now
        if each["agency"] in former
    ]
    return sorted(found, key=lambda each: (-each.change, each.agency))


def _exact(body: Mapping[str, Any]) -> Fraction:
    return Fraction(body["total_exact"])


def gaps(bodies: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Of each body the indicators without figures, with whoever lacks most first."""
    found = [
        (each["agency"], [code for code, line in each["indicators"].items() if line["state"] in _MISSING]) for each in bodies
    ]
    return sorted((each for each in found if each[1]), key=lambda each: (-len(each[1]), each[0]))
