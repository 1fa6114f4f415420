"""The law as one month was computed by, for its page: groups, indicators with maximum, formula in words and clause, readings
in force, and what other readings would move in the published month. Pure.

Everything is the scheme's own words, save the sentences that say a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from shared.law import provisions as law
from shared.law.scheme import Scheme
from shared.public_pages.publication_list import REGISTER_FIELDS, listed
from shared.public_pages.words import Words
from shared.writing import day, figure

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Passage:
    item: str
    text: str


@dataclass(frozen=True)
class IndicatorLaw:
    """``maximum`` is shared with another indicator where ``shared_with`` names it; ``when_empty`` are the points where nothing
    occurred; ``passages`` are the decision's words behind its numbers."""

    code: str
    letter: str
    label: Words
    maximum: str
    shared_with: str | None
    formula: Words
    when_empty: str | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class GroupLaw:
    letter: str
    label: Words
    maximum: str
    indicators: tuple[IndicatorLaw, ...]


@dataclass(frozen=True)
class Moved:
    """Of how many bodies another reading would change the total, the grade and the rank."""

    totals: int
    grades: int
    ranks: int


@dataclass(frozen=True)
class Other:
    """Another reading; ``why_not`` says why it is not computed, ``moved`` is None too where its effect was not kept."""

    says: Words
    moved: Moved | None
    why_not: Words | None


@dataclass(frozen=True)
class ReadingLaw:
    """``revised`` where a revision put another reading in force than the scheme ships."""

    code: str
    passage: Passage | None
    in_force: Words
    because: Words
    revised: bool
    not_yet: Words | None
    others: tuple[Other, ...]


@dataclass(frozen=True)
class LawPage:
    """``contested`` are readings that have another, ``plain`` those that have none; ``signed_on`` as dd/mm/yyyy."""

    decision: str
    title: Words
    signed_on: str
    issued_by: Words
    scale: str
    digest: str
    groups: tuple[GroupLaw, ...]
    contested: tuple[ReadingLaw, ...]
    plain: tuple[ReadingLaw, ...]


def law_page(scheme: Scheme, revised: Mapping[str, str], register: Document | None) -> LawPage:
    """``revised`` are the readings that a revision put in force; ``register`` is kept with the run."""
    decision, readings = scheme.decision, tuple(_readings(scheme, revised, _effects(register)))
    return LawPage(
        decision=decision.number,
        title=_words(decision.title),
        signed_on=day(decision.signed_on),
        issued_by=_words(decision.issued_by),
        scale=_text(scheme.scale),
        digest=scheme.digest,
        groups=tuple(_groups(scheme)),
        contested=tuple(each for each in readings if each.others),
        plain=tuple(each for each in readings if not each.others),
    )


def _groups(scheme: Scheme) -> Iterator[GroupLaw]:
    for code, group in scheme.groups.items():
        indicators = tuple(_indicator(scheme, name) for name in scheme.indicators_of(code))
        yield GroupLaw(_letter(code), _words(group.label), _text(group.maximum), indicators)


def _indicator(scheme: Scheme, code: str) -> IndicatorLaw:
    found = scheme.indicators[code]
    return IndicatorLaw(
        code=code,
        letter=_letter(code),
        label=_words(found.label),
        maximum=_text(found.maximum),
        shared_with=found.shares_maximum_with,
        formula=_formula(scheme, found.formula),
        when_empty=None if found.when_empty is None else _text(found.when_empty),
        passages=tuple(_passage(scheme, name) for name in _cited(found)),
    )


def _cited(indicator: law.Indicator) -> list[str]:
    """Passages that its numbers cite, each once."""
    numbers = [indicator.maximum, indicator.when_empty]
    numbers += [getattr(indicator.formula, name) for name in type(indicator.formula).model_fields]
    return list(dict.fromkeys(each.cite for each in numbers if isinstance(each, law.Cited)))


