"""How a job and its floor are measured: in turn, several rounds, medians. A goal is a ratio, never a number of seconds."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

Run = Callable[[], float]
"""One measured run; gives its seconds."""


@dataclass(frozen=True)
class Plan:
    """How much is measured. ``requests`` are GETs per round and server, ``agencies`` the pool of the scoring job.

    ``reports`` are those of the rush, each of ``report_rows`` task rows.
    """

    rounds: int = 5
    rows: int = 1_000_000
    agencies: int = 5_000
    requests: int = 8_000
    reports: int = 16
    report_rows: int = 5_000

    @classmethod
    def tiny(cls) -> Plan:
        """Enough to prove that every benchmark still runs, and nothing about speed."""
        return cls(rounds=1, rows=2_000, agencies=200, requests=100, reports=3, report_rows=20)


@dataclass(frozen=True)
class Goal:
    """The ratio wanted: at most so many times the floor's time, or at least such a share of the floor's rate."""

    bound: float
    sense: Literal["≤", "≥"] = "≤"

    def met(self, ratio: float) -> bool:
        return ratio <= self.bound if self.sense == "≤" else ratio >= self.bound

    def __str__(self) -> str:
        return f"{self.sense} {self.bound:g}"


@dataclass(frozen=True)
class Line:
    """One job beside its floor, both in ``unit``; ``spread`` is the least and the greatest ratio of a round."""

    job: str
    floor: float
    product: float
    unit: str
    ratio: float
    spread: tuple[float, float] | None = None
    goal: Goal | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timing:
    """Seconds of every round by subject."""

    seconds: Mapping[str, list[float]] = field(default_factory=dict)

    def median(self, subject: str) -> float:
        return median(self.seconds[subject])

    def line(self, job: str, *, goal: Goal | None = None, notes: tuple[str, ...] = (), product: str = "product") -> Line:
        """How many times the floor's time the product takes."""
        floor, ours = self.median("floor"), self.median(product)
        return Line(
            job=job,
            floor=floor,
            product=ours,
            unit="s",
            ratio=ours / floor,
            spread=spread([b / a for a, b in zip(self.seconds["floor"], self.seconds[product], strict=True)]),
            goal=goal,
            notes=notes,
        )


def spread(ratios: list[float]) -> tuple[float, float] | None:
    """Least and greatest, where there is more than one."""
    return (min(ratios), max(ratios)) if len(ratios) > 1 else None


def in_turn(rounds: int, subjects: Mapping[str, Run], *, warm: bool = True) -> Timing:
    """Every round runs every subject once, beginning with another one each time, so that drift hits all alike."""
    names = list(subjects)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    if warm:
        for run in subjects.values():
            run()
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            gc.collect()
            seconds[name].append(subjects[name]())
    return Timing(seconds)


def repeated(call: Callable[[], object], *, at_least: float = 0.1) -> Run:
    """A run of so many calls that the clock's grain does not matter; gives the seconds of one call."""
    started = time.perf_counter()
    call()
    once = time.perf_counter() - started
    loops = max(1, min(10_000, round(at_least / max(once, 1e-7))))

    def run() -> float:
        started = time.perf_counter()
        for _ in range(loops):
            call()
        return (time.perf_counter() - started) / loops

    return run


def once(call: Callable[[], object]) -> Run:
    """A run of one call."""

    def run() -> float:
        started = time.perf_counter()
        call()
        return time.perf_counter() - started

    return run
