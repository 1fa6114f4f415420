"""Generated months: small pools of agencies with invented, valid figures; boundaries come up often."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from shared.law.sheet import AgencyInput
from tests.property.oracle import CODES, NEEDED

PORTAL = {"transparency": 18, "progress": 20, "online_services": 22, "satisfaction": 18, "digitisation": 22}
MEASURES = tuple(dict.fromkeys(name for names in NEEDED.values() for name in names))
BOUNDS = (0, 0, 1, 2, 3, 10, 40, 400_000, 2**53 + 1)


def _count(random: Random) -> int:
    return random.choice(BOUNDS) if random.random() < 0.4 else random.randrange(1, 1000)


def _part(random: Random, whole: int) -> int:
    return random.choice((0, whole, random.randint(0, whole)))


def figures(random: Random) -> dict[str, int | Decimal | None]:
    """One agency's complete figures."""
    tasks, registered, summoned, required = (_count(random) for _ in range(4))
    on_time = _part(random, tasks)
    allocated = _count(random) * random.choice((1, 10**9))
    values: dict[str, int | Decimal | None] = {
        "period_tasks": tasks,
        "on_time_tasks": on_time,
        "late_tasks": _part(random, tasks - on_time),
        "digitised_records": _count(random),
        "exchange_transactions": _count(random),
        "registered_tasks": registered,
        "accepted_tasks": _part(random, registered),
        "allocated_vnd": allocated,
        "disbursed_vnd": _part(random, allocated + allocated // 3 + 1),
        "meetings_summoned": summoned,
        "meetings_attended": _part(random, summoned),
        "speeches": random.randrange(8) if summoned else 0,
        "thematic_reports": random.choice((0, 0, 1, 2)) if summoned else 0,
        "kpis_required": required,
        "kpis_updated": _part(random, required),
        "bonus_points": random.randrange(6),
    }
    for name, most in PORTAL.items():
        values[name] = Decimal(_part(random, most * 100)).scaleb(-2)
    return values


def complete(random: Random, *, most: int = 4) -> list[AgencyInput]:
    """Agencies with nothing missing."""
    kinds = ("ministry", "province")
    return [
        AgencyInput(code=f"agency-{number}", measures=figures(random), kind=random.choice(kinds))
        for number in range(random.randint(1, most))
    ]


def with_gaps(random: Random) -> list[AgencyInput]:
    """Agencies with missing figures, indicators that do not apply, and figures settled by ruling."""
    return [_with_gaps(agency, random) for agency in complete(random)]


def _with_gaps(agency: AgencyInput, random: Random) -> AgencyInput:
    gone = {name for name in MEASURES if random.random() < 0.08}
    kept = [name for name in MEASURES if name not in gone]
    return replace(
        agency,
        measures={name: None if name in gone else value for name, value in agency.measures.items()},
        not_applicable=frozenset(code for code in CODES if random.random() < 0.06),
        settled=frozenset(name for name in kept if random.random() < 0.05),
    )


seeds = st.integers(min_value=0, max_value=2**48)
"""A month is built from one number, so that a failing month is named by one number."""


def dice(seed: int) -> Random:
    """The month's source of choice."""
    return Random(seed)  # noqa: S311 - repeatable, not secret
