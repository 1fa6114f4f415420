"""The operators' board, an operator's first page: sources, bodies, runs, work and what waits, of one month (DSH-01)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.board.months import Months, months_of
from services.gateway.pages.board.words import Task
from services.gateway.pages.operations import words
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

BOARD: Final = "/operations"


@router.get(BOARD)
async def get_board(page: Annotated[Page, Depends(signed_in)]) -> Response:
    return await show_board(page, await months_of(page))


async def show_board(page: Page, months: Months) -> Response:
    """``?period=`` is the month, else the one being closed; ``?state=`` bodies of one state alone."""
    period = page.query("period") or months.current.period
    board = await page.api.get("/operator-board", period=period)
    waiting = (await page.api.get("/waiting-requests"))["items"]
    holds = await _holds(page, board)
    counted, bodies = bodies_by_state(board["bodies"], page.query("state"))
    return page.show(
        "operations/board.html", board=board, period=period, months=months, waiting=waiting, counted=counted, bodies=bodies,
        state=page.query("state"), words=words, holds=[_held(each, board) for each in holds],
        acts={line["source"]: words.next_of_source(line, period) for line in board["sources"]},
        month_act=words.next_of_month(board), national=sum(not line["internal"] for line in board["sources"]),
        frozen=sum(line["state"] == "frozen" for line in board["sources"]),
    )  # fmt: skip


def bodies_by_state(
    bodies: Sequence[Mapping[str, Any]], state: str | None
) -> tuple[Mapping[str, int], list[tuple[str, Mapping[str, Any]]]]:
    """How many are in each state, in the order of urgency; and those of one state, else all, each with its own. Pure."""
    found = [(words.body_state(each), each) for each in bodies]
    counts = Counter(each for each, _ in found)
    order = [each for each in ("missing", "late", "due", "in_time") if counts[each]]
    return {each: counts[each] for each in order}, [each for each in found if state in (None, each[0])]


async def _holds(page: Page, board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What keeps a publication back, where one is to come: finding it takes longer than all else of the page."""
    last = board["runs"]["last"]
    if board["published"] and (last is None or last["publication"]):
        return []
    return list((await page.api.get(f"/periods/{board['period']}/holds"))["holds"])


def _held(hold: Mapping[str, Any], board: Mapping[str, Any]) -> Task:
    count, last = len(hold["bodies"]), board["runs"]["last"]
    said = f"{hold['title']} ({count} cơ quan)", f"{hold['title']} ({count} bodies)"
    path = f"/score-runs/{last['run_id']}" if last and last["publication"] is None else f"/periods/{board['period']}/publishing"
    return Task(said, path, "bad")
