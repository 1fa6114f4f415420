"""How a command goes: its row, its execution, and what came of it, as one document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.http.answers import API, CLOSED, RETRY_AFTER_SECONDS, chosen, document
from services.gateway.http.negotiation import choose_language
from services.gateway.http.runtime import runtime
from services.gateway.messages.telling import outcome
from services.gateway.operations.store import control
from services.gateway.operations.store.records import Command
from shared.errors import NotFound
from shared.problems import Language, type_url

UNFINISHED = ("awaiting_approval", "waiting", "running")

# Where the thing stands that a command of this kind makes, by the field of its result that names it.
_PRODUCTS = {
    "freeze": ("snapshot_id", "/snapshots"),
    "supersede": ("snapshot_id", "/snapshots"),
    "score": ("run_id", "/score-runs"),
    "plan": ("plan_id", "/score-plans"),
    "publish": ("publication_id", "/publications"),
    "restore": ("publication_id", "/publications"),
    "shadow": ("shadow_id", "/shadow-runs"),
}


async def progress(request: Request, command_id: str, *kinds: str) -> Response:
    """The state of one command; Retry-After while it is unfinished, Location once something came of it."""
    return show(request, await found_command(request, command_id, *kinds))


async def found_command(request: Request, command_id: str, *kinds: str) -> Command:
    """Raises NotFound."""
    async with runtime(request).database.read() as connection:
        found = await control.find_command(connection, command_id, *kinds)
    if found is None:
        raise NotFound(f"no {kinds[0]} has the id {command_id}")
    return found


def show(request: Request, command: Command) -> Response:
    given = runtime(request)
    content = content_of(request, command)
    if content["kind"] in ("publish", "restore") and content["produced"]:
        given.published.outdate(content["period"], int(content["result"]["version"]))
    headers = {"vary": "Accept-Language"}
    if content["state"] in UNFINISHED:
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    if content["produced"]:
        headers["location"] = content["produced"]
    return document(request, content, cache=CLOSED, headers=headers)


_AS_THEY_ARE = (
    "command_id", "kind", "period", "arguments", "actor", "reason", "approver", "requested_at", "started_at", "ended_at",
    "result", "ended_by", "end_reason",
)  # fmt: skip


def content_of(request: Request, command: Command) -> dict[str, Any]:
    """The command as a document, in the caller's language."""
    state = command.state or command.ended or "awaiting_approval"
    return {
        **chosen(command, _AS_THEY_ARE),
        "state": state,
        "attempts": command.attempts or 0,
        "problem": problem_of(
            command.problem, choose_language(request.headers.get("accept-language")), runtime(request).public_url
        ),
        "produced": _produced(command.kind, command.result),
    }


def problem_of(stored: Mapping[str, Any] | None, language: Language, public_url: str) -> dict[str, Any] | None:
    """A job keeps only the slug of its problem's type; here it becomes an address, with cause and remedy."""
    if not stored:
        return None
    return {**outcome(stored, language), "type": type_url(public_url, str(stored["type"]))}


def _produced(kind: str, result: Mapping[str, Any] | None) -> str | None:
    field, path = _PRODUCTS.get(kind, ("", ""))
    found = (result or {}).get(field)
    return f"{API}{path}/{found}" if found else None
