"""Words that people send: normalised once, here at the border (NFC, no control characters), and never blank."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.gateway.http.errors import ReasonMissing
from shared.errors import Fault
from shared.period import EARLIEST, LATEST

LONGEST = 2000
# Of what was sent, this many characters are repeated in a refusal.
SHOWN = 60
# Marks that nobody sees and that turn the direction of writing: a name or an amount would read as another than it is.
TURNING = r"\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069"
# One line with something on it; PostgreSQL's text cannot hold NUL, and a log line no line break.
_NOT_IN_LINES = rf"\x00-\x1F\x7F-\x9F\u2028\u2029{TURNING}"
PRINTABLE = rf"^[^{_NOT_IN_LINES}]*[^\s\uFEFF{_NOT_IN_LINES}][^{_NOT_IN_LINES}]*$"
# The same over several lines, parted by a line feed.
_NOT_IN_PROSE = rf"\x00-\x09\x0B-\x1F\x7F-\x9F{TURNING}"
PROSE = rf"^[^{_NOT_IN_PROSE}]*[^\s\uFEFF{_NOT_IN_LINES}][^{_NOT_IN_PROSE}]*$"
LONGEST_PROSE = 10_000
PERIOD = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
SPAN, QUARTER, YEAR = r"^[0-9]{4}(-Q[1-4])?$", r"^[0-9]{4}-Q[1-4]$", r"^[0-9]{4}$"
DECIMAL = r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$"
AGENCY = r"^[A-Z][0-9]{2}$"
# Days that anything here can be about.
EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2200, 1, 1)
_LINE = re.compile(PRINTABLE)
_TURNING = re.compile(f"[{TURNING}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WHOLE = re.compile("-?[0-9]+")
_NO_LINE = "is blank, too long or not one line of text"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def is_line(text: str) -> bool:
    """Whether the text is one line with something on it, and can be stored as UTF-8."""
    return _LINE.fullmatch(text) is not None and not _SURROGATE.search(text)


def is_turned(text: str) -> bool:
    """Whether something in the text turns the direction of writing unseen."""
    return _TURNING.search(text) is not None


def require_reason(reason: str) -> str:
    """The reason as it is stored. Raises ReasonMissing when nothing is left of it, or when it cannot be one line of text."""
    words = tidy(reason)
    if len(words) > LONGEST or not is_line(words):
        what = "holds a mark that turns the direction of writing" if is_turned(words) else _NO_LINE
        fault = Fault("/reason", what, expected=f"1 to {LONGEST} characters")
        raise ReasonMissing("a reason is needed", faults=[fault], hint="Say why in one line; it is kept in the audit log.")
    return words


def _day(value: object) -> object:
    """Only the plain ISO form: a bare number must not pass as seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("expected YYYY-MM-DD")
    return value


def _known_day(day: date) -> date:
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        bounds = {"earliest": EARLIEST_DAY.isoformat(), "latest": LATEST_DAY.isoformat()}
        raise PydanticCustomError("day_too_far", "Input should be a day from {earliest} to {latest}", bounds)
    return day


def _known_instant(at: datetime) -> datetime:
    if not EARLIEST <= at <= LATEST:
        bounds = {"earliest": EARLIEST.isoformat(), "latest": LATEST.isoformat()}
        raise PydanticCustomError("instant_too_far", "Input should be an instant from {earliest} to {latest}", bounds)
    return at


def _digits(value: object) -> object:
    """An address has one spelling of a number: neither 1.0 nor 1e0 nor a blank beside it is one."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticCustomError("whole_number", "Input should be a whole number, written in digits")
    return value


Line = Annotated[str, Field(max_length=LONGEST, pattern=PRINTABLE), AfterValidator(tidy)]
Prose = Annotated[str, Field(max_length=LONGEST_PROSE, pattern=PROSE), AfterValidator(tidy)]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(_known_instant),
    Field(description=f"With its zone; from {EARLIEST.isoformat()} to {LATEST.isoformat()}."),
]
# Of a JSON document, which is read strictly, and of an address.
WrittenDay = Annotated[date, AfterValidator(_known_day)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_known_day), WithJsonSchema({"type": "string", "format": "date"})]
# Of a whole number in an address; it stands after the bounds, which else are no part of the number's JSON Schema.
DIGITS = BeforeValidator(_digits)
