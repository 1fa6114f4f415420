"""The law a second time, slowly and from the text alone: plain fractions, one agency after another, nothing shared
with the engine. It knows the decision's numbers by heart, which the engine must not."""

from dataclasses import dataclass
from fractions import Fraction

from shared.law.sheet import AgencyInput

CODES = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus")
NEEDED = {
    "A1": ("on_time_tasks", "period_tasks"),
    "A2": ("late_tasks", "period_tasks"),
    "A3": ("period_tasks",),
    "B1": ("transparency",),
    "B2": ("progress",),
    "B3": ("online_services",),
    "B4": ("satisfaction",),
    "B5": ("digitisation",),
    "C1": ("digitised_records",),
    "C2": ("exchange_transactions",),
    "D1": ("accepted_tasks", "registered_tasks"),
    "D2": ("disbursed_vnd", "allocated_vnd"),
    "E1": ("meetings_attended", "meetings_summoned"),
    "E2": ("speeches", "thematic_reports", "meetings_summoned"),
    "E3": ("kpis_updated", "kpis_required"),
    "bonus": ("bonus_points",),
}
SHARES = {"A1": (18, 18), "A2": (9, 0), "D1": (10, 0), "D2": (10, 0), "E1": (5, 5), "E3": (5, 5)}
RELATIVE = {"A3": 2, "C1": 10, "C2": 10}


@dataclass
class Line:
    """What the text gives one agency."""

    points: dict[str, Fraction | None]
    states: dict[str, str]
    total_exact: Fraction
    total: int
    grade: str
    rank: int = 0


def month(agencies: list[AgencyInput]) -> dict[str, Line]:
    """Every agency's line by its code."""
    lines = {agency.code: _line(agency, agencies) for agency in agencies}
    for line in lines.values():
        line.rank = 1 + sum(other.total_exact > line.total_exact for other in lines.values())
    return lines


def _line(agency: AgencyInput, agencies: list[AgencyInput]) -> Line:
    found = {code: _score(code, agency, agencies) for code in CODES}
    exact = sum((points for points, _ in found.values() if points is not None), Fraction(0))
    total = int(exact) + (1 if exact - int(exact) >= Fraction(1, 2) else 0)
    grade = "A" if total >= 85 else "B" if total >= 70 else "C" if total >= 50 else "D"
    return Line({c: p for c, (p, _) in found.items()}, {c: s for c, (_, s) in found.items()}, exact, total, grade)


def _known(code: str, agency: AgencyInput) -> list[Fraction] | None:
    values = [agency.measures.get(name) for name in NEEDED[code]]
    return None if None in values else [Fraction(value) for value in values if value is not None]


def _score(code: str, agency: AgencyInput, agencies: list[AgencyInput]) -> tuple[Fraction | None, str]:
    if code in agency.not_applicable:
        return Fraction(0), "not_applicable"
    values = _known(code, agency)
    if values is None:
        return None, "missing"
    points, state = _points(code, values, agencies)
    return points, "settled" if agency.settled & set(NEEDED[code]) else state


def _points(code: str, values: list[Fraction], agencies: list[AgencyInput]) -> tuple[Fraction, str]:
    if code in SHARES:
        worth, nothing = SHARES[code]
        done, total = values
        if total == 0:
            return Fraction(nothing), "no_events"
        return min(Fraction(1), done / total) * worth, "scored"
    if code in RELATIVE:
        pool = [known[0] for other in agencies if code not in other.not_applicable and (known := _known(code, other))]
        return (values[0] / max(pool) * RELATIVE[code], "scored") if max(pool) else (Fraction(0), "no_events")
    if code == "E2":
        speeches, reports, meetings = values
        if meetings == 0:
            return Fraction(0), "no_events"
        return (Fraction(5) if reports >= 1 else min(Fraction(5), speeches)), "scored"
    return (values[0] if code == "bonus" else values[0] / 100 * 20), "scored"
