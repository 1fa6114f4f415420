"""Where public pages stand, and what they lead to. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

FRONT: Final = "/"
MONTH: Final = "/periods/{period}"
BODY: Final = "/periods/{period}/agencies/{agency}"
# The law that a version was computed by, with what other readings of it would change.
SCHEME: Final = "/periods/{period}/scheme"
# A publication's own style sheet, stored with it: an old version keeps its look.
MONTH_STYLE: Final = "/periods/{period}/style.css"
# That of pages which belong to no publication.
STYLE: Final = "/style.css"
ICON: Final = "/favicon.ico"
SIGN_IN: Final = "/e-form"
_API: Final = "/api/v1"


def month_at(period: str, version: int | None = None) -> str:
    return MONTH.format(period=period) + _pinned(version)


def body_at(period: str, agency: str, version: int | None = None) -> str:
    return BODY.format(period=period, agency=quote(agency)) + _pinned(version)


def scheme_at(period: str, version: int | None = None) -> str:
    return SCHEME.format(period=period) + _pinned(version)


def month_style_at(period: str, version: int) -> str:
    return MONTH_STYLE.format(period=period) + _pinned(version)


def style_at(digest: str) -> str:
    return f"{STYLE}?v={digest}"


def data_at(period: str, version: int | None = None, *, agency: str = "") -> str:
    """The same version as JSON: of one body, or the whole sheet."""
    return f"{_API}/periods/{period}/scores" + (f"/{quote(agency)}" if agency else "") + _pinned(version)


def table_at(period: str, version: int | None = None, *, locale: str | None = None) -> str:
    """The same version as CSV: for programs, or for office programs of a locale."""
    return _written_as(period, version, "csv" if locale is None else f"csv&locale={locale}")


def workbook_at(period: str, version: int | None = None) -> str:
    """The same version as a workbook."""
    return _written_as(period, version, "xlsx")


def meeting_at(period: str, version: int | None = None) -> str:
    """The same version as the document for the meeting."""
    return _written_as(period, version, "pdf")


def dataset_at(period: str, version: int | None = None) -> str:
    """The same version as a statistical dataset (SDMX-CSV)."""
    return _written_as(period, version, "sdmx")


def bundle_at(period: str, version: int | None = None) -> str:
    """The same version in one file with everything that was published of it."""
    return f"{_API}/periods/{period}/bundle{_pinned(version)}"


def _written_as(period: str, version: int | None, written: str) -> str:
    pinned = _pinned(version)
    return f"{_API}/periods/{period}/scores{pinned}{'&' if pinned else '?'}format={written}"


def versions_at(period: str) -> str:
    return f"{_API}/periods/{period}/versions"


def _pinned(version: int | None) -> str:
    return "" if version is None else f"?version={version}"
