"""Bodies that cannot be read, the bounds of what is read, and how text is taken in: once, here at the border."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from services.gateway.reports.form.report import Sent
from shared.errors import Fault, InputInvalid

MOST_ROWS: Final = 200_000
MOST_CELLS: Final = 2_000_000
MOST_UNPACKED_BYTES: Final = 128 * 2**20
HINT: Final = "Correct the file and send it again; nothing of it was taken."
# PostgreSQL's text cannot hold NUL, and half a surrogate pair is no text at all.
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


class ReportUnreadable(InputInvalid):
    """The body is not a report in the format it claims; every place that cannot be read is named."""

    slug = "report-unreadable"
    title_vi = "Không đọc được tệp báo cáo"
    title_en = "Report unreadable"


class ReportTooLarge(InputInvalid):
    """The body holds more rows, cells or unpacked bytes than a report may; the bound is named."""

    slug = "report-too-large"
    title_vi = "Báo cáo quá lớn"
    title_en = "Report too large"


def unreadable(faults: Sequence[Fault]) -> ReportUnreadable:
    """The error of one or more faults; its words show the first."""
    first = faults[0]
    many = f"{len(faults)} faults, the first: " if len(faults) > 1 else ""
    return ReportUnreadable(f"{many}{first.place}: {first.message}", faults=faults, hint=HINT)


def too_large(what: str, *, most: int, seen: int | None = None) -> ReportTooLarge:
    """The error of a bound that is passed; ``what`` names it in the plural."""
    found = f"{seen} {what}" if seen is not None else f"more {what} than a report may have"
    fault = Fault("file", f"too many {what}", seen=None if seen is None else str(seen), expected=f"at most {most}", hint=HINT)
    return ReportTooLarge(
        f"{found}; at most {most} are read", faults=[fault], hint="Send the report in its own form, without other data."
    )


def require_rows(count: int) -> None:
    """Raises ReportTooLarge."""
    if count > MOST_ROWS:
        raise too_large("rows", most=MOST_ROWS, seen=count)


def require_cells(count: int) -> None:
    """Raises ReportTooLarge."""
    if count > MOST_CELLS:
        raise too_large("cells", most=MOST_CELLS, seen=count)


def tidy(cell: Sent) -> Sent:
    """Text as NFC, one kind of line break, nothing around it; text with nothing in it is an empty cell."""
    if not isinstance(cell, str):
        return cell
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip() or None


def is_text(text: str) -> bool:
    """Whether the text can be kept: no NUL, no half of a surrogate pair."""
    return (text.isascii() and "\x00" not in text) or not _NO_TEXT.search(text)


def decoded(body: bytes) -> str:
    """UTF-8 with or without a byte order mark. Raises ReportUnreadable naming the byte, also for NUL."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seen = repr(body[error.start : error.start + 1])
        raise unreadable([Fault(f"byte {error.start}", "not UTF-8", seen=seen, expected="UTF-8", hint=HINT)]) from error
    if "\x00" in text:
        raise unreadable([Fault(f"character {text.index(chr(0))}", "NUL is no text", expected="UTF-8 text", hint=HINT)])
    return text
