"""A small spreadsheet: reads the cells of our workbooks and computes exactly the forms of formulas that stand in them."""

from __future__ import annotations

import ast
import io
import operator
import re
import zipfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = re.compile(r"(?:'([^']+)'!)?\$([A-Z]+)\$([0-9]+)(?::\$([A-Z]+)\$([0-9]+))?")
_SIGNS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.GtE: operator.ge, ast.Eq: operator.eq,
}  # fmt: skip
TABLE, FIGURES = "Bảng điểm", "Số liệu"

WORDS = {
    "missing": "Thiếu số liệu", "not_applicable": "Không áp dụng", "not_counted": "Không tính theo cách hiểu được áp dụng",
}  # fmt: skip


class Book:
    """The file's cells as they are written, and what their formulas give in exact numbers or in doubles."""

    def __init__(self, body: bytes, number: Callable[[str], Any]) -> None:
        self.number = number
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314
            words = ["".join(found.text or "" for found in item.iter(f"{_NS}t")) for item in shared]
            names = [each.get("name", "") for each in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{_NS}sheet")]  # noqa: S314
            self.formulas: dict[tuple[str, str], str] = {}
            self.written: dict[tuple[str, str], str] = {}
            self.texts: dict[tuple[str, str], str] = {}
            for at, name in enumerate(names, start=1):
                for cell in ET.fromstring(archive.read(f"xl/worksheets/sheet{at}.xml")).iter(f"{_NS}c"):  # noqa: S314
                    self._keep(name, cell, words)
        self.names = names
        self._known: dict[tuple[str, str], Any] = {}

    def _keep(self, sheet: str, cell: Any, words: list[str]) -> None:
        key, formula, value = (sheet, cell.get("r")), cell.find(f"{_NS}f"), cell.findtext(f"{_NS}v") or ""
        if formula is not None:
            self.formulas[key] = formula.text
        if cell.get("t") == "s":
            self.texts[key] = words[int(value)]
        else:
            self.written[key] = value

    def value(self, sheet: str, cell: str) -> Any:
        """None of an empty cell, text as text."""
        key = (sheet, cell)
        if key in self.texts:
            return self.texts[key]
        if key in self.formulas:
            if key not in self._known:
                self._known[key] = self._computed(sheet, self.formulas[key])
            return self._known[key]
        return self.number(self.written[key]) if key in self.written else None

    def _computed(self, sheet: str, formula: str) -> Any:
        ranges: list[list[Any]] = []

        def kept(found: re.Match[str]) -> str:
            name, first, top, last, bottom = found.groups()
            columns = [letters(at) for at in range(number_of(first), number_of(last or first) + 1)]
            rows = range(int(top), int(bottom or top) + 1)
            ranges.append([self.value(name or sheet, f"{column}{row}") for row in rows for column in columns])
            return f"RANGE({len(ranges) - 1})"

        text = re.sub(r"(?<![<>])=", "==", _REFERENCE.sub(kept, formula))
        return self._of(ast.parse(text, mode="eval").body, text, ranges)

    def _of(self, node: ast.expr, text: str, ranges: list[list[Any]]) -> Any:
        match node:
            case ast.Constant(value=str()):
                return node.value
            case ast.Constant():
                return self.number(ast.get_source_segment(text, node) or "")
            case ast.BinOp():
                return _SIGNS[type(node.op)](self._of(node.left, text, ranges), self._of(node.right, text, ranges))
            case ast.Compare(ops=[sign]):
                return _SIGNS[type(sign)](self._of(node.left, text, ranges), self._of(node.comparators[0], text, ranges))
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._called(name, args, text, ranges)
        raise AssertionError(ast.dump(node))

    def _called(self, name: str, args: list[ast.expr], text: str, ranges: list[list[Any]]) -> Any:
        def of(each: ast.expr) -> Any:
            return self._of(each, text, ranges)

        match name, args:
            case "RANGE", [ast.Constant(value=int() as at)]:
                (only,) = ranges[at]
                assert isinstance(only, Fraction | float), "an empty cell or a text is no figure"
                return only
            case "IF", [condition, yes, no]:
                return of(yes) if of(condition) else of(no)
            case "INT", [inner]:
                return self.number(str(of(inner).__floor__()))
            case "ROUND", [inner, _]:
                return self.number(str((of(inner) + self.number("0.5")).__floor__()))
        found = [each for arg in args for each in self._many(arg, ranges, of) if isinstance(each, Fraction | float)]
        totals: dict[str, Callable[[list[Any]], Any]] = {"MIN": min, "MAX": max, "SUM": sum}
        return self.number("0") + totals[name](found)

    @staticmethod
    def _many(arg: ast.expr, ranges: list[list[Any]], of: Callable[[ast.expr], Any]) -> list[Any]:
        match arg:
            case ast.Call(func=ast.Name(id="RANGE"), args=[ast.Constant(value=int() as at)]):
                return ranges[at]
        return [of(arg)]

    def column(self, sheet: str, heading: str, *, row: int) -> str:
        return next(re.sub("[0-9]", "", at) for (name, at), text in self.texts.items() if name == sheet and text == heading
                    and re.sub("[A-Z]", "", at) == str(row))  # fmt: skip

    def rows(self) -> dict[str, int]:
        """Of the table: by code or label."""
        cells = {at: text for (name, at), text in self.texts.items() if name == TABLE and re.fullmatch("[AB][0-9]+", at)}
        return {text: int(at[1:]) for at, text in cells.items() if text}


def number_of(column: str) -> int:
    total = 0
    for letter in column:
        total = 26 * total + ord(letter) - 64
    return total


def letters(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def lines_of(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return sorted(found["agencies"], key=lambda line: (line["rank"], line["agency"]))


def assert_recomputes(found: Mapping[str, Any], body: bytes, number: Callable[[str], Any]) -> None:
    """Points, groups, totals and grades of every body, computed from the figures, are those of the document."""
    book = Book(body, number)
    rows = book.rows()
    total = next(row for label, row in rows.items() if label.startswith("Tổng điểm của tháng"))
    for at, line in enumerate(lines_of(found), start=7):
        column = letters(at)
        assert book.texts[TABLE, f"{column}5"] == line["name_vi"]
        for code, one in line["indicators"].items():
            cell = book.value(TABLE, f"{column}{rows['Điểm khuyến khích' if code == 'bonus' else code]}")
            if one["state"] in WORDS:
                assert cell == WORDS[one["state"]]
            else:
                assert cell == number(one["points"]), (line["agency"], code)
        for group, points in line["groups"].items():
            assert book.value(TABLE, f"{column}{rows[group]}") == number(points)
        assert book.value(TABLE, f"{column}{total}") == number(str(line["total"]))
        assert book.value(TABLE, f"{column}{rows['Tổng điểm đã công bố']}") == number(str(line["total"]))
        assert book.value(TABLE, f"{column}{total + 2}") == "Khớp"
        assert book.value(TABLE, f"{column}{rows['Xếp loại']}") == line["grade"]
        assert book.value(TABLE, f"{column}{rows['Hạng (tham khảo)']}") == line["rank"]
        assert book.value(TABLE, f"{column}{rows['Điểm xếp hạng']}") == number(line["shown_total"])
