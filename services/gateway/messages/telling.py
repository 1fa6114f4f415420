"""The words of one problem for one caller: cause and remedy of its type, and whether its sentences are put into Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.gateway.messages.problem_types import by_slug
from services.gateway.messages.translating import in_vietnamese
from shared.problems import Language, Wording


def wording(slug: str, language: Language, *, sentences: Language) -> Wording:
    """``language`` is that of cause and remedy, ``sentences`` that of detail, hint and errors.

    A slug that the register does not have tells neither cause nor remedy.
    """
    each = by_slug().get(slug)
    said = in_vietnamese if sentences == "vi" else str
    if each is None:
        return Wording(said=said)
    return Wording(cause=each.cause(language) or None, remedy=each.remedy(language) or None, said=said)


def outcome(stored: Mapping[str, Any], language: Language, *, sentences: Language) -> dict[str, Any]:
    """The problem a job ended with, as ``DomainError.as_dict`` kept it, with cause and remedy; its type stays the slug.

    A worker's own sentences stay in English where none of ours here is like them.
    """
    slug = str(stored["type"])
    each, words = by_slug().get(slug), wording(slug, language, sentences=sentences)
    told = {name: words.said(value) if name in ("detail", "hint") else value for name, value in stored.items()}
    beside = {"title": each and each.title(language), "cause": words.cause, "remedy": words.remedy}
    return told | {name: value for name, value in beside.items() if value}
