"""What the document for the Government's meeting says, in the order it says it (XPT-06). Pure: words and figures as text,
nothing of how they look; what is missing is a dash and its state, never a zero.

It is made of the publication list's view of the sheet, as the public pages are, so it shows nothing that they may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.scoring.exports.meeting_moves import Moves
from services.scoring.exports.meeting_readings import contested
from services.scoring.exports.workbook import decisions_table
from services.scoring.records import Outcome
from shared.awaiting import WITHOUT_POINTS
from shared.canonical import sha256_hex
from shared.law.exact import decimal_text
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme
from shared.public_pages.decided import Correction, LeftOut, RowsPutAside, TakenIn
from shared.public_pages.sheet import Body, Grade, Group, Indicator, Points, Sheet, Term
from shared.public_pages.view import Said, sheet_of
from shared.public_pages.words import STATES, Words
from shared.writing import NONE, day, decimal_comma

Document = Mapping[str, Any]
Plain = dict[str, Any]

COMMENDATION: Final = "G-22"
_UNSCORED: Final = frozenset(words for state in WITHOUT_POINTS if (words := STATES[state]))
# Beside points in narrow cells; a legend says them in words.
_MARKS: Final = dict(zip((words for words in STATES.values() if words), "abcdefgh", strict=False))


@dataclass(frozen=True)
class Around:
    """What the document tells beside the sheet: ``before``, the sheet published last of the month before; the ``root`` of the
    month's bundle; ``signer``, whose signature it will bear and the digest of the certificate; the register of ``readings``
    with the ``outcomes`` of each that was computed; ``demo``, that the figures are invented."""

    before: Document | None = None
    root: str | None = None
    signer: tuple[str, str] | None = None
    readings: Document | None = None
    outcomes: Sequence[Outcome] = ()
    demo: bool = False


ALONE: Final = Around()


def contents(document: Document, published: bytes, scheme: Scheme, said: Said, around: Around = ALONE) -> Plain:
    """``document`` is the published sheet of all bodies and ``published`` its bytes."""
    # Of former months it tells what moved, by the month before, and draws no trend.
    sheet = sheet_of({**document, "former_months": []}, scheme, said, {})
    moves = Moves(document, around.before, scheme)
    return {
        **_head(sheet, document, published, scheme),
        "proof": list(_proof(around)),
        "demo": around.demo,
        "contested": contested(around.readings, around.outcomes, sheet),
        "legend": [[mark, words.vi] for words, mark in _MARKS.items()],
        "groups": [[each.letter, each.label.vi, each.maximum] for each in sheet.heads],
        "grades": list(_grades(sheet)),
        "ranking": [_standing(body, moves) for body in sheet.bodies],
        "commendation": _commendation(sheet, scheme),
        "movers": moves.told(sheet),
        "table": _table(sheet, scheme),
        **_decided(sheet.correction, sheet.taken_in, sheet.left_out, sheet.rows_put_aside),
        "bodies": [_body(body, len(sheet.bodies)) for body in sheet.bodies],
    }


def _head(sheet: Sheet, document: Document, published: bytes, scheme: Scheme) -> Plain:
    at = datetime.fromisoformat(document["published_at"]).astimezone(UTC)
    number, title = scheme.decision.number, scheme.decision.title.vi
    return {
        "month": sheet.month.vi,
        "decision": f"Quyết định số {number} ngày {day(scheme.decision.signed_on)} của {scheme.decision.issued_by.vi}",
        "decision_title": title[:1].lower() + title[1:],
        "number": number,
        "version": sheet.version,
        "published_at": sheet.published_at,
        "instant": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "digest": sha256_hex(published),
        "origin": [
            ["Lần chấm điểm", sheet.run],
            ["Mã công bố", document["publication"]],
            ["Mã băm dữ liệu công bố", sha256_hex(published)],
            ["Mã băm kết quả", document["result_digest"]],
            ["Phương án chấm điểm", f"{document['scheme']}, {document['scheme_digest']}"],
        ],
        "provisional": sheet.provisional,
        "revision": sheet.revision and sheet.revision.vi,
        "notices": [[source.vi, words] for source, words in sheet.notices],
        "ranked_by_published": sheet.ranked_by_published,
    }


def _proof(around: Around) -> Iterator[list[str]]:
    """What holds the document to the rest of the month."""
    yield ["Mã gốc của trọn gói", around.root or NONE]
    yield ["Chữ ký số", around.signer[0] if around.signer else "Tài liệu này không được ký số"]
    if around.signer:
        yield ["Mã băm chứng thư ký", around.signer[1]]


def _grades(sheet: Sheet) -> Iterator[Plain]:
    above = None
    for grade in sheet.grades:
        last = grade is sheet.grades[-1]
        bound = f"dưới {above} điểm" if last and above else f"từ {grade.bound} điểm"
        bodies = [body.name.vi for body in sheet.bodies if body.grade.letter == grade.letter]
        share = decimal_text(100 * grade.share_of(len(sheet.bodies)), places=1)
        yield {"name": _graded(grade), "bound": bound, "count": grade.count, "share": decimal_comma(share), "bodies": bodies}
        above = grade.bound


def _graded(grade: Grade) -> str:
    return f"Loại {grade.letter}" + (f" ({grade.label.vi})" if grade.label else "")


def _standing(body: Body, moves: Moves) -> Plain:
    return {
        "rank": body.rank,
        "shown_total": body.shown_total,
        "name": body.name.vi,
        "groups": [_cell(each.worth, each.state) for each in body.groups],
        "total": body.total,
        "grade": body.grade.letter,
        "change": moves.of(body.code),
    }


def _cell(worth: Points, state: Words | None) -> list[str]:
    """Points or a dash, and the mark of a state that is no plain score."""
    unscored = worth.points is None or state in _UNSCORED
    return [NONE if unscored else worth.points or NONE, _MARKS[state] if state else ""]


def _commendation(sheet: Sheet, scheme: Scheme) -> Plain:
    """Bodies of the best grade, and the words of the decision on them (reading G-22)."""
    reading = scheme.readings[COMMENDATION]
    passage = scheme.passages[scheme.content["readings"][COMMENDATION]["words"]]
    best = sheet.grades[0].letter
    found = [body for body in sheet.bodies if body.grade.letter == best]
    return {
        "clause": f"{passage.item}, Quyết định số {scheme.decision.number}",
        "words": passage.text.lstrip("- "),
        "reading": f"{reading.in_force.vi} {reading.because.vi}",
        "grade": best,
        "bodies": [[b.name.vi, _headed(b.head), b.total, b.shown_total, b.lifted.vi if b.lifted else ""] for b in found],
    }


def _headed(term: Term) -> str:
    return ", ".join(each for each in (term.name, term.title.vi) if each)


def _table(sheet: Sheet, scheme: Scheme) -> Plain:
    """The decision's rows with its words, then of each body the points in the same order."""
    words = decisions_table(scheme.id)
    rows = []
    for group, rule in scheme.groups.items():
        maximum = decimal_comma(decimal_text(rule.maximum.value, places=2).rstrip("0").rstrip("."))
        said = words["rows"].get(group, {})
        own = {name: said.get(name, "") for name in ("meaning", "formula", "source")}
        number, name = ("", rule.label.vi) if group == BONUS else (group, said["name"])
        rows.append({"code": number, "name": name, "maximum": maximum, "group": True, **own})
        for code in () if group == BONUS else scheme.indicators_of(group):
            said = words["rows"][code]
            own = {name: said.get(name, "") for name in ("name", "meaning", "formula", "source")}
            rows.append({"code": code, "maximum": "", "group": False, **own})
    columns = [
        {"name": body.name.vi, "cells": list(_column(body)), "total": body.total, "grade": body.grade.letter}
        for body in sheet.bodies
    ]
    return {"headings": words["headings"], "rows": rows, "total": words["total"], "columns": columns}


