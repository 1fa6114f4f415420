"""Nobody reads two languages in one answer: every route's refusals, asked without a language, with `*`, and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.integration.gateway.conftest import ENGLISH, House
from tests.integration.gateway.routes import Operation, operations
from tests.unit.gateway.test_explaining import VIETNAMESE

# Small words that no Vietnamese sentence, identifier or file name holds alone.
WORDS = re.compile(
    r"\b(the|is|are|of|and|not|this|that|must|with|for|has|was|nothing|needs?|missing|expected|ask)\b", re.IGNORECASE
)
# What was sent, names of headers and of fields, and addresses are the caller's or the programs'.
QUOTED = re.compile(r"'[^']*'|`[^`]*`|“[^”]*”|\"[^\"]*\"|/\S*|\b[A-Z][A-Za-z]+(-[A-Z][A-Za-z0-9]+)+\b")
ANYTHING = {"no_such_field": 1, "reason": " ", "period": "2026-13", "until": "yesterday"}
VALUES = {"agency": "G06", "period": "2026-01", "source": "ndxp"}


def words_of(problem: Mapping[str, Any]) -> Iterator[str]:
    """All that is ours to say; what was sent is repeated as it came."""
    for name in ("title", "detail", "cause", "hint", "remedy"):
        yield problem.get(name) or ""
    for fault in problem.get("errors", ()):
        yield from (fault.get(name) or "" for name in ("detail", "expected", "hint"))


def mixed(problem: Mapping[str, Any], *, english: bool) -> list[str]:
    foreign = VIETNAMESE if english else WORDS
    return [words for words in words_of(problem) if foreign.search(QUOTED.sub("", words))]


async def asked(house: House, operation: Operation, role: str | None, **headers: str) -> httpx.Response:
    path = re.sub(r"\{(\w+)[^}]*\}", lambda found: VALUES.get(found[1], "none"), operation.path)
    bearer = {} if role is None else house.bearer(role)
    body = {} if operation.method == "GET" else {"json": ANYTHING}
    return await house.client.request(operation.method, path, headers={**bearer, **headers}, **body)


def callers(house: House, operation: Operation) -> list[str | None]:
    """Nobody, somebody without the role, and somebody with it."""
    if operation.permit is None:
        return [None]
    may = sorted(set(operation.permit.roles) & house.keys.keys())
    return [None, "reader", *may[:1]]


async def test_every_refusal_of_every_route_is_in_one_language(house: House, subtests: pytest.Subtests) -> None:
    refused, slugs = 0, set()
    for operation in operations(house.gateway.app):
        for role in callers(house, operation):
            with subtests.test(f"{operation.method} {operation.path} {role}"):
                plain = await asked(house, operation, role)
                if plain.headers.get("content-type") != "application/problem+json":
                    continue
                english = await asked(house, operation, role, **ENGLISH)
                told, said = plain.json(), english.json()
                assert mixed(told, english=False) == []
                assert mixed(said, english=True) == []
                assert (plain.headers["content-language"], english.headers["content-language"]) == ("vi", "en")
                if role is None:
                    anyone = await asked(house, operation, role, **{"accept-language": "*"})
                    assert {**anyone.json(), "instance": 0} == {**told, "instance": 0}
                refused, slugs = refused + 1, slugs | {told["type"]}
    assert refused > 400
    assert len(slugs) >= 8


@pytest.mark.parametrize(
    ("words", "language"),
    [("không tìm thấy gì tại '/x'", "en"), ("nothing is found at '/không'", "vi"), ("cần: is missing", "vi")],
)
def test_a_sentence_of_the_other_language_is_found(words: str, language: str) -> None:
    assert mixed({"detail": words}, english=language == "en") == [words]
    assert mixed({"errors": [{"expected": words}]}, english=language == "en") == [words]
