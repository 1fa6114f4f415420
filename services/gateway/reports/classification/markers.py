"""Classification markers: a report that bears Mật, Tối mật or Tuyệt mật is refused and nothing of it is kept (SEC-06).

Regulation 02-QC/BCĐTW, Article 7.4, forbids state secrets in the system. Only place and marker are told, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from services.gateway.reports.classification.markers_body import texts_of
from services.gateway.reports.form.report import SECTIONS, Observation, SentReport
from services.gateway.reports.rules.judging import cell_of, pointer_of
from shared.errors import Fault, InputInvalid
from shared.markers import markers_in

_NAMES = re.compile("[/!]")
HINT = "State secrets are not sent through this system; remove the content, or write it otherwise if it is no such marker."


class Classified(InputInvalid):
    """The file bears a classification marker; it was refused and not kept. Places are named, the text is not repeated."""

    slug = "classified-content"
    title_vi = "Có dấu chỉ độ mật: từ chối và không lưu"
    title_en = "Classified content: refused and not kept"


def refuse_classified(subject: SentReport | str) -> None:
    """Raises Classified naming every place and its marker. Text is searched line by line."""
    places = _lines(subject) if isinstance(subject, str) else _cells(subject)
    _refuse(places)


def refuse_classified_body(body: bytes, *, media_type: str) -> None:
    """The same over a body as sent: what no form has a place for, text boxes, comments, and files that cannot be read."""
    _refuse(texts_of(body, media_type=media_type))


def refuse_classified_words(places: Iterable[tuple[str, str]]) -> None:
    """The same over words that people write elsewhere than in a report, each with the place it stands in."""
    _refuse(places)


def _refuse(places: Iterable[tuple[str, str]]) -> None:
    found = [(_told(place), marker) for place, text in places for marker in dict.fromkeys(markers_in(text))]
    if not found:
        return
    faults = [Fault(place, f"classification marker: {marker}", hint=HINT, rule="classified-content") for place, marker in found]
    first_place, first_marker = found[0]
    raise Classified(
        f"{len(found)} classification markers; the first in {first_place}: {first_marker}", faults=faults, hint=HINT
    )


def _lines(text: str) -> Iterator[tuple[str, str]]:
    return ((f"line {number}", line) for number, line in enumerate(text.splitlines(), 1))


def _cells(sent: SentReport) -> Iterator[tuple[str, str]]:
    for section in SECTIONS:
        for ordinal, row in enumerate(sent.sections.get(section, ())):
            for field, value in row.values.items():
                if isinstance(value, str):
                    place = Observation("", section, ordinal, field)
                    yield cell_of(place, sent) or pointer_of(place), value
    for stray, seen in sent.strays:
        yield stray, seen
        yield from ((stray, name) for name in _NAMES.split(stray))


def _told(place: str) -> str:
    """The place, unless it is named by classified words itself, as an unknown column may be."""
    return "file" if any(True for name in _NAMES.split(place) for _ in markers_in(name)) else place