def _column(body: Body) -> Iterator[list[str]]:
    for group in body.groups:
        yield _cell(group.worth, group.state)
        # The bonus is a group of one indicator, and one row.
        if group.letter != "KK":
            yield from (_cell(each.worth, each.state) for each in group.indicators)


def _decided(
    corrected: Correction | None, taken: tuple[TakenIn, ...], left: tuple[LeftOut, ...], aside: tuple[RowsPutAside, ...]
) -> Plain:
    return {
        "correction": corrected
        and {
            "version": corrected.version,
            "causes": corrected.causes.vi,
            "bodies": [[name.vi, first, last] for name, first, last in corrected.bodies],
        },
        "taken_in": [
            {
                "title": each.title.vi,
                "words": f"{each.source.vi}, bản chốt phiên bản {each.version}, do hai người quyết định, lập "
                f"{each.captured_at}: {each.reason}",
                "bodies": [f"{name.vi}: {count}" for name, count in each.bodies],
            }
            for each in taken
        ],
        "left_out": [
            {
                "title": each.title.vi,
                "words": f"{each.reason} ({each.document})",
                "bodies": [f"{name.vi}: {count}" + (f", {worth} điểm" if worth else "") for name, count, worth in each.bodies],
            }
            for each in left
        ],
        "put_aside": [
            {
                "title": f"{each.source.vi}, bản chốt phiên bản {each.version}",
                "words": "",
                "bodies": [
                    f"{name.vi}: {count} dòng; {why.vi + '; ' if why.vi else ''}{became.vi}"
                    for name, count, why, became in each.bodies
                ],
            }
            for each in aside
        ],
    }


