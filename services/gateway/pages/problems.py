"""A refusal of the API as a page shows it: what is wrong in the person's language, and each fault at its field."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page_words import WHOLE, WITHOUT_FAULTS, place_words, remedy_of, said
from shared.problems import Language
from shared.writing import day, moment

# Days and instants as the API writes them, inside its sentences.
_WHEN = re.compile(r"(?<![0-9A-Za-z_/-])[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?(?![0-9A-Za-z_/-])")
_SENTENCES = ("detail", "hint", "expected")
# What a problem document or a fault may leave out.
_UNSAID = dict.fromkeys(("cause", "remedy", "detail", "hint", "expected", "seen", "instance"))


def problem_context(refused: Refused | None, language: Language) -> dict[str, Any]:
    """``problem`` is the document or None, ``faults`` its faults by pointer."""
    if refused is None:
        return {"problem": None, "faults": {}}
    problem = {**_UNSAID, **_readable(refused.problem, language)}
    problem["remedy"] = remedy_of(refused.slug, refused.problem.get("remedy"), language)
    words = WHOLE.get(refused.slug)
    if words is not None:
        problem |= {"remedy": words[0 if language == "vi" else 1], "detail": None, "hint": None}
    # Pages read these too, where several refusals stand side by side.
    errors = refused.problem.get("errors", []) if refused.slug not in WITHOUT_FAULTS else []
    problem["errors"] = [_fault(each, language) for each in errors]
    faults: dict[str, list[dict[str, Any]]] = {}
    for fault in problem["errors"]:
        faults.setdefault(str(fault["pointer"]), []).append(fault)
    return {"problem": {**problem, "slug": refused.slug}, "faults": faults}


def _fault(fault: dict[str, Any], language: Language) -> dict[str, Any]:
    told = {**_UNSAID, "pointer": "", **_readable(fault, language)}
    place = place_words(str(told["pointer"]), language)
    return {**told, "detail": told["detail"] or fault.get("detail"), "place": place}


def _readable(told: dict[str, Any], language: Language) -> dict[str, Any]:
    """In words for a person, with days and instants as people here write them."""
    return {name: _told(words, language) if name in _SENTENCES else words for name, words in told.items()}


def _told(words: str | None, language: Language) -> str | None:
    plain = said(words, language)
    return _WHEN.sub(_written, plain) if plain else plain


def _written(found: re.Match[str]) -> str:
    if found[1] is None:
        return day(found[0])
    try:
        return moment(datetime.fromisoformat(found[0]))
    except ValueError:
        return found[0]
