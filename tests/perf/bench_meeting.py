"""The files that a meeting is given of a month of 56 bodies: the document, set and signed, against an empty page set the same
way with the same JSON in it; the workbook against one that has as many cells of text."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from xlsxwriter import Workbook

from services.scoring.exports.meeting_contents import Around
from services.scoring.exports.meeting_pdf import inputs_of, meeting_pdf, typeset
from services.scoring.exports.pdf_signature import signed
from services.scoring.exports.workbook import workbook
from services.scoring.publication_key import demonstration_pem, read_key
from shared.canonical import sha256_hex
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.scheme import packaged_schemes
from tests.perf import sheets
from tests.perf.bench_score import SMALLEST
from tests.perf.harness import Goal, Line, Run, in_turn
from tests.perf.place import Place

# Where the empty page takes 40 ms: 4 s.
GOAL = Goal(100)
# Where the cells of text take 50 ms: 2.5 s.
TABLE = Goal(50)
# What people are promised of either file; a machine that others use counts their time as well.
SECONDS = 5
EMPTY = """\
#set document(title: "trang trống", date: datetime(year: 2026, month: 2, day: 10))
#pdf.attach("sheet.json", bytes(sys.inputs.publication), relationship: "source", mime-type: "application/json", description: "")
"""


def run(place: Place) -> Iterator[Line]:
    place.say(f"meeting: the document and the workbook of {SMALLEST} bodies")
    _, (whole, *_) = sheets.publication_rows(sheets.run_row(sheets.document(SMALLEST)))
    document, scheme = json.loads(whole["body"]), packaged_schemes()[-1]
    found = restored(document)
    said, pem = sentences_of(found.sheet, found.names), demonstration_pem()
    key = read_key(pem, pem)
    around = Around(root=sha256_hex(b""), signer=(key.subject, key.fingerprint))
    inputs = inputs_of(document, scheme, said, around)

    def paper() -> bytes:
        return signed(meeting_pdf(document, scheme, said, around), key)

    def book() -> bytes:
        return workbook(document, scheme, sha256_hex(whole["body"]))

    size, cells = len(paper()), _cells(book())
    timing = in_turn(place.plan.rounds, {"floor": _cpu(lambda: typeset(EMPTY, inputs, at=0)), "product": _cpu(paper)})
    notes = (f"{size / 1000:.0f} KB, signed; floor: an empty page with the same JSON in it, by the same process; {_promise()}",)
    yield timing.line(f"document for the meeting, {SMALLEST} bodies, CPU", goal=GOAL, notes=notes)
    timing = in_turn(place.plan.rounds, {"floor": _cpu(lambda: _text(cells)), "product": _cpu(book)})
    notes = (f"{cells} cells; floor: as many cells of text by the same library; {_promise()}",)
    yield timing.line(f"workbook with formulas, {SMALLEST} bodies, CPU", goal=TABLE, notes=notes)


def _promise() -> str:
    return f"promised: {SECONDS} s"


def _cells(book: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        return sum(packed.read(name).count(b"<c r=") for name in packed.namelist() if Path(name).match("xl/worksheets/*.xml"))


def _text(cells: int) -> None:
    with Workbook(io.BytesIO(), {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at in range(cells):
            sheet.write_string(at // 60, at % 60, "chữ")


def _cpu(call: Callable[[], object]) -> Run:
    """User and system CPU of this process and of the one that it starts."""

    def run() -> float:
        before = sum(os.times()[:4])
        call()
        return sum(os.times()[:4]) - before

    return run
