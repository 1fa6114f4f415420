"""``python -m tests.perf``: every job beside its floor in one run. Nothing fails when a goal is missed; the table says it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console

from tests.perf import (
    bench_board,
    bench_canonical,
    bench_gateway,
    bench_ingest,
    bench_measures,
    bench_meeting,
    bench_reports,
    bench_rows,
    bench_score,
    bench_start,
    bench_why,
)
from tests.perf.harness import Line, Plan
from tests.perf.place import Place, place
from tests.perf.table import document, notes, table

BENCHMARKS: dict[str, Callable[[Place], Iterator[Line]]] = {
    "score": bench_score.run,
    "canonical": bench_canonical.run,
    "why": bench_why.run,
    "meeting": bench_meeting.run,
    "measures": bench_measures.run,
    "rows": bench_rows.run,
    "ingest": bench_ingest.run,
    "gateway": bench_gateway.run,
    "board": bench_board.run,
    "reports": bench_reports.run,
    "start": bench_start.run,
}


def main(argv: Sequence[str] | None = None) -> int:
    given = _arguments(argv)
    plan = Plan(
        rounds=given.rounds, rows=given.rows, agencies=given.agencies, requests=given.requests, reports=given.reports,
        report_rows=given.report_rows,
    )  # fmt: skip
    console, started = Console(stderr=True), time.monotonic()
    lines: list[Line] = []
    try:
        with place(
            plan, say=lambda words: console.print(f"{time.monotonic() - started:5.0f} s  {words}", highlight=False)
        ) as here:
            for name in given.only or BENCHMARKS:
                lines.extend(BENCHMARKS[name](here))
    finally:
        # What was measured before a failure is shown all the same.
        _show(plan, lines, given.json)
    return 0


def _show(plan: Plan, lines: list[Line], file: Path | None) -> None:
    if file is not None:
        file.write_text(json.dumps(document(plan, lines), ensure_ascii=False, indent=1) + "\n", "utf-8")
    out = Console(width=None if sys.stdout.isatty() else 140)
    out.print(table(lines))
    for words in notes(lines):
        out.print(f"  {words}", highlight=False, markup=False)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    usual = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.perf", description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=usual.rounds, help="rounds of floor and product in turn")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="this benchmark; may be given again")
    parser.add_argument("--rows", type=_positive, default=usual.rows, help="task rows of a month")
    parser.add_argument("--agencies", type=_positive, default=usual.agencies, help="agencies of the scored pool")
    parser.add_argument("--requests", type=_positive, default=usual.requests, help="requests per server and round")
    parser.add_argument("--reports", type=_positive, default=usual.reports, help="reports of the rush, each of another body")
    parser.add_argument("--report-rows", type=_positive, default=usual.report_rows, help="task rows of each of them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


if __name__ == "__main__":
    sys.exit(main())
