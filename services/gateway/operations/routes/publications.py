"""Publishing a run: the act of a second person."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHER, PUBLISHING, READER, Json
from services.gateway.http.answers import API, CLOSED, accepted, all_but, created, document
from services.gateway.http.openapi_responses import follows, queues, records
from services.gateway.http.routes.parameters import CommandPath, PublicationOrCommandPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.commands import approve_restoration, request_publication, request_restoration
from services.gateway.operations.progress import content_of, found_command, progress
from services.gateway.operations.requests import end
from services.gateway.operations.schemas.bodies import ApprovalAsked, DecisionEndAsked, PublicationAsked
from services.gateway.operations.schemas.operations import Accepted, CommandStatus, Publication
from services.gateway.publication.store import published
from shared.audit import Actor
from shared.errors import Fault, InputInvalid, NotFound

router = resource("publications")


@router.post("/publications", **queues(PublicationAsked, Accepted, refuses=[401, 403, 404, 409]))
async def post_publication(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[PublicationAsked, Depends(Json(PublicationAsked))],
) -> Response:
    """Publish a run that somebody else started, as the next version of its month, naming the digest of what that changes, to be
    public at once or from `release_at` on; or ask that a former version stand again, which waits for another publisher's
    approval."""
    given = runtime(request)
    if asked.restores is not None and asked.run_id is None:
        if asked.release_at is not None:
            fault = Fault("/release_at", "stands beside restores")
            raise InputInvalid("a former version stands again at once", faults=[fault])
        command_id = await request_restoration(given.database, actor=actor, publication_id=asked.restores, reason=asked.reason)
    elif asked.run_id is not None and asked.restores is None:
        if asked.plan is None:
            expected = f"the digest that GET {API}/score-runs/{asked.run_id}/readiness gives in plan"
            fault = Fault("/plan", "says what was seen that publishing changes", expected=expected)
            raise InputInvalid("nothing is published that nobody looked at", faults=[fault])
        about = {"run_id": asked.run_id, "plan": asked.plan, "reason": asked.reason}
        command_id = await request_publication(
            given.database, queue=given.queue, actor=actor, release_at=asked.release_at, **about
        )
    else:
        fault = Fault("/run_id", "either this or restores", expected="one of both")
        raise InputInvalid("one thing is published", faults=[fault])
    return accepted(request, command_id, status_path=f"/publications/{command_id}")


@router.post("/publications/{command}/approvals", **queues(ApprovalAsked, Accepted, refuses=[401, 403, 404, 409]))
async def post_publication_approval(
    request: Request,
    command: CommandPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[ApprovalAsked, Depends(Json(ApprovalAsked))],
) -> Response:
    """Approve another publisher's request that a former version stand again, which publishes it."""
    given = runtime(request)
    await approve_restoration(given.database, queue=given.queue, actor=actor, command_id=command, reason=asked.reason)
    return accepted(request, command, status_path=f"/publications/{command}")


@router.post("/publications/{command}/refusals", **records(DecisionEndAsked, CommandStatus, refuses=[401, 403, 404, 409]))
async def post_publication_refusal(
    request: Request,
    command: CommandPath,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[DecisionEndAsked, Depends(Json(DecisionEndAsked))],
) -> Response:
    """Take back the own request that a former version stand again, or refuse another's; either way nothing is published."""
    await end(runtime(request).database, actor=actor, command_id=command, kind="restore", reason=asked.reason)
    found = await found_command(request, command, "restore")
    return created(content_of(request, found), path=f"/publications/{command}")


@router.get(
    "/publications/{publication}",
    dependencies=[Depends(READER)],
    **follows(Publication, CommandStatus, refuses=[401, 403, 404]),
)
async def get_publication(request: Request, publication: PublicationOrCommandPath) -> Response:
    """A publication by its id; by the id of a 202, how the publishing goes and the publication it made."""
    given = runtime(request)
    if publication.startswith("cmd_"):
        return await progress(request, publication, "publish", "restore")
    async with given.database.read() as connection:
        await published.preview(connection)
        found = await published.find_publication(connection, publication)
    if found is None:
        raise NotFound(f"no publication has the id {publication}")
    given.published.outdate(found.period, found.version)
    shown = all_but(found, "run_id")
    scores = f"{API}/periods/{found.period}/scores?version={found.version}"
    return document(request, {**shown, "run": found.run_id, "scores": scores}, cache=CLOSED)
