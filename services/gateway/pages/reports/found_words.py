"""Findings in words for whoever types into a form: the rules' own words also speak to those who send files. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from services.gateway.pages.days import TYPED_DAY
from services.gateway.reports.form.form import Form, FormField

Words = tuple[str, str]

_BREAK: Final = re.compile("[\\n\\r\\u0085\\u2028\\u2029]")
_CONTROL: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]")

_OPEN_SECTION: Final[Words] = (
    "Mở phần này rồi thêm dòng, hoặc nhấn “Khai: không có dòng nào”.",
    "Open the section and add rows, or press “State: there are none”.",
)
_SAVE_SECTION: Final[Words] = ("Mở phần này, điền các ô rồi nhấn Lưu.", "Open the section, fill it in and press Save.")
_SHORTER: Final[Words] = (
    "Rút gọn, hoặc gửi phần dài thành tài liệu minh chứng.",
    "Shorten it, or send the long part as an attachment.",
)
_ONE_LINE: Final[Words] = (
    "Trong ô có dấu xuống dòng; viết lại thành một dòng.",
    "There is a line break in the field; write it as one line.",
)
_UNSEEN: Final[Words] = (
    "Trong ô có ký tự không nhìn thấy, thường do dán từ nơi khác; xóa hết và gõ lại.",
    "There is a character in the field that cannot be seen, often pasted; clear the field and type it again.",
)


def worded(form: Form, finding: Mapping[str, Any]) -> dict[str, Any]:
    """The finding with what to do about it at a page, and without a full stop that the page sets itself."""
    found = dict(finding)
    for name in ("expected", "expected_en"):
        found[name] = found[name].rstrip(".") if found.get(name) else found.get(name)
    hint = _hint(form, finding)
    return found if hint is None else {**found, "expected": None, "expected_en": None, "hint_vi": hint[0], "hint_en": hint[1]}


def _hint(form: Form, finding: Mapping[str, Any]) -> Words | None:
    name, field = _place(form, str(finding["pointer"]))
    if finding["rule"] == "section-missing":
        return _SAVE_SECTION if any(each.name == name and each.rows == "one" for each in form.sections) else _OPEN_SECTION
    if finding["rule"] == "cell-type":
        return TYPED_DAY if field is not None and field.type == "date" else None
    if finding["rule"] == "cell-too-long":
        return _SHORTER if name == "narratives" else None
    if finding["rule"] == "cell-pattern":
        return _pattern_hint(str(finding.get("seen") or ""), field)
    return None


def _pattern_hint(seen: str, field: FormField | None) -> Words | None:
    if _BREAK.search(seen) and (field is None or field.lines == "one"):
        return _ONE_LINE
    return _UNSEEN if _CONTROL.search(seen.replace("\n", "")) else None


def _place(form: Form, pointer: str) -> tuple[str, FormField | None]:
    name, *rest = pointer.removeprefix("/").split("/")
    section = next((each for each in form.sections if each.name == name), None)
    fields = section.fields if section is not None and rest else []
    return name, next((each for each in fields if each.name == rest[-1]), None)
