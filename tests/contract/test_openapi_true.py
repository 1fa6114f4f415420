"""The OpenAPI document is true: nothing is answered that it does not declare (PUB-07).

The gateway runs on a real HTTP server and a real database. Here everything there is is read by everybody, and of requests that
Schemathesis makes from the committed document those for every sixteenth route; test_openapi_generated has the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.core.failures import FailureGroup

from services.gateway.access.auth import ROLES
from shared.sdmx.structure import VERSION
from tests.contract.generating import IN_EVERY_RUN, as_the_document_asks, holds
from tests.contract.served import API, CONFIG, FILE, HOME, SCHEMA, Served

# That a request with the right shape is accepted: not when the role may not ask.
NOT_ALLOWED: Any = schemathesis.checks.CHECKS.get_one("positive_data_acceptance")
# Between them they may read everything there is.
READERS = ("auditor", "agency_admin")
SLOW = pytest.mark.slow("a hundred readings by each role; two that may read everything between them are in every run")


def test_between_them_the_readers_of_every_run_may_read_everything() -> None:
    readings = [methods["get"] for methods in json.loads(FILE.read_text("utf-8"))["paths"].values() if "get" in methods]
    assert [each["operationId"] for each in readings if each.get("x-roles") and not {*each["x-roles"]} & {*READERS}] == []


@IN_EVERY_RUN.parametrize()
@as_the_document_asks
def test_no_answer_is_undeclared(case: schemathesis.Case[Any], served: Served) -> None:
    holds(case, served)


@pytest.mark.parametrize("role", [None, *(each if each in READERS else pytest.param(each, marks=SLOW) for each in ROLES)])
def test_everything_there_is_answers_as_declared(served: Served, role: str | None) -> None:
    """Every GET with the id of a real thing, with every key: 200 in the declared shape where the role allows it."""
    for path, method, parameters in _readings(served.things):
        operation = SCHEMA[path][method]
        case = operation.Case(path_parameters=parameters)
        answer = case.call(base_url=served.url, session=served.session, headers=served.headers(role))
        case.validate_response(answer, excluded_checks=[NOT_ALLOWED])
        roles = operation.definition.raw.get("x-roles")
        expected = 200 if roles is None or role in roles else 403 if role else 401
        assert answer.status_code == expected, (path, answer.text)


INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(.*)")


def _instants(content: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text of a JSON document that is an instant, with where it stands."""
    if isinstance(content, dict | list):
        for name, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from _instants(value, f"{place}/{name}")
    elif isinstance(content, str) and INSTANT.fullmatch(content):
        yield place, content


def test_every_instant_of_every_answer_is_vietnams(served: Served) -> None:
    """What the database gives in UTC, and what was written into evidence, too."""
    found: dict[str, str] = {}
    for role in READERS:
        for path, method, parameters in _readings(served.things):
            case = SCHEMA[path][method].Case(path_parameters=parameters)
            answer = case.call(base_url=served.url, session=served.session, headers=served.headers(role))
            if answer.status_code == 200 and answer.headers["content-type"][0].startswith("application/json"):
                found |= dict(_instants(answer.json(), f"{path}:"))
    assert len(found) > 100
    assert {place: at for place, at in found.items() if not at.endswith("+07:00")} == {}


