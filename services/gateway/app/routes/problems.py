"""One page per problem type, so that the `type` of a problem leads somewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import PUBLIC
from services.gateway.app.problem_pages import example_of, problem_page, problems_page
from services.gateway.http.answers import OPEN, document
from services.gateway.http.negotiation import choose_language, choose_media_type, matches
from services.gateway.http.openapi_responses import reads_formats, ref
from services.gateway.http.pages import GUARDS
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.messages.problem_types import ProblemType, register
from services.gateway.publication.schemas.documents import ProblemTypeDocument, ProblemTypePage
from shared.canonical import sha256_hex
from shared.errors import NotFound
from shared.problems import type_url

router = resource("problems", prefix="", dependencies=[Depends(PUBLIC)])

HTML, JSON = "text/html", "application/json"
PAGE = {"type": "string"}
Slug = Annotated[str, Path(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80, examples=["not-yet-published"])]


@router.get("/problems", **reads_formats({HTML: PAGE, JSON: ref(ProblemTypePage)}))
async def list_problem_types(request: Request) -> Response:
    """Every type a problem can have."""
    types = register()
    if _wanted(request) == HTML:
        return _html(request, problems_page(types, choose_language(request.headers.get("accept-language"))))
    return _json(request, {"items": [_shown(request, each) for each in types], "next": None})


@router.get("/problems/{slug}", **reads_formats({HTML: PAGE, JSON: ref(ProblemTypeDocument)}, refuses=[404]))
async def get_problem_type(request: Request, slug: Slug) -> Response:
    """What one type of problem means: cause, remedy and an example."""
    found = next((each for each in register() if each.slug == slug), None)
    if found is None:
        raise NotFound(f"no problem type is called {slug!r}")
    if _wanted(request) == HTML:
        language = choose_language(request.headers.get("accept-language"))
        return _html(request, problem_page(found, language, public_url=runtime(request).public_url))
    return _json(request, _shown(request, found))


def _wanted(request: Request) -> str:
    return choose_media_type(",".join(request.headers.getlist("accept")) or None, (HTML, JSON))


def _shown(request: Request, each: ProblemType) -> dict[str, object]:
    """The example is worded in the caller's language."""
    public_url = runtime(request).public_url
    language = choose_language(request.headers.get("accept-language"))
    told = {name: value for name, value in vars(each).items() if name not in ("example", "fault")}
    example = example_of(each, language, public_url=public_url)
    return {"type": type_url(public_url, each.slug), **told, "example": example}


def _json(request: Request, content: object) -> Response:
    return document(request, content, cache=OPEN, headers={"vary": "Accept, Accept-Language"})


def _html(request: Request, page: str) -> Response:
    body = page.encode()
    etag = f'"{sha256_hex(body)}"'
    headers = {"etag": etag, "cache-control": OPEN, "vary": "Accept, Accept-Language", **GUARDS}
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None and matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/html", headers=headers)
