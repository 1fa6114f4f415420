"""What a refused value is told: a sentence of ours, and what was expected, never a pattern of one line of text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from services.gateway.http.fault_words import words_of
from services.gateway.http.words import AGENCY, DECIMAL, PERIOD, Day, Instant, Line, Prose, WrittenDay
from services.gateway.messages.translating import in_vietnamese
from services.gateway.reports.form.json_schema import SENT_REPORT, SENT_SECTION
from services.gateway.units.schemas.unit_bodies import ContactAsked, IndicatorText, UnitText

ROOT = Path(__file__).parents[3]
INSTANT = "an instant with its zone, such as 2026-02-05T00:00:00+07:00"
OUTSIDE = "lies outside the days that can be"
BOUNDS = "an instant from 2000-01-01T00:00:00+07:00 to 2200-01-01T00:00:00+07:00"
TURNED = "holds a mark that turns the direction of writing"
NOTHING_UNSEEN = "text without such marks (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069): delete it and type it anew"
CONTACT = {"name": "Người minh họa", "position": "Chuyên viên", "email": "minh-hoa@vidu.gov.vn", "phone": "0214 000 0000"}


@pytest.mark.parametrize(
    ("kind", "given", "message", "expected"),
    [
        (Line, "\u00a0", "is blank", "one line of text with something on it"),
        (Line, "a\u2028b", "must be one line", "one line of text with something on it"),
        (Line, "a\n", "must be one line", "one line of text with something on it"),
        (Line, "giao\u202egnud", TURNED, NOTHING_UNSEEN),
        (Line, "\u200eG06", TURNED, NOTHING_UNSEEN),
        (Prose, "a\nb\u2066c", TURNED, NOTHING_UNSEEN),
        (Prose, " \n ", "is blank", "text with something on it"),
        (Prose, "a\rb", "holds a control character", "text with something on it"),
        (Line, "a\x07b", "holds a control character", "one line of text with something on it"),
        (Annotated[str, Field(pattern=PERIOD)], "2026-13", "is no month", "a month as YYYY-MM, such as 2026-01"),
        (Annotated[str, Field(pattern=AGENCY)], "g6", "is no body's code", "one capital letter and two digits, such as G06"),
        (Annotated[str, Field(pattern=DECIMAL)], "1,5", "is no decimal number", None),
        (
            Annotated[str, Field(pattern="^run_[0-9a-z]{26}$")],
            "7",
            "is no id of such a thing",
            "run_ and 26 small letters or digits",
        ),
        (UnitText, "Sở KHCN", "is no such name", None),
        (IndicatorText, "d1", "is no indicator's code", "one letter from A to E and a digit, such as D1"),
        (ContactAsked, CONTACT | {"email": "văn phòng"}, "is no e-mail address", None),
        (ContactAsked, CONTACT | {"phone": "không có"}, "is no telephone number", None),
        (
            Annotated[str, Field(pattern="^x$")],
            "7",
            "has not the form that is needed",
            "the form that /openapi.json gives for it",
        ),
        (
            Annotated[str, Field(pattern="^(one|two|three)$")],
            "7",
            "is none of the values that can be",
            "'one', 'two' or 'three'",
        ),
        (Literal["a", "b"], "c", "is none of the values that can be", "'a' or 'b'"),
        (list[int], 5, "must be a list", "a JSON array"),
        (AwareDatetime, "2026-02-05T00:00:00", "says no time zone", INSTANT),
        (Annotated[int, Field(ge=1)], 0, "is too small", "a whole number from 1 on"),
        (Day, "5/2/2026", "expected YYYY-MM-DD", None),
        (Instant, "9999-12-31T23:59:59+00:00", OUTSIDE, BOUNDS),
        (Instant, "2200-01-01T00:00:00.000001+07:00", OUTSIDE, BOUNDS),
        (Instant, "0001-01-01T00:00:00+14:00", OUTSIDE, BOUNDS),
        (Instant, "2026-02-05T00:00:00", "says no time zone", INSTANT),
        (WrittenDay, "9999-12-31", OUTSIDE, "a day from 1900-01-01 to 2200-01-01"),
        (Day, "9999-12-31", OUTSIDE, "a day from 1900-01-01 to 2200-01-01"),
    ],
)
def test_a_refused_value_is_told_in_words(kind: Any, given: Any, message: str, expected: str | None) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    (found,) = caught.value.errors(include_url=False)
    said, wanted = words_of(found)
    assert said == message
    assert expected is None or wanted == expected


def asked_patterns(document: dict[str, Any]) -> Iterator[str]:
    """Of every parameter and every body's field, but for the cells of reports: those are told by the rule catalogue."""
    waiting = [operation.get(part, {}) for path in document["paths"].values() for operation in path.values()
               if isinstance(operation, dict) for part in ("parameters", "requestBody")]  # fmt: skip
    seen = {f"#/components/schemas/{name}" for name in (SENT_REPORT, SENT_SECTION)}
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            if isinstance(each.get("pattern"), str):
                yield each["pattern"]
            named = str(each.get("$ref", ""))
            if named and named not in seen:
                seen.add(named)
                _, kind, name = named.rsplit("/", 2)
                waiting.append(document["components"][kind][name])
            waiting += [value for key, value in each.items() if key != "pattern"]


def test_no_caller_is_shown_a_pattern() -> None:
    patterns = set(asked_patterns(json.loads((ROOT / "docs/openapi.json").read_text("utf-8"))))
    assert len(patterns) > 20
    for pattern in patterns:
        told = words_of({"type": "string_pattern_mismatch", "ctx": {"pattern": pattern}, "input": "?"})
        assert "/openapi.json" not in str(told[1]), f"word {pattern} in services/gateway/http/fault_words.py"
        assert all(in_vietnamese(str(each)) != each for each in told), told
