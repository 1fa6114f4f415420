"""The invented reports as a body's own system would write them: one file a body, in turn as JSON, NDJSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from deploy.sandbox.internal import agency_report
from deploy.sandbox.months import Month

FORM = "monthly-report/1"
NARRATIVE = "DỮ LIỆU MÔ PHỎNG: toàn bộ báo cáo này là giả định, không phản ánh số liệu của cơ quan nào."
Row = Mapping[str, object]


@dataclass(frozen=True)
class Written:
    """One body's report of a month. ``confirmed`` are the databases whose figures the Ministry of Public Security confirms."""

    agency: str
    media_type: str
    body: bytes
    confirmed: frozenset[str]


def reports(period: Month, *, seed: int) -> Iterator[Written]:
    """The 56 reports in code order."""
    rows = agency_report.datasets(seed, period)
    writers = (("application/json", _json), ("application/x-ndjson", _lines), ("text/csv", _csv))
    for number, head in enumerate(rows["reports"]):
        agency = str(head["agency"])
        media_type, write = writers[number % len(writers)]
        records = _of(rows["reported_records"], agency)
        content: dict[str, list[dict[str, object]]] = {
            "report": [{"form": FORM, "agency": agency, "period": str(period), "document": head["document"]}],
            "registered_tasks": [_cells(row) for row in _of(rows["registered_tasks"], agency)],
            "reported_databases": [_cells(row, "database", "database_name", "new_records") for row in records],
            "narratives": [{"section": "general", "visibility": "public", "text": NARRATIVE}],
        }
        confirmed = frozenset(str(row["database"]) for row in records if row["confirmed_at"] is not None)
        yield Written(agency, media_type, write(content), confirmed)


def _of(rows: list[Row], agency: str) -> list[Row]:
    return [row for row in rows if row["agency"] == agency]


def _cells(row: Row, *names: str) -> dict[str, object]:
    """The row's cells as JSON values, without the body and without what is empty."""
    kept = names or tuple(name for name in row if name != "agency")
    return {name: _plain(row[name]) for name in kept if row[name] is not None}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _json(content: Mapping[str, list[dict[str, object]]]) -> bytes:
    document = {**content, "report": content["report"][0]}
    return json.dumps(document, ensure_ascii=False).encode()


def _lines(content: Mapping[str, list[dict[str, object]]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _flat(content)).encode()


def _csv(content: Mapping[str, list[dict[str, object]]]) -> bytes:
    rows = list(_flat(content))
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode("utf-8-sig")


def _flat(content: Mapping[str, list[dict[str, object]]]) -> Iterator[dict[str, object]]:
    """Each row with its section; an empty section once. A narrative's own section is called ``about`` here."""
    for section, rows in content.items():
        for row in rows or [{}]:
            named = {"about" if name == "section" else name: value for name, value in row.items()}
            yield {"section": section, **named}