def _formula(scheme: Scheme, formula: law.Formula) -> Words:
    vi, en = (_said(formula, {name: getattr(each.label, locale) for name, each in scheme.measures.items()}, _WORDS[locale])
              for locale in ("vi", "en"))  # fmt: skip
    return Words(vi, en)


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "share_at_most": "; tỷ lệ không quá {}",
        "partly": "; chưa đạt toàn bộ thì không có điểm",
        "largest": "mức lớn nhất trong các cơ quan",
        "full": "{} khi “{}” từ {} trở lên; nếu không: ",
        "at_most": ", không quá {}",
        "nothing": "không tính",
        "decided": "“{}”, theo quyết định",
        "comma": ",",
    },
    "en": {
        "share_at_most": "; the share at most {}",
        "partly": "; nothing for a part",
        "largest": "the largest of all bodies",
        "full": "{} when “{}” is {} or more; else ",
        "at_most": ", at most {}",
        "nothing": "not counted",
        "decided": "“{}”, as decided",
        "comma": ".",
    },
}


def _said(formula: law.Formula, labels: Mapping[str, str], words: Mapping[str, str]) -> str:
    def number(cited: law.Cited[Any]) -> str:
        return _text(cited).replace(",", words["comma"])

    match formula:
        case law.ShareOfCount():
            portion = f" × {number(formula.portion)}" if formula.portion else ""
            limit = words["share_at_most"].format(number(formula.share_at_most)) if formula.share_at_most else ""
            partly = words["partly"] if formula.partly else ""
            return f"“{labels[formula.counted]}” ÷ “{labels[formula.out_of]}” × {number(formula.worth)}{portion}{limit}{partly}"
        case law.RelativeToBest():
            return f"“{labels[formula.counted]}” ÷ {words['largest']} × {number(formula.worth)}"
        case law.ScaledIndex():
            return f"“{labels[formula.index]}” ÷ {number(formula.out_of)} × {number(formula.worth)}"
        case law.CountedWithCap():
            most = number(formula.at_most)
            full = ""
            if formula.full_from and formula.full_by:
                full = words["full"].format(most, labels[formula.full_by], number(formula.full_from))
            return f"{full}“{labels[formula.counted]}” × {number(formula.each)}{words['at_most'].format(most)}"
        case law.NotCounted():
            return words["nothing"]
        case _:
            return words["decided"].format(labels[formula.decided])


def _effects(register: Document | None) -> Mapping[tuple[str, str], Moved]:
    found = {}
    for reading in listed(register or {"readings": []}, REGISTER_FIELDS)["readings"]:
        for one in reading["alternatives"]:
            counts = [one[name] for name in ("agencies_moved", "grades_moved", "ranks_moved")]
            if None not in counts:
                found[reading["id"], one["id"]] = Moved(*counts)
    return found


def _readings(scheme: Scheme, revised: Mapping[str, str], effects: Mapping[tuple[str, str], Moved]) -> Iterator[ReadingLaw]:
    for code, reading in scheme.readings.items():
        held = next((one for one in reading.alternatives if one.id == revised.get(code)), None)
        # Once a revision holds, what the scheme ships is one of the others; nobody computes what it would have given.
        shipped = [Other(_words(reading.in_force), None, None)] if held else []
        others = [
            Other(_words(one.says), effects.get((code, one.id)), _perhaps(one.not_computed))
            for one in reading.alternatives
            if one is not held
        ]
        yield ReadingLaw(
            code=code,
            passage=_passage(scheme, reading.words) if reading.words else None,
            in_force=_words(held.says if held else reading.in_force),
            because=_words(reading.because),
            revised=held is not None,
            not_yet=_perhaps(reading.not_yet),
            others=(*shipped, *others),
        )


def _passage(scheme: Scheme, name: str) -> Passage:
    found = scheme.passages[name]
    return Passage(found.item, plain(found.text))


def plain(text: str) -> str:
    """A passage without the marks of the file that it was taken from: a list's dash, the asterisks of bold."""
    return text.removeprefix("- ").replace("**", "")


def _words(label: law.Label) -> Words:
    return Words(label.vi, label.en)


def _perhaps(label: law.Label | None) -> Words | None:
    return None if label is None else _words(label)


def _text(cited: law.Cited[Any]) -> str:
    return figure(str(Fraction(cited.value)))


def _letter(code: str) -> str:
    return "KK" if code == law.BONUS else code
