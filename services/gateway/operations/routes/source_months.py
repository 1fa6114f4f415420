"""Work on one source's month: pulls (rehearsals, which never stand in for a freeze), freezes, and second looks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import OPERATOR, READER, Json
from services.gateway.http.answers import accepted
from services.gateway.http.openapi_responses import follows, queues
from services.gateway.http.periods import ruled_period, sources_of
from services.gateway.http.routes.parameters import CommandPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.commands import request_command
from services.gateway.operations.progress import progress
from services.gateway.operations.schemas.bodies import SecondLookAsked, SourcePeriodAsked
from services.gateway.operations.schemas.operations import Accepted, CommandStatus
from shared.audit import Actor
from shared.calendar import LOOKED_AT_TWICE
from shared.errors import Fault, InputInvalid
from shared.law.scheme import scheme_for

router = resource()

READING = [Depends(READER)]
NOTHING: Mapping[str, str] = MappingProxyType({})
Asking = Annotated[Actor, Depends(OPERATOR)]
Asked = Annotated[SourcePeriodAsked, Depends(Json(SourcePeriodAsked))]


@router.post("/pulls", tags=["pulls"], **queues(SourcePeriodAsked, Accepted, refuses=[401, 403]))
async def post_pull(request: Request, actor: Asking, asked: Asked) -> Response:
    """Pull a source's month now, as a rehearsal."""
    return await _ask(request, actor, asked, kind="pull", path="/pulls")


@router.post("/freezes", tags=["freezes"], **queues(SourcePeriodAsked, Accepted, refuses=[401, 403]))
async def post_freeze(request: Request, actor: Asking, asked: Asked) -> Response:
    """Freeze a source's month as of its cutoff."""
    return await _ask(request, actor, asked, kind="freeze", path="/freezes")


@router.get(
    "/pulls/{command}", tags=["pulls"], dependencies=[Depends(READER)], **follows(CommandStatus, refuses=[401, 403, 404])
)
async def get_pull(request: Request, command: CommandPath) -> Response:
    """How a pull goes."""
    return await progress(request, command, "pull")


@router.get("/freezes/{command}", tags=["freezes"], dependencies=READING, **follows(CommandStatus, refuses=[401, 403, 404]))
async def get_freeze(request: Request, command: CommandPath) -> Response:
    """How a freeze goes, and the snapshot it made."""
    return await progress(request, command, "freeze")


@router.post("/second-looks", tags=["second-looks"], **queues(SecondLookAsked, Accepted, refuses=[401, 403]))
async def post_second_look(
    request: Request, actor: Asking, asked: Annotated[SecondLookAsked, Depends(Json(SecondLookAsked))]
) -> Response:
    """Ask a source for a frozen month once more; completions recorded since, or taken back, hold its first version."""
    if asked.source not in LOOKED_AT_TWICE:
        fault = Fault("/source", "no second look", seen=asked.source, expected=", ".join(sorted(LOOKED_AT_TWICE)))
        raise InputInvalid(f"{asked.source} says nothing of completions", faults=[fault])
    beside = {"as_of": asked.as_of.isoformat()} if asked.as_of else {}
    return await _ask(request, actor, asked, kind="second_look", path="/second-looks", beside=beside)


@router.get(
    "/second-looks/{command}",
    tags=["second-looks"],
    dependencies=READING,
    **follows(CommandStatus, refuses=[401, 403, 404]),
)
async def get_second_look(request: Request, command: CommandPath) -> Response:
    """How a second look goes, and the codes of what it found."""
    return await progress(request, command, "second_look")


async def _ask(
    request: Request,
    actor: Actor,
    asked: SourcePeriodAsked | SecondLookAsked,
    *,
    kind: str,
    path: str,
    beside: Mapping[str, str] = NOTHING,
) -> Response:
    known = sources_of(scheme_for(ruled_period(asked.period)))
    if asked.source not in known:
        fault = Fault("/source", "no such source", seen=asked.source, expected=", ".join(known))
        raise InputInvalid(f"no source is called {asked.source!r}", faults=[fault])
    given = runtime(request)
    command_id = await request_command(
        given.database,
        queue=given.queue,
        actor=actor,
        kind=kind,
        period=asked.period,
        arguments={"source": asked.source, "period": asked.period, **beside},
        reason=asked.reason,
    )
    return accepted(request, command_id, status_path=f"{path}/{command_id}")
