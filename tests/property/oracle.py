"""The law a second time, slowly and from the text alone: plain fractions, one agency after another, nothing shared
with the engine. It knows the decision's numbers by heart, which the engine must not."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

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
Choice = Mapping[str, str]


@dataclass
class Line:
    """What the text gives one agency."""

    points: dict[str, Fraction | None]
    states: dict[str, str]
    total_exact: Fraction
    total: int
    grade: str
    rank: int = 0


def month(agencies: list[AgencyInput], readings: Choice = MappingProxyType({})) -> dict[str, Line]:
    """Every agency's line by its code, under other readings where some are chosen."""
    lines = {agency.code: _line(agency, agencies, readings) for agency in agencies}
    for line in lines.values():
        better = [
            (other.total > line.total) if readings.get("G-23") == "published" else (other.total_exact > line.total_exact)
            for other in lines.values()
        ]
        line.rank = 1 + sum(better)
    return lines


def _line(agency: AgencyInput, agencies: list[AgencyInput], readings: Choice) -> Line:
    found = {code: _score(code, agency, agencies, readings) for code in CODES}
    exact = sum((points for points, _ in found.values() if points is not None), Fraction(0))
    if readings.get("G-15") == "rescaled":
        most = _applicable(agency, table=readings.get("B-1") == "table")
        exact = exact * 100 / most if most else Fraction(0)
    tenths = 10 if readings.get("G-3") == "one-decimal" else 1
    total = int(exact * tenths) + (1 if exact * tenths - int(exact * tenths) >= Fraction(1, 2) else 0)
    by = exact if readings.get("G-4") == "exact" else Fraction(total, tenths)
    grade = "A" if by >= 85 else "B" if by >= 70 else "C" if by >= 50 else "D"
    return Line({c: p for c, (p, _) in found.items()}, {c: s for c, (_, s) in found.items()}, exact, total, grade)


def _applicable(agency: AgencyInput, *, table: bool) -> Fraction:
    """100 less what does not apply. A1 and A2 share 18; of the table's B, which reaches 19.5 at most, the share of 20."""
    gone = agency.not_applicable
    b = {"B1": 18, "B2": 20, "B3": 22, "B4": 18, "B5": 0 if table else 22}
    parts = [
        Fraction(max(0 if "A1" in gone else 18, 0 if "A2" in gone else 9) + (0 if "A3" in gone else 2)),
        Fraction(20 * sum(most for code, most in b.items() if code not in gone), sum(b.values())),
        *(Fraction(0 if code in gone else 10) for code in ("C1", "C2", "D1", "D2")),
        *(Fraction(0 if code in gone else 5) for code in ("E1", "E2", "E3", "bonus")),
    ]
    return sum(parts, Fraction(0))


def _needed(code: str, readings: Choice) -> tuple[str, ...]:
    if code == "B5" and readings.get("B-1") == "table":
        return ()
    if code == "E2" and readings.get("E-6") == "cap-only":
        return ("speeches", "meetings_summoned")
    return NEEDED[code]


def _known(code: str, agency: AgencyInput, readings: Choice) -> list[Fraction] | None:
    values = [agency.measures.get(name) for name in _needed(code, readings)]
    return None if None in values else [Fraction(value) for value in values if value is not None]


def _score(code: str, agency: AgencyInput, agencies: list[AgencyInput], readings: Choice) -> tuple[Fraction | None, str]:
    if code in agency.not_applicable:
        return Fraction(0), "not_applicable"
    values = _known(code, agency, readings)
    if values is None:
        return None, "missing"
    if code == "B5" and readings.get("B-1") == "table":
        return Fraction(0), "not_counted"
    points, state = _points(code, values, agencies, readings)
    return points, "settled" if agency.settled & set(_needed(code, readings)) else state


def _points(code: str, values: list[Fraction], agencies: list[AgencyInput], readings: Choice) -> tuple[Fraction, str]:
    if code in SHARES:
        worth, nothing = SHARES[code]
        done, total = values
        if total == 0:
            return Fraction(_without_events(code, nothing, readings)), "no_events"
        if code == "E3" and readings.get("E-9") == "all-or-nothing":
            return Fraction(5 if done == total else 0), "scored"
        return min(Fraction(1), done / total) * worth, "scored"
    if code in RELATIVE:
        pool = [known[0] for other in agencies if code not in other.not_applicable and (known := _known(code, other, readings))]
        return (values[0] / max(pool) * RELATIVE[code], "scored") if max(pool) else (Fraction(0), "no_events")
    if code == "E2":
        if values[-1] == 0:
            return Fraction(5 if readings.get("E-8") == "full" else 0), "no_events"
        reported = readings.get("E-6") != "cap-only" and values[1] >= 1
        return (Fraction(5) if reported else min(Fraction(5), values[0])), "scored"
    if code == "bonus":
        return values[0], "scored"
    return values[0] / 100 * (25 if readings.get("B-1") == "table" else 20), "scored"


def _without_events(code: str, nothing: int, readings: Choice) -> int:
    """Points of 0/0: each of five readings has the opposite one."""
    turned = {"A1": ("A-6", "zero", 0), "E1": ("E-3", "zero", 0), "E3": ("E-11", "zero", 0)}
    turned |= {"D1": ("D-3", "full", 10), "D2": ("D-6", "full", 10)}
    reading, alternative, points = turned.get(code, ("", "", nothing))
    return points if readings.get(reading) == alternative else nothing
