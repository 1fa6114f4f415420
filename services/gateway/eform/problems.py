"""A refusal of the API as a page shows it: what is wrong in the person's language, and each fault at its field."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from services.gateway.eform.own_api import Refused
from services.gateway.eform.rendering import day, moment
from shared.problems import Language

# Problem types that people meet when two of them work at the same thing; the API's words speak of headers.
_CHANGED = (
    "Nội dung đã được người khác thay đổi từ khi bạn mở trang này, nên chưa lưu gì. Hãy xem nội dung mới rồi gửi lại.",
    "Somebody changed this since you opened the page, so nothing was saved. Look at what is there now, then send again.",
)
_WORDS = dict.fromkeys(("precondition-failed", "precondition-missing", "content-changed"), _CHANGED)
# What to do, where the API's words name parts of a document that nobody sees here.
_REMEDIES = {"input-invalid": ("Sửa những chỗ nêu dưới đây rồi gửi lại.", "Correct what is named below and send it again.")}

# What a problem document or a fault may leave out.
# Days and instants as the API writes them, inside its sentences.
_WHEN = re.compile(r"(?<![0-9A-Za-z_/-])[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?(?![0-9A-Za-z_/-])")
_SENTENCES = ("remedy", "detail", "hint", "expected")
_UNSAID = dict.fromkeys(("cause", "remedy", "detail", "hint", "expected", "seen", "instance"))


def problem_context(refused: Refused | None, language: Language) -> dict[str, Any]:
    """``problem`` is the document or None, ``faults`` its faults by pointer."""
    if refused is None:
        return {"problem": None, "faults": {}}
    problem = {**_UNSAID, **_readable(refused.problem)}
    words, remedy = _WORDS.get(refused.slug), _REMEDIES.get(refused.slug)
    if remedy is not None:
        problem["remedy"] = remedy[0 if language == "vi" else 1]
    if words is not None:
        problem |= {"remedy": words[0 if language == "vi" else 1], "detail": None, "hint": None}
    # Pages read these too, where several refusals stand side by side.
    problem["errors"] = [{**_UNSAID, "pointer": "", **_readable(fault)} for fault in problem.get("errors", [])]
    faults: dict[str, list[dict[str, Any]]] = {}
    for fault in problem["errors"]:
        faults.setdefault(str(fault["pointer"]), []).append(fault)
    return {"problem": {**problem, "slug": refused.slug}, "faults": faults}


def _readable(told: dict[str, Any]) -> dict[str, Any]:
    """With days and instants as people here write them."""
    return {name: _WHEN.sub(_written, words) if name in _SENTENCES and words else words for name, words in told.items()}


def _written(found: re.Match[str]) -> str:
    if found[1] is None:
        return day(found[0])
    try:
        return moment(datetime.fromisoformat(found[0]))
    except ValueError:
        return found[0]
