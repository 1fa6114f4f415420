"""The workbook's second sheet: every body's figures, the largest of all, and unrounded points as formulas over them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from services.scoring.exports.formulas import Points, Term, Written, largest, points_of, sum_within
from services.scoring.exports.people_csv import remarks
from shared.awaiting import WITHOUT_POINTS
from shared.law.provisions import BONUS, RelativeToBest
from shared.law.scheme import Scheme

Document = Mapping[str, Any]
NAME: Final = "Số liệu"
# Digits that a double holds for certain; longer figures are text, with a scaled number beside.
_DIGITS: Final = 15
_HEADINGS, _BEST, _FIRST = 2, 3, 4
_CODE, _BODY, _FIGURES = 0, 1, 2


@dataclass(frozen=True)
class Scored:
    """One body: points by indicator, None where no formula makes them; the cells of its unrounded points and groups."""

    points: Mapping[str, Points | None]
    exact: Mapping[str, Term]
    groups: Mapping[str, Term]


class InputsSheet:
    """Bodies stand in the order of ``lines``, one a row."""

    def __init__(self, sheet: Worksheet, scheme: Scheme, lines: Sequence[Document], looks: Mapping[str, Any]) -> None:
        self._sheet, self._scheme, self._lines, self._looks = sheet, scheme, lines, looks
        self._tens = dict(_tens(scheme, lines))
        headings = list(_headings(scheme, self._tens))
        self._column = {key: at for at, (key, _) in enumerate(headings, start=_FIGURES)}
        for key, heading in [("code", "Mã cơ quan"), ("body", "Cơ quan"), *headings, ("remarks", "Ghi chú")]:
            at = {"code": _CODE, "body": _BODY}.get(key, self._column.get(key, _FIGURES + len(headings)))
            sheet.write_string(_HEADINGS, at, heading, looks["heading"])
        sheet.write_string(0, 0, "Số liệu đầu vào và điểm chưa làm tròn của từng cơ quan", looks["title"])
        sheet.write_string(_BEST, _BODY, "Lớn nhất trong các cơ quan được tính", looks["words"])
        sheet.freeze_panes(_FIRST, _FIGURES)
        sheet.set_column(_CODE, _CODE, 10)
        sheet.set_column(_BODY, _BODY, 42)
        sheet.set_column(_FIGURES, _FIGURES + len(headings), 16)

    def written(self) -> list[Scored]:
        best = dict(self._best())
        return [self._body(at, line, best) for at, line in enumerate(self._lines)]

    def _best(self) -> Iterator[tuple[str, Term]]:
        """The pool is whoever the indicator applies to and whose figure is known, as in the law."""
        for code, indicator in self._scheme.indicators.items():
            if not isinstance(indicator.formula, RelativeToBest):
                continue
            name = indicator.formula.counted
            pool = [at for at, line in enumerate(self._lines) if line["indicators"][code]["state"] not in WITHOUT_POINTS]
            if pool:
                values = [self._cell(at, name).value for at in pool]
                column = self._column[self._key(name)]
                found = largest([self._range(rows, column) for rows in _runs(pool)], values)
                yield code, self._write(_BEST, self._column[code], found, self._looks["figure"])

    def _body(self, at: int, line: Document, best: Mapping[str, Term]) -> Scored:
        row = _FIRST + at
        self._sheet.write_string(row, _CODE, line["agency"])
        self._sheet.write_string(row, _BODY, line["name_vi"])
        for name in self._scheme.measures:
            self._figure(row, name, line["measures"][name])
        self._sheet.write_string(row, max(self._column.values()) + 1, "; ".join(remarks(line)))
        points: dict[str, Points | None] = {}
        exact: dict[str, Term] = {}
        for code, found in line["indicators"].items():
            if found["state"] in WITHOUT_POINTS or found["exact"] is None:
                continue
            points[code] = made = self._points(at, line, code, best.get(code))
            exact[code] = self._unrounded(row, code, Fraction(found["exact"]), made)
        return Scored(points, exact, {group: self._group(row, group, exact) for group in self._scheme.groups})

    def _points(self, at: int, line: Document, code: str, best: Term | None) -> Points | None:
        indicator = self._scheme.indicators[code]
        names = indicator.formula.measures
        if any(line["measures"][name] is None for name in names):
            return None
        unit = 10 ** max((_places(each["measures"][name]) for each in self._lines for name in names), default=0)
        return points_of(indicator, {name: self._cell(at, name) for name in names}, best, unit)

    def _unrounded(self, row: int, code: str, exact: Fraction, made: Points | None) -> Term:
        if made is not None and abs(made.exact.value - exact) < Fraction(1, 10**10):
            return self._write(row, self._column[code], made.exact, self._looks["exact"])
        self._sheet.write_number(row, self._column[code], Written(exact), self._looks["exact"])
        return Term(self._address(row, self._column[code]), float(exact))

    def _group(self, row: int, group: str, exact: Mapping[str, Term]) -> Term:
        codes = self._scheme.indicators_of(group)
        columns = [self._column[code] for code in codes]
        values = [exact[code].value for code in codes if code in exact]
        cells = f"{self._address(row, min(columns))}:{xl_rowcol_to_cell(row, max(columns), row_abs=True, col_abs=True)}"
        found = sum_within(self._scheme.groups[group].maximum.value, cells, values)
        return self._write(row, self._column[f"group {group}"], found, self._looks["exact"])

    def _figure(self, row: int, name: str, text: str | None) -> None:
        """What is missing stays empty; the remarks say so."""
        if text is None:
            return
        value, look = Decimal(text), self._looks["figure"]
        if len(text.partition(".")[0]) > _DIGITS:
            self._sheet.write_string(row, self._column[name], text, look)
        else:
            self._sheet.write_number(row, self._column[name], _plain(value), look)
        if name in self._tens:
            self._sheet.write_number(row, self._column[f"scaled {name}"], _plain(value.scaleb(-self._tens[name])), look)

    def _key(self, name: str) -> str:
        return f"scaled {name}" if name in self._tens else name

    def _cell(self, at: int, name: str) -> Term:
        value = Decimal(self._lines[at]["measures"][name]).scaleb(-self._tens.get(name, 0))
        return Term(self._address(_FIRST + at, self._column[self._key(name)]), float(value))

    def _write(self, row: int, column: int, term: Term, look: Any) -> Term:
        self._sheet.write_formula(row, column, f"={term.text}", look, term.value)
        return Term(self._address(row, column), term.value)

    def _range(self, rows: Sequence[int], column: int) -> str:
        last = xl_rowcol_to_cell(_FIRST + rows[-1], column, row_abs=True, col_abs=True)
        return f"{self._address(_FIRST + rows[0], column)}:{last}"

    @staticmethod
    def _address(row: int, column: int) -> str:
        return f"'{NAME}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


def _headings(scheme: Scheme, tens: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name, measure in scheme.measures.items():
        yield name, measure.label.vi
        if name in tens:
            yield f"scaled {name}", f"{measure.label.vi}, chia cho 10^{tens[name]}"
    for group in scheme.groups:
        for code in scheme.indicators_of(group):
            yield code, f"{'Điểm khuyến khích' if code == BONUS else code} chưa làm tròn"
    for group in scheme.groups:
        yield f"group {group}", f"{'Điểm khuyến khích' if group == BONUS else f'Bộ {group}'}, trong mức tối đa"


def _tens(scheme: Scheme, lines: Sequence[Document]) -> Iterator[tuple[str, int]]:
    """By which power of ten figures of more digits are divided; those of one formula by the same."""
    for indicator in scheme.indicators.values():
        names = indicator.formula.measures
        figures = [line["measures"][name] for line in lines for name in names]
        longest = max((len(text.partition(".")[0]) for text in figures if text is not None), default=0)
        if longest > _DIGITS:
            yield from ((name, longest - _DIGITS) for name in names)


def _runs(rows: Sequence[int]) -> Iterator[list[int]]:
    for _, run in groupby(enumerate(rows), key=lambda each: each[1] - each[0]):
        yield [row for _, row in run]


def _places(text: str | None) -> int:
    return len(text.partition(".")[2]) if text is not None else 0


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else Written(value)
