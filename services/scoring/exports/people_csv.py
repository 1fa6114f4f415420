"""The table as CSV for people who open it in a spreadsheet in Vietnamese: semicolons, decimal commas, headings in words, the
decision's order (PUB-20). Pure.

Nothing in it may become what it is not: no cell looks like a date, and no text like a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from shared.awaiting import AWAITING, own_group_points, own_points
from shared.csv_files import csv_file, guarded
from shared.law.exact import decimal_text
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme
from shared.public_pages.addresses import data_at
from shared.public_pages.publication_list import EXPORTED, listed
from shared.public_pages.words import KINDS, STATES, remarks_of
from shared.source_names import source_name
from shared.writing import month

Document = Mapping[str, Any]

# U+2044: read as a fraction, and by no program as a date (27/2 is the 27th of February to most).
_FRACTION_SLASH: Final = "\u2044"
_PLACES: Final = 12
_LACKING: Final = frozenset({"missing", AWAITING})


def people_csv(document: Document, scheme: Scheme) -> bytes:
    """UTF-8 with a byte order mark, one row a body by rank, and of equal ones by code; what is missing is an empty cell."""
    given = listed(document, EXPORTED)
    columns = dict(_headings(scheme))
    ranked = sorted(given["agencies"], key=lambda line: (line["rank"], line["agency"]))
    cells = (dict(_cells(given, line, scheme)) for line in ranked)
    lines = ([each[name] for name in columns] for each in cells)
    return csv_file([list(columns.values()), *lines], delimiter=";")


def _headings(scheme: Scheme) -> Iterator[tuple[str, str]]:
    yield from {"period": "Tháng", "version": "Phiên bản", "provisional": "Tạm tính", "rank": "Hạng"}.items()
    yield from {"shown_total": "Điểm xếp hạng", "kind": "Khối cơ quan", "rank_in_kind": "Hạng trong khối"}.items()
    yield from {"agency": "Mã cơ quan", "name": "Cơ quan", "head": "Người đứng đầu", "head_title": "Chức danh"}.items()
    for group, rule in scheme.groups.items():
        if group != BONUS:
            yield group, f"{group}. {rule.label.vi}"
        for code in scheme.indicators_of(group):
            name = scheme.indicators[code].label.vi if code == BONUS else f"{code}. {scheme.indicators[code].label.vi}"
            yield code, name
            yield f"{code}_exact", f"{name} (chính xác)"
    yield from {"total": "Tổng điểm", "total_exact": "Tổng điểm (chính xác)", "grade": "Xếp loại"}.items()
    yield from {"missing": "Thiếu số liệu", "remarks": "Ghi chú", "notices": "Lưu ý về số liệu"}.items()
    yield from {"publication": "Mã công bố", "run": "Lần chấm điểm", "result_digest": "Mã băm kết quả"}.items()
    yield from {"scheme_digest": "Mã băm phương án", "snapshots": "Bản chốt số liệu", "proof": "Địa chỉ"}.items()


def _cells(given: Document, line: Document, scheme: Scheme) -> Iterator[tuple[str, object]]:
    yield from _same(given)
    yield from ((name, line[name]) for name in ("rank", "rank_in_kind", "agency", "total", "grade"))
    yield "shown_total", _comma(line["shown_total"])
    yield "total_exact", exact_text(line["total_exact"])
    yield "kind", KINDS[line["kind"]].vi
    yield "name", guarded(line["name_vi"])
    yield "head", guarded(line["head"].get("name") or "")
    yield "head_title", guarded(line["head"].get("title_vi") or "")
    for group in line["groups"]:
        yield group, _comma(own_group_points(line, group, scheme.indicators_of(group)))
    for code, found in line["indicators"].items():
        points = own_points(line, code)
        yield code, _comma(points)
        yield f"{code}_exact", "" if points is None else exact_text(found["exact"])
    yield "missing", ", ".join(code for code, found in line["indicators"].items() if found["state"] in _LACKING)
    yield "remarks", guarded("; ".join(remarks(line)))
    yield "proof", data_at(given["period"], given["version"], agency=line["agency"])


def _same(given: Document) -> Iterator[tuple[str, object]]:
    yield "period", month(given["period"])
    yield "provisional", "có" if given["provisional"] else "không"
    yield from ((name, given[name]) for name in ("version", "publication", "run", "result_digest", "scheme_digest"))
    yield "snapshots", " ".join(f"{each['source']}={each['snapshot']}" for each in given["snapshots"])
    yield "notices", guarded("; ".join(notices(given)))


def notices(given: Document) -> Iterator[str]:
    """What sources say of their figures, each with the source's name."""
    for each in given["snapshots"]:
        for notice in each["notices"]:
            yield f"{source_name(each['source'], 'vi')}: {notice}"


def remarks(line: Document) -> Iterator[str]:
    """What is said of a body's points beside the figures: how rounding decided, and every state that is no plain score."""
    if line["lifted"]:
        yield line["lifted"]["vi"].rstrip(".")
    yield from (words.vi for words in remarks_of(line["flags"]))
    for code, found in line["indicators"].items():
        said: Iterable[str] = (words.vi for words in (STATES[found["state"]], *remarks_of(found["flags"])) if words)
        if joined := ", ".join(said):
            yield f"{'Điểm khuyến khích' if code == BONUS else code}: {joined}"


def exact_text(exact: str | None) -> str:
    """Exact points: a number with a decimal comma where a decimal ends, else a fraction."""
    if exact is None:
        return ""
    value = Fraction(exact)
    places = next((places for places in range(_PLACES) if 10**places % value.denominator == 0), None)
    if places is None:
        return f"{value.numerator}{_FRACTION_SLASH}{value.denominator}"
    return _comma(decimal_text(value, places=places))


def _comma(number: str | None) -> str:
    return "" if number is None else number.replace(".", ",")
