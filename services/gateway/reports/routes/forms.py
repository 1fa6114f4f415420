"""Forms and the rules reports are checked by: dated data that anybody may read (INT-18, INT-19, DQ-01, APR-12)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import API, OPEN, document
from services.gateway.http.negotiation import choose_media_type, matches
from services.gateway.http.openapi_responses import lists, reads, reads_formats
from services.gateway.http.periods import known_period
from services.gateway.http.routes.parameters import FormPath, FormVersionPath, Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import PERIOD
from services.gateway.reports.form.form import Form, FormUnknown, packaged_forms
from services.gateway.reports.form.json_schema import template_json_schema
from services.gateway.reports.formats.media_types import WORKBOOK
from services.gateway.reports.formats.template import template_workbook
from services.gateway.reports.routes.reporting import BINARY
from services.gateway.reports.schemas.forms import FormPage, JsonSchema, Machine, ReportRules
from services.gateway.reports.submissions.known import catalogue_of
from services.gateway.reports.workflow.machine import FINAL, MOVES, SECOND_PERSON, STATES, WORK
from shared.canonical import sha256_hex
from shared.period import Period

router = resource("forms", dependencies=[Depends(PUBLIC)])

ForPeriod = Annotated[
    Annotated[str, Field(pattern=PERIOD)] | Unset,
    Query(description="The month the rules are to hold for; without it, the month that runs now.", examples=["2026-01"]),
]


@router.get("/forms", **lists(FormPage))
async def list_forms(request: Request) -> Response:
    """Every form with the first month it is used for; a month is always read by the form in force for it."""
    return document(request, {"items": [_named(form) for form in packaged_forms()], "next": None}, cache=OPEN)


@router.get("/forms/{form}/{version}", **reads(JsonSchema, refuses=[404]))
async def get_form(request: Request, form: FormPath, version: FormVersionPath) -> Response:
    """A form as JSON Schema, with the Vietnamese labels and the citation of every field."""
    return document(request, template_json_schema(_form(form, version)), cache=OPEN)


@router.get("/forms/{form}/{version}/template", **reads_formats({WORKBOOK: BINARY}, refuses=[404]))
async def get_form_template(request: Request, form: FormPath, version: FormVersionPath) -> Response:
    """The form as a workbook to fill in."""
    found = _form(form, version)
    choose_media_type(",".join(request.headers.getlist("accept")) or None, (WORKBOOK,))
    body = await asyncio.to_thread(template_workbook, found)
    etag = f'"{sha256_hex(body)}"'
    headers = {"etag": etag, "cache-control": OPEN, "vary": "Accept"}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = f'attachment; filename="{form}-{version}.xlsx"'
    return Response(body, media_type=WORKBOOK, headers=headers)


@router.get("/report-rules", **reads(ReportRules, refuses=[404]))
async def get_report_rules(request: Request, period: ForPeriod = None) -> Response:
    """The rules that hold for a month's reports: severity, words, expected value, source in law."""
    given = runtime(request)
    now = given.clock()
    month = str(Period.holding(now) if period is None else known_period(period, now=now))
    async with given.database.read() as connection:
        catalogue = await catalogue_of(connection, month)
    rules = [rule.model_dump(mode="json") for rule in catalogue.rules]
    shown = {"id": catalogue.id, "period": month, "first_period": catalogue.first_period, "digest": catalogue.digest}
    return document(request, {**shown, "rules": rules, "content": dict(catalogue.content)}, cache=OPEN)


@router.get("/submission-machine", **reads(Machine))
async def get_submission_machine(request: Request) -> Response:
    """The workflow of a submission: every state, every move, and what may be done in each state."""
    moves = [
        {name: getattr(move, name) for name in ("action", "from_state", "to_state", "role", "reason_required")}
        for move in MOVES
    ]
    work = [{"action": action, "states": sorted(states), "roles": sorted(roles)} for action, (roles, states) in WORK.items()]
    shown = {"states": list(STATES), "final_states": sorted(FINAL), "moves": moves, "work": work}
    return document(request, {**shown, "second_person": sorted(SECOND_PERSON)}, cache=OPEN)


def _form(name: str, version: int) -> Form:
    found = next((each for each in packaged_forms() if (each.name, each.version) == (name, version)), None)
    if found is None:
        raise FormUnknown(f"there is no form {name}/{version}", hint="GET /api/v1/forms lists them.")
    return found


def _named(form: Form) -> dict[str, Any]:
    own = f"{API}/forms/{form.id}"
    return {
        **{name: getattr(form, name) for name in ("id", "name", "version", "first_period")},
        "title_vi": form.title.vi,
        "title_en": form.title.en,
        "links": {"schema": own, "template": f"{own}/template"},
    }
