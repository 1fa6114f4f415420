"""Structures of the month as a statistical dataset: what its columns and codes mean (XPT-04)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.negotiation import matches
from services.gateway.http.openapi_responses import reads_formats
from services.gateway.http.routing import resource
from services.gateway.publication.which import IMMUTABLE
from shared.canonical import sha256_hex
from shared.errors import NotFound
from shared.sdmx.structure import STRUCTURE, structure

router = resource("scores", dependencies=[Depends(PUBLIC)])

VersionPath = Annotated[str, Path(pattern="^[0-9.]{1,14}$", examples=["1.0.0"])]
FILE = {
    "type": "string",
    "description": "SDMX-ML 3.0: dataflow, structure, concepts, codes with names in Vietnamese and English.",
}


@router.get("/sdmx-structures/{version}", **reads_formats({STRUCTURE: FILE}, refuses=[404]))
async def get_sdmx_structure(request: Request, version: VersionPath) -> Response:
    """The structure of datasets (`format=sdmx` of scores). A version never changes: another structure has another version."""
    body = structure(version)
    if body is None:
        raise NotFound(f"no structure of the dataset has the version {version}")
    headers = {"etag": f'"{sha256_hex(body)}"', "cache-control": IMMUTABLE, "vary": "Accept-Encoding"}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "content-type": STRUCTURE})
