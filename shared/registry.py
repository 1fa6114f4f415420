"""Which body a spelling means. A lookup by folded spelling, dated; whatever is not listed is refused, never guessed.

Source in law: QĐ 20/2020/QĐ-TTg and QĐ 09/2025/QĐ-TTg for codes; the older right-to-left form ``000.00.00.H38`` is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.errors import InputInvalid

KINDS = ("ministry", "ministerial_agency", "government_agency", "province")

_OLD_CODE = re.compile(r"^000\.00\.00\.([a-z][0-9]{2})$")
_SPACE = re.compile(r"[\s\u00a0]+")
# Two spellings of one syllable: the tone mark on the first or the second vowel (ủy = uỷ, hòa = hoà, thúy = thuý).
_TONE = {
    f"{vowels[0]}{second}": f"{first}{vowels[1]}"
    for vowels, pairs in (
        ("uy", (("ù", "ỳ"), ("ú", "ý"), ("ủ", "ỷ"), ("ũ", "ỹ"), ("ụ", "ỵ"))),
        ("oa", (("ò", "à"), ("ó", "á"), ("ỏ", "ả"), ("õ", "ã"), ("ọ", "ạ"))),
        ("oe", (("ò", "è"), ("ó", "é"), ("ỏ", "ẻ"), ("õ", "ẽ"), ("ọ", "ẹ"))),
    )
    for first, second in pairs
}
_TONE_AT_END = re.compile(r"(?<![q])(" + "|".join(_TONE) + r")(?!\w)")


class Unmapped(InputInvalid):
    """A spelling that no alias, code or collective phrase of the registry covers on that day."""

    slug = "agency-unmapped"
    title_vi = "Không xác định được cơ quan"
    title_en = "Agency not recognised"


@dataclass(frozen=True)
class Agency:
    """One body as it is on a day. ``kind`` is one of KINDS; ``head_name`` is None while two people entered nobody (G-16)."""

    code: str
    kind: str
    name_vi: str
    name_en: str
    head_title_vi: str
    head_title_en: str
    head_name: str | None
    nso_code: str | None


@dataclass(frozen=True, kw_only=True)
class Head:
    """Who heads a body in one term; both days belong to it, and ``valid_to`` is None while no end is known."""

    name: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Resolution:
    """The bodies a spelling means: one code, or several through the collective rule named in ``rule_id``."""

    codes: tuple[str, ...]
    rule_id: str | None = None


def fold(spelling: str) -> str:
    """The key a spelling is looked up by: NFC, lower case, single spaces, one tone-mark placement; accents are kept."""
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", spelling)).strip(" .,;:-").casefold()
    text = text.replace("–", "-").replace("’", "'")
    return _TONE_AT_END.sub(lambda match: _TONE[match.group(1)], text)


class Registry:
    """All bodies, aliases and collective phrases in force on one day. ``period_day`` is the period's last day."""

    def __init__(
        self, *, agencies: Iterable[Agency], aliases: Mapping[str, str], collectives: Mapping[str, tuple[str, tuple[str, ...]]]
    ) -> None:
        self.agencies = {agency.code: agency for agency in sorted(agencies, key=lambda each: each.code)}
        self._aliases = dict(aliases)
        self._collectives = dict(collectives)
        self._known: dict[str, Resolution] = {}

    def resolve(self, spelling: str) -> Resolution:
        """Raises Unmapped naming the spelling and what to do."""
        found = self._known.get(spelling)
        if found is None:
            found = self._known[spelling] = self._look_up(spelling)
        return found

    def of_kinds(self, kinds: Iterable[str]) -> tuple[str, ...]:
        wanted = set(kinds)
        return tuple(code for code, agency in self.agencies.items() if agency.kind in wanted)

    def _look_up(self, spelling: str) -> Resolution:
        key = fold(spelling)
        old = _OLD_CODE.match(key)
        code = (old.group(1) if old else key).upper()
        if code in self.agencies:
            return Resolution((code,))
        if (known := self._aliases.get(key)) in self.agencies:
            return Resolution((str(known),))
        if key in self._collectives:
            rule_id, kinds = self._collectives[key]
            return Resolution(self.of_kinds(kinds), rule_id)
        raise Unmapped(
            f"no scored body is known as {spelling!r}",
            hint="Record an alias with its document (registry.alias), or have the source name the body.",
            spelling=spelling,
        )


def in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    return valid_from <= day and (valid_to is None or day <= valid_to)
