"""How documents of oversight are answered: JSON for programs, a table for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.gateway.http.answers import CLOSED, document, table
from services.gateway.http.edge import JSON
from services.gateway.http.negotiation import choose_language
from shared.problems import Language

TABLE = {
    "type": "string",
    "description": "UTF-8 with a byte order mark: a table for people, in Vietnamese with semicolons, or in English with commas "
    "under Accept-Language.",
}
REFUSES = (401, 403, 404)


def given_as(
    request: Request, media_type: str, found: dict[str, Any], *, name: str, written: Callable[[Language], bytes]
) -> Response:
    """In the format that was asked for; ``name`` is the file's, without its ending."""
    if media_type == JSON:
        return document(request, found, cache=CLOSED, headers={"vary": "Accept"})
    language = choose_language(request.headers.get("accept-language"))
    return table(request, written(language), name=f"{name}.csv", headers={"vary": "Accept, Accept-Language"})
