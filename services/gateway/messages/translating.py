"""Our English sentences in Vietnamese, for all who do not ask for English. Pure.

Code writes its details, hints and faults in English; sentences/*.json holds each of them with its Vietnamese, `{}` standing
for what varies. A sentence that is not there stays as it is: what it says is worth more than its language. A test reads the
source and refuses a sentence without its Vietnamese.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from shared.writing import decimal_comma

FOLDER: Final = Path(__file__).with_name("sentences")
NAMES: Final = Path(__file__).with_name("names.json")
SLOT: Final = "{}"
# Names of programs, joined as our sentences join them: "operator or publisher", "'a', 'b' or 'c'".
_JOINED: Final = re.compile(r"[\w./+*:-]+(?: or [\w./+*:-]+)+")
_QUOTED: Final = re.compile(r"'[^']*'(?:, '[^']*')* or '[^']*'")
_DECIMAL: Final = re.compile(r"[0-9]+\.[0-9]+")
_KEPT: Final = 2048
# "2 faults, the first: line 3: not JSON: Expecting value" is a sentence in a sentence in a sentence. No text goes deeper,
# also none that a caller makes of our glue.
_DEEPEST: Final = 2


class _OtherWords(Exception):
    """A slot holds what it cannot hold in this template, so that the sentence is another one."""


class _Value(str):
    """What stood in a slot, ``depth`` sentences deep.

    ``{0}`` leaves it as it is, ``{0:vi}`` words it in its turn, names of roles, states and steps too. Templates with few
    words of their own would also match what is not theirs: ``{0:known}`` holds only what can be worded, ``{0:code}`` only
    one word, ``{0:numbered}`` only one word with a digit in it, as an indicator's code. ``{0:number}`` has a decimal comma.
    """

    depth: int

    def __format__(self, spec: str) -> str:
        if spec in ("code", "numbered") and (not self or any(map(str.isspace, self))):
            raise _OtherWords
        if spec == "numbered" and not any(map(str.isdigit, self)):
            raise _OtherWords
        if spec == "number":
            return decimal_comma(str(self)) if _DECIMAL.fullmatch(self) else str(self)
        worded = _name(str(self), self.depth) if spec in ("vi", "known") else str(self)
        if spec == "known" and worded == self:
            raise _OtherWords
        return worded


def _value(text: str, depth: int) -> _Value:
    value = _Value(text)
    value.depth = depth
    return value


@dataclass(frozen=True)
class Template:
    """A sentence with slots: the ``pieces`` between them, and its Vietnamese."""

    pieces: tuple[str, ...]
    vietnamese: str

    def fill(self, text: str, depth: int = 0) -> str | None:
        """The text in Vietnamese; None when it is another sentence."""
        values = self.match(text)
        try:
            return None if values is None else self.vietnamese.format(*(_value(each, depth + 1) for each in values))
        except _OtherWords:
            return None

    def match(self, text: str) -> list[str] | None:
        """What stands in the slots. A piece counts where it comes first, so that no text makes this slow."""
        first, *middle, last = self.pieces
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return None
        at, end, found = len(first), len(text) - len(last), []
        for piece in middle:
            there = text.find(piece, at, end)
            if there < 0:
                return None
            found.append(text[at:there])
            at = there + len(piece)
        return [*found, text[at:end]]


@lru_cache(maxsize=_KEPT)
def in_vietnamese(text: str) -> str:
    """The sentence in Vietnamese; as it came when it is none of ours."""
    return _worded(text, 0)


def _worded(text: str, depth: int) -> str:
    plain = sentences().get(text)
    if plain is not None:
        return plain.format()
    if depth > _DEEPEST:
        return text
    # Before the templates: enough of them would fit one that has only commas of its own.
    if _QUOTED.fullmatch(text):
        return text.replace("' or '", "' hoặc '")
    for template in templates():
        worded = template.fill(text, depth)
        if worded is not None:
            return worded
    return text.replace(" or ", " hoặc ") if _JOINED.fullmatch(text) else text


def _name(text: str, depth: int) -> str:
    """What a role, state or step is called; several of them, joined; else the sentence it is."""
    if text in names():
        return names()[text]
    if " or " in text and names().keys() >= set(text.split(" or ")):
        return " hoặc ".join(names()[each] for each in text.split(" or "))
    return _worded(text, depth)


@cache
def names() -> Mapping[str, str]:
    """Names of programs to what people call the thing; only inside a sentence, since alone they are what is to be sent."""
    found: dict[str, str] = json.loads(NAMES.read_text("utf-8"), object_pairs_hook=_once)
    return found


@cache
def sentences() -> Mapping[str, str]:
    """English to Vietnamese, with slots. Raises ValueError for a sentence that two files hold."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text("utf-8"), object_pairs_hook=_once)
        if again := sorted(found.keys() & content.keys()):
            raise ValueError(f"{path.name}: {again[0]!r} stands in another file too")
        found |= content
    return found


@cache
def templates() -> Sequence[Template]:
    """The sentences with slots, those with most words of their own first."""
    found = [Template(tuple(english.split(SLOT)), said) for english, said in sentences().items() if SLOT in english]
    return sorted(found, key=lambda each: -sum(map(len, each.pieces)))


def _once(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a sentence stands twice in one file")
    return found