def _readings(things: dict[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each GET of the document; those that follow a command also with the command's id."""
    plain = {"period": "2026-01", "agency": "G06", "scheme": "qd-4585", "slug": "internal", **things}
    plain |= {"reading": "B-1", "alternative": "table", "code": "A1"}
    commands = {"pulls": "pull", "freezes": "freeze", "second-looks": "second_look", "supersessions": "supersede"}
    commands |= {"back-fills": "back_fill"}
    for path, methods in json.loads(FILE.read_text("utf-8"))["paths"].items():
        if "get" not in methods:
            continue
        names = [parameter["name"] for parameter in methods["get"].get("parameters", []) if parameter["in"] == "path"]
        values = {name: plain[name] for name in names if name != "command"}
        if path == f"{API}/members/{{grant}}":
            values["grant"] = things["officer"]
        if path == f"{API}/sdmx-structures/{{version}}":
            values["version"] = VERSION
        if "command" in names:
            values["command"] = things[next(commands[part] for part in path.split("/") if part in commands)]
        yield path, "GET", values
        if path.endswith("/{run}"):
            yield path, "GET", {"run": things["score"]}
        if path.endswith("/{publication}"):
            yield path, "GET", {"publication": things["publish"]}
        if path.endswith("/{score_plan}"):
            yield path, "GET", {"score_plan": things["planning"]}
        if path.endswith("/{shadow}"):
            yield path, "GET", {"shadow": things["shadowing"]}


def test_conditional_requests_are_declared(served: Served) -> None:
    for path, _, parameters in _readings(served.things):
        operation = SCHEMA[path]["GET"]
        if "304" not in operation.definition.raw["responses"]:
            continue
        case = operation.Case(path_parameters=parameters)
        roles = operation.definition.raw.get("x-roles")
        headers = served.headers(None if roles is None else "reader" if "reader" in roles else roles[0])
        first = case.call(base_url=served.url, session=served.session, headers=headers)
        again = case.call(
            base_url=served.url, session=served.session, headers={**headers, "If-None-Match": first.headers["etag"][0]}
        )
        case.validate_response(again)
        assert (again.status_code, again.content) == (304, b""), path


def test_an_empty_draft_answers_as_declared_and_its_tag_may_be_sent(served: Served) -> None:
    month = {"agency": HOME, "period": "2026-01"}
    drafter = served.headers("agency_drafter")
    submissions = f"{API}/agencies/{{agency}}/periods/{{period}}/submissions"
    draft = served.session.post(served.url + submissions.format(**month), headers=drafter, json={"test": True}, timeout=30)
    content = SCHEMA[f"{submissions}/{{sequence}}/content"]
    case = content["GET"].Case(path_parameters={**month, "sequence": draft.json()["sequence"]})
    answer = case.call(base_url=served.url, session=served.session, headers=drafter)
    case.validate_response(answer)
    (declared,) = (each for each in content["PUT"].definition.raw["parameters"] if each["name"] == "If-Match")
    assert re.fullmatch(declared["schema"]["pattern"], answer.headers["etag"][0])


def _without_status(operation: dict[str, Any], agency: dict[str, Any]) -> None:
    del operation["responses"]["200"]


def _without_field(operation: dict[str, Any], agency: dict[str, Any]) -> None:
    del agency["properties"]["nso_code"]
    agency["required"].remove("nso_code")


def _without_media_type(operation: dict[str, Any], agency: dict[str, Any]) -> None:
    operation["responses"]["200"]["content"] = {"text/plain": {}}


def _with_header(operation: dict[str, Any], agency: dict[str, Any]) -> None:
    headers = operation["responses"]["200"]["headers"]
    headers["X-Never-Sent"] = dict(headers["ETag"])


def _with_another_type(operation: dict[str, Any], agency: dict[str, Any]) -> None:
    agency["properties"]["name_vi"] = {"type": "integer"}


@pytest.mark.parametrize("lie", [_without_status, _without_field, _without_media_type, _with_header, _with_another_type])
def test_a_lie_in_the_document_is_found(served: Served, lie: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """The checker itself is checked: with one thing changed in the document, the same answer is refused."""
    document = json.loads(FILE.read_text("utf-8"))
    path = f"{API}/agencies/{{agency}}"
    lie(document["paths"][path]["get"], document["components"]["schemas"]["Agency"])
    schema = schemathesis.openapi.from_dict(document, config=CONFIG)
    case = schema[path]["GET"].Case(path_parameters={"agency": "G06"})
    answer = case.call(base_url=served.url, session=served.session)
    with pytest.raises(FailureGroup):
        case.validate_response(answer)
