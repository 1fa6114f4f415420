"""What was typed outlives the session it was typed in: shown again, to be sent by the same person once they signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from services.gateway.pages.addresses import LOGIN, page_open, sent_to
from services.gateway.pages.posted import Posted, posted_before, read_posted
from services.gateway.pages.switching import FIELD
from shared.errors import DomainError

# What nobody is asked to type again is read from strangers too, so it has a limit of its own: a long narrative's form.
_LARGEST: Final = 1_000_000
_NOT_TYPED: Final = frozenset(("csrf", "once", "etag", "version", "body", "next", "act", "then", "was", "file_read"))


@dataclass(frozen=True)
class Kept:
    """``action`` is where the form was sent to, ``fields`` all it held but its token, ``shown`` what a person typed; both are
    (field's name, value)."""

    action: str
    token: str
    fields: tuple[tuple[str, str], ...]
    shown: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    sign_in: str


async def kept_of(request: Request) -> Kept | None:
    """None when nothing was typed, or the form did not come from a page of ours."""
    posted = await _posted(request)
    return None if posted is None else _kept(request, posted)


def kept_before(request: Request) -> Kept | None:
    """The same of a form that was read, for where its answer is a refusal of another page."""
    posted = posted_before(request)
    return None if posted is None else _kept(request, posted)


def _kept(request: Request, posted: Posted) -> Kept | None:
    if request.scope["path"] == LOGIN:
        return None
    fields = tuple((name, value) for name, values in posted.values.items() for value in values if name not in ("csrf", FIELD))
    shown = tuple((name, value) for name, value in fields if name not in _NOT_TYPED and value)
    files = tuple(name for name, _, _ in posted.files.values())
    sign_in = f"{LOGIN}?{urlencode({'next': page_open(request)}, safe='/')}"
    return Kept(sent_to(request), posted.text("csrf"), fields, shown, files, sign_in) if shown or files else None


async def _posted(request: Request) -> Posted | None:
    before = posted_before(request)
    if before is not None:
        return before
    try:
        return await read_posted(request, largest=_LARGEST)
    except DomainError:
        return None
