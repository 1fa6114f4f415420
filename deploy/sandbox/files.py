"""``python -m deploy.sandbox.files PERIOD OUTDIR``: demo official files of the two internal sources for one period."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from deploy.sandbox.content import total
from deploy.sandbox.internal import agency_report, government_office
from deploy.sandbox.months import FIRST, Month

_KEYS: dict[str, tuple[str, ...]] = {
    "registered_tasks": ("task_code",),
    "reported_records": ("database",),
    "summonses": ("meeting_id",),
    "speeches": ("speech_id",),
    "initiatives": ("initiative_id",),
}
_SUMS: dict[str, tuple[str, ...]] = {
    "reports": ("registered_tasks", "reported_databases"),
    "reported_records": ("new_records",),
    "registers": ("summonses", "speeches", "initiatives"),
    "initiatives": ("points",),
}


def official_file(source: str, period: Month, *, seed: int) -> bytes:
    """The official file of one internal source for a period (contracts §4), as JSON text with a final line feed."""
    kind = {"agency_report": agency_report, "government_office": government_office}[source]
    content = {
        "contract": kind.CONTRACT,
        "period": str(period),
        "as_of": kind.as_of(period).isoformat(),
        "notice": kind.NOTICE,
        "datasets": {name: _dataset(name, rows) for name, rows in kind.datasets(seed, period).items()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, default=_text) + "\n").encode()


def write(period: Month, directory: Path, *, seed: int) -> Iterator[Path]:
    """Write both files and give their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    for source in ("agency_report", "government_office"):
        path = directory / f"{source}-{period}.json"
        path.write_bytes(official_file(source, period, seed=seed))
        yield path


def _dataset(name: str, rows: list[Mapping[str, object]]) -> Mapping[str, object]:
    key = (*_KEYS.get(name, ()), "agency")
    ordered = sorted(rows, key=lambda row: tuple(str(row[column]) for column in key))
    sums = {column: str(total(row[column] for row in rows)) for column in _SUMS.get(name, ())}
    return {"control": {"rows": len(rows), "sums": sums}, "rows": ordered}


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files and name them on standard output."""
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.files", description=__doc__)
    parser.add_argument("period", type=Month.parse, help="YYYY-MM, from 2026-01")
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--seed", type=int, default=4585)
    given = parser.parse_args(argv)
    if given.period < FIRST:
        parser.error(f"no data before {FIRST}")
    for path in write(given.period, given.outdir, seed=given.seed):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
