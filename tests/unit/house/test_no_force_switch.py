"""APR-11: nothing that a caller, an operator or the machine's environment can say means "do it all the same".

Every name by which somebody can say something is looked at: parameters and bodies of the route table, headers, queries and
form fields that code reads, options of the command line, settings and variables, and parameters of our own functions. The
controls plant a switch in each of them: a search that finds nothing there would prove nothing here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from fastapi import FastAPI, Query
from pydantic import BaseModel
from pydantic_settings import BaseSettings

from services.cli.application import application
from services.gateway.app.openapi import build
from services.gateway.application import build_app
from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from services.scoring.settings import ScoringSettings
from shared.settings import PlatformSettings

ROOT = Path(__file__).parents[3]
SOURCES = ("services", "shared", "migrations")
SETTINGS = (GatewaySettings, IngestSettings, PlatformSettings, ScoringSettings)
# Words that promise a way past a rule. One word of a name is enough.
FORCE = frozenset({
    "force", "forced", "forcing", "skip", "skipped", "override", "overridden", "overriding", "overrule", "bypass", "ignore",
    "ignored", "unlock", "unfreeze", "unsafe", "insecure", "disable", "disabled", "suppress", "suppressed", "superuser", "sudo",
    "god", "backdoor", "maintenance", "noverify", "nocheck", "unaudited", "anyway", "regardless", "cheat",
})  # fmt: skip
_READ = re.compile(
    r"""(?:query_params|headers|cookies)\s*(?:\.get(?:list)?\(|\[)\s*["']([^"']+)["']|posted\.\w+\(\s*["']([^"']+)"""
)
_VARIABLE = re.compile(r"""["']((?:BANGDIEM|DATABASE)_[A-Z_]+)["']""")

Named = tuple[str, str]


def words_of(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))


def switches(named: Iterable[Named]) -> list[Named]:
    """What means force, and where it was found."""
    return [(place, name) for place, name in named if words_of(name) & FORCE]


def said_to_routes(document: dict[str, Any]) -> Iterator[Named]:
    """Names and fixed values of every parameter and every member of every body."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for given in operation.get("parameters", ()):
                target = given.get("$ref", "").rpartition("/")[2]
                parameter = document["components"]["parameters"][target] if target else given
                yield f"{method} {path}", parameter["name"]
                yield from _values(f"{method} {path}", parameter["schema"], document, frozenset())
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from _values(f"{method} {path}", content["schema"], document, frozenset())


def _values(place: str, schema: Any, document: dict[str, Any], within: frozenset[str]) -> Iterator[Named]:
    if isinstance(schema, list):
        for each in schema:
            yield from _values(place, each, document, within)
    if not isinstance(schema, dict):
        return
    target = schema.get("$ref")
    if isinstance(target, str) and target not in within:
        found = document["components"]["schemas"][target.rpartition("/")[2]]
        yield from _values(place, found, document, within | {target})
    for name, value in schema.items():
        if name in ("enum", "const"):
            yield from ((place, str(each)) for each in (value if isinstance(value, list) else [value]))
        elif name == "properties":
            yield from ((place, each) for each in value)
            yield from _values(place, list(value.values()), document, within)
        elif name != "examples":
            yield from _values(place, value, document, within)


def said_to_commands(command: Any, place: str = "bangdiem") -> Iterator[Named]:
    yield place, command.name or ""
    for parameter in command.params:
        for name in (parameter.name or "", *parameter.opts, *parameter.secondary_opts, str(parameter.envvar or "")):
            yield place, name
        yield from ((place, str(each)) for each in getattr(getattr(parameter, "type", None), "choices", ()))
    for name, each in getattr(command, "commands", {}).items():
        yield from said_to_commands(each, f"{place} {name}")


def said_by_settings(kinds: Iterable[type[BaseModel]]) -> Iterator[Named]:
    for kind in kinds:
        for name, field in kind.model_fields.items():
            yield kind.__name__, name
            nested = [each for each in (field.annotation, *getattr(field.annotation, "__args__", ())) if _is_model(each)]
            yield from said_by_settings(nested)
            yield from ((kind.__name__, each) for each in getattr(field.annotation, "__args__", ()) if isinstance(each, str))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def said_in_code(place: str, source: str) -> Iterator[Named]:
    """Headers, queries, cookies and form fields that are read, variables that are named, parameters that functions take."""
    for found in _READ.finditer(source):
        yield place, found[1] or found[2]
    for found in _VARIABLE.finditer(source):
        yield place, found[1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                yield f"{place}:{node.lineno}", each.arg


@cache
def code() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for part in SOURCES for path in (ROOT / part).rglob("*.py")}


def test_no_route_takes_a_force_switch() -> None:
    found = list(said_to_routes(build(build_app())))
    assert {"dry_run", "reason", "until"} <= {name for _, name in found}, "the search sees what callers say"
    assert switches(found) == []


def test_no_command_takes_a_force_switch() -> None:
    found = list(said_to_commands(typer.main.get_command(application([]))))
    assert {"--reason", "--data-dir"} <= {name for _, name in found}
    assert switches(found) == []


def test_no_setting_and_no_variable_is_a_force_switch() -> None:
    kinds = {node.name for source in code().values() for node in ast.walk(ast.parse(source)) if _is_settings(node)}
    assert kinds == {kind.__name__ for kind in SETTINGS}, "another kind of settings is to be looked at too"
    found = [*said_by_settings(SETTINGS), (".env.example", (ROOT / ".env.example").read_text("utf-8"))]
    assert {"key_pepper", "max_report_bytes"} <= {name for _, name in found}
    assert switches(found[:-1]) == []
    assert switches((".env.example", each) for each in re.findall(r"^#? ?([A-Z_]+)=", found[-1][1], re.MULTILINE)) == []


def _is_settings(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "BaseSettings" for base in node.bases)


def test_no_code_reads_or_takes_a_force_switch() -> None:
    found = [each for place, source in code().items() for each in said_in_code(place, source)]
    assert {"if-match", "reason", "BANGDIEM_GATEWAY_KEY_PEPPER"} <= {name for _, name in found}
    assert switches(found) == []


class Planted(BaseModel):
    reason: str
    skip_findings: bool = False
    mode: str = "plain"


class PlantedSettings(BaseSettings):
    pepper: str = ""
    audit_disabled: bool = False


def test_the_control_a_planted_switch_is_found_wherever_it_is() -> None:
    app, commands = FastAPI(), typer.Typer()

    @app.post("/scores/{period}")
    def _post(period: str, asked: Planted, way: Annotated[str, Query(alias="overrideLock")] = "") -> None: ...

    @commands.command()
    def publish(period: str, now: Annotated[str, typer.Option("--force")] = "") -> None: ...

    assert {name for _, name in switches(said_to_routes(app.openapi()))} == {"overrideLock", "skip_findings"}
    assert {name for _, name in switches(said_to_commands(typer.main.get_command(commands)))} == {"--force"}
    assert {name for _, name in switches(said_by_settings([PlantedSettings]))} == {"audit_disabled"}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def publish(run, *, force=False): ...", "force"),
        ("async def freeze(period, ignore_gate): ...", "ignore_gate"),
        ('x = request.headers.get("x-bypass-signature")', "x-bypass-signature"),
        ('x = request.query_params["skip"]', "skip"),
        ('x = posted.ticked("override")', "override"),
        ('x = os.environ.get("BANGDIEM_UNSAFE")', "BANGDIEM_UNSAFE"),
    ],
)
def test_the_control_a_planted_switch_in_code_is_found(source: str, name: str) -> None:
    assert [found for _, found in switches(said_in_code("planted", source))] == [name]
    assert switches(said_in_code("planted", "def publish(run, *, reason, enforced_by): ...")) == []
