"""Rules of reports that two people put in force, and what was foreseen of it (DQ-09)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLISHING, READER, Json
from services.gateway.http.answers import CLOSED, created, document, no_store, number_cursor, page
from services.gateway.http.openapi_responses import lists, reads, records, tells
from services.gateway.http.routes.parameters import PAGE, ActivationPath, Cursor, DryRun, Limit
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.reports.schemas.forms import RuleActivation, RuleActivationPage, RulesForeseen
from services.gateway.reports.schemas.intake_bodies import RuleActivationAsked
from services.gateway.reports.store import validations as stored
from services.gateway.reports.submissions.activating import foresee, propose_rules
from shared.audit import Actor
from shared.errors import NotFound

router = resource("rule-activations")

READING = [Depends(READER)]
_POST = records(RuleActivationAsked, RuleActivation, refuses=[401, 403, 404, 409])
_POST["responses"] |= {200: tells(RulesForeseen)["responses"][200]}


@router.post("/rule-activations", **_POST)
async def post_rule_activation(
    request: Request,
    actor: Annotated[Actor, Depends(PUBLISHING)],
    asked: Annotated[RuleActivationAsked, Depends(Json(RuleActivationAsked))],
    dry_run: DryRun = "false",
) -> Response:
    """Ask for a catalogue from its first month on; it holds once another person approves that decision. A dry run says which
    signed reports it would stop."""
    given = runtime(request)
    if dry_run == "true":
        foreseen = await foresee(given, actor, asked.catalogue)
        first, digest = foreseen.catalogue.first_period, foreseen.catalogue.digest
        named = {"first_period": first, "catalogue_digest": digest, "impact": foreseen.impact, "reason": asked.reason}
        return no_store({**named, "actor": actor.id})
    written = await propose_rules(given, actor, asked.catalogue, reason=asked.reason)
    return created(written, path=f"/rule-activations/{written.activation_id}")


@router.get("/rule-activations", dependencies=READING, **lists(RuleActivationPage, refuses=[401, 403]))
async def list_rule_activations(request: Request, cursor: Cursor = None, limit: Limit = PAGE) -> Response:
    """Activations in the order they were asked for; of two for one month the one approved last holds."""
    after = number_cursor(cursor)
    async with runtime(request).database.read() as connection:
        found = await stored.list_activations(connection, after=after, limit=limit + 1)
    return page(request, found, limit=limit, key=lambda each: each.sequence)


@router.get("/rule-activations/{activation}", dependencies=READING, **reads(RuleActivation, refuses=[401, 403, 404]))
async def get_rule_activation(request: Request, activation: ActivationPath) -> Response:
    """One activation with what was foreseen of it."""
    async with runtime(request).database.read() as connection:
        found = await stored.find_activation(connection, activation)
    if found is None:
        raise NotFound(f"no activation has the id {activation}")
    return document(request, found, cache=CLOSED)
