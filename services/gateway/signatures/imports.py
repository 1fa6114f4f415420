"""Use case: record that a person takes a source's period from an official file. Who holds the file carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.gateway.access import tenancy
from services.gateway.http.words import require_reason
from services.gateway.signatures.store import file_signatures
from shared.audit import Actor, record
from shared.database import Database, insert_row
from shared.ids import new_id
from shared.tables.control import command


async def request_import(
    database: Database,
    *,
    actor: Actor,
    source: str,
    period: str,
    document: str,
    author: str,
    reason: str,
    signatures: Sequence[dict[str, Any]] = (),
) -> str:
    """The command's id, which the pull and so the snapshot name. ``signatures`` are those of its files, judged good."""
    reason = require_reason(reason)
    command_id = new_id("cmd")
    arguments = {"source": source, "period": period, "document": document, "author": author}
    values = {"command_id": command_id, "kind": "import", "period": period, "arguments": arguments}
    async with tenancy.transaction(database, actor) as connection:
        await insert_row(connection, command, {**values, "actor": actor.id, "reason": reason})
        await record(connection, actor.id, "command.import", command_id, reason=reason, detail=arguments)
        if signatures:
            await file_signatures.insert_signatures(connection, command_id, signatures)
            detail = {
                "files": {each["name"]: each["jws_digest"] for each in signatures},
                "mandate": signatures[0]["mandate_id"],
            }
            await record(connection, actor.id, "file_signature.keep", command_id, detail=detail)
    return command_id