def _body(body: Body, bodies: int) -> Plain:
    applicable = body.applicable
    remarks = [body.lifted.vi] if body.lifted else []
    if applicable:
        remarks.append(
            f"Trên mức tối đa áp dụng {applicable.maximum} điểm (tham khảo): {applicable.total} điểm, loại {applicable.grade}."
        )
    return {
        "name": body.name.vi,
        "code": body.code,
        "head": _headed(body.head),
        "other_heads": [f"{_headed(each)} (từ {each.since or NONE} đến {each.until or NONE})" for each in body.other_heads],
        "total": body.total,
        "maximum": body.whole.maximum,
        "shown_total": body.shown_total,
        "grade": _graded(body.grade),
        "rank": f"{body.rank}/{bodies}",
        "rank_in_kind": f"{body.rank_in_kind}/{body.of_kind} ({body.kind.vi})",
        "remarks": [*remarks, *(f"{each.vi}." for each in body.remarks)],
        "groups": [_group(each) for each in body.groups],
        **_decided(body.correction, body.taken_in, body.left_out, body.rows_put_aside),
    }


def _group(group: Group) -> Plain:
    return {
        "name": f"{group.letter}. {group.label.vi}",
        "points": _cell(group.worth, group.state)[0],
        "maximum": group.worth.maximum,
        "indicators": [_indicator(each) for each in group.indicators],
    }


def _indicator(found: Indicator) -> Plain:
    return {
        "code": found.code,
        "name": found.label.vi,
        "points": _cell(found.worth, found.state)[0],
        "maximum": found.worth.maximum,
        "state": found.state and found.state.vi,
        "clause": found.clause,
        "notes": list(_notes(found)),
    }


def _notes(found: Indicator) -> Iterator[str]:
    if found.why:
        yield found.why.vi
    if found.exempted:
        yield f"Không áp dụng theo {found.exempted}."
    if found.best:
        value, names = found.best
        # The sentence mostly names them already.
        if not all(each in (found.why.vi if found.why else "") for each in (value, *(name.vi for name in names))):
            yield f"Mức lớn nhất: {value} ({', '.join(each.vi for each in names)})."
    for figure in found.figures:
        if figure.ruled:
            paper, reason = figure.ruled
            yield f"{figure.label.vi}: theo quyết định xử lý {paper}, {reason}."
    for each in found.refused:
        why = f": {each.reason}" if each.reason else ""
        yield f"{each.database}: Bộ Công an không chấp nhận số liệu báo cáo {each.reported}{why}."
    yield from (f"{each.vi}." for each in found.remarks)
