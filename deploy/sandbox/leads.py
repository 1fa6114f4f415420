"""Who a plan row names: several leads in one cell, spellings of the plan, and collective phrases.

Names hold commas ("Bộ Văn hóa, Thể thao và Du lịch"), so cells are never simply split: consecutive pieces are joined while they
still make a known name, the longest first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from deploy.sandbox.bodies import bodies, codes

_SEPARATOR = re.compile(r"[,;](?![^(]*\))")
_REMARK = re.compile(r"\s*\([^)]*\)")
_ABBREVIATIONS = {
    "vtv": "G28",
    "vov": "G27",
    "ttxvn": "G30",
    "bộ khoa học, công nghệ": "G06",
    "ban cơ yếu chính phủ": "G11",
}
"""Ban Cơ yếu Chính phủ leads tasks but is no scored body: it belongs to Bộ Quốc phòng."""

_CENTRAL = ("ministry", "ministerial_agency", "government_agency")
_RULES: dict[str, tuple[str, ...]] = {
    "các bộ, ngành, địa phương": (),
    "bộ, ngành, địa phương": (),
    "các bộ, cơ quan, địa phương": (),
    "các bộ, ngành": _CENTRAL,
    "các bộ, cơ quan ngang bộ": ("ministry", "ministerial_agency"),
    "các địa phương": ("province",),
    "ubnd các địa phương": ("province",),
    "các tỉnh, thành phố trực thuộc tw": ("province",),
    "các tỉnh, thành phố trực thuộc trung ương": ("province",),
}
_UNMERGED = frozenset({"H26", "H57", "H35", "H18", "H52", "H37", "H49", "H56", "H41", "H27", "H14"})
_CITIES = frozenset({"H26", "H24", "H57", "H17", "H29", "H13", "H49", "H05", "H19"})
_DATABASE_OWNERS = ("G01", "G02", "G03", "G06", "G09", "G10", "G12", "G15", "G17", "G18", "G19", "G22")


@dataclass(frozen=True, slots=True)
class Lead:
    """One body a cell names: its code and the words used, without remarks; ``words`` is None where a phrase was expanded."""

    code: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Leads:
    """A cell read: its bodies; ``phrase`` is set when a rule without judgement could expand the cell as a whole."""

    bodies: tuple[Lead, ...]
    phrase: str | None = None
    kinds: tuple[str, ...] | None = None


def key(words: str) -> str:
    """Spelling differences that mean nothing: Unicode form, letter case, runs of blanks."""
    return " ".join(unicodedata.normalize("NFC", words).casefold().split())


def read(cell: str) -> Leads:
    """All bodies a lead cell names, each once. Raises ``ValueError`` when a piece of the cell is nobody we know."""
    kinds = _RULES.get(key(cell))
    if kinds is not None:
        return Leads(tuple(Lead(code, None) for code in codes(*kinds)), cell.strip(), kinds)
    judged = _judged(cell)
    if judged is not None:
        return Leads(tuple(Lead(code, None) for code in judged))
    found: dict[str, Lead] = {}
    for words, one in _pieces(cell):
        if one is None:
            raise ValueError(f"lead {words!r} of {cell!r} is no known body")
        found.update((lead.code, lead) for lead in one if lead.code not in found)
    return Leads(tuple(found.values()))


def named(cell: str) -> tuple[Lead, ...]:
    """Only the single bodies a cell of co-ordinators names; collective words and strangers are passed over."""
    found = (lead for _, one in _pieces(cell) if one is not None and len(one) == 1 for lead in one)
    return tuple({lead.code: lead for lead in found}.values())


def _judged(cell: str) -> tuple[str, ...] | None:
    """Phrases that need judgement: which provinces are "liên quan" is the source's decision, here an invented one."""
    words = key(cell)
    if words == "các địa phương liên quan":
        return tuple(code for code in codes("province") if code in _CITIES)
    if words.endswith("thuộc diện sáp nhập"):
        return tuple(code for code in codes("province") if code not in _UNMERGED)
    if words.startswith("các bộ, ngành là chủ quản csdlqg"):
        return _DATABASE_OWNERS
    return None


def _pieces(cell: str) -> list[tuple[str, tuple[Lead, ...] | None]]:
    parts = [part.strip() for part in _SEPARATOR.split(cell) if part.strip()]
    found: list[tuple[str, tuple[Lead, ...] | None]] = []
    while parts:
        for size in range(len(parts), 0, -1):
            words = ", ".join(parts[:size])
            one = _lookup(words)
            if one is not None or size == 1:
                found.append((words, one))
                del parts[:size]
                break
    return found


def _lookup(words: str) -> tuple[Lead, ...] | None:
    # Remarks on former names ("của Bộ … chuyển sang") are history, not part of the name a system would hold.
    name = _REMARK.sub("", words)
    plain = key(name)
    if plain in _names():
        return (Lead(_names()[plain], name),)
    kinds = _RULES.get(plain)
    return None if kinds is None else tuple(Lead(code, None) for code in codes(*kinds))


@cache
def _names() -> dict[str, str]:
    """Every spelling of one body: official name, the name without "Bộ", abbreviations."""
    found = dict(_ABBREVIATIONS)
    for code, body in bodies().items():
        for _, name in body.names:
            found[key(name)] = code
            if body.kind == "ministry":
                found[key(name).removeprefix("bộ ")] = code
    return found
