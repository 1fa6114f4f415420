"""What national readers see first of what is published: trend, kinds compared, who moved and why, readings that matter, bodies
near a bound (DSH-03). Published versions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.http.runtime import runtime
from services.gateway.pages.board.months import Month, Months
from services.gateway.pages.board.movers import Movers, movers_of
from services.gateway.pages.board.nation_drawn import Bound, Drawing, Drawn, Kind
from services.gateway.pages.page import ROOT, Page
from services.gateway.pages.rendering import part
from services.gateway.pages.scores.law import Law, law_of
from services.gateway.publication.worked_out import WorkedOut

_MOST_READINGS: Final = 5


@dataclass(frozen=True)
class Matters:
    """Another reading of the law that would move somebody."""

    reading: str
    says: Mapping[str, str]
    in_force: Mapping[str, str]
    agencies_moved: int
    grades_moved: int
    ranks_moved: int


@dataclass(frozen=True)
class Nation:
    """``months`` as /trends tells them; ``edges`` and ``readings`` are None where the version holds none."""

    months: Sequence[Mapping[str, Any]]
    law: Law
    names: Mapping[str, str]
    bounds: Sequence[Bound]
    totals: Sequence[Drawn]
    groups: Sequence[Drawn]
    kinds: Sequence[Kind]
    movers: Sequence[Movers]
    readings: Sequence[Matters] | None
    readings_moving: int
    edges: Sequence[Mapping[str, Any]] | None

    @property
    def last(self) -> Mapping[str, Any]:
        return self.months[-1]


async def nation_section(page: Page, months: Months) -> str | None:
    """The section as it is shown; None before anything is published.

    It follows from the published versions and the page's language, and from nobody's role: it is made once for all national
    readers of this process."""
    latest = months.published
    if latest is None:
        return None
    stood = tuple((each.period, each.version) for each in months.all if each.version is not None)

    async def made() -> str:
        return part("board/nation.html", language=page.language, root=ROOT, nation=await nation_of(page, months, latest))

    return await runtime(page.request).part(WorkedOut).get(("nation", page.language, stood), made)


async def nation_of(page: Page, months: Months, latest: Month) -> Nation:
    """Bodies are called as the version calls them."""
    period = latest.period
    sheet = await page.api.get(f"/periods/{period}/scores", version=latest.version)
    known = {each["agency"]: page.t(each["name_vi"], each["name_en"]) for each in sheet["agencies"]}
    told = (await page.api.get("/trends", to=period))["months"]
    law = await law_of(page, latest.scheme)
    drawing = Drawing(told, law.content)
    register = await page.api.get_or_none(f"/periods/{period}/readings", version=latest.version)
    moving = None if register is None else matters_of(register["readings"])
    near = await page.api.get_or_none(f"/periods/{period}/edges", version=latest.version)
    return Nation(
        told, law, known, drawing.bounds(), drawing.totals(), drawing.groups(law.groups), drawing.kinds(),
        await movers_of(page, months), None if moving is None else moving[:_MOST_READINGS], len(moving or ()),
        near and near["near_a_bound"],
    )  # fmt: skip


def matters_of(register: Sequence[Mapping[str, Any]]) -> list[Matters]:
    """Those that move a body, the ones that change most grades first. Pure."""
    counts = ("agencies_moved", "grades_moved", "ranks_moved")
    found = [
        Matters(entry["id"], each["says"], entry["in_force"], *(each[name] for name in counts))
        for entry in register
        for each in entry["alternatives"]
        if each["agencies_moved"]
    ]
    return sorted(found, key=lambda each: (-each.grades_moved, -each.agencies_moved, each.reading))
