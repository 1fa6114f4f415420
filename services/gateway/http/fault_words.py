"""What is wrong with a value, in a sentence of ours instead of the validation library's, and what was expected. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from services.gateway.http.words import AGENCY, DECIMAL, PERIOD, PRINTABLE, PROSE, QUARTER, SPAN, YEAR, is_turned

_IDENTIFIER: Final = re.compile(r"\^\(?([a-z|]+)\)?_\[0-9a-z\]\{26\}\$")
_ALTERNATIVES: Final = re.compile(r"\^\(([a-z_]+(?:\|[a-z_]+)+)\)\$")
_ONE_LINE: Final = "one line of text with something on it"
_SOME_TEXT: Final = "text with something on it"
_TURNED: Final = "holds a mark that turns the direction of writing"
_NOTHING_UNSEEN: Final = (
    "text without such marks (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069): delete it and type it anew"
)
_LINE_BREAKS: Final = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_NO_PLACE: Final = ("is no place in a list", "the `next` of an answer, as it was given")
_A_WHOLE_NUMBER: Final = "a whole number, written in digits"

# By the pattern that the value does not match: what is wrong, and what was expected.
_PATTERNS: Final[Mapping[str, tuple[str, str]]] = {
    PERIOD: ("is no month", "a month as YYYY-MM, such as 2026-01"),
    SPAN: ("is no quarter and no year", "for example 2026-Q1 or 2026"),
    QUARTER: ("is no quarter", "a quarter as YYYY-Qn, such as 2026-Q1"),
    YEAR: ("is no year", "a year as YYYY, such as 2026"),
    AGENCY: ("is no body's code", "one capital letter and two digits, such as G06"),
    DECIMAL: (
        "is no decimal number",
        "digits with a point before up to 12 decimals, such as 12 or 0.5, without sign or separators",
    ),
    "^[a-z][a-z0-9_]{1,39}$": ("is no such name", "small letters, digits and underscores, beginning with a letter"),
    "^sha256:[0-9a-f]{64}$": ("is no digest", "sha256: and 64 small hexadecimal digits"),
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": ("is no day", "a day as YYYY-MM-DD"),
    "^[a-z0-9]+(-[a-z0-9]+)*$": (
        "is no such name",
        "small letters without accents and digits, parted by hyphens, such as so-khcn",
    ),
    "^[A-Z]-[0-9]{1,3}=[a-z][a-z0-9-]{0,40}$": ("chooses no reading", "a reading and its alternative, such as B-1=table"),
    "^[A-E][1-9]$": ("is no indicator's code", "one letter from A to E and a digit, such as D1"),
    "^([A-E][1-9]|bonus)$": ("is no indicator's code", "one letter from A to E and a digit, such as D1, or bonus"),
    "^([01][0-9]|2[0-3]):[0-5][0-9]$": ("is no time of day", "hours and minutes, such as 17:00"),
    "^https://[!-~]{3,490}$": ("is no address of a document", "an address that begins with https://, without blanks"),
    r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}$": (
        "is no e-mail address",
        "an address without accents and blanks, such as vanphong@vidu.gov.vn",
    ),
    "^[+0-9][0-9 ().-]{5,29}$": (
        "is no telephone number",
        "6 to 30 digits, with blanks, dots, hyphens or brackets where wanted, such as 0214 000 0000",
    ),
    r"^(key:[0-9a-f]{12}|oidc:[a-z][a-z0-9_]{0,19}:[!-~]{1,255})$": (
        "is no key or person",
        "key: and the id of a key, or oidc: with the provider's name and the account there",
    ),
    "^[0-9.]{1,14}$": ("is no version of a structure", "digits and points, such as 1.0.0"),
    "^[0-9a-f]{12}$": ("is no id of a key", "12 small hexadecimal digits, such as 0a1b2c3d4e5f"),
    "^[a-z][a-z0-9_]{0,19}$": ("is no such name", "small letters, digits and underscores, beginning with a letter"),
    "^[a-z0-9][a-z0-9-]{0,40}$": ("is no such name", "small letters, digits and hyphens"),
    "^[a-z]+(-[a-z]+)*$": ("is no such name", "small letters, parted by hyphens"),
    "^[a-z_.]+(,[a-z_.]+)*$": (
        "is no list of types of events",
        "types parted by commas, such as receipt.issued,scores.published",
    ),
    "^[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*$": (
        "is no list of fields",
        "dotted names with commas between, such as agencies.agency,agencies.total",
    ),
    "^(labels|scheme)(,(labels|scheme))*$": ("is no list of such names", "labels or scheme, or both with a comma between"),
    "^[A-Za-z0-9_-]{1,200}$": _NO_PLACE,
    "^[A-Za-z0-9_-]{1,2000}$": _NO_PLACE,
    "^hold_[0-9a-f]{32}$": ("is no id of such a thing", "hold_ and 32 small hexadecimal digits"),
    "^snap_[0-9A-Za-z_.-]{1,100}$": ("is no id of such a thing", "snap_ and the rest of a snapshot's id"),
    '^"[!#-~]{1,150}"$': ("is no entity tag", 'the ETag of an answer with its quotation marks, such as "a1"'),
    "^[!-~]{1,128}$": ("is no such key", "1 to 128 visible ASCII characters"),
    "^[!-~]{1,20000}$": ("is no list of ids", "ids without blanks, parted by commas"),
    r"^(.*,)?[ \t]*sha-256=:[A-Za-z0-9+/]{43}=:[ \t]*(;.*|,.*)?$": (
        "is no digest",
        "sha-256=:<digest in base64>:, as RFC 9530 writes it",
    ),
    "^[A-Za-z0-9_-]{43}$": ("is no coordinate of a key", "32 bytes in base64url without padding"),
    r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$": (
        "is no compact JWS",
        "<protected header>.<payload>.<signature>, base64url without padding",
    ),
}

# By the library's name of the error. Words in braces are filled from its context.
_ERRORS: Final[Mapping[str, tuple[str, str | None]]] = {
    "missing": ("is missing", "a value"),
    "extra_forbidden": ("is no field of this document", "no such field"),
    "literal_error": ("is none of the values that can be", "{expected}"),
    "enum": ("is none of the values that can be", "{expected}"),
    "string_type": ("must be text", "a JSON string"),
    "int_type": ("must be a whole number", "a JSON number without decimals"),
    "bool_type": ("must be true or false", "true or false"),
    "list_type": ("must be a list", "a JSON array"),
    "bool_parsing": ("must be true or false", "true or false"),
    "int_from_float": ("must be a whole number", "a JSON number without decimals"),
    "finite_number": ("is no finite number", "a JSON number without decimals"),
    "string_unicode": ("is not given as text", "a JSON string"),
    "date_from_datetime_inexact": ("is a day with a time", "a day as YYYY-MM-DD"),
    "tuple_type": ("must be a list", "a JSON array"),
    "dict_type": ("must be an object", "a JSON object"),
    "model_type": ("must be an object", "a JSON object"),
    "date_type": ("must be a day", "a day as YYYY-MM-DD"),
    "date_parsing": ("is no day of the calendar", "a day as YYYY-MM-DD"),
    "date_from_datetime_parsing": ("is no day of the calendar", "a day as YYYY-MM-DD"),
    "datetime_type": ("must be an instant", "an instant with its zone, such as 2026-02-05T00:00:00+07:00"),
    "datetime_parsing": ("is no instant", "an instant with its zone, such as 2026-02-05T00:00:00+07:00"),
    "datetime_from_date_parsing": ("is no instant", "an instant with its zone, such as 2026-02-05T00:00:00+07:00"),
    "timezone_aware": ("says no time zone", "an instant with its zone, such as 2026-02-05T00:00:00+07:00"),
    "instant_too_far": ("lies outside the days that can be", "an instant from {earliest} to {latest}"),
    "day_too_far": ("lies outside the days that can be", "a day from {earliest} to {latest}"),
    "string_too_long": ("is too long", "at most {max_length} characters"),
    "string_too_short": ("is too short", "at least {min_length} characters"),
    "too_long": ("holds too many", "at most {max_length}"),
    "too_short": ("holds too few", "at least {min_length}"),
    "greater_than_equal": ("is too small", "a whole number from {ge} on"),
    "less_than_equal": ("is too large", "a whole number up to {le}"),
    "whole_number": ("is no whole number", _A_WHOLE_NUMBER),
    "int_parsing": ("is no whole number", _A_WHOLE_NUMBER),
    "int_parsing_size": ("is too large a number", _A_WHOLE_NUMBER),
}


def words_of(found: Mapping[str, Any]) -> tuple[str, str | None]:
    """What is wrong and what was expected, of one of pydantic's errors with its context and input."""
    kind, context = str(found["type"]), found.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return _of_pattern(str(context["pattern"]), found.get("input"))
    if kind in _ERRORS:
        message, expected = _ERRORS[kind]
        return message, expected and expected.format_map(context)
    return str(found["msg"]).removeprefix("Value error, "), None


