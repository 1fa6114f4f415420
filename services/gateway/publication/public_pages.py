"""Public pages from the published bytes: what shared.public_pages asks of the gateway, and its refusals as pages."""

from __future__ import annotations

import json
import re
from datetime import datetime
from http import HTTPStatus

from fastapi import Request
from starlette.responses import Response

from services.gateway.http.edge import ONLY
from services.gateway.http.errors import AgencyUnknown, NotYetPublished, PageNotPublished
from services.gateway.http.exception_handlers import Handler, spoken
from services.gateway.http.negotiation import choose_media_type
from services.gateway.http.runtime import runtime
from services.gateway.http.words import AGENCY, SHOWN
from services.gateway.messages.problem_types import by_slug
from services.gateway.publication.published_bytes import Dressing, NotPublishedAs, Wanted, links_of, send
from services.gateway.publication.store.records import Rendering
from services.gateway.publication.which import LATEST, which_of
from shared.law.scheme import legal_report_deadline, packaged_schemes
from shared.period import Period
from shared.problems import MEDIA_TYPE
from shared.public_pages import addresses
from shared.public_pages.rendering import HTML, LAW, Refusal, nothing_published, refusal_page
from shared.public_pages.routes import routes_over
from shared.writing import sentence

# A page runs nothing, takes only its own style sheet, stands in no frame, and sends nothing anywhere.
GUARDS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
}
VARY = (b"vary", b"Accept-Encoding")
RAW_GUARDS = tuple((name.encode("ascii"), value.encode("ascii")) for name, value in GUARDS.items())


async def serve(
    request: Request, *, period: str | None, version: int | None, as_of: datetime | None, agency: str, media_type: str
) -> Response:
    given = runtime(request)
    which = None if period is None else await which_of(given, period, version, as_of)
    if which is not None:
        period = which.period
    if agency and not re.fullmatch(AGENCY, agency):
        raise AgencyUnknown(f"no scored body has the code {agency[:SHOWN]!r} in {period}")
    query = b"" if version is None else b"version=%d" % version
    asked = (None, False) if which is None else (which.version, which.pinned)
    wanted = Wanted(period, asked[0], agency, media_type, asked[1])
    try:
        return await send(request, wanted, _dressing, query=query, kinds=(ONLY,))
    except NotYetPublished:
        if period is not None:
            raise
        return _page(nothing_published(*_awaited(given.clock())))
    except NotPublishedAs as error:
        period, version = str(error.context["period"]), int(error.context["version"])
        raise PageNotPublished(
            f"version {version} of {period} was published without a page", period=period, version=version
        ) from error


router = routes_over(serve)


def as_page(handler: Handler) -> Handler:
    """The handler, answering with a page where a browser asked for a public page; programs get the problem as everywhere."""

    async def answer(request: Request, error: Exception) -> Response:
        if not _is_ours(request.scope["path"]):
            return await handler(request, error)
        accepted = ",".join(request.headers.getlist("accept")) or None
        if HTML not in (accepted or "") or choose_media_type(accepted, (MEDIA_TYPE, HTML)) != HTML:
            return await handler(request, error)
        made = await handler(spoken(request, "vi"), error)
        if made.status_code < HTTPStatus.BAD_REQUEST:
            return made
        return _refused(made)

    return answer


def _refused(made: Response) -> Response:
    """In Vietnamese whatever the browser was installed in, as all pages; the English title stands beside."""
    told = json.loads(bytes(made.body))
    faults = [f"{each['pointer']}: {each['detail']}" for each in told.get("errors", ())]
    advice = told.get("hint") or told.get("remedy", "")
    words = [sentence(each) for each in (told.get("detail", ""), *faults, "" if faults else advice) if each]
    # A version without pages stands as it was published.
    stands = told.get("context", {})
    whole = (stands["period"], int(stands["version"])) if "version" in stands else None
    kind = by_slug().get(told["type"].rpartition("/")[2])
    refusal = Refusal(told["title"], kind.title_en if kind else "", tuple(words), whole)
    response = _page(refusal_page(refusal), status=made.status_code, cache="no-store")
    if "allow" in made.headers:
        response.headers["allow"] = made.headers["allow"]
    return response


def _dressing(wanted: Wanted, found: Rendering) -> Dressing:
    """Pages lead programs to the same version as data."""
    sent = HTML if wanted.media_type == LAW else wanted.media_type
    kind = f"{sent}; charset=utf-8".encode("ascii")
    if sent != HTML:
        return Dressing(((b"content-type", kind),), (VARY,))
    data = addresses.data_at(found.period, found.version, agency=wanted.agency)
    links = links_of(found, lambda version: _page_at(found.period, version, wanted))
    link = ", ".join([f'<{data}>; rel="alternate"; type="application/json"', *links]).encode("ascii")
    return Dressing(((b"content-type", kind), *RAW_GUARDS), (VARY, (b"link", link)))


def _page_at(period: str, version: int, wanted: Wanted) -> str:
    if wanted.media_type == LAW:
        return addresses.scheme_at(period, version)
    return addresses.body_at(period, wanted.agency, version) if wanted.agency else addresses.month_at(period, version)


def _page(body: bytes, *, status: int = 200, cache: str = LATEST) -> Response:
    return Response(body, status_code=status, media_type=HTML, headers={"cache-control": cache, **GUARDS})


def _awaited(now: datetime) -> tuple[Period, datetime]:
    """The month whose results come next while there are none at all, and the law's deadline of its reports."""
    awaited = max(packaged_schemes()[0].first_period, Period.holding(now).previous)
    return awaited, legal_report_deadline(awaited)


def _is_ours(path: str) -> bool:
    """What is neither a program's address nor one of the e-form, mistyped ones too."""
    return not path.startswith(("/api/", "/e-form", "/problems/"))
