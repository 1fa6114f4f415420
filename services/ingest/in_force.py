"""Only a period that a scheme rules is taken from any source: what nobody may score is not asked for and not frozen."""

from __future__ import annotations

from shared.errors import Conflict
from shared.law.refusals import SchemeNotInForce
from shared.law.scheme import scheme_for
from shared.period import Period


class PeriodUnruled(Conflict):
    """No scheme is in force for the period, so there is nothing its figures could be scored by."""

    slug = "period-unruled"
    title_vi = "Không có phương án chấm điểm có hiệu lực cho kỳ này"
    title_en = "No scheme rules the period"


def refuse_unruled(period: Period) -> None:
    """Raises PeriodUnruled naming the first period there is law for."""
    try:
        scheme_for(period)
    except SchemeNotInForce as refusal:
        raise PeriodUnruled(str(refusal), hint="Name a period from the first one on.") from refusal
