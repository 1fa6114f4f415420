"""The other language in the middle of a form: the form is sent with the wish, and shown again as it was typed.

No script could keep what is typed, and a link would lose it. So the switch is a button of the form, and every handler does
what it does with any refusal: it shows the form again with what was typed. Nothing is asked of the API but to read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.responses import Response

from shared.problems import Language

LANGUAGE_COOKIE: Final = "bangdiem_language"
# The button's field.
FIELD: Final = "to_language"
_YEAR: Final = 365 * 24 * 3600
# Our own templates write forms so; fields of the kind that people type or choose in.
_FORM: Final = re.compile(r'<form method="post".*?</form>', re.DOTALL)
_TYPED: Final = re.compile(r'<(?:textarea|select)\b|<input\b(?![^>]*\btype="hidden")')
_ID: Final = ' id="typed"'


@dataclass(frozen=True)
class Forms:
    """A page's content; ``typed`` says how many forms of it somebody may have begun to fill, the only one by its id."""

    content: str
    typed: int


def note_wish(request: Request, values: Mapping[str, list[str]]) -> None:
    """What the form wishes, for the rest of this request."""
    wished = values.get(FIELD, [""])[0]
    if wished:
        request.state.wished_language = "en" if wished == "en" else "vi"


def wish_of(request: Request) -> Language | None:
    found: Language | None = getattr(request.state, "wished_language", None)
    return found


def remember(response: Response, language: Language) -> None:
    """Which language the pages speak to this browser from now on."""
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, path="/", httponly=True, samesite="lax")


def forms_in(content: str) -> Forms:
    """The content with the form that a switch outside it may belong to. What is typed as a password is never kept."""
    if _ID in content:
        return Forms(content, 1)
    found = [each for each in _FORM.finditer(content) if _TYPED.search(each[0]) and 'type="password"' not in each[0]]
    if len(found) != 1:
        return Forms(content, len(found))
    at, plain = found[0].start() + len("<form"), str(content)
    # Markup stays markup, and a text that is none is escaped where it is shown.
    return Forms(type(content)(plain[:at] + _ID + plain[at:]), 1)
