"""The month as SDMX-CSV 2.0 (XPT-04): an observation for each body and indicator, group and total, as the structure says. Pure.

Values are the published decimals as text, and beside them the exact ones. What is missing or does not apply has no value and a
status that says so; it is never 0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.awaiting import AWAITING, WITHOUT_POINTS
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme
from shared.public_pages.publication_list import EXPORTED, listed
from shared.sdmx.structure import ATTRIBUTES, DIMENSIONS, MEASURE, MONTHS, STRUCTURE_ID, TOTAL, UNIT

Document = Mapping[str, Any]

# Codes of the common list of observation statuses (SDMX CL_OBS_STATUS).
NORMAL, PROVISIONAL, MISSING, CANNOT_EXIST, NOT_COLLECTED = "A", "P", "O", "M", "L"
STATUS_WITHOUT: Final = {
    "missing": MISSING, AWAITING: NOT_COLLECTED, "not_applicable": CANNOT_EXIST, "not_counted": CANNOT_EXIST,
}  # fmt: skip
_LACKING: Final = frozenset({MISSING, NOT_COLLECTED})
# Nothing is appended to or replaced: a version is a whole, read as it is.
_INFORMATION: Final = "I"


def sdmx_csv(document: Document, scheme: Scheme) -> bytes:
    """UTF-8 without a byte order mark, CRLF, by body's code and in the decision's order."""
    given = listed(document, EXPORTED)
    columns = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, MEASURE, *ATTRIBUTES, *MONTHS)
    every = {"STRUCTURE": "dataflow", "STRUCTURE_ID": STRUCTURE_ID, "ACTION": _INFORMATION, **_month(given)}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    for line in sorted(given["agencies"], key=lambda each: each["agency"]):
        for observation in _observations(line, scheme, provisional=given["provisional"]):
            writer.writerow(every | {"AGENCY": line["agency"]} | observation)
    return out.getvalue().encode("utf-8")


def _month(document: Document) -> dict[str, object]:
    said = {"PUBLICATION": "publication", "PUBLICATION_VERSION": "version", "RUN": "run"}
    said |= {"SCHEME_DIGEST": "scheme_digest", "RESULT_DIGEST": "result_digest", "TIME_PERIOD": "period"}
    return {"UNIT_MEASURE": UNIT, **{column: document[name] for column, name in said.items()}}


def _observations(line: Document, scheme: Scheme, *, provisional: bool) -> Iterator[dict[str, object]]:
    found = line["indicators"]
    statuses = {code: STATUS_WITHOUT.get(one["state"], NORMAL) for code, one in found.items()}
    for group in scheme.groups:
        parts = [statuses[code] for code in scheme.indicators_of(group)]
        if group != BONUS:
            yield _sum(group, line["groups"][group], parts, provisional=provisional)
        for code in scheme.indicators_of(group):
            yield _indicator(code, found[code], statuses[code], provisional=provisional)
    total = _sum(TOTAL, line["total"], list(statuses.values()), provisional=provisional)
    yield total | {"EXACT_VALUE": line["total_exact"], "GRADE": line["grade"], MEASURE: line["total"]}


def _indicator(code: str, one: Document, status: str, *, provisional: bool) -> dict[str, object]:
    said = {"INDICATOR": code, "STATE": one["state"], "OBS_STATUS": status}
    if one["state"] in WITHOUT_POINTS:
        return said
    settled = PROVISIONAL if provisional else NORMAL
    return said | {MEASURE: one["points"], "EXACT_VALUE": one["exact"], "OBS_STATUS": settled}


def _sum(code: str, points: object, parts: list[str], *, provisional: bool) -> dict[str, object]:
    """Points of several indicators: no value where none of them has one, provisional where one of them lacks its figure."""
    lacking = [status for status in parts if status in _LACKING]
    if NORMAL not in parts:
        return {"INDICATOR": code, "OBS_STATUS": lacking[0] if lacking else CANNOT_EXIST}
    return {"INDICATOR": code, MEASURE: points, "OBS_STATUS": PROVISIONAL if provisional or lacking else NORMAL}