def is_blank(found: Mapping[str, Any]) -> bool:
    """Whether nothing was given: no such field, null, or text with nothing on it."""
    given = found.get("input")
    return found["type"] == "missing" or given is None or (isinstance(given, str) and not given.strip())


def _of_pattern(pattern: str, given: object) -> tuple[str, str]:
    if pattern in (PRINTABLE, PROSE):
        return _of_text(given, lines=pattern == PROSE)
    if identifier := _IDENTIFIER.fullmatch(pattern):
        prefixes = " or ".join(f"{prefix}_" for prefix in identifier[1].split("|"))
        return "is no id of such a thing", f"{prefixes} and 26 small letters or digits"
    if alternatives := _ALTERNATIVES.fullmatch(pattern):
        *others, last = [f"'{each}'" for each in alternatives[1].split("|")]
        return "is none of the values that can be", f"{', '.join(others)} or {last}"
    return _PATTERNS.get(pattern, ("has not the form that is needed", "the form that /openapi.json gives for it"))


def _of_text(given: object, *, lines: bool) -> tuple[str, str]:
    wanted = _SOME_TEXT if lines else _ONE_LINE
    if not isinstance(given, str) or not given.strip():
        return "is blank", wanted
    if is_turned(given):
        return _TURNED, _NOTHING_UNSEEN
    return "must be one line" if set(given) & _LINE_BREAKS and not lines else "holds a control character", wanted
