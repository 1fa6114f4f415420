"""The result as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.table import Table

from tests.perf.harness import Line, Plan

_SCALES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def table(lines: Iterable[Line]) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold", title="a job beside its floor, measured in turn; medians")
    for name in ("job", "floor", "product", "ratio", "rounds", "goal", "met"):
        shown.add_column(name, justify="left" if name in ("job", "met") else "right", no_wrap=name != "job")
    for line in lines:
        shown.add_row(*_cells(line))
    return shown


def notes(lines: Iterable[Line]) -> list[str]:
    """What each line rests on, one text a line that has any."""
    return [f"{line.job.strip()}: {'; '.join(line.notes)}" for line in lines if line.notes]


def document(plan: Plan, lines: Iterable[Line]) -> dict[str, Any]:
    """Everything the table shows, unrounded, and on what machine."""
    return {
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "plan": asdict(plan),
        "lines": [{**asdict(line), "goal": str(line.goal) if line.goal else None, "met": met(line)} for line in lines],
    }


def met(line: Line) -> bool | None:
    return None if line.goal is None else line.goal.met(line.ratio)


def _cells(line: Line) -> tuple[str, ...]:
    least_and_greatest = "" if line.spread is None else f"{line.spread[0]:.2f}-{line.spread[1]:.2f}"
    verdict = {None: "", True: "[green]yes[/green]", False: "[red]no[/red]"}[met(line)]
    goal = str(line.goal) if line.goal else ""
    floor, product = (amount(value, line.unit) for value in (line.floor, line.product))
    return line.job, floor, product, f"{line.ratio:.2f}", least_and_greatest, goal, verdict


def amount(value: float, unit: str) -> str:
    """Three digits that matter, in the unit people read."""
    if unit != "s":
        return f"{value:,.0f} {unit}"
    scale, name = next((each for each in _SCALES if value >= each[0]), _SCALES[-1])
    return f"{value / scale:.3g} {name}"
