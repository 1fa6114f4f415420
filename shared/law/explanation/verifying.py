"""An explanation read back: every value worked out again, every leaf looked up where it came from.

The check of tree.py is of nodes while they are made; this is of the document that is shown.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

from shared.law.exact import read_fraction
from shared.law.explanation.tree import OVER_WHAT_IS_KNOWN, ExplanationDiffers, combined
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyScore, ScoreSheet

Part = Mapping[str, Any]
"""A node or leaf of a document's tree."""
# Zeros that are no number of the scheme: the provision at their place is what leaves nothing, by its own reading or this one.
NOTHING = {"not_applicable": "G-15", "not_counted": None, "partly": None}


def verify(document: Part, sheet: ScoreSheet) -> None:
    """The tree of a document of ``explanation_of`` against the sheet it is of.

    Nodes are worked out from their children, and totals, groups and indicators compared with the sheet's; figures, those of
    ``because`` too, with the measures of whose they are; numbers of the law with the scheme, their passage and its digest.
    Raises ExplanationDiffers with the path of the first that is otherwise, KeyError for an agency that is not on the sheet.
    """
    agency = document["agency"]
    scored = _scored(sheet, sheet.line(agency))
    for part in parts_of(document["tree"]):
        path = part["path"]
        if "measure" in part:
            expected, found = _figure(part, agency, sheet), _of(part, "exact", "agencies", "settled")
        elif "parameter" in part:
            expected, found = _parameter(part, sheet.scheme), _of(part, "exact", "reading", "citation")
        else:
            expected, found = (_text(_worked_out(part)),), _of(part, "exact")
            if path in scored:
                expected, found = (*expected, scored[path]), (*found, _of(part, "exact", "state", "flags"))
        if found != expected:
            raise ExplanationDiffers(f"{agency} {path}: {found} stands there, {expected} is right")


def parts_of(tree: Part) -> Iterator[Part]:
    """Every node and leaf, parents first, and the figures that decided a way."""
    yield tree
    for child in (*tree.get("children", ()), *tree.get("because", ())):
        yield from parts_of(child)


def _of(part: Part, *names: str) -> tuple[object, ...]:
    return tuple(part.get(name) for name in names)


def _scored(sheet: ScoreSheet, line: AgencyScore) -> dict[str, tuple[object, ...]]:
    """By path, what the sheet has: exact value, state and flags."""
    total = Fraction(line.total, 10**sheet.scheme.rounding.total_places.value)
    return {
        "total": (_text(total), None, None),
        "total/exact": (_text(line.total_exact), None, None),
        **{f"group/{code}": (_text(points), None, None) for code, points in line.groups.items()},
        **{code: (_text(found.points), found.state, list(found.flags)) for code, found in line.indicators.items()},
    }


def _worked_out(node: Part) -> Fraction | None:
    values = [None if child["exact"] is None else Fraction(child["exact"]) for child in node["children"]]
    known = [value for value in values if value is not None]
    if not known and node["path"] in OVER_WHAT_IS_KNOWN:
        return Fraction()
    if not known or (node["op"] != "sum" and len(known) < len(values)):
        return None
    return combined(node["op"], known, places=node.get("places", 0))


def _figure(part: Part, agency: str, sheet: ScoreSheet) -> tuple[object, ...]:
    """The measure as the sheet has it: the agency's own, or that of whoever leads the pool."""
    code, _, name = part["path"].partition("/")
    own = next(one for one in sheet.agencies if one.code == agency)
    if name == "best":
        leaders = sheet.leaders[code]
        return _text(Fraction(leaders.value)), list(leaders.agencies), False
    value = own.measures.get(part["measure"])
    return _text(None if value is None else Fraction(value)), [agency], part["measure"] in own.settled


def _parameter(part: Part, scheme: Scheme) -> tuple[object, ...]:
    """The number as the scheme's own content has it, with the passage it cites; of a provision that leaves nothing, zero."""
    place = reduce(lambda content, name: content[name], part["parameter"].split("."), scheme.content)
    code, _, name = part["path"].partition("/")
    if name in NOTHING:
        cite = scheme.indicators[code].maximum.cite
        exact, cite, reading = Fraction(), place.get("cite", cite), place.get("reading", NOTHING[name])
    else:
        exact, cite, reading = read_fraction(place["value"]), place["cite"], place.get("reading")
    passage = scheme.passages[cite]
    citation = {"document": scheme.decision.number, "item": passage.item, "passage": cite, "sha256": passage.sha256}
    return _text(exact), reading, citation


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
