"""Words of public pages for what the sheet writes as codes, Vietnamese and English. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from shared.period import Period
from shared.source_names import source_name


class Words(NamedTuple):
    vi: str
    en: str


KINDS: Final[Mapping[str, Words]] = {
    "ministry": Words("bộ", "ministries"),
    "ministerial_agency": Words("cơ quan ngang bộ", "ministerial agencies"),
    "government_agency": Words("cơ quan thuộc Chính phủ", "government agencies"),
    "province": Words("tỉnh, thành phố", "provinces and cities"),
}
# Beside the points; a plain score needs none.
STATES: Final[Mapping[str, Words | None]] = {
    "scored": None,
    "missing": Words("Thiếu số liệu", "Missing"),
    "awaiting_confirmation": Words("Chờ Bộ Công an xác nhận số liệu", "Awaiting the Ministry of Public Security's word"),
    "no_events": Words("Không phát sinh", "No events"),
    "not_applicable": Words("Không áp dụng", "Not applicable"),
    "settled": Words("Theo quyết định xử lý", "By a ruling"),
    "not_counted": Words("Không tính theo cách hiểu được áp dụng", "Left out by the reading in force"),
}
FLAGS: Final[Mapping[str, Words | None]] = {
    # Said by the state already.
    "no_events": None,
    "not_applicable": None,
    "clamped": Words("Vượt mức tối đa, tính bằng mức tối đa", "Above the maximum, counted as the maximum"),
    "pool_incomplete": Words(
        "Có cơ quan thiếu số liệu này: mức lớn nhất là của các cơ quan đã có số liệu",
        "Some bodies lack this figure: the largest is that of those who have it",
    ),
    "row_put_aside": Words(
        "Một dòng số liệu của cơ quan không hợp lệ, được để riêng và không tính",
        "A row of the body that cannot be true was put aside and not counted",
    ),
    "official_file": Words("Số liệu lấy từ văn bản chính thức", "Figures taken from an official file"),
    # The sheet says it in a sentence of its own.
    "grade_differs_unrounded": None,
}
# What was wrong with a row put aside: the checks that concern one row. Of its values nothing is said.
CHECKS: Final[Mapping[str, Words]] = {
    "absent_value": Words("thiếu giá trị bắt buộc", "a value is absent"),
    "value_out_of_bounds": Words("giá trị ngoài giới hạn cho phép", "a value is out of bounds"),
    "null_character": Words("có ký tự không hợp lệ", "a text holds a character that is none"),
    "portal_maximum": Words("điểm nhỏ hơn 0 hoặc vượt mức tối đa của nhóm", "points below 0 or above the group's maximum"),
    "classified_text": Words("có nội dung không được ghi nhận", "it holds text that is not kept"),
    "outside_month": Words("ngày không thuộc tháng", "a day is not of the month"),
    "row_twice": Words("cơ quan có hai dòng trùng nhau", "the body's row stands there twice"),
    "rows_stated": Words("số dòng khác số nguồn đã nêu", "there are not as many rows as the source states"),
    "speech_without_meeting": Words("có phát biểu nhưng không có cuộc họp", "speeches without a meeting"),
}
CAUSES: Final[Mapping[str, Words]] = {
    "snapshots": Words("bản chốt số liệu được thay thế", "superseded snapshots"),
    "rulings": Words("quyết định xử lý số liệu", "rulings"),
    "applicability": Words("quyết định không áp dụng chỉ số", "applicability"),
    "omissions": Words("quyết định để ngoài", "facts left out"),
    "registry": Words("danh sách cơ quan, người đứng đầu", "the register of bodies and heads"),
    "calendar": Words("thời điểm chốt, hạn báo cáo", "cutoff or deadline"),
    "scheme": Words("phương án chấm điểm", "the scheme"),
    "restored": Words("khôi phục kết quả của phiên bản trước đó", "a former version was restored"),
}
ASIDE_STATES: Final[Mapping[str, Words]] = {
    "stands": Words("nguồn chưa cung cấp lại, không tính", "not given again, not counted"),
    "given_again": Words("được cung cấp lại ở bản chốt phiên bản {}", "given again in snapshot version {}"),
    "not_given": Words("không còn ở bản chốt phiên bản {}", "no longer in snapshot version {}"),
    "no_longer_aside": Words("không còn để riêng ở bản chốt phiên bản {}", "no longer put aside in snapshot version {}"),
}
CAPPED: Final = "capped:"
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def month_in_english(period: str) -> str:
    found = Period.parse(period)
    return f"{_MONTHS[found.month - 1]} {found.year}"


def remarks_of(flags: Iterable[str]) -> Iterator[Words]:
    """Raises KeyError for a flag that nobody has put into words."""
    for flag in flags:
        group = flag.removeprefix(CAPPED)
        if group != flag:
            yield Words(f"Bộ chỉ số {group} tính bằng mức tối đa", f"Group {group} counted as its maximum")
        elif (words := FLAGS[flag]) is not None:
            yield words


def source_words(code: str) -> Words:
    return Words(source_name(code, "vi"), source_name(code, "en"))


def joined(words: Iterable[Words]) -> Words:
    found = tuple(words)
    return Words("; ".join(each.vi for each in found), "; ".join(each.en for each in found))


def outcome_of(state: str, version: int | None) -> Words:
    """What became of rows put aside, by which version of the source's snapshot."""
    words = ASIDE_STATES[state]
    return Words(words.vi.format(version), words.en.format(version))
