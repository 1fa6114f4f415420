"""The month as a workbook: the decision's own table with points as formulas over the figures, the figures, and where all of it
comes from (XPT-01, XPT-02, XPT-05). Pure: the same document gives the same bytes.

Every formula is written with its value, for not every program computes a file it did not write. One whose value, computed as
an office program does it, is not the published figure is not written: the figure stands there alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from services.scoring.exports.formulas import Term, Written, rounded_sum
from services.scoring.exports.inputs_sheet import NAME, InputsSheet, Scored
from services.scoring.exports.people_csv import notices
from shared.awaiting import WITHOUT_POINTS
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme
from shared.public_pages.addresses import data_at, month_at
from shared.public_pages.publication_list import EXPORTED, listed
from shared.public_pages.words import KINDS, STATES
from shared.source_names import source_name
from shared.writing import NONE, moment, month

Document = Mapping[str, Any]

_HEADINGS, _FIRST = 4, 5
_NUMBER, _NAME, _MEANING, _FORMULA, _MAXIMUM, _SOURCE, _BODIES = range(7)
_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E8EEF4"},
    "words": {"text_wrap": True, "valign": "top"},
    "group": {"bold": True, "text_wrap": True, "valign": "top"},
    "points": {"num_format": "0.00", "align": "right", "valign": "top"},
    "group_points": {"num_format": "0.00", "bold": True, "align": "right", "valign": "top"},
    "whole": {"num_format": "General", "bold": True, "align": "right"},
    "state": {"italic": True, "align": "right", "text_wrap": True, "valign": "top", "font_color": "#555555"},
    "figure": {"num_format": "#,##0.##########", "align": "right"},
    "exact": {"num_format": "0.0000000000", "align": "right"},
}


def workbook(document: Document, scheme: Scheme, digest: str = NONE) -> bytes:
    """``document`` is the published sheet of all bodies, ``scheme`` the law it was scored by, ``digest`` that of the published
    bytes. Bodies stand by rank, and of equal ones by code. Raises FileNotFoundError for a decision whose table is not kept
    here."""
    given = listed(document, EXPORTED)
    lines = sorted(given["agencies"], key=lambda line: (line["rank"], line["agency"]))
    out = io.BytesIO()
    with Workbook(out, _OPTIONS) as book:
        made = datetime.fromisoformat(given["published_at"]).replace(tzinfo=None)
        book.set_properties({"title": f"Bảng điểm {month(given['period'])}", "created": made})
        looks = {name: book.add_format(dict(look)) for name, look in _LOOKS.items()}
        table, figures, provenance = (book.add_worksheet(name) for name in ("Bảng điểm", NAME, "Nguồn gốc"))
        scored = InputsSheet(figures, scheme, lines, looks).written()
        _Table(table, scheme, looks).write(given, lines, scored)
        _write_provenance(provenance, given, scheme, digest, looks)
    return out.getvalue()


@cache
def decisions_table(scheme: str) -> Mapping[str, Any]:
    """``headings``, ``rows`` by group and indicator, and the line of the ``total``, in the decision's words."""
    found: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name(f"{scheme}.yaml").read_text("utf-8"))
    return found


