"""A refusal of the API as a page shows it: what is wrong in the person's language, and each fault at its field."""

from __future__ import annotations

from typing import Any

from services.gateway.eform.own_api import Refused
from shared.problems import Language

# Problem types that people meet when two of them work at the same thing; the API's words speak of headers.
_CHANGED = (
    "Nội dung đã được người khác thay đổi từ khi bạn mở trang này, nên chưa lưu gì. Hãy xem nội dung mới rồi gửi lại.",
    "Somebody changed this since you opened the page, so nothing was saved. Look at what is there now, then send again.",
)
_WORDS = dict.fromkeys(("precondition-failed", "precondition-missing", "content-changed"), _CHANGED)

# What a problem document or a fault may leave out.
_UNSAID = dict.fromkeys(("cause", "remedy", "detail", "hint", "expected", "seen", "instance"))


def problem_context(refused: Refused | None, language: Language) -> dict[str, Any]:
    """``problem`` is the document or None, ``faults`` its faults by pointer."""
    if refused is None:
        return {"problem": None, "faults": {}}
    problem = {**_UNSAID, **refused.problem}
    words = _WORDS.get(refused.slug)
    if words is not None:
        problem |= {"remedy": words[0 if language == "vi" else 1], "detail": None, "hint": None}
    faults: dict[str, list[dict[str, Any]]] = {}
    for fault in problem.get("errors", []):
        faults.setdefault(str(fault.get("pointer", "")), []).append({**_UNSAID, **fault})
    return {"problem": {**problem, "slug": refused.slug}, "faults": faults}
