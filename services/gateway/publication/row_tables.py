"""Rows as a table: one line a row, the columns of all datasets of the list beside each other."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from services.gateway.publication.row_lists import RowList, ShownRow
from services.gateway.reports.formats.formula_guard import guarded

_FIRST = ("dataset", "verdict", "counts_in", "masked", "leaf", "agency", "expanded_by")


def as_csv(whole: RowList, rows: Iterable[ShownRow]) -> bytes:
    """UTF-8 with a byte order mark, RFC 4180; what a row does not have, and what is not shown of it, is empty."""
    names = dict.fromkeys(name for part in whole.parts for name in part.dataset.names)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*_FIRST, *names))
    for each in rows:
        shown = each.shown()
        values = shown.pop("row")
        line = shown | {"counts_in": " ".join(shown["counts_in"])} | values
        writer.writerow([_cell(line.get(name)) for name in (*_FIRST, *names)])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return guarded(value) if isinstance(value, str) else value
