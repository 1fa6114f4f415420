"""What a terminal shows of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from shared.law.exact import decimal_text

GRADE_STYLE = {"A": "bold green", "B": "green", "C": "yellow", "D": "red"}
STATES = {
    "scored": "",
    "no_events": "không phát sinh",
    "not_applicable": "không áp dụng",
    "missing": "thiếu số liệu",
    "settled": "theo quyết định xử lý",
}
FLAGS = {
    "official_file": "theo văn bản",
    "pool_incomplete": "tập so sánh còn thiếu số liệu",
    "clamped": "giới hạn ở mức tối đa",
}
MISSING = "–"


def sheet_table(document: Mapping[str, Any]) -> Table:
    """Rank, body, A–E, bonus, total and grade; a dash is a missing value."""
    table = _table(_title(document))
    table.add_column("Hạng", justify="right", no_wrap=True)
    table.add_column("Mã", no_wrap=True)
    table.add_column("Cơ quan", no_wrap=True, overflow="ellipsis", min_width=18)
    for name in ("A", "B", "C", "D", "E", "Thưởng", "Tổng"):
        table.add_column(name, justify="right", no_wrap=True, min_width=max(5, len(name)))
    table.add_column("Loại", justify="center", no_wrap=True, min_width=4)
    for line in sorted(document["agencies"], key=lambda one: (one["rank"], one["agency"])):
        groups = [line["groups"][code] or MISSING for code in "ABCDE"]
        bonus = line["indicators"]["bonus"]["points"] or MISSING
        style = GRADE_STYLE.get(line["grade"], "")
        cells = [str(line["rank"]), line["agency"], short(line["name_vi"]), *groups, bonus, str(line["total"])]
        table.add_row(*cells, f"[{style}]{line['grade']}[/{style}]" if style else line["grade"])
    return table


def agency_table(document: Mapping[str, Any], line: Mapping[str, Any]) -> Table:
    """Every indicator of one body: points, exact value, maximum, state, citation, and the snapshots it rests on."""
    table = _table(f"{line['agency']} {line['name_vi']} · {_title(document)}")
    for name in ("Chỉ số", "Điểm", "Giá trị đúng", "Tối đa"):
        table.add_column(name, no_wrap=True)
    for name in ("Trạng thái", "Căn cứ QĐ 4585", "Bản chốt"):
        table.add_column(name)
    for code, found in line["indicators"].items():
        items = dict.fromkeys(each["item"].removeprefix("Phụ lục, ") for each in document["citations"].get(code, []))
        snapshots = " ".join(snapshot[5:11] for snapshot in found["snapshots"])
        said = [STATES[found["state"]], *(FLAGS.get(flag, flag) for flag in found["flags"] if flag != found["state"])]
        cells = (found["points"] or MISSING, found["exact"] or MISSING, found["max"])
        table.add_row(code, *cells, ", ".join(filter(None, said)), "; ".join(list(items)[:2]), snapshots)
    total = decimal_text(Fraction(line["total_exact"]), places=6)
    table.caption = f"Tổng {line['total']} (chưa làm tròn {total}…), loại {line['grade']}, hạng {line['rank']}"
    return table


def notices(document: Mapping[str, Any]) -> list[str]:
    """What the sources say of their figures, each once."""
    return list(dict.fromkeys(notice for snapshot in document["snapshots"] for notice in snapshot["notices"]))


def console() -> Console:
    """The terminal; wide enough for a sheet where there is none to ask."""
    found = Console()
    return found if found.is_terminal else Console(width=110)


def short(name: str) -> str:
    """The name as officials abbreviate it, so that a line of the table is a line."""
    return name.replace("Ủy ban nhân dân ", "UBND ")


def _table(title: str) -> Table:
    return Table(title=title, header_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))


def show(document: Mapping[str, Any], *, on: Console) -> None:
    """The table, and below it what a reader must know to read it rightly."""
    on.print(sheet_table(document))
    if notices(document):
        on.print("[yellow]Nguồn dữ liệu tự ghi chú là số liệu mô phỏng hoặc có lưu ý (xem snapshots[].notices).[/yellow]")
    if document["provisional"]:
        on.print(f"[red]TẠM TÍNH[/red]: còn chỉ số thiếu số liệu ({MISSING}); chưa thể công bố.")
    if any("official_file" in found["flags"] for one in document["agencies"] for found in one["indicators"].values()):
        on.print("Một số chỉ số dựa trên văn bản chính thức, không phải kết nối tự động (xem cờ official_file).")


def _title(document: Mapping[str, Any]) -> str:
    version = f"phiên bản {document['version']}" if "version" in document else f"bản tính {document.get('run', '')}"
    return f"Bảng điểm tháng {document['period']} · {version} · {document['scheme']}"
