"""Use cases: a body states its own points before a month is published, and sees them beside the official ones after (EXP-11).

It moves no point and is told to the body alone. An indicator that was not stated has no gap: it is not taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from services.gateway.access.tenancy import transaction
from services.gateway.publication.explanations import explain
from services.gateway.publication.sheets import StoredSheet
from services.gateway.publication.store import self_scores as stored
from services.gateway.publication.store.records import SelfScore
from shared.audit import Actor, record
from shared.database import Database
from shared.errors import Fault, InputInvalid
from shared.ids import new_id
from shared.law.scheme import Scheme
from shared.law_store import load_law
from shared.period import Period
from shared.plans.difference import exact_text


async def state_self_score(
    database: Database, *, actor: Actor, agency: str, period: Period, points: Mapping[str, str]
) -> SelfScore:
    """The month's next version. Raises InputInvalid with every point that the indicator cannot have, SelfScoreClosed once the
    month is published, NotFound for another body."""
    async with transaction(database, actor) as connection:
        law = await load_law(connection, period)
        if faults := list(_faults(law.applied, points)):
            raise InputInvalid("these are no points of the month's indicators", faults=faults)
        written = await stored.insert_self_score(
            connection,
            self_score_id=new_id("self"),
            agency=agency,
            period=str(period),
            points=points,
            actor=actor.id,
        )
        # Without the figures: whoever reads the audit log is told that something was stated, not what.
        detail = {"agency": agency, "period": str(period), "version": written.version}
        await record(connection, actor.id, "self_score.state", written.self_score_id, detail=detail)
    return written


def compared(found: StoredSheet, stated: SelfScore) -> dict[str, Any]:
    """What was stated beside what was published, with gaps (own less official) that sum exactly. Raises AgencyUnknown."""
    sentences = explain(found, stated.agency)["sentences"]
    sheet = found.restored.sheet
    line = sheet.line(stated.agency)
    own = {code: Fraction(text) for code, text in stated.points.items()}
    official = {code: one.points for code, one in line.indicators.items()}
    both = [code for code, points in official.items() if points is not None and code in own]
    sums = (sum((own[code] for code in both), Fraction()), sum((official[code] or Fraction() for code in both), Fraction()))
    return {
        "period": found.period,
        "version": found.version,
        "agency": stated.agency,
        "self_score": {"version": stated.version, "actor": stated.actor, "recorded_at": stated.recorded_at},
        "indicators": [
            {
                "code": code,
                "maximum": str(sheet.scheme.indicators[code].maximum.value),
                "stated": exact_text(own.get(code)),
                "official": exact_text(official[code]),
                "gap": exact_text(own[code] - (official[code] or 0)) if code in both else None,
                "state": one.state,
                "sentence": sentences[code],
            }
            for code, one in line.indicators.items()
        ],
        "compared": {"stated": str(sums[0]), "official": str(sums[1]), "gap": str(sums[0] - sums[1])},
        "not_compared": [code for code in official if code not in both],
        "official_total": {"exact": str(line.total_exact), "beside": str(line.total_exact - sums[1])},
    }


def _faults(scheme: Scheme, points: Mapping[str, str]) -> Iterator[Fault]:
    for code, text in points.items():
        indicator = scheme.indicators.get(code)
        if indicator is None:
            expected = ", ".join(scheme.indicators)
            yield Fault(f"/points/{code}", "is no indicator of the month's scheme", seen=code, expected=expected)
        elif Fraction(text) > indicator.maximum.value:
            yield Fault(f"/points/{code}", "is above the maximum", seen=text, expected=f"at most {indicator.maximum.value}")
