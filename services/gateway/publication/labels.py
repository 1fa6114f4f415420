"""What people call the codes of a published document, in either language (PUB-18). Pure.

The law names groups, indicators, measures and grades; the product's own words name the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.law.provisions import GradeBound, Group, Indicator, Label, Measure
from shared.law.scheme import Scheme
from shared.problems import Language
from shared.public_pages.words import CAPPED, CAUSES, CHECKS, FLAGS, KINDS, STATES, Words, remarks_of
from shared.source_names import source_names

Labels = Mapping[str, Mapping[str, Words]]

# Of one body: pages speak of all bodies of a kind.
_ONE_OF_KIND: Final[Mapping[str, str]] = {
    "ministry": "ministry",
    "ministerial_agency": "ministerial agency",
    "government_agency": "government agency",
    "province": "province or city",
}
_SCORED: Final = Words("Đã chấm điểm", "Scored")
# What pages say by the state, or in a sentence.
_FLAGS: Final[Mapping[str, Words]] = {
    **{state: words for state, words in STATES.items() if words is not None},
    "grade_differs_unrounded": Words("Làm tròn tổng điểm làm đổi xếp loại", "Rounding the total changed the grade"),
}
_ORIGINS: Final[Mapping[str, Words]] = {
    "network": Words("Lấy trực tiếp từ nguồn", "Taken from the source over the network"),
    "official_file": Words("Lấy từ văn bản chính thức", "Taken from an official file"),
    "intake": Words("Do cơ quan báo cáo", "Reported by the bodies"),
}


def labels_of(scheme: Scheme, language: Language) -> dict[str, dict[str, str]]:
    """By what is coded, code → words in the language."""
    return {
        what: {code: words.vi if language == "vi" else words.en for code, words in known.items()}
        for what, known in words_of(scheme).items()
    }


def words_of(scheme: Scheme) -> Labels:
    """Every code of the scheme and of documents made by it. Raises KeyError for a flag that has no words."""
    return {
        "groups": _labelled(scheme.groups),
        "indicators": _labelled(scheme.indicators),
        "measures": _labelled(scheme.measures),
        "grades": {each.grade: _grade(each) for each in scheme.grading.grades},
        "states": {state: words or _SCORED for state, words in STATES.items()},
        "flags": _flags(scheme),
        "kinds": {kind: Words(words.vi, _ONE_OF_KIND[kind]) for kind, words in KINDS.items()},
        "sources": {source: Words(names["vi"], names["en"]) for source, names in source_names().items()},
        "origins": _ORIGINS,
        "causes": CAUSES,
        "checks": CHECKS,
    }


def _labelled(known: Mapping[str, Group | Indicator | Measure]) -> dict[str, Words]:
    return {code: _said(each.label) for code, each in known.items()}


def _said(label: Label) -> Words:
    return Words(label.vi, label.en)


def _grade(bound: GradeBound) -> Words:
    """The lowest has no word in the decision, and gets none here."""
    return _said(bound.label) if bound.label else Words(f"loại {bound.grade}", f"grade {bound.grade}")


def _flags(scheme: Scheme) -> dict[str, Words]:
    """A group that was cut to its maximum says which."""
    plain = {flag: words or _FLAGS[flag] for flag, words in FLAGS.items()}
    capped = [f"{CAPPED}{group}" for group in scheme.groups]
    return {**plain, **{flag: next(remarks_of([flag])) for flag in capped}}
