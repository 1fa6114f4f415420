"""Use case: which bodies of a sheet are near a grade's bound, and the single figures that would carry them over (EXP-09)."""

from __future__ import annotations

import asyncio
from typing import Any

from services.gateway.publication.sheets import published_sheet
from shared.database import Connection
from shared.law.edges import KnifeEdge, knife_edges
from shared.law.sheet import ScoreSheet


async def published_edges(connection: Connection, period: str, version: int) -> dict[str, Any]:
    """The document of a version. Raises NotYetPublished, VersionUnknown or NotExplained."""
    found = await published_sheet(connection, period, version)
    # Scoring many times over for what flips a grade is no work for the loop that answers everybody.
    near = await asyncio.to_thread(edges_of, found.restored.sheet)
    return {"period": period, "version": version, "near_a_bound": near}


def edges_of(sheet: ScoreSheet) -> list[dict[str, Any]]:
    return [_edge(each) for each in knife_edges(sheet)]


def _edge(edge: KnifeEdge) -> dict[str, Any]:
    flips = [{"measure": flip.measure, "by": str(flip.by)} for flip in edge.flips]
    names = ("agency", "bound", "grade", "other")
    return {name: getattr(edge, name) for name in names} | {"total_exact": str(edge.total_exact), "flips": flips}
