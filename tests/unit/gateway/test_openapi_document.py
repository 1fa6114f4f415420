"""The committed document speaks OpenAPI 3.1 and JSON Schema 2020-12 and nothing else, and every name in it means one thing.

Whether it tells the truth is tried elsewhere (tests/contract); here it is only read (PUB-07).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))

# OpenAPI 3.1: what each object may hold, and of which kind that is. "*x" is a map from any name to x, "+x" a list of x.
PLAIN = "plain"
KINDS: Mapping[str, Mapping[str, str]] = {
    "document": {"openapi": PLAIN, "info": "info", "servers": "+server", "paths": "*path", "webhooks": "*path",
                 "components": "components", "security": PLAIN, "tags": "+tag", "externalDocs": "outside",
                 "jsonSchemaDialect": PLAIN},
    "info": {"title": PLAIN, "summary": PLAIN, "description": PLAIN, "termsOfService": PLAIN, "contact": "contact",
             "license": "license", "version": PLAIN},
    "contact": dict.fromkeys(("name", "url", "email"), PLAIN),
    "license": dict.fromkeys(("name", "identifier", "url"), PLAIN),
    "server": {"url": PLAIN, "description": PLAIN, "variables": PLAIN},
    "tag": {"name": PLAIN, "description": PLAIN, "externalDocs": "outside"},
    "outside": {"url": PLAIN, "description": PLAIN},
    "path": {"summary": PLAIN, "description": PLAIN, "servers": "+server", "parameters": "+parameter",
             **dict.fromkeys(("get", "put", "post", "delete", "options", "head", "patch", "trace"), "operation")},
    "operation": {"tags": PLAIN, "summary": PLAIN, "description": PLAIN, "operationId": PLAIN, "deprecated": PLAIN,
                  "security": PLAIN, "externalDocs": "outside", "parameters": "+parameter", "requestBody": "body",
                  "responses": "*response", "servers": "+server"},
    "parameter": {"name": PLAIN, "in": PLAIN, "description": PLAIN, "required": PLAIN, "deprecated": PLAIN, "style": PLAIN,
                  "explode": PLAIN, "schema": "schema", "example": PLAIN, "examples": PLAIN, "content": "*media"},
    "header": {"description": PLAIN, "required": PLAIN, "deprecated": PLAIN, "schema": "schema", "example": PLAIN},
    "body": {"description": PLAIN, "content": "*media", "required": PLAIN},
    "response": {"description": PLAIN, "headers": "*header", "content": "*media"},
    "media": {"schema": "schema", "example": PLAIN, "examples": PLAIN},
    "components": {"schemas": "*schema", "responses": "*response", "parameters": "*parameter", "headers": "*header",
                   "requestBodies": "*body", "securitySchemes": PLAIN},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), "*schema"),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "+schema"),
        **dict.fromkeys(("items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems",
                         "unevaluatedProperties", "not", "if", "then", "else", "contentSchema"), "schema"),
        **dict.fromkeys(("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
                         "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains",
                         "minContains", "maxProperties", "minProperties", "required", "dependentRequired", "format",
                         "contentEncoding", "contentMediaType", "title", "description", "default", "deprecated", "readOnly",
                         "writeOnly", "examples", "$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor",
                         "$comment", "discriminator", "xml", "externalDocs"), PLAIN),
    },
}  # fmt: skip


def unknown(kind: str, value: Any, place: str = "") -> Iterator[str]:
    """The place of every key that no object of the kind may hold, and of every schema that is none."""
    if kind[0] == "*":
        for name, each in value.items():
            yield from unknown(kind[1:], each, f"{place}/{name}")
    elif kind[0] == "+":
        for number, each in enumerate(value):
            yield from unknown(kind[1:], each, f"{place}/{number}")
    elif isinstance(value, dict) and kind != PLAIN and (kind == "schema" or "$ref" not in value):
        for name, each in value.items():
            if name in KINDS[kind]:
                yield from unknown(KINDS[kind][name], each, f"{place}/{name}")
            elif not name.startswith("x-"):
                yield f"{place}/{name}"


def schemas(kind: str, value: Any) -> Iterator[Mapping[str, Any]]:
    """Every outermost schema."""
    if kind == "schema":
        yield value
    elif kind[0] in "*+":
        for each in value.values() if kind[0] == "*" else value:
            yield from schemas(kind[1:], each)
    elif kind != PLAIN and "$ref" not in value:
        for name, each in value.items():
            yield from schemas(KINDS[kind].get(name, PLAIN), each)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)


def test_every_key_is_one_of_openapi_or_json_schema() -> None:
    assert list(unknown("document", DOCUMENT)) == []


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("info",), "contactPoint"),
        (("servers", 0), "host"),
        (("paths", "/api/v1/rulings", "get"), "roles"),
        (("paths", "/api/v1/rulings", "get", "parameters", 2, "schema"), "le"),
        (("components", "schemas", "Agency", "properties", "code"), "max_length"),
        (("components", "responses", "Problem404", "headers", "X-Request-Id", "schema"), "min_length"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_key_that_is_none_is_found_wherever_it_stands(path: tuple[str | int, ...], key: str) -> None:
    changed = deepcopy(DOCUMENT)
    place = changed
    for part in path:
        place = place[part]
    place[key] = 1
    assert list(unknown("document", changed)) == ["/" + "/".join(map(str, (*path, key)))]


def test_every_schema_is_one() -> None:
    found = list(schemas("document", DOCUMENT))
    assert len(found) > 1000
    for each in found:
        Draft202012Validator.check_schema(each)


def test_a_number_in_an_address_has_both_bounds() -> None:
    numbers = [
        parameter["schema"]
        for path in DOCUMENT["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
        if parameter.get("schema", {}).get("type") == "integer"
    ]
    assert len(numbers) > 70
    assert [each for each in numbers if not {"minimum", "maximum"} <= each.keys()] == []


def test_no_reference_leads_nowhere() -> None:
    named = set(references(DOCUMENT))
    assert "#/components/schemas/OwnReporting" in named
    for each in named:
        _, part, kind, name = each.split("/")
        assert (part, name in DOCUMENT["components"][kind]) == ("components", True), each


def test_no_two_shapes_share_a_name() -> None:
    """Of two models of one name pydantic writes neither by it: `Contact-Input`, or the path of its module before it."""
    names = DOCUMENT["components"]["schemas"]
    assert len(names) > 250
    assert [name for name in names if not name.lstrip("_").isalnum()] == []


def test_wherever_a_rank_is_answered_the_total_that_decides_it_stands_beside() -> None:
    """To two decimals, since the published total hides them (G-23)."""
    ranked = {
        name: set(schema["properties"])
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if {"rank", "rank_in_kind"} & set(schema.get("properties", ()))
    }
    assert len(ranked) >= 4, "the search finds nothing"
    assert {name for name, properties in ranked.items() if "shown_total" not in properties} == set()
