"""LibreOffice works the workbook out anew and gets what was published, and reads the CSV as it was written (XPT-02, PUB-20).

`make test-office` runs these.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.scoring.exports.people_csv import people_csv
from services.scoring.exports.workbook import workbook
from tests.office.office import Cell, Grid, opened
from tests.unit.public_pages import published
from tests.unit.scoring.spreadsheet import FIGURES, TABLE, WORDS
from tests.unit.scoring.test_workbook import GAP, RICH, SPECIAL, TIED, document

pytestmark = pytest.mark.office

TIES = [f"X{number:02}" for number in range(10, 30)]
# Seventeen digits: two more than a double holds of every number.
LONG = {**TIED, "disbursed_vnd": 12_345_678_901_234_567, "allocated_vnd": 98_765_432_109_876_543}
MONTHS = {
    "gaps, rulings and sixteen digits": lambda: document(0, **SPECIAL),
    "twenty ties at 84,5 and seventeen digits": lambda: document(1, X40=LONG, **dict.fromkeys(TIES, TIED)),
    "an ordinary month": lambda: document(2),
}
BODIES, HEADINGS = 6, 4
NOT_A_POINT = {"missing", "not_applicable", "not_counted"}


@pytest.fixture(scope="module", params=MONTHS.values(), ids=list(MONTHS))
def found(request: pytest.FixtureRequest) -> dict[str, Any]:
    made: dict[str, Any] = request.param()
    return made


def spoiled(body: bytes) -> bytes:
    """The workbook with every formula's value gone: what stands there afterwards, the office program has worked out."""
    out, replaced = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(body)) as given, zipfile.ZipFile(out, "w") as made:
        for item in given.infolist():
            content = given.read(item)
            if item.filename.startswith("xl/worksheets/"):
                text, count = re.subn(r"(</f><v>)[^<]*(</v>)", r"\g<1>-7\2", content.decode())
                content, replaced = text.encode(), replaced + count
            made.writestr(item, content)
    assert replaced > 1_000
    return out.getvalue()


def as_number(cell: Cell | None) -> Fraction:
    assert cell is not None
    assert cell.kind == "float", cell
    return Fraction(cell.value)


def bodies_of(table: Grid) -> Mapping[str, dict[str, Cell | None]]:
    """By code: the cells of a body's column, by indicator, group or label."""
    labels = {
        at: row[0].text if row[0] and row[0].text else row[1].text for at, row in enumerate(table) if len(row) > 1 and row[1]
    }
    (codes,) = [at for at, label in labels.items() if label == "Mã cơ quan"]
    columns = {cell.text: column for column, cell in enumerate(table[codes]) if column >= BODIES and cell is not None}
    return {
        code: {label: table[at][column] if column < len(table[at]) else None for at, label in labels.items() if at > HEADINGS}
        for code, column in columns.items()
    }


@pytest.mark.parametrize("spoil", [True, False], ids=["worked out anew", "as it is"])
def test_points_totals_and_grades_are_the_published_ones(found: dict[str, Any], tmp_path: Path, *, spoil: bool) -> None:
    body = workbook(found, published.scheme())
    file = tmp_path / "month.xlsx"
    file.write_bytes(spoiled(body) if spoil else body)
    columns = bodies_of(opened(file, tmp_path)[TABLE])
    assert len(columns) == len(found["agencies"]) == 56
    for line in found["agencies"]:
        cells = columns[line["agency"]]
        for code, one in line["indicators"].items():
            cell = cells["Điểm khuyến khích" if code == "bonus" else code]
            if one["state"] in NOT_A_POINT:
                assert cell is not None
                assert (cell.kind, cell.text) == ("string", WORDS[one["state"]])
            else:
                assert abs(as_number(cell) - Fraction(one["points"])) < Fraction(1, 10**9), (line["agency"], code)
        for group, points in line["groups"].items():
            states = {one["state"] for code, one in line["indicators"].items() if code[0] == group}
            if group != "bonus" and not states <= NOT_A_POINT:
                assert abs(as_number(cells[group]) - Fraction(points)) < Fraction(1, 10**9), (line["agency"], group)
        total = next(cell for label, cell in cells.items() if label.startswith("Tổng điểm của tháng"))
        assert as_number(total) == line["total"] == as_number(cells["Tổng điểm đã công bố"])
        grade, compared = cells["Xếp loại"], cells["Đối chiếu tổng điểm tính được với tổng điểm đã công bố"]
        assert grade is not None
        assert compared is not None
        assert (grade.text, compared.text) == (line["grade"], "Khớp"), line["agency"]


