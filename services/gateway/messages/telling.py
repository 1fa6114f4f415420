"""The words of one problem for one caller, all in one language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.gateway.messages.problem_types import by_slug
from services.gateway.messages.translating import in_vietnamese
from shared.problems import Language, Wording, fault_words


def wording(slug: str, language: Language) -> Wording:
    """A slug that the register does not have tells neither cause nor remedy."""
    each = by_slug().get(slug)
    said = in_vietnamese if language == "vi" else str
    if each is None:
        return Wording(said=said)
    return Wording(cause=each.cause(language) or None, remedy=each.remedy(language) or None, said=said)


def outcome(stored: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The problem a job ended with, as ``DomainError.as_dict`` kept it, with cause and remedy; its type stays the slug."""
    slug = str(stored["type"])
    each, words = by_slug().get(slug), wording(slug, language)
    told = {name: words.said(value) if name in ("detail", "hint") else value for name, value in stored.items()}
    if "errors" in stored:
        told["errors"] = [fault_words(fault, words) for fault in stored["errors"]]
    beside = {"title": each and each.title(language), "cause": words.cause, "remedy": words.remedy}
    return told | {name: value for name, value in beside.items() if value}
