"""The OpenAPI 3.1 document: made from the routes, completed with what every answer has, committed as docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.gateway.access.permits import Permit, Public
from services.gateway.access.schemas import identity, people, request_keys
from services.gateway.deadlines.schemas import deadline_bodies, deadlines
from services.gateway.feedback.schemas import feedback
from services.gateway.http.idempotency import PATTERN
from services.gateway.http.openapi_responses import PROBLEM_TYPE, declare, header, sometimes
from services.gateway.http.schemas.shape import Page, Shape
from services.gateway.notifications.schemas import event_data, events
from services.gateway.operations.schemas import board, bodies, heads, holds, operations, plans, readiness, revisions, waiting
from services.gateway.oversight.schemas import annex, commendations, quality
from services.gateway.oversight.schemas import findings as findings_on_board
from services.gateway.publication.schemas import (
    changes,
    documents,
    edges,
    explanations,
    parts,
    publication_certificates,
    published_reports,
    readings,
    roll_ups,
    row_changes,
    rows,
    self_scores,
    sheet,
    trends,
    what_if,
)
from services.gateway.registers.schemas import own_register, registers
from services.gateway.reports.form.form import packaged_forms
from services.gateway.reports.form.json_schema import component_schemas
from services.gateway.reports.schemas import forms, intake, intake_bodies, prefill, receipts, report_in_force
from services.gateway.signatures.schemas import signatures
from services.gateway.units.schemas import unit_bodies, unit_sections, units
from services.gateway.usage.schemas import usage

TITLE = "Bảng Điểm"
VERSION = "1.0.0"
DESCRIPTION = (
    "Monthly scores of ministries, ministerial agencies, government agencies and provinces under Decision 4585/QĐ-BKHCN.\n\n"
    "Every GET may be asked as HEAD, and every path answers OPTIONS with `Allow`. Every answer carries `X-Request-Id`, the "
    "caller's own when it is sane. Errors are RFC 9457 problem documents whose `type` leads to a page. Lists are walked by "
    "the opaque cursor `next`. Points and money are decimal text. A route that needs a key names the roles under `x-roles`; "
    "what needs none may be read by pages of any other origin (CORS), what needs one by none of them."
)
# Every installation serves this document beside its routes, and the committed copy is the same bytes: no host is named, and
# whoever keeps a copy puts the address before the paths. GatewaySettings.public_url is one installation's, and its default
# the demo's, so it is no part of the document.
SERVERS = [{"url": "/", "description": "The host that this document was read from; of `make demo`, http://127.0.0.1:8000."}]
# A name and no address: no person or mail box answers for the project, and a URL here must be absolute.
CONTACT = {"name": f"{TITLE}: docs/ of its repository, and /docs of every installation"}
_REQUEST_ID = {"X-Request-Id": header("Of this request; give it when you ask about it.", pattern="^[A-Za-z0-9._:~-]{1,128}$")}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Yours, new for each thing you ask. Sent again with the same request it does nothing again and has the first answer; "
        "with another request it is refused (422), and while the first is worked on (409). Kept until the month closes."
    ),
    "schema": {"type": "string", "pattern": PATTERN},
}
_REPLAYED = {"Idempotent-Replayed": sometimes("`true` when this is the answer to an earlier request with the same key.")}
_ABSTRACT = {Shape, Page, sheet.Open, sheet.SheetHeader}
BODIES = (
    bodies, heads, plans, revisions, identity, intake_bodies, deadline_bodies, registers, feedback, signatures,
    request_keys, unit_bodies, events, roll_ups, self_scores, what_if,
)  # fmt: skip
"""Modules of what is sent."""
ANSWERS = (
    documents, event_data, operations, holds, readiness, waiting, board, sheet, parts, intake, forms, receipts,
    deadlines, own_register, people, report_in_force, prefill, published_reports, explanations, changes, trends, edges,
    readings, row_changes, rows, publication_certificates, units, unit_sections, usage, annex, commendations, quality,
    findings_on_board,
)  # fmt: skip
"""Modules of what is answered."""


def build(app: FastAPI) -> dict[str, Any]:
    """The document of an application's routes."""
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        contact=CONTACT,
        servers=SERVERS,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    components = document.setdefault("components", {})
    components["schemas"] = dict(sorted((_schemas() | component_schemas(packaged_forms())).items()))
    components["responses"] = refusals = {}
    roles = roles_of(app)
    components["parameters"] = {"IdempotencyKey": _KEY}
    for method, operation in _operations(document):
        operation["summary"] = operation.pop("description").split("\n")[0]
        if roles[operation["operationId"]]:
            operation["x-roles"] = sorted(roles[operation["operationId"]])
            if method == "post":
                _declare_key(operation)
        for status, answer in operation["responses"].items():
            answer["headers"] = {**answer.get("headers", {}), **_REQUEST_ID}
            if PROBLEM_TYPE in answer.get("content", {}):
                refusals[f"Problem{status}"] = answer
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    document["webhooks"] = event_data.described()
    return document


def roles_of(app: FastAPI) -> dict[str, frozenset[str]]:
    """Roles by operation; none is everybody. Raises ValueError for a route that says nothing about it."""
    found = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            calls = [dependency.call for dependency in context.dependant.dependencies]
            permits = [call for call in calls if isinstance(call, Public | Permit)]
            if len(permits) != 1:
                raise ValueError(f"{route.path}: a route has one permit, this has {len(permits)}")
            found[str(route.name)] = permits[0].roles
    return found


def dump(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """With its method."""
    for path in document["paths"].values():
        yield from path.items()


def _declare_key(operation: dict[str, Any]) -> None:
    """Every POST of a caller may carry a key, be answered as before, or meet its twin (services.gateway.http.idempotency)."""
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer["headers"] = {**answer.get("headers", {}), **_REPLAYED}
    for status, answer in declare([409, 413]).items():
        operation["responses"].setdefault(str(status), answer)


def _schemas() -> dict[str, Any]:
    """Bodies as they are read, all others as they are written."""
    modes = [(model, "validation") for module in BODIES for model in _models(module)]
    modes += [(model, "serialization") for module in ANSWERS for model in _models(module)]
    _, definitions = models_json_schema(modes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _models(module: object) -> list[type[BaseModel]]:
    found = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, BaseModel)]
    return [each for each in found if each not in _ABSTRACT and each.__module__ == module.__name__]  # type: ignore[attr-defined]