class _Table:
    """The decision's rows and columns, then a column for each body."""

    def __init__(self, sheet: Worksheet, scheme: Scheme, looks: Mapping[str, Any]) -> None:
        self._sheet, self._scheme, self._looks = sheet, scheme, looks
        self._words = decisions_table(scheme.id)
        rows = [
            code for group in scheme.groups for code in ((group, *scheme.indicators_of(group)) if group != BONUS else (BONUS,))
        ]
        below = ("total", "published", "compared", "grade", "rank", "shown_total", "rank_in_kind", "kind", "head", "agency")
        self._row = {name: at for at, name in enumerate((*rows, *below), start=_FIRST)}

    def write(self, given: Document, lines: Sequence[Document], scored: Sequence[Scored]) -> None:
        self._write_head(given)
        self._write_words()
        for column, (line, found) in enumerate(zip(lines, scored, strict=True), start=_BODIES):
            self._sheet.write_string(_HEADINGS, column, line["name_vi"], self._looks["heading"])
            self._write_points(column, line, found)
            self._write_total(column, line, found)
            self._write_standing(column, line)

    def _write_head(self, given: Document) -> None:
        sheet, provisional = self._sheet, " Kết quả tạm tính: còn thiếu số liệu." if given["provisional"] else ""
        sheet.write_string(0, 0, f"Bảng điểm {month(given['period'])}", self._looks["title"])
        sheet.write_string(1, 0, f"Phiên bản {given['version']}, công bố lúc {moment(given['published_at'])}.{provisional}")
        sheet.write_string(2, 0, "; ".join(notices(given)))
        for column, heading in enumerate(self._words["headings"]):
            sheet.write_string(_HEADINGS, column, heading, self._looks["heading"])
        for column, width in ((_NUMBER, 6), (_NAME, 36), (_MEANING, 30), (_FORMULA, 40), (_MAXIMUM, 8), (_SOURCE, 30)):
            sheet.set_column(column, column, width)
        sheet.set_column(_BODIES, _BODIES + len(given["agencies"]) - 1, 16)
        sheet.freeze_panes(_FIRST, _MEANING)

    def _write_words(self) -> None:
        for code, row in self._row.items():
            words = self._words["rows"].get(code)
            if words is None:
                continue
            look = self._looks["group" if code in self._scheme.groups else "words"]
            self._sheet.write_string(row, _NUMBER, code, look)
            for column, name in ((_NAME, "name"), (_MEANING, "meaning"), (_FORMULA, "formula"), (_SOURCE, "source")):
                self._sheet.write_string(row, column, words.get(name, ""), look)
        for group, rule in self._scheme.groups.items():
            self._sheet.write_number(self._row[group], _MAXIMUM, Written(rule.maximum.value), self._looks["group"])
        below = {
            BONUS: self._scheme.groups[BONUS].label.vi, "total": self._words["total"], "published": "Tổng điểm đã công bố",
            "compared": "Đối chiếu tổng điểm tính được với tổng điểm đã công bố", "grade": "Xếp loại",
            "rank": "Hạng (tham khảo)", "shown_total": "Điểm xếp hạng", "rank_in_kind": "Hạng trong khối",
            "kind": "Khối cơ quan", "head": "Người đứng đầu", "agency": "Mã cơ quan",
        }  # fmt: skip
        for name, label in below.items():
            self._sheet.write_string(self._row[name], _NAME, label, self._looks["group"])

    def _write_points(self, column: int, line: Document, scored: Scored) -> None:
        for code, found in line["indicators"].items():
            if code not in scored.exact:
                self._write_state(self._row[code], column, [found["state"]])
                continue
            made = scored.points[code]
            again = rounded_sum([scored.exact[code]], places=2)
            candidates = [again] if made is None else [made.shown, again]
            self._write_figure(self._row[code], column, candidates, found["points"], "points")
        for group, points in line["groups"].items():
            states = [line["indicators"][code]["state"] for code in self._scheme.indicators_of(group)]
            if set(states) <= WITHOUT_POINTS:
                self._write_state(self._row[group], column, states)
            else:
                made_group = rounded_sum([scored.groups[group]], places=2)
                self._write_figure(self._row[group], column, [made_group], points, "group_points")

    def _write_total(self, column: int, line: Document, scored: Scored) -> None:
        published, places = Written(line["total"]), self._scheme.rounding.total_places.value
        scale = _scale(self._scheme, line)
        candidates = [] if scale is None else [rounded_sum(list(scored.groups.values()), places=places, scale=scale)]
        self._write_figure(self._row["total"], column, candidates, str(line["total"]), "whole")
        self._sheet.write_number(self._row["published"], column, published, self._looks["whole"])
        total, other = (self._address(self._row[name], column) for name in ("total", "published"))
        self._sheet.write_formula(
            self._row["compared"], column, f'=IF({total}={other},"Khớp","Không khớp")', self._looks["state"], "Khớp"
        )
        if self._scheme.grading.basis.value == "rounded_total":
            self._sheet.write_formula(
                self._row["grade"], column, f"={self._grade_of(total)}", self._looks["group"], line["grade"]
            )
        else:
            self._sheet.write_string(self._row["grade"], column, line["grade"], self._looks["group"])

    def _grade_of(self, total: str) -> str:
        *better, worst = self._scheme.grading.grades
        text = f'"{worst.grade}"'
        for grade in reversed(better):
            text = f'IF({total}>={grade.bound.value},"{grade.grade}",{text})'
        return text

    def _write_standing(self, column: int, line: Document) -> None:
        sheet, looks = self._sheet, self._looks
        sheet.write_number(self._row["rank"], column, line["rank"], looks["whole"])
        sheet.write_number(self._row["shown_total"], column, Written(line["shown_total"]), looks["points"])
        sheet.write_number(self._row["rank_in_kind"], column, line["rank_in_kind"], looks["whole"])
        head = ", ".join(each for each in (line["head"].get("name"), line["head"].get("title_vi")) if each)
        for name, words in (("kind", KINDS[line["kind"]].vi), ("head", head), ("agency", line["agency"])):
            sheet.write_string(self._row[name], column, words, looks["words"])

    def _write_state(self, row: int, column: int, states: Sequence[str]) -> None:
        """A word where there are no points; never a zero."""
        words = dict.fromkeys(said.vi for state in states if (said := STATES[state]))
        self._sheet.write_string(row, column, "; ".join(words), self._looks["state"])

    def _write_figure(self, row: int, column: int, candidates: Sequence[Term], published: str, look: str) -> None:
        value = float(published)
        sure = next((each for each in candidates if each.value == value), None)
        if sure is None:
            self._sheet.write_number(row, column, Written(value), self._looks[look])
        else:
            self._sheet.write_formula(row, column, f"={sure.text}", self._looks[look], value)

    @staticmethod
    def _address(row: int, column: int) -> str:
        found: str = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        return found


