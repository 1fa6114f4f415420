"""What was decided of a month's facts as its pages show it: left out, taken in, and what became of rows put aside. Pure.

``names`` are the bodies to speak of: all of them on the month's page, one on its own. Versions of before there were such
decisions do not speak of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.public_pages.words import CAUSES, CHECKS, Words, joined, outcome_of, source_words
from shared.writing import decimal_comma, moment

Document = Mapping[str, Any]
Names = Mapping[str, Words]


@dataclass(frozen=True)
class LeftOut:
    """What a decision of two people left out; of each body how many facts and the points, None where nobody could say."""

    title: Words
    reason: str
    document: str
    bodies: tuple[tuple[Words, int, str | None], ...]


@dataclass(frozen=True)
class TakenIn:
    """What two people took in after the first freeze, by which version of a snapshot, made when and why; of each body how many
    facts."""

    title: Words
    source: Words
    version: int
    snapshot: str
    reason: str
    captured_at: str
    bodies: tuple[tuple[Words, int], ...]


@dataclass(frozen=True)
class RowsPutAside:
    """Rows that a version of a source's snapshot put aside: of each body how many, what was wrong, and what became of them."""

    source: Words
    version: int
    bodies: tuple[tuple[Words, int, Words, Words], ...]


@dataclass(frozen=True)
class Correction:
    """The version before, which of its inputs are otherwise now, and of each body whose points moved total and grade, before
    and after."""

    version: int
    causes: Words
    bodies: tuple[tuple[Words, str, str], ...]


def correction(document: Document, names: Names) -> Correction | None:
    """None for a first version, and for versions of before they said so."""
    said = document.get("follows")
    if said is None:
        return None
    bodies = tuple(
        (names[body["agency"]], _standing(body, "from"), _standing(body, "to"))
        for body in said["bodies"]
        if body["agency"] in names
    )
    return Correction(said["version"], joined(CAUSES[code] for code in said["causes"]), bodies)


def _standing(body: Document, end: str) -> str:
    total, grade = (body[name][end] for name in ("total", "grade"))
    return "–" if total is None else f"{decimal_comma(total)} ({grade})" if grade else decimal_comma(total)


def left_out(document: Document, names: Names) -> Iterator[LeftOut]:
    for decided in document.get("omissions", ()):
        bodies = tuple(
            (names[body["agency"]], body["count"], body["points"] and decimal_comma(body["points"]))
            for body in decided["bodies"]
            if body["agency"] in names
        )
        title = Words(decided["title_vi"], decided["title_en"])
        if bodies:
            yield LeftOut(title, decided["reason"], decided["document"], bodies)


def taken_in(document: Document, names: Names) -> Iterator[TakenIn]:
    for decided in document.get("taken_in", ()):
        bodies = tuple((names[body["agency"]], body["count"]) for body in decided["bodies"] if body["agency"] in names)
        if bodies:
            yield TakenIn(
                title=Words(decided["title_vi"], decided["title_en"]),
                source=source_words(decided["source"]),
                version=decided["version"],
                snapshot=decided["snapshot"],
                reason=decided["reason"],
                captured_at=moment(decided["captured_at"]),
                bodies=bodies,
            )


def rows_put_aside(document: Document, names: Names) -> Iterator[RowsPutAside]:
    for each in document.get("rows_put_aside", ()):
        bodies = tuple(
            (
                names[body["agency"]],
                body["count"],
                joined(CHECKS[code] for code in body["checks"]),
                outcome_of(body["state"], body["by_version"]),
            )
            for body in each["bodies"]
            if body["agency"] in names
        )
        if bodies:
            yield RowsPutAside(source_words(each["source"]), each["version"], bodies)
