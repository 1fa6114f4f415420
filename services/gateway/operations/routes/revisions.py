"""Revisions of schemes: other readings from a month on, shadow-run, signed by two people, put in force (RUL-17; ADR 32)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import OPERATOR_OR_PUBLISHER, PUBLISHING, READER, Json
from services.gateway.http.answers import CLOSED, accepted, all_but, created, document, number_cursor, page
from services.gateway.http.openapi_responses import follows, lists, queues, reads, records
from services.gateway.http.routes.parameters import PAGE, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations import revisions
from services.gateway.operations.progress import progress
from services.gateway.operations.schemas.operations import Accepted, CommandStatus
from services.gateway.operations.schemas.revisions import (
    RevisionActivationAsked,
    RevisionAsked,
    RevisionDocument,
    RevisionPage,
    RevisionSignatureAsked,
    ShadowRun,
    ShadowRunAsked,
)
from shared.audit import Actor

router = resource("scheme-revisions")

ALL: Final = "/scheme-revisions"
ONE: Final = "/scheme-revisions/{revision}"
REFUSES: Final = (401, 403, 404)
RevisionPath = Annotated[str, Path(pattern="^rev_[0-9a-z]{26}$", description="A revision of a scheme.")]
ShadowPath = Annotated[str, Path(pattern="^(shd|cmd)_[0-9a-z]{26}$", description="A shadow run, or the id that the 202 gave.")]


@router.get(ALL, dependencies=[Depends(READER)], **lists(RevisionPage, refuses=[401, 403]))
async def list_scheme_revisions(request: Request, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """All revisions in the order they were drafted, those that never came into force among them."""
    found = await revisions.list_revisions(runtime(request).database, after=number_cursor(cursor), limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.revision.sequence, show=_shown)


@router.get(ONE, dependencies=[Depends(READER)], **reads(RevisionDocument, refuses=REFUSES))
async def get_scheme_revision(request: Request, revision: RevisionPath) -> Response:
    """One revision with its shadow runs and signatures."""
    return document(request, _shown(await revisions.find_revision(runtime(request).database, revision)), cache=CLOSED)


@router.post(ALL, **records(RevisionAsked, RevisionDocument, refuses=REFUSES))
async def post_scheme_revision(
    request: Request,
    actor: Annotated[Actor, Depends(OPERATOR_OR_PUBLISHER)],
    asked: Annotated[RevisionAsked, Depends(Json(RevisionAsked))],
) -> Response:
    """Draft a revision; nothing is read otherwise before it is in force."""
    wanted = revisions.RevisionWanted(**dict(asked))
    return _made(await revisions.draft_revision(runtime(request).database, actor=actor, wanted=wanted))


@router.post(f"{ONE}/shadow-runs", **queues(ShadowRunAsked, Accepted, refuses=REFUSES))
async def post_shadow_run(
    request: Request,
    revision: RevisionPath,
    actor: Annotated[Actor, Depends(OPERATOR_OR_PUBLISHER)],
    asked: Annotated[ShadowRunAsked, Depends(Json(ShadowRunAsked))],
) -> Response:
    """Compute what the revision would change in months that are frozen; nothing is scored anew by it."""
    given = runtime(request)
    command_id = await revisions.request_shadow_run(
        given.database, queue=given.queue, actor=actor, revision_id=revision, periods=asked.periods, reason=asked.reason
    )
    return accepted(request, command_id, status_path=f"/shadow-runs/{command_id}")


@router.get("/shadow-runs/{shadow}", dependencies=[Depends(READER)], **follows(ShadowRun, CommandStatus, refuses=REFUSES))
async def get_shadow_run(request: Request, shadow: ShadowPath) -> Response:
    """Every body whose total, grade or rank would change; by the id of a 202, how the computation goes."""
    if shadow.startswith("cmd_"):
        return await progress(request, shadow, "shadow")
    found, digest = await revisions.find_shadow(runtime(request).database, shadow)
    content = {**all_but(found, "impact"), "months": found.impact["months"], "signing_digest": digest}
    return document(request, content, cache=CLOSED)


@router.post(f"{ONE}/signatures", **records(RevisionSignatureAsked, RevisionDocument, refuses=(*REFUSES, 409)))
async def post_scheme_signature(
    request: Request,
    revision: RevisionPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[RevisionSignatureAsked, Depends(Json(RevisionSignatureAsked))],
) -> Response:
    """Sign a revision with what its shadow run found; two people do."""
    database = runtime(request).database
    return _made(await revisions.sign_revision(database, actor=actor, revision_id=revision, **dict(asked)))


@router.post(f"{ONE}/activations", **records(RevisionActivationAsked, RevisionDocument, refuses=(*REFUSES, 409)))
async def post_scheme_activation(
    request: Request,
    revision: RevisionPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[RevisionActivationAsked, Depends(Json(RevisionActivationAsked))],
) -> Response:
    """Put a revision in force that two people have signed; months from its first on are then scored by it."""
    database = runtime(request).database
    return _made(await revisions.activate_revision(database, actor=actor, revision_id=revision, reason=asked.reason))


def _made(made: revisions.Whole) -> Response:
    return created(_shown(made), path=ONE.format(revision=made.revision.revision_id))


def _shown(whole: revisions.Whole) -> dict[str, Any]:
    signatures = [all_but(each, "revision_id") for each in whole.signatures]
    return {**all_but(whole.revision, "sequence", "superseding"), "state": whole.state, "signatures": signatures}
