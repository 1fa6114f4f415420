"""Who did what, by name: a page learns who stands behind every actor's id in the documents it was given.

Looked for in what the API answered and not asked for by each page, so that no page can forget it. What the person may not
know, the API does not tell; the page then shows the id alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
from fastapi import Request

PEOPLE: Final = "/people"
# The API's own limit of one question.
_AT_ONCE: Final = 100
_ID: Final = re.compile(rb'"((?:key|oidc|local|service):(?:[^"\\]|\\.){1,300})"')
_JSON: Final = "application/json"


def unknown_in(request: Request, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    """What to ask ``PEOPLE`` as ``ids`` about an answer's document, in so many questions as it takes."""
    if headers.get("content-type", "").partition(";")[0] != _JSON:
        return
    found = {msgspec.json.decode(b'"%s"' % each, type=str) for each in _ID.findall(body)}
    asked = sorted(found - set(known_people(request)))
    # Asked for once, whatever is told.
    known_people(request).update(dict.fromkeys(asked))
    for first in range(0, len(asked), _AT_ONCE):
        yield ",".join(quote(each, safe=":@") for each in asked[first : first + _AT_ONCE])


def learn(request: Request, told: Mapping[str, Any]) -> None:
    """Keeps what the API told."""
    known_people(request).update({each["id"]: each for each in told["items"]})


def known_people(request: Request) -> dict[str, Any]:
    """By actor's id, for this request; None for whom the person may not know."""
    if not hasattr(request.state, "known_people"):
        request.state.known_people = {}
    found: dict[str, Any] = request.state.known_people
    return found
