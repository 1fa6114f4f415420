"""Invented agencies for scoring: figures of a believable size, every state of a score, all from one seed."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from shared.law.sheet import AgencyInput
from shared.registry import KINDS

PORTAL = {"transparency": 18, "progress": 20, "online_services": 22, "satisfaction": 18, "digitisation": 22}
INDICATORS = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3")
MISSING, BARRED, SETTLED, IDLE = 0.01, 0.003, 0.005, 0.02
"""Shares of figures that are missing, indicators that do not apply, figures settled by ruling, and bodies without events."""


def agencies(count: int, *, seed: int = 4585) -> list[AgencyInput]:
    """``count`` agencies; the same seed gives the same ones."""
    dice = Random(seed)  # noqa: S311 - repeatable, not secret
    return [_agency(number, dice) for number in range(count)]


def _agency(number: int, dice: Random) -> AgencyInput:
    figures = {name: None if dice.random() < MISSING else value for name, value in _figures(dice).items()}
    known = [name for name, value in figures.items() if value is not None]
    return AgencyInput(
        code=f"agency-{number:07}",
        measures=figures,
        kind=dice.choice(KINDS),
        not_applicable=frozenset(code for code in INDICATORS if dice.random() < BARRED),
        settled=frozenset(name for name in known if dice.random() < SETTLED),
    )


def _figures(dice: Random) -> dict[str, int | Decimal]:
    tasks, registered, summoned, kpis = (_some(dice, most) for most in (60, 30, 12, 74))
    on_time = dice.randint(0, tasks)
    allocated = _some(dice, 9 * 10**12)
    spoken = bool(summoned)
    return {
        "period_tasks": tasks,
        "on_time_tasks": on_time,
        "late_tasks": dice.randint(0, tasks - on_time),
        **{name: Decimal(dice.randint(0, most * 100)).scaleb(-2) for name, most in PORTAL.items()},
        "digitised_records": _some(dice, 5_000_000),
        "exchange_transactions": _some(dice, 40_000_000),
        "accepted_tasks": dice.randint(0, registered),
        "registered_tasks": registered,
        "disbursed_vnd": dice.randint(0, allocated + allocated // 50),
        "allocated_vnd": allocated,
        "meetings_attended": dice.randint(0, summoned),
        "meetings_summoned": summoned,
        "speeches": dice.randint(0, 7) if spoken else 0,
        "thematic_reports": int(spoken and dice.random() < 0.3),
        "kpis_updated": dice.randint(0, kpis),
        "kpis_required": kpis,
        "bonus_points": dice.choice((0, 0, 0, 1, 2, 5)),
    }


def _some(dice: Random, most: int) -> int:
    return 0 if dice.random() < IDLE else dice.randint(1, most)
