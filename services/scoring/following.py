"""What a version that follows another says of it: which inputs were otherwise, and whose points moved (RSC-06)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from services.scoring.records import Publication, Run

Document = Mapping[str, Any]

# Parts of a run's inputs, and the name by which a notice says that they were otherwise.
CAUSES = {
    "snapshots": "snapshots",
    "rulings": "rulings",
    "applicability": "applicability",
    "left_out": "omissions",
    "agencies": "registry",
    "cutoff": "calendar",
    "deadline": "calendar",
}
SCHEME, RESTORED = "scheme", "restored"
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
    first, last = json.loads(before.inputs), json.loads(after.inputs)
    found = {name for part, name in CAUSES.items() if not _alike(_part(first, part), _part(last, part))}
    return sorted(found | ({SCHEME} if before.scheme_digest != after.scheme_digest else set()))


def _part(inputs: Document, part: str) -> Any:
    """Inputs that were stored before there was such a part have nothing in it, and none before there was a source have its
    snapshot."""
    found = inputs.get(part, [])
    return [each for _, each in sorted(found.items()) if each is not None] if part == "snapshots" else found


def _alike(before: Any, after: Any) -> bool:
    """An entry that was stored before there was a field, as the terms of heads, is compared without it."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(_alike(before[name], after[name]) for name in before.keys() & after.keys())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_alike, before, after))
    return bool(before == after)


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
