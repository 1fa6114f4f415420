"""Which periods are not taken: those that no scheme rules, and those that have not closed yet."""

from __future__ import annotations

from services.ingest.contract.source import Source, Window
from services.ingest.runtime import Runtime
from shared.errors import Conflict
from shared.law.refusals import SchemeNotInForce
from shared.law.scheme import scheme_for
from shared.period import VIETNAM, Period


class PeriodUnruled(Conflict):
    """No scheme is in force for the period, so there is nothing its figures could be scored by."""

    slug = "period-unruled"
    title_vi = "Không có phương án chấm điểm có hiệu lực cho kỳ này"
    title_en = "No scheme rules the period"


class TooEarly(Conflict):
    """The period closes only at its cutoff."""

    slug = "too-early"
    title_vi = "Chưa đến thời điểm chốt"
    title_en = "The cutoff has not passed"


def refuse_unruled(period: Period) -> None:
    """Raises PeriodUnruled naming the first period there is law for."""
    try:
        scheme_for(period)
    except SchemeNotInForce as refusal:
        raise PeriodUnruled(str(refusal), hint="Name a period from the first one on.") from refusal


def refuse_early(runtime: Runtime, source: Source, window: Window) -> None:
    """Raises TooEarly naming the instant, while our clock is before it."""
    if runtime.clock() < window.as_of:
        at = window.as_of.astimezone(VIETNAM).isoformat()
        raise TooEarly(f"{source.name} {window.period} closes at {at}", hint="Ask again after that instant.", closes_at=at)
