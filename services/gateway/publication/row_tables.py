"""Rows as a table: one line a row, the columns of all datasets of the list beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from services.gateway.publication.row_changes import ChangedRow, RowChanges
from services.gateway.publication.row_lists import RowList, ShownRow
from shared.csv_files import csv_file, guarded

_OURS = ("dataset", "verdict", "counts_in", "masked", "leaf")
_FIRST = (*_OURS, "agency", "expanded_by")
# What each line is proven by: its leaf stands in the snapshot's root (`?proof=true`, JSON, has the way there).
_LAST = ("snapshot", "root")


def as_csv(whole: RowList, rows: Iterable[ShownRow]) -> bytes:
    """UTF-8 with a byte order mark, RFC 4180; what a row does not have, and what is not shown of it, is empty. A dataset's own
    column that is called as one of ours is headed ``row.verdict``."""
    names = dict.fromkeys(_headed(name) for part in whole.parts for name in part.dataset.names)

    def lines() -> Iterator[list[object]]:
        yield [*_FIRST, *names, *_LAST]
        for each in rows:
            line = _line(each.shown())
            proven_by = (each.part.snapshot.snapshot_id, each.part.snapshot.root)
            yield [*(_cell(line.get(name)) for name in (*_FIRST, *names)), *proven_by]

    return csv_file(lines())


def changes_as_csv(whole: RowChanges, rows: Iterable[ChangedRow]) -> bytes:
    """As ``as_csv``, one line a changed row: every column twice, headed ``from.`` and ``to.``. A side that lacks the row still
    names the snapshot that lacks it; one that has none of the dataset is empty there too."""
    names = dict.fromkeys(_headed(name) for part in whole.parts for name in part.dataset.names)
    sides = [f"{side}.{name}" for name in (*_FIRST[1:], *names) for side in ("from", "to")]
    columns = ["dataset", "change", *sides]

    def lines() -> Iterator[list[object]]:
        yield [*columns, *(f"{side}.{name}" for name in _LAST for side in ("from", "to"))]
        for each in rows:
            shown = each.shown()
            line = {"dataset": shown["dataset"], "change": shown["change"]}
            for side in ("from", "to"):
                line |= {f"{side}.{name}": value for name, value in _line(shown[side]).items()} if shown[side] else {}
            heads = [side and side.snapshot for side in (each.part.before, each.part.after)]
            proven_by = [head and getattr(head, name) for name in ("snapshot_id", "root") for head in heads]
            yield [*(_cell(line.get(name)) for name in columns), *proven_by]

    return csv_file(lines())


def _line(shown: dict[str, Any]) -> dict[str, Any]:
    """By column what is shown of a row."""
    values = {_headed(name): value for name, value in shown["row"].items()}
    ours = {name: shown[name] for name in _OURS}
    return values | ours | {"counts_in": " ".join(shown["counts_in"])}


def _headed(name: str) -> str:
    return f"row.{name}" if name in _OURS else name


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return guarded(value) if isinstance(value, str) else value
