"""The words of one problem for one caller: cause and remedy of its type, and whether its sentences are put into Vietnamese."""

from __future__ import annotations

from services.gateway.problem_types import by_slug
from services.gateway.wording.translating import in_vietnamese
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
