"""Words of public pages for what the sheet writes as codes, Vietnamese and English. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from shared.period import Period


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
_FLAGS: Final[Mapping[str, Words | None]] = {
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
_CAPPED: Final = "capped:"
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def month_in_english(period: str) -> str:
    found = Period.parse(period)
    return f"{_MONTHS[found.month - 1]} {found.year}"


def remarks_of(flags: Iterable[str]) -> Iterator[Words]:
    """Raises KeyError for a flag that nobody has put into words."""
    for flag in flags:
        group = flag.removeprefix(_CAPPED)
        if group != flag:
            yield Words(f"Bộ chỉ số {group} tính bằng mức tối đa", f"Group {group} counted as its maximum")
        elif (words := _FLAGS[flag]) is not None:
            yield words