def test_no_cell_of_the_workbook_became_what_it_is_not(found: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "month.xlsx"
    file.write_bytes(workbook(found, published.scheme()))
    sheets = opened(file, tmp_path)
    cells = [cell for rows in sheets.values() for row in rows for cell in row if cell is not None]
    assert {cell.kind for cell in cells} == {"float", "string"}
    assert [cell for cell in cells if cell.text.startswith(("#", "Err:"))] == []
    headings = [cell.text if cell else "" for cell in sheets[FIGURES][2]]
    lines = {line["agency"]: line["measures"] for line in found["agencies"]}
    rows = {row[0].text: row for row in sheets[FIGURES][4:] if row and row[0] is not None}
    assert set(rows) == set(lines)
    for name, measure in published.scheme().measures.items():
        column = headings.index(measure.label.vi)
        for code, measures in lines.items():
            cell, text = rows[code][column], measures[name]
            if text is None:
                assert cell is None, (code, name)
            elif len(text.partition(".")[0]) > 15:
                assert cell == Cell("string", "", text)
            else:
                assert as_number(cell) == Fraction(text), (code, name)


def test_the_csv_for_people_is_read_as_it_was_written(found: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "month.csv"
    file.write_bytes(people_csv(found, published.scheme()))
    ((headings, *rows),) = opened(file, tmp_path, csv=True).values()
    names = [cell.text for cell in headings if cell is not None]
    assert len(names) == len(set(names))
    read = {
        row["Mã cơ quan"].text: row for row in (dict(zip(names, row, strict=False)) for row in rows) if row.get("Mã cơ quan")
    }  # type: ignore[union-attr]
    assert set(read) == {line["agency"] for line in found["agencies"]}
    assert {cell.kind for row in read.values() for cell in row.values() if cell is not None} == {"float", "string"}
    for line in found["agencies"]:
        row = read[line["agency"]]
        assert (as_number(row["Tổng điểm"]), as_number(row["Hạng"])) == (line["total"], line["rank"])
        assert as_number(row["Điểm xếp hạng"]) == Fraction(line["shown_total"])
        for code, one in line["indicators"].items():
            heading = next(each for each in names if each.startswith("Điểm khuyến khích" if code == "bonus" else f"{code}. "))
            if one["state"] in NOT_A_POINT:
                assert (row[heading], row[f"{heading} (chính xác)"]) == (None, None)
            else:
                assert as_number(row[heading]) == Fraction(one["points"])
                exact = row[f"{heading} (chính xác)"]
                assert exact is not None
                # What no decimal ends is a fraction in words, which no program takes for a day.
                assert (exact.kind == "string") == ("\u2044" in exact.text)


def test_the_months_are_what_they_are_named_for() -> None:
    ties = MONTHS["twenty ties at 84,5 and seventeen digits"]()
    assert sum(line["total_exact"] == "169/2" for line in ties["agencies"]) == len(TIES)
    lines = {line["agency"]: line for line in MONTHS["gaps, rulings and sixteen digits"]()["agencies"]}
    assert lines[GAP]["indicators"]["D2"]["state"] == "missing"
    assert len(lines[RICH]["measures"]["allocated_vnd"]) == 16
