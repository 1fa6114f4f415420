"""What the API says for programs, said for a person at a page: no headers, addresses, media types or JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from services.gateway.messages.translating import in_vietnamese, names
from services.gateway.reports.attachment_policy import KINDS
from services.gateway.reports.form.form import packaged_forms
from services.gateway.reports.formats.media_types import SUFFIXES
from shared.problems import Language
from shared.writing import grouped, month

Words = tuple[str, str]

# Problem types that people meet when two of them work at the same thing; the API's words speak of headers.
_CHANGED: Final[Words] = (
    "Nội dung đã thay đổi từ khi bạn mở trang này, nên chưa lưu gì. Hãy xem nội dung mới rồi gửi lại.",
    "This has changed since you opened the page, so nothing was saved. Look at what is there now, then send again.",
)
# Said instead of remedy, detail and hint.
WHOLE: Final[Mapping[str, Words]] = {
    **dict.fromkeys(("precondition-failed", "precondition-missing", "content-changed"), _CHANGED),
    "idempotency-mismatch": (
        "Biểu mẫu này đã được gửi một lần với nội dung khác. Mở lại trang để xem nội dung đã gửi, rồi nhập lại nếu vẫn cần.",
        "This form was sent before with other content. Open the page again to see what became of it; if need be, send it anew.",
    ),
    "malformed-request": (
        "Không đọc được nội dung vừa gửi. Mở lại trang, nhập lại (bỏ những ký tự lạ dán từ nơi khác) rồi gửi.",
        "What was sent cannot be read. Open the page again, enter it without characters pasted from elsewhere, and send it.",
    ),
}
REMEDIES: Final[Mapping[str, Words]] = {
    "input-invalid": ("Sửa những chỗ nêu dưới đây rồi gửi lại.", "Correct what is named below and send it again."),
    "role-unknown": ("Chọn vai trò trong danh sách rồi gửi lại.", "Choose a role from the list and send it again."),
    "media-type-unsupported": (
        "Lưu lại tệp ở một trong các dạng nêu dưới đây (báo cáo nên ở dạng .xlsx) rồi gửi lại.",
        "Save the file as one of the kinds named below (a report as .xlsx, best) and send it again.",
    ),
    "report-format-unknown": ("Lưu lại báo cáo ở dạng .xlsx rồi gửi lại.", "Save the report as .xlsx and send it again."),
    "content-digest-mismatch": (
        "Chọn lại đúng tệp, hoặc bỏ trống ô mã băm để trang tự tính, rồi gửi lại.",
        "Choose the right file, or leave the digest's field empty so that the page computes it, and send it again.",
    ),
    "validation-outdated": (
        "Bấm “Kiểm tra lại”, xem các lỗi, cảnh báo, rồi thực hiện lại bước này.",
        "Press “Check again”, look at the findings, then take this step again.",
    ),
    "internal": (
        "Thử lại sau ít phút. Nếu vẫn lỗi, báo cho đơn vị vận hành mã yêu cầu ghi dưới đây.",
        "Try again in a few minutes. If it fails again, tell the operator the request's id below.",
    ),
}
# Where the type's remedy is for programs and nothing is said above.
_ANY: Final[Words] = (
    "Mở lại trang và làm lại. Nếu vẫn bị từ chối, báo cho đơn vị vận hành mã yêu cầu ghi dưới đây.",
    "Open the page again and try once more. If it is refused again, tell the operator the request's id below.",
)
# Types whose faults count by a place of the document that no page shows; the page itself leads to the findings.
WITHOUT_FAULTS: Final = frozenset({"findings-open"})

_A_DAY: Final[Words] = ("ngày/tháng/năm, ví dụ 05/02/2026", "a day, such as 05/02/2026")
_A_NUMBER: Final[Words] = ("số nguyên, viết bằng chữ số", "a whole number, written in digits")
_A_TEXT: Final[Words] = ("văn bản", "text")
# Sentences of the API, said otherwise.
SENTENCES: Final[Mapping[str, Words]] = {
    "a JSON number without decimals": _A_NUMBER,
    "a JSON string": _A_TEXT,
    "a JSON array": ("danh sách", "a list"),
    "a JSON object": ("nhóm các ô", "a group of fields"),
    "true or false": ("có hoặc không", "yes or no"),
    "must be true or false": ("phải là có hoặc không", "must be yes or no"),
    "a day as YYYY-MM-DD": _A_DAY,
    "says no time zone": ("không phải là ngày đọc được", "is no day that can be read"),
    "expected YYYY-MM-DD": ("không phải là một ngày; ghi ngày/tháng/năm", "is no day; write day/month/year"),
    "an instant with its zone, such as 2026-02-05T00:00:00+07:00": _A_DAY,
    "a month as YYYY-MM, such as 2026-01": ("một tháng trong danh sách", "a month of the list"),
    "PUT the report to …/content.": (
        "Trước hết nhập số liệu hoặc tải tệp báo cáo lên.",
        "Enter the report or upload it first.",
    ),
    "See …/findings.": ("Xem trang lỗi, cảnh báo.", "See the findings' page."),
}
# Fields that forms label alike; one that they do not, such as subject, is told by its link alone.
FIELDS: Final[Mapping[str, Words]] = {
    "agency": ("Cơ quan", "Body"),
    "certificate": ("Chứng thư", "Certificate"),
    "chair": ("Chủ trì", "Chair"),
    "decided_on": ("Ngày quyết định", "Date of the decision"),
    "decision_number": ("Số quyết định", "Number of the decision"),
    "document": ("Văn bản", "Document"),
    "effect": ("Hiệu lực", "Effect"),
    "ends_at": ("Có hiệu lực đến hết ngày", "Until the end of"),
    "evidence_digest": ("Mã băm SHA-256", "SHA-256 digest"),
    "expires_at": ("Có hiệu lực đến hết ngày", "Until the end of"),
    "explanation": ("Thuyết minh", "Explanation"),
    "file": ("Tệp", "File"),
    "held_on": ("Ngày họp", "Held on"),
    "indicator": ("Chỉ số", "Indicator"),
    "lead_unit": ("Đơn vị đầu mối tổng hợp", "Lead unit"),
    "meetings": ("Số cuộc họp", "Meetings held"),
    "networks": ("Chỉ từ các mạng", "Only from networks"),
    "period": ("Tháng", "Month"),
    "proof": ("Chứng minh sở hữu (JWS)", "Proof of possession (JWS)"),
    "reason": ("Lý do", "Reason"),
    "roles": ("Vai trò", "Roles"),
    "statement": ("Ghi chú của người ký", "Signer's note"),
    "summons": ("Cơ quan được triệu tập", "Bodies summoned"),
    "summons_document": ("Giấy mời", "Summons document"),
    "text": ("Nội dung", "Text"),
    "title": ("Tên", "Title"),
    "topic": ("Chủ đề", "Topic"),
    "unit": ("Mã đơn vị", "Code"),
    "until": ("Đến", "Until"),
    "valid_from": ("Được ký từ ngày", "May sign from"),
    "valid_to": ("Đến hết ngày", "To the end of"),
    "verdict": ("Ý kiến", "Verdict"),
}
# Words of HTTP, JSON and signatures' fields: what follows them is for programs.
FOR_PROGRAMS: Final = re.compile(
    r"\b(GET|PUT|POST|PATCH|DELETE) \S*/|…/|\bContent-(Type|Digest|Length)\b|\bIf-Match\b|\bETag\b|\bIdempotency"
    r"|\bAuthorization\b|\bJSON\b|\bsha-256=|\b(trong|ở|mục|in) errors\b|\berrors (nêu|đếm|names|counts)"
    r"|\bapplication/json\b|\bHTTP\b|\bAllow\b"
    r"|\bAccept\b|\binstance\b|\ballowed_actions\b"
)
_BYTES = re.compile(r"\b([0-9]{4,15}) bytes?\b")
_MEDIA_TYPE = re.compile(r"\b[a-z]+/[a-z0-9][a-z0-9.+-]*[a-z0-9]")
_QUOTED = re.compile(r"'([a-z_]{2,40})'")
_UNITS: Final = ((1024 * 1024, "MiB"), (1024, "KiB"))


def said(text: str | None, language: Language) -> str | None:
    """A detail, hint or expectation for a person; None when it says nothing to one."""
    if not text:
        return text
    at = _by_sentence(language).get(text)
    if at is not None:
        return at
    plain = _BYTES.sub(_sized, _MEDIA_TYPE.sub(_suffixes, text))
    if language == "vi":
        plain = _QUOTED.sub(_named, plain)
    return None if FOR_PROGRAMS.search(plain) else plain


def remedy_of(slug: str, told: str | None, language: Language) -> str | None:
    """What to do about a problem of the type."""
    at = 0 if language == "vi" else 1
    if slug in REMEDIES:
        return REMEDIES[slug][at]
    return _ANY[at] if told and FOR_PROGRAMS.search(told) else told


def place_words(pointer: str, language: Language) -> str:
    """Where in a report or list: "Nhiệm vụ, dòng 23, Tên nhiệm vụ"; a form's own field by its label; empty if unknown.

    A name below a section that the report does not have stands as it was written: it is a file's own.
    """
    labels = _labels(language)
    first, *rest = [each for each in pointer.split("/") if each] or [""]
    if not pointer.startswith("/"):
        words = [in_vietnamese(first) if language == "vi" else first, *rest]
        return ", ".join(each for each in words if each) if first.startswith(("line ", "byte ", "character ")) else ""
    if not rest:
        return FIELDS[first][0 if language == "vi" else 1] if first in FIELDS else ""
    row = "dòng" if language == "vi" else "row"
    section = labels.get(first, {})
    # Below a row of a report a figure is the name of a cell, as a file may have it.
    counted = rest[:1] if section else rest
    told = [f"{row} {int(each) + 1}" if each.isdecimal() else _cell(section, each) for each in counted]
    words = [section.get("", ""), *told, *(_cell(section, each) for each in rest[len(counted) :])]
    return ", ".join(each for each in words if each)


def _cell(section: Mapping[str, str], name: str) -> str:
    """The label; the name itself, as the file has it, where only the section is known."""
    return section.get(name, name.replace("~1", "/").replace("~0", "~") if section else "")


def month_words(period: str) -> Words:
    """``2026-01`` as tháng 01/2026, and as 01/2026."""
    return month(period), f"{period[5:]}/{period[:4]}"


@cache
def _by_sentence(language: Language) -> Mapping[str, str]:
    if language == "en":
        return {english: en for english, (_, en) in SENTENCES.items()}
    return {in_vietnamese(english): vi for english, (vi, _) in SENTENCES.items()}


@cache
def _labels(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Of every section of a report, "" its own, and of its fields; a later form's where it says otherwise."""
    found: dict[str, dict[str, str]] = {}
    for form in packaged_forms():
        for section in form.sections:
            names = found.setdefault(section.name, {})
            names[""] = getattr(section.label, language)
            names |= {each.name: getattr(each.label, language) for each in section.fields}
    return found


def _sized(found: re.Match[str]) -> str:
    size = int(found[1])
    for unit, name in _UNITS:
        if size >= unit:
            return f"{grouped(size // unit)} {name}"
    return found[0]


def _suffixes(found: re.Match[str]) -> str:
    return _suffix_of().get(found[0], found[0])


def _named(found: re.Match[str]) -> str:
    """A role, state or step as people call it, without the program's name."""
    return names().get(found[1], found[0]).partition(" (")[0]


@cache
def _suffix_of() -> Mapping[str, str]:
    reports = {media_type: suffix for suffix, media_type in reversed(tuple(SUFFIXES.items()))}
    return {name: kind.suffixes[0] for name, kind in KINDS.items()} | reports