def _scale(scheme: Scheme, line: Document) -> Fraction | None:
    """What a body's total is multiplied by; None where nothing applies to it."""
    if scheme.applicability.total.value != "rescaled":
        return Fraction(1)
    most = Fraction(line["applicable"]["maximum"])
    return scheme.scale.value / most if most else None


def _write_provenance(sheet: Worksheet, given: Document, scheme: Scheme, digest: str, looks: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 78)
    rows = list(_origins(given, scheme, digest))
    for row, (name, value) in enumerate(rows):
        sheet.write_string(row, 0, name, looks["group"])
        sheet.write_string(row, 1, value, looks["words"])
    top = len(rows) + 1
    for column, heading in enumerate(("Nguồn số liệu", "Bản chốt (gốc băm)", "Phiên bản", "Lưu ý")):
        sheet.write_string(top, column, heading, looks["heading"])
    for row, each in enumerate(given["snapshots"], start=top + 1):
        sheet.write_string(row, 0, source_name(each["source"], "vi"), looks["words"])
        sheet.write_string(row, 1, each["snapshot"], looks["words"])
        sheet.write_number(row, 2, each["version"])
        sheet.write_string(row, 3, "; ".join(each["notices"]), looks["words"])


def _origins(given: Document, scheme: Scheme, digest: str) -> Iterator[tuple[str, str]]:
    yield "Tháng", month(given["period"])
    yield "Phiên bản", str(given["version"])
    yield "Công bố lúc", moment(given["published_at"])
    yield "Mã công bố", given["publication"]
    yield "Lần chấm điểm", given["run"]
    yield "Mã băm dữ liệu công bố", digest
    yield "Mã băm kết quả", given["result_digest"]
    yield "Phương án chấm điểm", f"{scheme.decision.number} ({given['scheme']})"
    yield "Mã băm phương án", given["scheme_digest"]
    if revision := given.get("revision"):
        yield "Bản sửa đổi", f"lần {revision['number']}, {revision['document']}"
    yield "Trang công bố", month_at(given["period"], given["version"])
    yield "Dữ liệu đã công bố", data_at(given["period"], given["version"])
    yield (
        "Cách đọc",
        (
            "Bốn cột đầu và cột nguồn dữ liệu là nguyên văn mục 5 của Phụ lục; ô điểm là công thức theo phương án đang áp dụng "
            f"trên số liệu của trang “{NAME}”. Tổng điểm cộng từ điểm chưa làm tròn. Ô nào không viết được thành công thức cho "
            "đúng giá trị đã công bố thì ghi thẳng giá trị đó."
        ),
    )
