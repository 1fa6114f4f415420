"""The lead unit assembles the agency's report of the sections that its units sent (APR-02; seed 001 §3)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import Json
from services.gateway.http.answers import API, CLOSED, RETRY_AFTER_SECONDS, chosen, document, encoded, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, tries
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, DryRun, Limit, PeriodPath, SequencePath
from services.gateway.http.routing import resource
from services.gateway.reports.routes.reporting import DRAFTER, INSIDE, ONE, REFUSES, desk_of
from services.gateway.reports.routes.submission_content import taken_shown
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.views import shown_one
from services.gateway.units.assembling import Assembled, Wanted, assemble
from services.gateway.units.schemas.unit_bodies import UnitAssemblyAsked
from services.gateway.units.schemas.unit_sections import UnitAssembly, UnitAssemblyMade, UnitAssemblyPage
from services.gateway.units.store import records as kept
from services.gateway.units.store import unit_sections as stored
from shared.audit import Actor
from shared.errors import NotFound

router = resource("units")

ALL: Final = ONE + "/assemblies"
AssemblyPath = Annotated[str, Path(pattern="^asm_[0-9a-z]{26}$", description="An assembly of sections.")]
_USED = ("section_id", "indicator", "unit", "version", "digest", "late")


@router.post(ALL, **tries(UnitAssemblyAsked, UnitAssemblyMade, refuses=(*REFUSES, 409), may=("queue", "match")))
async def post_unit_assembly(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    asked: Annotated[UnitAssemblyAsked, Depends(Json(UnitAssemblyAsked))],
    dry_run: DryRun = "false",
) -> Response:
    """Put the units' scored sections into the draft; a missing one stands in the way unless it is left out with a reason."""
    desk = desk_of(request, actor, agency, period)
    left_out = [each.model_dump() for each in asked.without]
    wanted = Wanted(asked.document, left_out, asked.reason, request.headers.get("if-match"))
    done = await assemble(desk, sequence, wanted, keep=dry_run == "false")
    return await _made(desk, sequence, done)


@router.get(ALL, **lists(UnitAssemblyPage, refuses=REFUSES))
async def list_unit_assemblies(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    actor: Annotated[Actor, Depends(INSIDE)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Assemblies of a submission, by the revision each made."""
    desk, after = desk_of(request, actor, agency, period), number_cursor(cursor)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        made = await stored.list_assemblies(connection, found.submission_id, after=after, limit=limit + 1)
    return page(request, made, limit=limit, key=lambda each: each.revision, show=_shown)


@router.get(ALL + "/{assembly}", **reads(UnitAssembly, refuses=REFUSES))
async def get_unit_assembly(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    sequence: SequencePath,
    assembly: AssemblyPath,
    actor: Annotated[Actor, Depends(INSIDE)],
) -> Response:
    """One assembly."""
    desk = desk_of(request, actor, agency, period)
    async with desk.read() as connection:
        found = await desk.find(connection, sequence)
        made = await stored.find_assembly(connection, found.submission_id, assembly)
    if made is None:
        raise NotFound(f"submission {sequence} has no assembly {assembly}")
    return document(request, _shown(made), cache=CLOSED)


async def _made(desk: Desk, sequence: int, done: Assembled) -> Response:
    async with desk.read() as connection:
        actions = (await shown_one(connection, desk, done.taken.found))["allowed_actions"]
    content = {
        "dry_run": done.assembly is None,
        "assembly": None if done.assembly is None else _shown(done.assembly),
        "sections": [{**chosen(each, _USED), "author": each.actor} for each in done.sections],
        "content": taken_shown(desk, sequence, done.taken, actions),
    }
    headers, status = {"cache-control": "no-store"}, 200
    own = f"{API}{desk.path(sequence)}"
    if done.assembly is not None:
        headers["location"], status = f"{own}/assemblies/{done.assembly.assembly_id}", 201
    if done.taken.queued is not None:
        headers |= {"location": f"{own}/validations/{done.taken.queued}", "retry-after": str(RETRY_AFTER_SECONDS)}
        status = 202
    return Response(encoded(content), status_code=status, media_type="application/json", headers=headers)


def _shown(made: kept.Assembly) -> dict[str, Any]:
    names = ("assembly_id", "submission_id", "revision", "plan_id", "sections", "reason", "actor", "recorded_at")
    return {**chosen(made, names), "without": made.left_out}
