"""Generated months: rows of all sources with every edge the rules speak of, from a seed. Demo figures, all of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from services.ingest.sources import SOURCES
from tests.integration.second_engine.rows import CUTOFF, DEADLINE, IN_TIME, TICK, Month, Row

CODES = ("G06", "G28", "H26", "H38", "H56")
EDGE_DAYS = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 20)]
EDGE_INSTANTS = [IN_TIME, CUTOFF - TICK, CUTOFF, CUTOFF + TICK, datetime(2025, 12, 30, 8, tzinfo=CUTOFF.tzinfo)]


class Draw:
    """Dice for one month; most bodies speak of most things, some are silent."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311 - a reproducible test needs a seeded generator

    def day(self) -> date:
        return self.dice.choice([*EDGE_DAYS, date(2025, 11, 1) + timedelta(days=self.dice.randrange(110))])

    def maybe(self, value: Any, chance: float = 0.6) -> Any:
        return value if self.dice.random() < chance else None

    def instant(self) -> datetime:
        return self.dice.choice(EDGE_INSTANTS)

    def speakers(self) -> list[str]:
        return [code for code in CODES if self.dice.random() < 0.85]

    def task(self, code: str) -> Row:
        due = self.maybe(self.day(), 0.9)
        return {
            "agency_code": code,
            "role": self.dice.choice(["lead"] * 5 + ["coordinator"]),
            "assigned_on": self.day(),
            "due_on": due,
            "due_precision": self.dice.choice(
                ["day", "month", "quarter", "year", "recurring", "continuous", "open", "compound"]
            ),
            "extended_due_on": self.maybe(self.day(), 0.3),
            "extension_approved_on": self.maybe(self.day(), 0.5),
            "extension_document": self.maybe("văn bản demo", 0.7),
            "completed_on": self.maybe(self.day()),
            "reported_at": self.maybe(self.instant(), 0.9),
            "confirmed_at": self.maybe(self.instant(), 0.4),
            "sent_back_at": self.maybe(self.instant(), 0.25),
            "returned_accepted_on": self.maybe(self.day(), 0.1),
            "percent": self.dice.randrange(101),
        }

    def many(self, code: str, most: int, **more: Any) -> list[Row]:
        return [{"agency_code": code, **{k: v() for k, v in more.items()}} for _ in range(self.dice.randrange(most + 1))]


async def freeze_generated(month: Month, seed: int) -> None:
    """Eight sources, each left out now and then; some as a superseding version with a later instant."""
    draw = Draw(seed)
    for source, datasets in sources(draw).items():
        if draw.dice.random() < 0.93:
            await month.freeze(source, **datasets)  # type: ignore[arg-type]
            if draw.dice.random() < 0.15:
                await month.freeze(source, version=2, as_of=CUTOFF + timedelta(days=9), **datasets)  # type: ignore[arg-type]


# Source → its datasets, of each of which a body may lose a row.
LOSING = {source.name: tuple(dataset.name for dataset in source.datasets) for source in SOURCES}


async def put_some_aside(month: Month, seed: int) -> None:
    """Now and then a body's row of some dataset was put aside."""
    dice = Random(seed)  # noqa: S311 - a reproducible test needs a seeded generator
    for source, datasets in LOSING.items():
        for dataset in datasets if month.snapshots[source] else ():
            for code in CODES:
                if dice.random() < 0.05:
                    await month.put_aside(source, dataset, code)


