"""NDXP: successful transactions per body and month. From October 2026 some bodies also exchange over a second platform."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from deploy.sandbox.bodies import bodies, spelled, style_of
from deploy.sandbox.content import Content, content
from deploy.sandbox.dice import below, between
from deploy.sandbox.figures import as_known, drift, weight
from deploy.sandbox.months import Month

NOTICE = "DỮ LIỆU MÔ PHỎNG: số giao dịch là số giả định. / Demo data: all transaction counts are invented."
_SECOND_PLATFORM_FROM = Month(2026 * 12 + 9)


@lru_cache(maxsize=16)
def exchange_volumes(seed: int, period: Month, as_of: datetime) -> Content:
    """One row per body and platform."""
    found = (row for code in bodies() for row in _volumes(seed, period, as_of, code))
    return content(found, key=("source_system", "agency"), sums=("transactions",))


def _volumes(seed: int, period: Month, as_of: datetime, code: str) -> Iterator[dict[str, object]]:
    agency = spelled(code, period.last, style_of(seed, "ndxp", code))
    final = weight(seed, code, "ndxp") * 4_311 * drift(period, "ndxp", code) // 1000
    second = period >= _SECOND_PLATFORM_FROM and below(5, seed, "ndop", code) == 0
    known = as_known(final, period, as_of, "ndxp", code)
    moved = known * between(5, 30, seed, "moved", code) // 100 if second else 0
    yield _volume(agency, "NDXP", known - moved, code)
    if second:
        yield _volume(agency, "NDOP", moved, code)


def _volume(agency: str, system: str, transactions: int, code: str) -> dict[str, object]:
    given = below(6, "sides", code) != 0
    provider = transactions * between(20, 80, "provider", code) // 100
    return {
        "agency": agency,
        "source_system": system,
        "transactions": transactions,
        "as_provider": provider if given else None,
        "as_consumer": transactions - provider if given else None,
        "failed": transactions * between(1, 9, "failed", code) // 1000 if below(8, "failures", code) else None,
    }
