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

from services.gateway.contract import PROBLEM_TYPE, header
from services.gateway.permits import Permit, Public
from services.gateway.schemas import bodies, documents, operations, sheet
from services.gateway.schemas.shape import Page, Shape

TITLE = "Bảng Điểm"
VERSION = "1.0.0"
DESCRIPTION = (
    "Monthly scores of ministries, ministerial agencies, government agencies and provinces under Decision 4585/QĐ-BKHCN.\n\n"
    "Every GET may be asked as HEAD, and every path answers OPTIONS with `Allow`. Every answer carries `X-Request-Id`, the "
    "caller's own when it is sane. Errors are RFC 9457 problem documents whose `type` leads to a page. Lists are walked by "
    "the opaque cursor `next`. Points and money are decimal text. A route that needs a key names the roles under `x-roles`."
)
_REQUEST_ID = {"X-Request-Id": header("Of this request; give it when you ask about it.", pattern="^[A-Za-z0-9._:~-]{1,128}$")}
_ABSTRACT = {Shape, Page, sheet.Open, sheet.SheetHeader}


def build(app: FastAPI) -> dict[str, Any]:
    """The document of an application's routes."""
    document = get_openapi(
        title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes, separate_input_output_schemas=False
    )
    components = document.setdefault("components", {})
    components["schemas"] = _schemas()
    components["responses"] = refusals = {}
    roles = roles_of(app)
    for operation in _operations(document):
        operation["summary"] = operation.pop("description").split("\n")[0]
        if roles[operation["operationId"]]:
            operation["x-roles"] = sorted(roles[operation["operationId"]])
        for status, answer in operation["responses"].items():
            answer["headers"] = {**answer.get("headers", {}), **_REQUEST_ID}
            if PROBLEM_TYPE in answer.get("content", {}):
                refusals[f"Problem{status}"] = answer
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
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


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _schemas() -> dict[str, Any]:
    """Bodies as they are read, all others as they are written."""
    modes = [(model, "validation") for model in _models(bodies)]
    modes += [(model, "serialization") for model in (*_models(documents), *_models(operations), *_models(sheet))]
    _, definitions = models_json_schema(modes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas: dict[str, Any] = definitions["$defs"]
    return dict(sorted(schemas.items()))


def _models(module: object) -> list[type[BaseModel]]:
    found = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, BaseModel)]
    return [each for each in found if each not in _ABSTRACT and each.__module__ == module.__name__]  # type: ignore[attr-defined]
