"""What every other reading does to the demo's January, from the API's answers: the data behind docs/readings.md.

Written anew from a running demo (`make demo`); a test compares, and says so when the demo's January or the law has moved:

    python -m tests.e2e.demo_readings http://127.0.0.1:8000
    python -m shared.law.effects tests/cases/readings > docs/readings.md
    python -m shared.law.describe tests/cases > docs/scheme.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx

from shared.law.effects import FILE

PERIOD = "2026-01"
ROOT = Path(__file__).parents[2]
Ask = Callable[[str], Any]


def effects(ask: Ask) -> dict[str, Any]:
    """By reading and computed alternative who moves and how far; ``ask`` gives the answer under the period's address."""
    names = {line["agency"]: line["name_vi"] for line in ask("/scores")["agencies"]}
    found: dict[str, Any] = {}
    for entry in ask("/readings")["readings"]:
        for one in entry["alternatives"]:
            if one["computed"]:
                lines = ask(f"/readings/{entry['id']}/{one['id']}")["agencies"]
                counts = {name: one[name] for name in ("agencies_moved", "grades_moved", "ranks_moved")}
                found.setdefault(entry["id"], {})[one["id"]] = counts | _moves(lines, names)
    scheme = ask("/scores")["scheme_digest"]
    return {"period": PERIOD, "data": "DEMO", "scheme_digest": scheme, "bodies": len(names), "effects": found}


def _moves(lines: list[dict[str, Any]], names: dict[str, str]) -> dict[str, Any]:
    changes = {
        line["agency"]: Fraction(line["alternative"]["total_exact"]) - Fraction(line["in_force"]["total_exact"])
        for line in lines
    }
    order = sorted(changes, key=lambda agency: (changes[agency], agency))
    most = {"risen": order[-1], "fallen": order[0]}
    grades = [
        {"agency": line["agency"], "name": names[line["agency"]], "from": ends[0], "to": ends[1]}
        for line in lines
        for ends in [(line["in_force"]["grade"], line["alternative"]["grade"])]
        if ends[0] != ends[1]
    ]
    return {
        "risen": sum(change > 0 for change in changes.values()),
        "fallen": sum(change < 0 for change in changes.values()),
        "most": {
            way: {"agency": code, "name": names[code], "change": str(changes[code])}
            if (changes[code] > 0) is (way == "risen") and changes[code]
            else None
            for way, code in most.items()
        },
        "grades": grades,
    }


def main(url: str) -> None:
    def ask(path: str) -> Any:
        return httpx.get(f"{url}/api/v1/periods/{PERIOD}{path}").raise_for_status().json()

    (ROOT / FILE).write_text(json.dumps(effects(ask), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
