"""Whether a text bears a classification marker, as against a word that merely has the syllable "mật" in it.

Doubt goes to the marker where it stands as one: alone, in brackets, after "độ mật:", behind a document's noun, or shouted;
"tối mật" and "tuyệt mật" have no other use and count anywhere, but for denials and for sentences that list several grades.
Case, Unicode form, missing accents, spaced letters and invisible characters make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final
from unicodedata import normalize

# What stands further away says nothing about a marker, and looking there would cost time without bound.
NEAR: Final = 160
MARKERS: Final = ("Tuyệt mật", "Tối mật", "Mật")

_FLAGS: Final = re.IGNORECASE
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PERHAPS: Final = re.compile(r"m[ \t._·-]*[ậa][ \t._·-]*t", _FLAGS)
_GRADE: Final = re.compile(
    r"(?<![^\W_])(?:(?:t[ốo]i|(?P<top>tuy[ệe]t))(?P<two>[\s_-]*))?m[ậa]t(?![^\W_])",
    _FLAGS,
)
# Letters set apart, as on a stamp: M Ậ T, T.Ố.I M.Ậ.T.
_SPACED: Final = re.compile(
    r"(?<!\w)(?:(t[ .·_-]+[ốo][ .·_-]+i|t[ .·_-]+u[ .·_-]+y[ .·_-]+[ệe][ .·_-]+t)[ .·_-]+)?(m[ .·_-]+[ậa][ .·_-]+t)(?!\w)",
    _FLAGS,
)
_APART: Final = re.compile(r"[ .·_-]+")

_COMPOUND_BEFORE: Final = re.compile(
    r"(?<!\w)(?:bảo|bí|cơ|trăng|rỉ|gỉ|túi|sỏi|ống|dịch|đường|muối|cao|ong|hút|lấy|lọc|quay|nuôi|ngọt|cẩn|thân|hũ|giọt|men|gan|mía)"
    r"(?:\s+|[_-])$",
    _FLAGS,
)
_COMPOUND_AFTER: Final = re.compile(
    r"^(?:\s+|[_-])(?:mã|khẩu|độ|ong|thư|vụ|thiết|báo|lệnh|đàm|thám|mía|gấu|hoa|danh|nghị|ước|hiệu|tông|ngọt|ngữ|chỉ|rỉ|đường|giáo|phái"
    r"|ma|khau|do|thu|vu|bao)(?!\w)",
    _FLAGS,
)
# A heading such as "Độ mật: Thường": here the word names the question, not the answer.
_HEADING_BEFORE: Final = re.compile(r"(?<!\w)(?:độ|mức|cấp|loại|do|muc)\s+$", _FLAGS)
_HEADING_AFTER: Final = re.compile(r"^\s*(?:[:=?]|là(?!\w))")
_COUNTED: Final = re.compile(r"^\s*[:=]\s*\d")
_LABEL: Final = re.compile(
    r"(?<!\w)(?:(?:độ|mức|cấp|mức\s+độ|cấp\s+độ|loại|do|muc\s+do)\s+(?:bảo\s+)?(?:mật|mat)|mức\s+độ|phân\s+loại|classification"
    r"|(?:đóng\s+)?dấu(?:\s+(?:chỉ\s+)?(?:độ|mức))?)\s*(?:là\s+)?[\s:=–—(\[\"'“‘-]*$",
    _FLAGS,
)
_DEGREE: Final = re.compile(r"(?<!\w)(?:độ|mức|cấp|loại)\s+$")
_NOUN: Final = (
    r"(?:tài\s+liệu|văn\s+bản|hồ\s+sơ|công\s+văn|báo\s+cáo|quyết\s+định|nội\s+dung|thông\s+tin|dữ\s+liệu|số\s+liệu|phụ\s+lục|bản\s+tin"
    r"|đề\s+án|đề\s+tài|dự\s+án|nhiệm\s+vụ|kế\s+hoạch|chỉ\s+thị|nghị\s+quyết|tờ\s+trình|biên\s+bản|điện)"
)
_BETWEEN: Final = (
    r"(?:\s+(?:thuộc|loại|độ|mức|cấp|có|đóng|dấu|được|danh|mục|xếp|là|bí\s+mật|nhà\s+nước|nước|này|mật|tối\s+mật|tuyệt\s+mật))*"
)
_OPENING: Final = r"(?:^|[.:;|(\[*]|[-–—]\s)\W*(?:đây\s+là\s+)?"
_NOUN_FIRST: Final = re.compile(f"{_OPENING}{_NOUN}{_BETWEEN}[\\s,/–—-]*$", _FLAGS)
_PAPER_FIRST: Final = re.compile(f"{_OPENING}(?:tài\\s+liệu|văn\\s+bản|hồ\\s+sơ|công\\s+văn){_BETWEEN}[\\s,/–—-]*$", _FLAGS)
_NOUN_BEFORE: Final = re.compile(f"(?<!\\w){_NOUN}{_BETWEEN}\\s+$", _FLAGS)
_DENIED: Final = re.compile(
    r"(?<!\w)không\s+(?:(?:phải|là|có|chứa|thuộc|bao\s+gồm|gồm|độ|mức|cấp|danh|mục|loại|nào|hoặc|và|ở|bị|được|đóng|dấu|bí|nhà|nước"
    r"|mật|tối|tuyệt|tài\s+liệu|văn\s+bản|nội\s+dung|thông\s+tin|dữ\s+liệu|số\s+liệu|nhiệm\s+vụ)[\s,/]*)*$",
    _FLAGS,
)
_ENDS: Final = re.compile(r"^\s*(?:$|[.,;:!)\]}|/\"'”’*–—-])")
_BRACKET_BEFORE: Final = re.compile(r"[(\[{<«]\s*$")
_BRACKET_AFTER: Final = re.compile(r"^\s*[)\]}>»]")
_HARD_BEFORE: Final = re.compile(r"(?:^|[.:|*/])\s*$|[-–—]\s+$")
_HARD_AFTER: Final = re.compile(r"^\s*(?:$|[.:|*/]|[-–—]\s)")
# What may stand on a stamp beside the grade, and what is no word at all.
_BESIDE: Final = re.compile(
    r"(?:hỏa\s+tốc|hoả\s+tốc|thượng\s+khẩn|khẩn|(?:tuy[ệe]t|t[ốo]i)?[\s_-]*m[ậa]t)(?![^\W_])|[\W_]+", _FLAGS
)
_AND: Final = re.compile(r"\s*[,/]?\s*(?:(?:và|hoặc|hay|đến|độ|mức)\s+)*", _FLAGS)
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]+)\s+$")
_WORD_AFTER: Final = re.compile(r"^\s+([^\W\d_]+)")


def markers_in(text: str) -> Iterator[str]:
    """The markers a text bears, each as the law writes it: Mật, Tối mật, Tuyệt mật."""
    plain = text if text.isascii() else _INVISIBLE.sub("", normalize("NFKC", text))
    if not _PERHAPS.search(plain):
        return
    for line in _SPACED.sub(_joined, plain).splitlines():
        grades = list(_GRADE.finditer(line))
        if grades and not _BESIDE.sub("", line):
            yield from map(_name, grades)
            continue
        listed = _listed(line, grades)
        for found in grades:
            before, after = line[max(0, found.start() - NEAR) : found.start()], line[found.end() : found.end() + NEAR]
            if found not in listed and _is_marker(before, found, after):
                yield _name(found)


def _listed(line: str, grades: list[re.Match[str]]) -> set[re.Match[str]]:
    """Grades named side by side in a sentence: it speaks of grades, since a document bears one and not two."""
    listed = set()
    for former, following in pairwise(grades):
        between = line[former.end() : following.start()]
        if len(between) < NEAR and _name(former) != _name(following) and _AND.fullmatch(between):
            listed |= {former, following}
    return listed


def _joined(found: re.Match[str]) -> str:
    return " ".join(_APART.sub("", part) for part in found.groups() if part)


def _name(found: re.Match[str]) -> str:
    if found["top"]:
        return MARKERS[0]
    return MARKERS[2] if found["two"] is None else MARKERS[1]


def _is_marker(before: str, found: re.Match[str], after: str) -> bool:
    written = found[0]
    if _COMPOUND_AFTER.match(after) or (found["two"] is None and _COMPOUND_BEFORE.search(before)):
        return False
    if _HEADING_BEFORE.search(before) and _HEADING_AFTER.match(after):
        return False
    if _shouted(before, written, after):
        return True
    if _DENIED.search(before) or _COUNTED.match(after):
        return False
    if "ậ" not in written.lower():
        return _bare(before, found, after)
    return found["two"] is not None or _stands_as_one(before, written, after)


def _stands_as_one(before: str, written: str, after: str) -> bool:
    """The single word "mật", where its place makes it a marker."""
    capital = written[0].isupper()
    return bool(
        (_LABEL.search(before) and _ENDS.match(after))
        or (capital and _DEGREE.search(before))
        or (_BRACKET_BEFORE.search(before) and _BRACKET_AFTER.match(after))
        or (_NOUN_FIRST.search(before) and _ENDS.match(after))
        or _PAPER_FIRST.search(before)
        or (capital and _NOUN_BEFORE.search(before) and not _is_headline(before + after))
        or (capital and _HARD_BEFORE.search(before) and _HARD_AFTER.match(after))
    )


def _bare(before: str, found: re.Match[str], after: str) -> bool:
    """Without accents "mat" may be many words, so only two clear places count."""
    if _LABEL.search(before) and re.search(r"[:=]\W*$", before) and _ENDS.match(after):
        return True
    return found["two"] is not None and bool(_NOUN_FIRST.search(before) and _ENDS.match(after))


def _shouted(before: str, written: str, after: str) -> bool:
    """In capitals within a line that is not, and not as part of a longer name in capitals."""
    if not written.isupper() or "ậ" not in written.lower() or not any(letter.islower() for letter in before + after):
        return False
    former, following = _WORD_BEFORE.search(before), _WORD_AFTER.match(after)
    loud = former is not None and former[1].isupper() and not _NOUN_BEFORE.search(before) and not _is_code(before)
    return not loud and not (following is not None and following[1].isupper() and not _BESIDE.match(following[1]))


def _is_code(before: str) -> bool:
    """Whether what stands before is a document's symbol, such as 12/BC-UBND."""
    return bool(re.search(r"[/-]\w+\s+$", before))


def _is_headline(text: str) -> bool:
    """All in capitals, or every word with one: there a capital says nothing."""
    words = re.findall(r"[^\W\d_]+", text)
    return all(word[0].isupper() for word in words)
