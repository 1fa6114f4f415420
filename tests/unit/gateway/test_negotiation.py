"""Accept, Accept-Language and If-None-Match as RFC 9110 reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.http.negotiation import choose_language, choose_media_type, matches
from shared.problems import NotAcceptable

OFFERED = ("application/json", "text/csv")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;charset=utf-8", "text/csv"),
        ("text/csv;q=0.5,application/json;q=0.4", "text/csv"),
        ("text/csv;q=1.0, application/json;q=1.000", "application/json"),
        ("*/*;q=0.1, text/*;q=0.2", "text/csv"),
        ("text/*, text/csv;q=0, */*;q=0.1", "application/json"),
        ("text/csv;q=2, application/json;q=0.001", "application/json"),
    ],
)
def test_the_best_offer_is_chosen(accept: str | None, chosen: str) -> None:
    assert choose_media_type(accept, OFFERED) == chosen


@pytest.mark.parametrize(
    "accept", ["image/png", "text/html, image/*", "application/json;q=0", "*/*;q=0", "json", ";", ",,text"]
)
def test_what_is_not_offered_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        choose_media_type(accept, OFFERED)
    assert "application/json or text/csv" in str(refused.value.hint)


@given(st.text(max_size=60))
def test_any_words_choose_or_are_refused(accept: str) -> None:
    try:
        assert choose_media_type(accept, OFFERED) in OFFERED
    except NotAcceptable:
        assert accept.strip()
    assert choose_language(accept) in ("vi", "en")


@pytest.mark.parametrize(
    ("accept", "language"),
    [(None, "vi"), ("", "vi"), ("*", "vi"), ("en", "en"), ("en-US,en;q=0.9", "en"), ("vi-VN, en;q=0.9", "vi"), ("fr, de", "vi"),
     ("en;q=0.1, vi;q=0", "en"), ("en;q=0.5,*;q=0.6", "vi"), ("EN", "en"), ("vi;q=0, *", "vi"), ("*;q=0.1", "vi"),
     ("vie", "vi"), ("en;q=0.5, vi;q=0.5", "vi"), ("en, *;q=0.5", "en")],
)  # fmt: skip
def test_vietnamese_unless_english_is_liked_better(accept: str | None, language: str) -> None:
    assert choose_language(accept) == language


@pytest.mark.parametrize("header", ['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', "*", " * ", '"a","a"'])
def test_a_list_that_names_the_tag_matches(header: str) -> None:
    assert matches(header, '"a"')


@pytest.mark.parametrize("header", ["", "a", '"b"', '"A"', '"a', '"b*"', "**", '"xa"', '""'])
def test_another_list_does_not(header: str) -> None:
    assert not matches(header, '"a"')
