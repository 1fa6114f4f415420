"""What is at stake in a body's report: the points that what-ifs with it and without it differ by (DSH-06, ADR 46)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.page import Page
from services.gateway.pages.page_words import Words, month_words
from services.gateway.pages.scores.law import Law
from services.gateway.pages.scores.what_if import address_of
from services.gateway.units.plans import FEEDS
from shared.writing import figure, signed

_UNKNOWN: Final[Mapping[str, Words]] = {
    "nothing_published": (
        "chưa tính được: chưa có tháng nào được công bố để so sánh",
        "not known: no month is published that could be compared with",
    ),
    "not_on_sheet": (
        "chưa tính được: cơ quan không có trong bảng điểm được công bố gần nhất",
        "not known: the body is not on the sheet published last",
    ),
    "other_scheme": (
        "chưa tính được: bảng điểm được công bố gần nhất tính theo phương án khác",
        "not known: the sheet published last was computed under another scheme",
    ),
    "no_report": (
        "chưa tính được: chưa có báo cáo nào của kỳ đọc được trọn vẹn, và bảng điểm công bố gần nhất cũng không có",
        "not known: no report of the month can be read whole, and none counted in the sheet published last",
    ),
    "refused": (
        "chưa tính được: số liệu của báo cáo không thể dùng để chấm điểm",
        "not known: scoring would refuse the report's figures",
    ),
}
_LEFT_OUT: Final[Mapping[str, Words]] = {
    "not_frozen": ("số liệu tự động của kỳ chưa được chốt", "the month's automatic figures are not frozen yet"),
    "put_aside": ("số liệu của nguồn có dòng để riêng", "a row of its source was put aside"),
    "awaiting_word": (
        "số liệu báo cáo còn chờ ý kiến của Bộ Công an",
        "reported figures await the word of the Ministry of Public Security",
    ),
}


@dataclass(frozen=True)
class Stake:
    """``points`` is exact, None where it is not known, and ``says`` then why; ``parts`` are the indicators' shares,
    ``left_out`` those that are not counted in, each with its reason. ``ways`` lead to the what-ifs with and without the report;
    ``most`` says what the report feeds at most."""

    points: str | None
    says: Words
    parts: Sequence[tuple[str, str]]
    left_out: Sequence[Words]
    ways: tuple[str, str] | None
    most: Words


async def stake_of(page: Page, period: str, law: Law) -> Stake | None:
    """None for who may not see the body's reports whole."""
    found = await page.api.get_or_none(f"/agencies/{page.actor.agency}/periods/{period}/stake")
    return None if found is None else stake(found, law)


def stake(found: Mapping[str, Any], law: Law) -> Stake:
    """From the API's document. Pure."""
    most = _most(law, tuple(FEEDS))
    if found["unknown"] is not None:
        return Stake(None, _UNKNOWN[found["unknown"]], (), (), None, most)
    parts = [(each["code"], signed(each["change"])) for each in found["indicators"] if each["left_out"] is None]
    left_out = [_without(each) for each in found["indicators"] if each["left_out"] is not None]
    ways = [address_of(found["agency"], found["beside"], found[side]) for side in ("measures_with", "measures_without")]
    return Stake(found["total_exact"]["change"], _says(found), parts, left_out, (ways[0], ways[1]), most)


def _says(found: Mapping[str, Any]) -> Words:
    beside_vi, beside_en = month_words(found["beside"]["period"])
    if found["report"] is None:
        return (
            f"có thể mất nếu không có báo cáo, giả định số liệu như báo cáo đã được tính trong bảng điểm {beside_vi}",
            f"may be lost without a report, were it as the one that counted in {beside_en}",
        )
    number = found["report"]["sequence"]
    return (
        f"nhờ báo cáo số {number} so với khi không có báo cáo, tính trên bảng điểm {beside_vi}",
        f"by report {number} against none, on the sheet of {beside_en}",
    )


def _without(each: Mapping[str, Any]) -> Words:
    vi, en = _LEFT_OUT[each["left_out"]]
    return f"Chưa gồm {each['code']}: {vi}.", f"Without {each['code']}: {en}."


def _most(law: Law, codes: Sequence[str]) -> Words:
    most = {code: figure(law.most_of(code)) for code in codes}
    vi = " và ".join(f"{code} (tối đa {points} điểm)" for code, points in most.items())
    en = " and ".join(f"{code} (at most {points} points)" for code, points in most.items())
    return f"Báo cáo này cấp số liệu cho {vi}.", f"This report feeds {en}."
