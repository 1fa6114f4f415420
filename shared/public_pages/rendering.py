"""From a published sheet to the bytes of all its pages, and the few pages that belong to no publication. Pure.

The same document gives the same bytes: nothing here asks the clock, the database or the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.law.scheme import Scheme
from shared.period import Period
from shared.public_pages import addresses
from shared.public_pages.drawing import length_of, place_on
from shared.public_pages.law import law_page
from shared.public_pages.months import History
from shared.public_pages.sheet import Sheet
from shared.public_pages.view import Document, Said, revised_readings, sheet_of
from shared.public_pages.words import month_in_english
from shared.sdmx.structure import DATA
from shared.writing import day, month

HTML: Final = "text/html"
# The second page of a whole sheet: the law that it was computed by. It is sent as HTML.
LAW: Final = "text/html; page=scheme"
CSS: Final = "text/css"
# Files for people: the table as CSV in Vietnamese, kept beside the one for programs, the workbook, the meeting's document.
CSV_VI: Final = "text/csv; locale=vi"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
# The month as a statistical dataset, whose structure stands in shared.sdmx.
SDMX: Final = DATA
# All of it in one file, with the law and a manifest of digests.
BUNDLE: Final = "application/zip"
_STYLE_FILE: Final = Path(__file__).with_name("board.css")
_DIGITS: Final = 16


@dataclass(frozen=True)
class Page:
    """``agency`` '' belongs to the whole sheet, as in scoring.rendering."""

    agency: str
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Refusal:
    """Why a page is not shown, in sentences. ``stands`` is the month and version that was published without pages."""

    title: str
    title_en: str
    sentences: tuple[str, ...]
    stands: tuple[str, int] | None = None


def pages_of(
    document: Document, scheme: Scheme, said: Said, history: History, register: Document | None = None
) -> Iterator[Page]:
    """The month's table, the law it was computed by, their style sheet, and a page of every body.

    ``document`` is the published sheet of all bodies, ``scheme`` the law it was scored by, ``said`` a sentence for each body
    and indicator on how its points came about, ``history`` what bodies had in the months that the document names, ``register``
    what other readings move in its run, None where that was not kept.
    """
    sheet = sheet_of(document, scheme, said, history)
    yield Page("", HTML, _published("month.html", sheet))
    yield Page("", LAW, _published("scheme.html", sheet, law=law_page(scheme, revised_readings(document), register)))
    yield Page("", CSS, style())
    for body in sheet.bodies:
        yield Page(body.code, HTML, _published("body.html", sheet, body=body))


def nothing_published(awaited: Period, due: datetime) -> bytes:
    """The front page before the first publication. ``due`` is the first instant too late for reports of the awaited month."""
    words = {"month": month(str(awaited)), "month_en": month_in_english(str(awaited)), "due": day(due.date())}
    return made_page("nothing_published.html", **words)


def refusal_page(refusal: Refusal) -> bytes:
    return made_page("refusal.html", refusal=refusal)


@cache
def style() -> bytes:
    return _STYLE_FILE.read_bytes()


@cache
def style_digest() -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(style()).hexdigest()


def _published(template: str, sheet: Sheet, **context: Any) -> bytes:
    style_address = addresses.month_style_at(sheet.period, sheet.version)
    return _rendered(template, sheet=sheet, style_address=style_address, **context)


def made_page(template: str, **context: Any) -> bytes:
    """A page that belongs to no month's publication."""
    return _rendered(template, style_address=addresses.style_at(style_digest()[:_DIGITS]), **context)


def _rendered(template: str, **context: Any) -> bytes:
    return _environment().get_template(template).render(at=addresses, **context).encode()


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("shared.public_pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"length_of": length_of, "place_on": place_on}
    return found
