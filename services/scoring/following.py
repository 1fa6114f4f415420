"""What a version that follows another says of it: which inputs were otherwise, and whose points moved (RSC-06)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from services.scoring.records import Publication, Run
from shared.plans.pins import SCHEME, changed_inputs

Document = Mapping[str, Any]

RESTORED = "restored"
# The total to two decimals stands beside the rank that it decides (G-23).
VALUES = ("total", "shown_total", "grade", "rank")
# A total moves alone where the scheme counts or rounds totals otherwise (G-3, G-15).
TOTALS = ("total", "total_exact")


def follows(former: Publication, before: Run, after: Run) -> dict[str, Any]:
    """The notice of the version after ``former``: ``bodies`` are those whose points, total or grade moved, with both values. A
    rank alone moves with the others' and is no body's own. Pure."""
    return {
        "version": former.version,
        "publication": former.publication_id,
        "digest": former.digest,
        "causes": _causes(before, after),
        "bodies": list(_moved(json.loads(before.sheet), json.loads(after.sheet))),
    }


def _causes(before: Run, after: Run) -> list[str]:
    found = {each.part for each in changed_inputs(json.loads(before.inputs), json.loads(after.inputs))}
    return sorted(found | ({SCHEME} if before.scheme_digest != after.scheme_digest else set()))


def _moved(before: Document, after: Document) -> Iterator[dict[str, Any]]:
    first, last = ({line["agency"]: line for line in sheet["agencies"]} for sheet in (before, after))
    for agency in sorted(first.keys() | last.keys()):
        ends = first.get(agency), last.get(agency)
        indicators = [code for code in _codes(*ends) if _points(ends[0], code) != _points(ends[1], code)]
        if indicators or _standing(ends[0]) != _standing(ends[1]):
            values = {name: {"from": _value(ends[0], name), "to": _value(ends[1], name)} for name in VALUES}
            yield {"agency": agency, **values, "indicators": indicators}


def _standing(line: Document | None) -> tuple[Any, ...] | None:
    """Grade and totals as numbers: 73 and "73.0" are one total."""
    return None if line is None else (line["grade"], *(Fraction(line[name]) for name in TOTALS))


def _codes(*lines: Document | None) -> list[str]:
    return list(dict.fromkeys(code for line in lines if line is not None for code in line["indicators"]))


def _points(line: Document | None, code: str) -> tuple[Any, Any] | None:
    found = None if line is None else line["indicators"].get(code)
    return found and (found["exact"], found["state"])


def _value(line: Document | None, name: str) -> Any:
    return None if line is None else line.get(name)
