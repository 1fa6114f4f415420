"""Use case: the bodies of the best grade in a published month, proposed for commendation (appendix §4; reading G-22).

A suggestion for the Prime Minister to consider, never an award: the list is what the published sheet has, with the flag where
rounding alone lifted a total into the grade (G-4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.gateway.http.edge import JSON
from services.gateway.oversight.tables import people_csv
from services.gateway.publication.published_bytes import unpublished
from services.gateway.publication.store import published
from services.gateway.publication.which import Which
from shared.csv_files import guarded
from shared.database import Connection
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.problems import Language
from shared.writing import decimal_comma

_CLAUSE: Final = "commendation"
_READING: Final = "G-22"
_OF_SHEET: Final = ("publication", "version", "published_at", "provisional", "result_digest")
_OF_BODY: Final = ("agency", "name_vi", "name_en", "kind", "head", "total", "grade", "rank", "rank_in_kind")
HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "vi": (
        "STT", "Cơ quan", "Người đứng đầu", "Tổng điểm", "Trước khi làm tròn", "Xếp loại", "Hạng", "Loại do làm tròn",
        "Phiên bản công bố",
    ),
    "en": ("No.", "Body", "Head", "Total", "Before rounding", "Grade", "Rank", "Grade by rounding", "Published version"),
}  # fmt: skip


async def commendations_of(connection: Connection, which: Which) -> dict[str, Any]:
    """Of a published version. Raises NotYetPublished or VersionUnknown."""
    found = await published.find_rendering(connection, period=which.period, version=which.version, agency="", media_type=JSON)
    if found is None:
        raise await unpublished(connection, which.period)
    sheet = msgspec.json.decode(found.body)
    by_rounding = set(sheet["commended_by_rounding"])
    bodies = {each["agency"]: each for each in sheet["agencies"]}
    items = [_line(bodies[code], by_rounding=code in by_rounding) for code in sheet["commended"]]
    head = {"period": found.period, **{name: sheet[name] for name in _OF_SHEET}}
    return {**head, **_law(found.period), "bodies": len(items), "by_rounding": len(by_rounding), "items": items}


def _line(body: Mapping[str, Any], *, by_rounding: bool) -> dict[str, Any]:
    lifted = body.get("lifted")
    words = {"vi": lifted["vi"], "en": lifted["en"]} if by_rounding and lifted else None
    exact = {"shown_total": body.get("shown_total"), "total_exact": body["total_exact"]}
    return {**{name: body[name] for name in _OF_BODY}, **exact, "by_rounding": by_rounding, "rounded": words}


def _law(period: str) -> dict[str, Any]:
    """The clause word for word, and how it is read."""
    content = scheme_for(Period.parse(period)).content
    passage, reading = content["passages"][_CLAUSE], content["readings"][_READING]
    clause = {"decision": content["decision"]["number"], "item": passage["item"], "text": passage["text"].removeprefix("- ")}
    return {"clause": clause, "reading": {"id": _READING, **reading["because"]}}


def as_csv(found: Mapping[str, Any], language: Language) -> bytes:
    """For people: one line a body, in the order of the sheet."""
    yes = {"vi": "có", "en": "yes"}[language]
    lines = (
        [
            number,
            guarded(each[f"name_{language}"]),
            guarded(" ".join(filter(None, (each["head"][f"title_{language}"], each["head"]["name"])))),
            _written(str(each["total"]), language),
            _written(each["shown_total"] or "", language),
            each["grade"],
            each["rank"],
            yes if each["by_rounding"] else None,
            found["version"],
        ]
        for number, each in enumerate(found["items"], start=1)
    )
    return people_csv(HEADINGS[language], lines, language)


def _written(points: str, language: Language) -> str:
    return decimal_comma(points) if language == "vi" else points
