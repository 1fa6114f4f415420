"""Quarters and years before release: an operator computes, bodies check their lines, another person publishes (RUL-14)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import OPERATOR, PUBLISHER, PUBLISHING, READER, Json, RequireAgencyRole
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.answers import all_but, chosen, created, no_store, number_cursor, page_of
from services.gateway.http.openapi_responses import records, tells
from services.gateway.http.routes.parameters import PAGE, AgencyPath, Cursor, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations import roll_ups
from services.gateway.publication.roll_ups import stale_in
from services.gateway.publication.schemas.roll_ups import (
    OwnRollUp,
    OwnRollUpPage,
    RollUp,
    RollUpAnswerAsked,
    RollUpAsked,
    RollUpCheckAsked,
    RollUpPage,
    RollUpPublicationAsked,
)
from shared.audit import Actor

router = resource("roll-ups")

ALL: Final = "/roll-ups"
ONE: Final = "/roll-ups/{roll_up}"
OWN: Final = "/agencies/{agency}/roll-ups"
REFUSES: Final = (401, 403, 404)
# Who signs for the body checks its line.
CHECKING = RequireAgencyRole(("agency_signer",))
INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES)
RollUpPath = Annotated[str, Path(pattern="^rup_[0-9a-z]{26}$", description="A draft of a quarter or year.")]
CheckPath = Annotated[str, Path(pattern="^rchk_[0-9a-z]{26}$", description="A body's check.")]
_OWN_FIELDS: Final = ("roll_up_id", "span", "months", "digest", "check_until", "computed_at", "version", "published_at")


@router.get(ALL, **tells(RollUpPage, refuses=[401, 403]))
async def list_roll_ups(
    request: Request, actor: Annotated[Actor, Depends(READER)], cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    """Drafts of quarters and years in the order they were computed, with how far each came."""
    after = number_cursor(cursor)
    found = await roll_ups.list_roll_ups(runtime(request).database, actor=actor, after=after, limit=limit + 1)
    content, headers = page_of(request, found, limit=limit, key=lambda each: each.sequence, show=_header)
    return no_store(content, headers=headers)


@router.get(ONE, **tells(RollUp, refuses=REFUSES))
async def get_roll_up(request: Request, roll_up: RollUpPath, actor: Annotated[Actor, Depends(READER)]) -> Response:
    """One draft with every line and check."""
    return no_store(_shown(await roll_ups.find_roll_up(runtime(request).database, actor=actor, roll_up_id=roll_up)))


@router.post(ALL, **records(RollUpAsked, RollUp, refuses=[401, 403, 409]))
async def post_roll_up(
    request: Request,
    actor: Annotated[Actor, Depends(OPERATOR)],
    asked: Annotated[RollUpAsked, Depends(Json(RollUpAsked))],
) -> Response:
    """Compute a quarter or year from its months' latest versions; every body may check its line until the instant named."""
    return _made(await roll_ups.compute_roll_up(runtime(request).database, actor=actor, **dict(asked)))


@router.post(f"{ONE}/checks/{{check}}/answers", **records(RollUpAnswerAsked, RollUp, refuses=(*REFUSES, 409)))
async def post_roll_up_answer(
    request: Request,
    roll_up: RollUpPath,
    check: CheckPath,
    actor: Annotated[Actor, Depends(PUBLISHER)],
    asked: Annotated[RollUpAnswerAsked, Depends(Json(RollUpAnswerAsked))],
) -> Response:
    """Answer a body's objection; until then nothing of the draft is published."""
    about = {"roll_up_id": roll_up, "check_id": check, "reason": asked.reason}
    return _made(await roll_ups.answer_objection(runtime(request).database, actor=actor, **about))


@router.post(f"{ONE}/publications", **records(RollUpPublicationAsked, RollUp, refuses=(*REFUSES, 409)))
async def post_roll_up_publication(
    request: Request,
    roll_up: RollUpPath,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[RollUpPublicationAsked, Depends(Json(RollUpPublicationAsked))],
) -> Response:
    """Publish a draft as the next version of its quarter or year, once every body has answered or the time is over."""
    given = runtime(request)
    about = {"roll_up_id": roll_up, "digest": asked.digest, "reason": asked.reason}
    made = await roll_ups.publish_roll_up(given.database, actor=actor, now=given.clock(), **about)
    # Whoever is told of the version now shall not read the former one here, however late the notification is.
    given.published.forget(made.roll_up.span)
    return _made(made)


@router.get(OWN, **tells(OwnRollUpPage, refuses=REFUSES))
async def list_own_roll_ups(
    request: Request,
    agency: AgencyPath,
    actor: Annotated[Actor, Depends(INSIDE)],
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Drafts and published quarters and years that have a line of the body."""
    after, given = number_cursor(cursor), runtime(request)
    found = await roll_ups.list_roll_ups(given.database, actor=actor, agency=agency, after=after, limit=limit + 1)
    content, headers = page_of(request, found, limit=limit, key=lambda each: each.sequence, show=_own_header)
    return no_store(content, headers=headers)


@router.get(OWN + "/{roll_up}", **tells(OwnRollUp, refuses=REFUSES))
async def get_own_roll_up(
    request: Request, agency: AgencyPath, roll_up: RollUpPath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """The body's own line of a draft, with what the body said of it."""
    database = runtime(request).database
    return no_store(_own(await roll_ups.find_roll_up(database, actor=actor, roll_up_id=roll_up, agency=agency)))


@router.post(OWN + "/{roll_up}/checks", **records(RollUpCheckAsked, OwnRollUp, refuses=(*REFUSES, 409)))
async def post_roll_up_check(
    request: Request,
    agency: AgencyPath,
    roll_up: RollUpPath,
    actor: Annotated[Actor, Depends(CHECKING)],
    asked: Annotated[RollUpCheckAsked, Depends(Json(RollUpCheckAsked))],
) -> Response:
    """Agree with the body's own line, or object with a reason; the last word before the deadline counts."""
    made = await roll_ups.check_roll_up(
        runtime(request).database,
        actor=actor,
        agency=agency,
        roll_up_id=roll_up,
        verdict=asked.verdict,
        reason=asked.reason,
    )
    return created(_own(made), path=f"/agencies/{agency}/roll-ups/{roll_up}")


def _made(whole: roll_ups.Whole) -> Response:
    return created(_shown(whole), path=ONE.format(roll_up=whole.roll_up.roll_up_id))


def _header(found: Any) -> dict[str, Any]:
    told = all_but(found, "sequence", "months_now", "is_over", "replaced")
    return {**told, "state": roll_ups.state_of(found), "stale": stale_in(found.months, found.months_now)}


def _shown(whole: roll_ups.Whole) -> dict[str, Any]:
    lines = [each.line for each in whole.lines]
    beside = {"silent": whole.silent, "unanswered": whole.unanswered}
    return {**_header(whole.roll_up), "lines": lines, "checks": whole.checks, **beside}


def _own_header(found: Any) -> dict[str, Any]:
    beside = {"state": roll_ups.state_of(found), "stale": stale_in(found.months, found.months_now)}
    return {**chosen(found, _OWN_FIELDS), **beside}


def _own(whole: roll_ups.Whole) -> dict[str, Any]:
    (line,) = whole.lines
    return {**_own_header(whole.roll_up), "agency": line.agency, "line": line.line, "checks": whole.checks}
