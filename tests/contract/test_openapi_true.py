"""The OpenAPI document is true: nothing is answered that it does not declare (PUB-07).

The gateway runs on a real HTTP server and a real database. Schemathesis makes requests from the committed document, good and
bad ones, deterministically; every answer's status, headers, type and shape are held against it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

from services.gateway import GatewaySettings, create
from services.gateway.attachment_policy import KINDS
from services.gateway.auth import ROLES, create_key
from services.gateway.intake.media_types import NDJSON, WORKBOOK
from services.gateway.keyring import new_key
from services.gateway.oidc_settings import IssuerSettings
from services.gateway.runtime import Runtime
from services.gateway.tenancy import AGENCY_ROLES
from shared.audit import Actor
from shared.service import Platform
from shared.timer import now
from tests.conftest import TestDatabase
from tests.contract.registered import Registering
from tests.contract.reported import Reporting
from tests.contract.signing import Signing
from tests.integration.gateway.seeds import Seeds

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
PEPPER = SecretStr("pepper-of-the-contract-tests-0123456789")
API = "/api/v1"
HOME = "G06"
# A body may have the right shape and still mean nothing, or not be allowed now; that is no fault of the document.
MEANING = ["2xx", "401", "403", "404", "406", "409", "412", "422", "428"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"deterministic": True, "database": "none"},
        "checks": {"positive_data_acceptance": {"expected-statuses": MEANING}},
    }
)
# Bodies that are files go as the bytes they are, and lines of JSON as text.
schemathesis.serializer.alias(sorted({WORKBOOK, *KINDS}), "application/octet-stream")
schemathesis.serializer.alias(NDJSON, "text/plain")
SCHEMA = schemathesis.openapi.from_dict(json.loads(FILE.read_text("utf-8")), config=CONFIG)
REASON = {"reason": "kiểm thử hợp đồng"}


@dataclass(frozen=True)
class Served:
    """The address, a key for each role, and real things by the name of the path parameter that finds them."""

    url: str
    keys: dict[str, str]
    things: dict[str, str]
    session: requests.Session

    def headers(self, role: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"} if role else {}


class _Server:
    """The gateway in a thread with its own event loop, as a process would run it."""

    def __init__(self, database: TestDatabase, signing: Signing) -> None:
        # Persons of this issuer can be granted something; none can sign in, for it answers nobody.
        issuers = {"vpcp": IssuerSettings(url="http://127.0.0.1:9/realm", audience="bangdiem")}
        given = GatewaySettings(key_pepper=PEPPER, receipt_key=SecretStr(new_key()), issuers=issuers, **signing.settings)
        self._gateway = create(given, Platform(database.app_url))
        config = uvicorn.Config(self._gateway, port=0, log_config=None, access_log=False, lifespan="on")
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._server.serve(),))

    def __enter__(self) -> _Server:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.02)
        return self

    @property
    def url(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    @property
    def runtime(self) -> Runtime:
        found: Runtime = self._gateway.app.state.runtime
        return found

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._loop.close()


@pytest.fixture(scope="module")
def served(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    signing = Signing.trusted_in(tmp_path_factory.mktemp("signing"), now=now())
    with _Server(database, signing) as server, requests.Session() as session:
        keys = server.run(_make_keys(server.runtime))
        things = server.run(_make_things(Seeds(database.app_url)))
        served = Served(server.url, keys, things, session)
        for name, path, role, body in _asked(things):
            answer = session.post(served.url + path, headers=served.headers(role), json=body, timeout=30)
            assert answer.status_code in (201, 202), answer.text
            things[name] = answer.headers["location"].rsplit("/", 1)[1]
        things |= Reporting(session, served.url, served.headers, agency=HOME, period="2026-01", signing=signing).everything()
        things |= Registering(session, served.url, served.headers, agency=HOME).everything()
        yield served


async def _make_keys(runtime: Runtime) -> dict[str, str]:
    made = {}
    for role in ROLES:
        _, made[role] = await create_key(
            runtime.database,
            pepper=PEPPER,
            actor=Actor("local:tests"),
            roles=[role],
            agency=HOME if role in AGENCY_ROLES else None,
            now=now(),
            holder=role,
            reason="kiểm thử",
        )
    return made


async def _make_things(seeds: Seeds) -> dict[str, str]:
    published = await seeds.publish(version=1)
    unpublished = await seeds.run()
    return {
        "run": published.run_id,
        "unpublished": unpublished["run_id"],
        "publication": published.publication_id,
        "snapshot": await seeds.freeze(),
    }


def _asked(things: dict[str, str]) -> list[tuple[str, str, str, dict[str, Any]]]:
    """One of everything that can be asked for or recorded, so that there is something to be found by its id."""
    month = {"period": "2026-01", **REASON}
    paper = {"document": "Công văn 3 (minh họa)", "agency": "G06", **REASON}
    rule = {"period": "2026-02", "measure": "speeches", "value": "1"}
    return [
        ("pull", f"{API}/pulls", "operator", {"source": "ndxp", **month}),
        ("freeze", f"{API}/freezes", "operator", {"source": "ndxp", **month}),
        ("score", f"{API}/score-runs", "operator", month),
        ("publish", f"{API}/publications", "publisher", {"run_id": things["unpublished"], **REASON}),
        ("supersede", f"{API}/snapshots/{things['snapshot']}/supersessions", "operator", REASON),
        ("ruling", f"{API}/rulings", "publisher", {**rule, **paper}),
        ("row", f"{API}/applicability", "publisher", {"indicator": "B1", "valid_from": "2026-01", **paper}),
        ("entry", f"{API}/calendar", "publisher",
         {"source": "ndxp", "kind": "cutoff", "falls_at": "2026-02-03T00:00:00+07:00", **month}),
    ]  # fmt: skip


@SCHEMA.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_is_undeclared(case: schemathesis.Case[Any], served: Served) -> None:
    """With a key that may call the route, so that the request reaches what lies behind."""
    role = next(iter(case.operation.definition.raw.get("x-roles", [])), None)
    case.call_and_validate(base_url=served.url, session=served.session, headers=served.headers(role))


@SCHEMA.parametrize()
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_is_undeclared_whoever_asks(case: schemathesis.Case[Any], served: Served) -> None:
    """The same request with no key and with a key of every role."""
    for role in (None, *ROLES):
        case.call_and_validate(base_url=served.url, session=served.session, headers=served.headers(role))


@pytest.mark.parametrize("role", [None, *ROLES])
def test_everything_there_is_answers_as_declared(served: Served, role: str | None) -> None:
    """Every GET with the id of a real thing, with every key: 200 in the declared shape where the role allows it."""
    for path, method, parameters in _readings(served.things):
        operation = SCHEMA[path][method]
        case = operation.Case(path_parameters=parameters)
        answer = case.call(base_url=served.url, session=served.session, headers=served.headers(role))
        case.validate_response(answer, excluded_checks=[schemathesis.checks.CHECKS.get_one("positive_data_acceptance")])
        roles = operation.definition.raw.get("x-roles")
        expected = 200 if roles is None or role in roles else 403 if role else 401
        assert answer.status_code == expected, (path, answer.text)


def _readings(things: dict[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each GET of the document; those that follow a command also with the command's id."""
    plain = {"period": "2026-01", "agency": "G06", "scheme": "qd-4585", "slug": "internal", **things}
    commands = {"pulls": "pull", "freezes": "freeze", "supersessions": "supersede"}
    for path, methods in json.loads(FILE.read_text("utf-8"))["paths"].items():
        if "get" not in methods:
            continue
        names = [parameter["name"] for parameter in methods["get"].get("parameters", []) if parameter["in"] == "path"]
        values = {name: plain[name] for name in names if name != "command"}
        if path == f"{API}/members/{{grant}}":
            values["grant"] = things["officer"]
        if "command" in names:
            values["command"] = things[next(commands[part] for part in path.split("/") if part in commands)]
        yield path, "GET", values
        if path.endswith("/{run}"):
            yield path, "GET", {"run": things["score"]}
        if path.endswith("/{publication}"):
            yield path, "GET", {"publication": things["publish"]}


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
