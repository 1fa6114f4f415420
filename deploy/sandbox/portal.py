"""National Public Service Portal: the month view of QĐ 766 group scores.

Provinces: their real year-to-date group scores, taken as the month's values in January 2026 and moved a little in later months.
Central bodies: invented. The five government agencies without procedures are not in the portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from uuid import NAMESPACE_URL, uuid5

from deploy.sandbox.bodies import WITHOUT_PROCEDURES, bodies, quality, rows
from deploy.sandbox.content import Content, content
from deploy.sandbox.dice import between
from deploy.sandbox.months import FIRST, Month

NOTICE = (
    "DỮ LIỆU MÔ PHỎNG: điểm của 34 tỉnh, thành phố là số thật lũy kế năm 2026 (đến 17/9/2026) dùng thay cho điểm của tháng; "
    "điểm của các bộ, ngành và mức thay đổi từ tháng 02/2026 là số giả định. / Demo data: provinces have their real 2026 "
    "year-to-date figures, used as a month's; central bodies and the drift after 2026-01 are invented."
)
_MAXIMA = {"CKMB": 18, "TDGQ": 20, "CLGQ": 12, "TTTT": 10, "MDHL": 18, "MDSH": 22}


@lru_cache(maxsize=16)
def service_scores(seed: int, period: Month, as_of: datetime) -> Content:
    """One row per body the portal lists, in the order of ``departmentCode``."""
    found = [_evaluation(seed, period, code) for code in bodies() if code not in WITHOUT_PROCEDURES]
    return content(found, key=("departmentCode",), sums=("totalScore",))


def _evaluation(seed: int, period: Month, code: str) -> Mapping[str, object]:
    scores = _scores(seed, period, code)
    total = sum(scores.values())
    before = None if period <= FIRST else sum(_scores(seed, period.plus(-1), code).values())
    return {
        "departmentId": str(uuid5(NAMESPACE_URL, f"portal-demo/{code}")),
        "departmentName": bodies()[code].name(period.last),
        "departmentCode": code,
        "totalScore": _points(total),
        "ratio": _points(total),
        "scoreDelta": None if before is None else _points(total - before),
        "groupScores": {name: _points(value) for name, value in scores.items()},
        "childGroup": None,
    }


def _scores(seed: int, period: Month, code: str) -> dict[str, int]:
    """Hundredths of a point per group."""
    first = _province_scores().get(code) or {name: _invented(seed, code, name) for name in _MAXIMA}
    if period <= FIRST:
        return dict(first)
    return {
        name: max(0, min(_MAXIMA[name] * 100, value + between(-30, 36, seed, "portal", period.index, code, name)))
        for name, value in first.items()
    }


def _invented(seed: int, code: str, name: str) -> int:
    lean = quality(seed, code) + between(-180, 60, seed, "portal", code, name)
    return _MAXIMA[name] * max(300, min(960, lean)) // 10


@cache
def _province_scores() -> dict[str, dict[str, int]]:
    return {
        row["agency_code"]: {name: int(Decimal(row[name]) * 100) for name in _MAXIMA}
        for row in rows("portal-766-provinces-2026-ytd.csv")
    }


def _points(hundredths: int) -> Decimal:
    """Exact points, written as the portal writes them: without trailing zeros."""
    value = Decimal(hundredths).scaleb(-2).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
