"""What a terminal shows of a sheet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from shared.awaiting import own_group_points, own_points
from shared.holds.declaration import Hold
from shared.holds.register import kind_of
from shared.law.exact import decimal_text
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme, scheme_for
from shared.medians import written
from shared.period import Period
from shared.source_names import source_name
from shared.writing import decimal_comma, moment, month

GRADE_STYLE = {"A": "bold green", "B": "green", "C": "yellow", "D": "red"}
STATES = {
    "scored": "",
    "no_events": "không phát sinh",
    "not_counted": "không tính theo cách hiểu được áp dụng",
    "not_applicable": "không áp dụng",
    "missing": "thiếu số liệu",
    "awaiting_confirmation": "chờ Bộ Công an xác nhận",
    "settled": "theo quyết định xử lý",
}
FLAGS = {
    "official_file": "theo văn bản",
    "pool_incomplete": "tập so sánh còn thiếu số liệu",
    "clamped": "giới hạn ở mức tối đa",
}
# What an extension did to the report that counted.
CONSEQUENCES = {
    "report_in_time": "nhờ đó báo cáo đúng hạn",
    "late_report_counts": "nhờ đó báo cáo muộn được tính",
    "none": "không ảnh hưởng báo cáo được tính",
}
MISSING = "–"
# What came of a command, by the field of its result; --json has the fields.
RESULTS = {
    "agency": "cơ quan", "agrees": "hai công cụ tính điểm trùng khớp", "as_of": "thời điểm chốt", "command": "lệnh",
    "digest": "mã băm", "document": "văn bản", "indicator": "chỉ số", "inputs_digest": "mã băm số liệu đầu vào",
    "measure": "số đo", "new": "mới", "next": "bước tiếp theo", "origin": "cách lấy", "period": "kỳ",
    "provisional": "tạm tính", "publication_id": "lần công bố", "reason": "lý do", "recorded_at": "thời điểm ghi",
    "replayed": "mã băm tính lại", "result_digest": "mã băm kết quả", "root": "mã băm các dòng", "row_count": "số dòng",
    "ruling_id": "quyết định xử lý", "run_id": "lần chấm điểm", "same": "trùng từng byte", "snapshot_id": "bản chốt",
    "source": "nguồn", "stored": "mã băm đã lưu", "valid_from": "từ kỳ", "valid_to": "đến kỳ", "value": "giá trị",
    "version": "phiên bản", "actor": "người thực hiện", "first_day": "từ ngày", "head_id": "lần nhập", "last_day": "đến ngày",
    "name": "họ và tên", "state": "trạng thái", "first_period": "từ kỳ", "number": "lần sửa đổi", "periods": "các kỳ",
    "readings": "cách hiểu", "revision_id": "bản sửa đổi", "scheme": "phương án chấm điểm", "shadow_id": "lượt tính thử",
    "signing_digest": "mã băm cần ký", "decision": "đề nghị", "kind": "loại", "withdraws": "rút lại",
    "plan_id": "kế hoạch tính điểm", "approved_by": "người phê duyệt", "ended_by": "người từ chối hoặc rút lại",
}  # fmt: skip
# Decimals of a figure that has no end; one that ends is written whole.
PLACES = 6
RANKED_PLACES = 2


# Everything but the name: what a narrow terminal must never lose.
FIXED_WIDTH = 65
SHORTEST_NAME, LONGEST_NAME = 12, 46


def sheet_table(document: Mapping[str, Any], *, width: int) -> Table:
    """Rank and the total that decides it, body, A–E, bonus, total and grade; a dash is a missing value.

    The name gives way to a narrow terminal.
    """
    table, scheme = _table(_title(document)), scheme_for(Period.parse(document["period"]))
    name_width = max(SHORTEST_NAME, min(LONGEST_NAME, width - FIXED_WIDTH))
    table.add_column("Hạng", justify="right", no_wrap=True, width=4)
    table.add_column("Điểm xếp hạng", justify="right", width=6)
    table.add_column("Mã", no_wrap=True, width=3)
    table.add_column("Cơ quan", no_wrap=True, overflow="ellipsis", width=name_width)
    for name in ("A", "B", "C", "D", "E"):
        table.add_column(name, justify="right", no_wrap=True, width=5)
    table.add_column("Khuyến khích", justify="right", width=6)
    table.add_column("Tổng", justify="right", no_wrap=True, width=4)
    table.add_column("Loại", justify="center", no_wrap=True, width=4)
    for line in sorted(document["agencies"], key=lambda one: (one["rank"], one["agency"])):
        groups = [decimal_comma(own_group_points(line, code, scheme.indicators_of(code))) for code in "ABCDE"]
        bonus = decimal_comma(own_points(line, BONUS))
        style = GRADE_STYLE.get(line["grade"], "")
        ranked = [str(line["rank"]), ranked_by(line)]
        cells = [*ranked, line["agency"], short(line["name_vi"]), *groups, bonus, str(line["total"])]
        table.add_row(*cells, f"[{style}]{line['grade']}[/{style}]" if style else line["grade"])
    return table


def agency_table(document: Mapping[str, Any], line: Mapping[str, Any]) -> Table:
    """Why one body got what it got: every indicator with its figures, the best of the pool, points, state and citation."""
    scheme = scheme_for(Period.parse(document["period"]))
    table = _table(f"{line['agency']} {line['name_vi']} · {_title(document)}")
    for name in ("Chỉ số", "Số liệu"):
        table.add_column(name, ratio=2)
    for name in ("Điểm", "Tối đa"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("Trạng thái · căn cứ QĐ 4585 · bản chốt", ratio=2)
    for code, found in line["indicators"].items():
        indicator = scheme.indicators[code]
        table.add_row(
            f"{code} {indicator.label.vi}",
            "\n".join(_figures(document, line, code, scheme)),
            _points(line, code),
            _exact(found["max"]),
            " · ".join(filter(None, _standing(document, line, code))),
        )
    total = _exact(line["total_exact"])
    ranked = f"hạng {line['rank']} với {ranked_by(line)} điểm"
    table.caption = "\n".join([f"Tổng {line['total']} (chưa làm tròn {total}), loại {line['grade']}, {ranked}", *_beside(line)])
    return table


def _points(line: Mapping[str, Any], code: str) -> str:
    points = own_points(line, code)
    return MISSING if points is None else f"{decimal_comma(points)}\n= {_exact(line['indicators'][code]['exact'])}"


def ranked_by(line: Mapping[str, Any]) -> str:
    """The total to two decimals, which stands beside every rank."""
    return decimal_comma(decimal_text(Fraction(line["total_exact"]), places=RANKED_PLACES))


def _beside(line: Mapping[str, Any]) -> Iterator[str]:
    """What rounding lifted, and the total on the maximum that applies; sheets of former engines do not say it."""
    if line.get("lifted"):
        yield line["lifted"]["vi"]
    if found := line.get("applicable"):
        yield f"Trên mức tối đa áp dụng {_exact(found['maximum'])} điểm (tham khảo): {found['total']}, loại {found['grade']}"


def report_lines(beside: Mapping[str, Any] | None) -> Iterator[str]:
    """The report that counted and every extension of the body: by whom, why, until when, and what it did (APR-10)."""
    if beside is None:
        return
    report = beside["report"]
    if report is None:
        yield f"Báo cáo của cơ quan: {MISSING}"
    else:
        came, due = (moment(report[name]) for name in ("submitted_at", "deadline"))
        yield f"Báo cáo số {report['sequence']}, nhận {came}, hạn {due}: {'muộn' if report['late'] else 'đúng hạn'}"
    for each in beside["extensions"]:
        approved = f", {each['approved_by']} duyệt" if each["approved_by"] else ""
        what = f"Gia hạn đến {moment(each['until'])} ({CONSEQUENCES[each['consequence']]})"
        yield f"{what}: {each['document']}. {each['reason']}. {each['actor']} đề xuất{approved}"


def result_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """What came of a command, a line for each field; one of several things is a line itself."""
    for name, value in result.items():
        said = " · ".join(result_lines(value)) if isinstance(value, Mapping) else _plain(value)
        yield f"{RESULTS.get(name, name)}: {said}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return MISSING if value is None else str(value)


def _figures(document: Mapping[str, Any], line: Mapping[str, Any], code: str, scheme: Scheme) -> Iterator[str]:
    for name in scheme.indicators[code].formula.measures:
        value = line["measures"].get(name)
        ruled = f" (quyết định {line['settled'][name]})" if name in line["settled"] else ""
        yield f"{scheme.measures[name].label.vi}: {decimal_comma(value)}{ruled}"
    for one in line["indicators"][code].get("figures", ()):
        if one.get("word") == "refused":
            why = f": {one['reason']}" if "reason" in one else ""
            yield f"{one['database_name']}: {one['reported']}, Bộ Công an không chấp nhận{why}"
    if code in document.get("leader_values", {}):
        best = document["leader_values"][code]
        yield f"cao nhất: {_exact(best['value'])} ({', '.join(best['agencies'])})"


def hold_lines(period: str, holds: Sequence[Hold]) -> Iterator[str]:
    """What holds a month's next version: each kind with its bodies, how many facts, and the points at stake; of a figure to be
    confirmed the figure."""
    if not holds:
        yield f"Không có việc chờ giải quyết trước khi công bố {month(period)}."
    for hold in holds:
        kind = kind_of(hold.kind)
        yield f"{kind.title_vi} ({source_name(hold.source, 'vi')}), {hold.hold_id}:"
        for body in hold.bodies:
            if kind.confirms:
                yield from (f"  {body.agency}: {_beside_next(item.facts)}" for item in body.items)
                continue
            points = body.as_document()["points"]
            stake = "chưa tính được số điểm liên quan" if points is None else f"liên quan {decimal_comma(points)} điểm"
            yield f"  {body.agency}: {len(body.items)}, {stake}"
        yield f"  {kind.settled_by_vi}"


def _beside_next(facts: Mapping[str, Any]) -> str:
    return f"{facts['indicator']}, {facts['value']}; đơn vị đứng sau {facts['next_value']}"


def _standing(document: Mapping[str, Any], line: Mapping[str, Any], code: str) -> Iterator[str]:
    found = line["indicators"][code]
    yield STATES[found["state"]]
    if waits := found.get("awaiting"):
        yield f"{waits['figures']} số liệu chờ ý kiến, liên quan {decimal_comma(waits['points'])} điểm"
    for flag in found["flags"]:
        yield "" if flag == found["state"] else FLAGS.get(flag, flag)
    for row in document["applicability"]:
        if (row["agency"], row["indicator"]) == (line["agency"], code):
            yield row["document"]
    yield "; ".join(dict.fromkeys(each["item"].removeprefix("Phụ lục, ") for each in document["citations"].get(code, [])))
    yield " ".join(snapshot[:11] for snapshot in found["snapshots"])


def _exact(text: str | None) -> str:
    """An exact number as a decimal with a comma; its beginning where it has no end, the document has the fraction."""
    if text is None:
        return MISSING
    value = Fraction(text)
    scaled = value * 10**PLACES
    return decimal_comma(written(value) if scaled.denominator == 1 else decimal_text(value, places=PLACES) + "…")


def notices(document: Mapping[str, Any]) -> list[str]:
    """What the sources say of their figures, each once."""
    return list(dict.fromkeys(notice for snapshot in document["snapshots"] for notice in snapshot["notices"]))


def console() -> Console:
    """The terminal; wide enough for a sheet where there is none to ask."""
    found = Console()
    return found if found.is_terminal or "COLUMNS" in os.environ else Console(width=110)


def short(name: str) -> str:
    """The name as officials abbreviate it, so that a line of the table is a line."""
    return name.replace("Ủy ban nhân dân ", "UBND ")


def _table(title: str) -> Table:
    return Table(title=title, header_style="bold", box=box.SIMPLE_HEAD, padding=0)


def show(document: Mapping[str, Any], *, on: Console) -> None:
    """The table, and below it what a reader must know to read it rightly."""
    on.print(sheet_table(document, width=on.width))
    if notices(document):
        on.print("[yellow]Nguồn dữ liệu tự ghi chú là số liệu mô phỏng hoặc có lưu ý (xem snapshots[].notices).[/yellow]")
    if document["provisional"]:
        on.print(f"[red]TẠM TÍNH[/red]: còn chỉ số thiếu số liệu ({MISSING}); chưa thể công bố.")
    if any("official_file" in found["flags"] for one in document["agencies"] for found in one["indicators"].values()):
        on.print("Một số chỉ số dựa trên văn bản chính thức, không phải kết nối tự động (xem cờ official_file).")


def _title(document: Mapping[str, Any]) -> str:
    version = f"phiên bản {document['version']}" if "version" in document else f"lần chấm điểm {document.get('run', '')}"
    return f"Bảng điểm {month(document['period'])} · {version} · {document['scheme']}"