def sources(draw: Draw) -> dict[str, dict[str, list[Row]]]:
    dice = draw.dice
    tracked, reporting, registered = draw.speakers(), draw.speakers(), draw.speakers()
    roles = ["head", "acting_head", "deputy", "officer"]
    return {
        "system57": {
            "system57_coverage": [{"agency_code": code} for code in tracked],
            "task_assignment": [draw.task(code) for code in tracked for _ in range(dice.randrange(14))],
            "kpi_entry": [
                row
                for code in tracked
                for row in draw.many(
                    code, 5, due_in_period=lambda: dice.random() < 0.7, updated_at=lambda: draw.maybe(draw.instant(), 0.8)
                )
            ],
        },
        "public_service_portal": {"service_score": [portal(draw, code) for code in draw.speakers()]},
        "ndxp": {
            "exchange_volume": [
                {"agency_code": code, "source_system": system, "transactions": draw.maybe(dice.choice([0, 7, 3_000_000]), 0.9)}
                for code in draw.speakers()
                for system in ("NDXP", "NDOP")[: dice.randrange(1, 3)]
            ]
        },
        "national_database": {"database_growth": records(draw, confirmed=False)},
        "finance": {
            "investment": [
                {
                    "agency_code": code,
                    "field": field,
                    "allocated_vnd": draw.maybe(dice.choice([0, 1, 3 * 10**12, 2**62]), 0.95),
                    "disbursed_vnd": draw.maybe(dice.choice([0, 1, 10**12, 4 * 10**12, 2**62]), 0.95),
                }
                for code in draw.speakers()
                for field in ("innovation", "science_technology")[: dice.randrange(1, 3)]
            ]
        },
        "agency_report": {
            "report": [
                {"agency_code": code, "submitted_at": dice.choice([IN_TIME, DEADLINE - TICK, DEADLINE])} for code in reporting
            ],
            "registered_task": [
                row
                for code in reporting
                for row in draw.many(code, 6, registered_on=draw.day, accepted_on=lambda: draw.maybe(draw.day()))
            ],
            "reported_records": [row for row in records(draw, confirmed=True) if row["agency_code"] in reporting],
        },
        "government_office": government_office(draw, registered, roles),
        "records_review": {"reviewed_records": words(draw)},
    }


def government_office(draw: Draw, registered: list[str], roles: list[str]) -> dict[str, list[Row]]:
    dice = draw.dice
    summonses = [
        {
            "agency_code": code,
            "held_on": date(2026, 1, 20),
            "required_role": dice.choice(["head", "deputy", "officer"]),
            "online_allowed": dice.random() < 0.5,
            "attended_role": draw.maybe(dice.choice(roles), 0.8),
            "attended_mode": draw.maybe(dice.choice(["in_person", "online"]), 0.9),
        }
        for code in registered
        for _ in range(dice.randrange(4))
    ]
    summoned = sorted({row["agency_code"] for row in summonses})
    return {
        "register": [{"agency_code": code} for code in registered],
        "summons": summonses,
        "speech": [
            {
                "agency_code": code,
                "spoken_on": date(2026, 1, 20),
                "kind": dice.choice(["speech", "speech", "speech", "thematic_report"]),
                "speaker_role": dice.choice(roles),
                "qualifying": dice.random() < 0.8,
            }
            for code in summoned
            for _ in range(dice.randrange(8))
        ],
        "initiative": [{"agency_code": code, "points": dice.randrange(1, 6)} for code in registered if dice.random() < 0.2],
    }


def portal(draw: Draw, code: str) -> Row:
    most = {"ckmb": 18, "tdgq": 20, "clgq": 12, "tttt": 10, "mdhl": 18, "mdsh": 22}
    given = {group: draw.maybe(str(draw.dice.randrange(100 * top + 1) / 100), 0.97) for group, top in most.items()}
    return {"agency_code": code, **given}


def words(draw: Draw) -> list[Row]:
    """Words on figures that a body may have reported: before, at and after the instant of the one in its report."""
    dice = draw.dice
    return [
        {
            "agency_code": code, "database": f"d{n}", "new_records": records, "verdict": dice.choice(["confirmed", "refused"]),
            "reviewed_at": IN_TIME + dice.choice([-TICK, 0 * TICK, TICK]),
        }
        for code in draw.speakers()
        for n in range(3)
        for records in (0, 5, 120_000)
        if dice.random() < 0.6
    ]  # fmt: skip


def records(draw: Draw, *, confirmed: bool) -> list[Row]:
    dice = draw.dice
    return [
        {"agency_code": code, "database": f"d{n}", "new_records": dice.choice([0, 5, 120_000])}
        | (
            {"confirmed_at": draw.maybe(IN_TIME, 0.7)}
            if confirmed
            else {"new_records": draw.maybe(dice.choice([0, 9, 400_000]), 0.9)}
        )
        for code in draw.speakers()
        for n in range(dice.randrange(1, 4))
    ]
