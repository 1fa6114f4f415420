"""A month in one download: the stored bundle of a version (PUB-16)."""

from __future__ import annotations

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.http.answers import API
from services.gateway.http.negotiation import choose_media_type
from services.gateway.http.openapi_responses import ETAG, header, reads_formats, sometimes
from services.gateway.http.routing import resource
from services.gateway.publication.published_bytes import Dressing, Wanted, links_of, send
from services.gateway.publication.store.records import Rendering
from services.gateway.publication.which import WhichVersion
from shared.public_pages.rendering import BUNDLE

router = resource("scores", dependencies=[Depends(PUBLIC)])

FILE = {
    "type": "string",
    "format": "binary",
    "description": "Every rendering of the version, its law, and `manifest.json` with size, digest and address of each file.",
}
BESIDE = {
    "Content-Disposition": header("Under which name to save it."),
    "Link": sometimes("The versions before and after this one."),
}


@router.get("/periods/{period}/bundle", **reads_formats({BUNDLE: FILE}, refuses=[404, 422], beside=BESIDE, etag=ETAG))
async def get_bundle(request: Request, which: WhichVersion) -> Response:
    """A published month in one file: sheet, tables, workbook, dataset, pages, law, and a manifest of their digests."""
    choose_media_type(",".join(request.headers.getlist("accept")) or None, (BUNDLE,))
    wanted = Wanted(which.period, which.version, "", BUNDLE, which.pinned)
    # Asked for seldom, and as large as all the rest: the edge keeps none.
    return await send(request, wanted, _dressing, query=b"", kinds=())


def _dressing(wanted: Wanted, found: Rendering) -> Dressing:
    links = links_of(found, lambda version: f"{API}/periods/{found.period}/bundle?version={version}")
    name = f'attachment; filename="bang-diem-{found.period}-v{found.version}.zip"'.encode("ascii")
    always = [(b"vary", b"Accept"), *([(b"link", ", ".join(links).encode("ascii"))] if links else [])]
    return Dressing(((b"content-type", BUNDLE.encode("ascii")), (b"content-disposition", name)), tuple(always))
