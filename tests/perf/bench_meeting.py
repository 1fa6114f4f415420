"""The document for the meeting of a month of 56 bodies, against an empty page set the same way with the same JSON in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

from services.scoring.exports.meeting_pdf import inputs_of, meeting_pdf, typeset
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.scheme import packaged_schemes
from tests.perf import sheets
from tests.perf.bench_score import SMALLEST
from tests.perf.harness import Goal, Line, Run, in_turn
from tests.perf.place import Place

# Where the empty page takes 40 ms: 4 s.
GOAL = Goal(100)
EMPTY = """\
#set document(title: "trang trống", date: datetime(year: 2026, month: 2, day: 10))
#pdf.attach("sheet.json", bytes(sys.inputs.publication), relationship: "source", mime-type: "application/json", description: "")
"""


def run(place: Place) -> Iterator[Line]:
    place.say(f"meeting: the document of {SMALLEST} bodies")
    _, (whole, *_) = sheets.publication_rows(sheets.run_row(sheets.document(SMALLEST)))
    document, scheme = json.loads(whole["body"]), packaged_schemes()[-1]
    found = restored(document)
    said = sentences_of(found.sheet, found.names)
    inputs = inputs_of(document, scheme, said, None)
    timing = in_turn(
        place.plan.rounds,
        {
            "floor": _cpu(lambda: typeset(EMPTY, inputs, at=0)),
            "product": _cpu(lambda: meeting_pdf(document, scheme, said)),
        },
    )
    size = len(meeting_pdf(document, scheme, said))
    notes = (f"{size / 1000:.0f} KB; floor: an empty page with the same JSON in it, by the same process",)
    yield timing.line(f"document for the meeting, {SMALLEST} bodies, CPU", goal=GOAL, notes=notes)


def _cpu(call: Callable[[], object]) -> Run:
    """User and system CPU of this process and of the one that it starts."""

    def run() -> float:
        before = sum(os.times()[:4])
        call()
        return sum(os.times()[:4]) - before

    return run
