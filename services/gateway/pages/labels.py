"""What a form's field is called, by its name: for pages that show what was typed apart from the form it was typed in.

Read off the templates, where the labels stand beside the names; a name that several forms have is called as most of them do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from jinja2 import nodes

from services.gateway.pages.page_words import FIELDS, Words
from services.gateway.pages.rendering import environment
from services.gateway.reports.form.form import packaged_forms
from shared.law.scheme import packaged_schemes
from shared.problems import Language

# Macros of fields.html whose first arguments are a field's name and its label.
MACROS: Final = frozenset({"field", "area", "choice", "tick", "day_field"})
# Fields that templates name by a pattern, or write without those macros.
_NARRATIVES: Final[Mapping[str, Words]] = {
    "public": ("Thuyết minh công khai", "Public narrative"),
    "private": ("Thuyết minh nội bộ", "Private narrative"),
}
_WRITTEN: Final[Mapping[str, Words]] = {
    "confirm": ("Xác nhận", "Confirm"),
    "nobody": ("Không ai dự", "Nobody came"),
    "roles": ("Vai trò", "Roles"),
    "subject": ("Khóa hoặc người", "Key or person"),
    "summons": ("Cơ quan được triệu tập", "Bodies summoned"),
    "without": ("Bỏ qua mục", "Left out"),
}
_ROW: Final = re.compile(r"rows\.([0-9]{1,4})\.([a-z_]+)")
_OF_ONE: Final = re.compile(r"(without|unit|role|online)-([A-Za-z0-9-]{1,20})")
_ONES: Final[Mapping[str, Words]] = {
    "without": ("Lý do bỏ qua", "Why it is left out:"),
    "unit": ("Đơn vị phụ trách", "Unit that answers for"),
    "role": ("Đối tượng triệu tập", "Role required:"),
    "online": ("Dự trực tuyến", "Online:"),
}


def label_of(name: str, language: Language) -> str:
    """Empty where the name tells a person nothing."""
    at = 0 if language == "vi" else 1
    found = next(_labels_of(name), None)
    return found[at] if found else ""


def _labels_of(name: str) -> Iterator[Words]:
    for known in (_WRITTEN, FIELDS, labels()):
        if name in known:
            yield known[name]
    if row := _ROW.fullmatch(name):
        number, words = int(row[1]) + 1, _cells().get(row[2], ("", ""))
        yield (f"Dòng {number}, {words[0]}".rstrip(", "), f"Row {number}, {words[1]}".rstrip(", "))
    if one := _OF_ONE.fullmatch(name):
        yield (f"{_ONES[one[1]][0]} {one[2]}", f"{_ONES[one[1]][1]} {one[2]}")
    kind, _, rest = name.partition(".")
    for of, known in (("cell", _cells()), ("figures", _measures()), ("narrative", _NARRATIVES)):
        if kind == of and rest in known:
            yield known[rest]


@cache
def labels() -> Mapping[str, Words]:
    """By name, of every template."""
    found: defaultdict[str, Counter[Words]] = defaultdict(Counter)
    for template in environment().list_templates(extensions=["html"]):
        source, _, _ = environment().loader.get_source(environment(), template)  # type: ignore[union-attr]
        for call in environment().parse(source).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in MACROS:
                name, words = _told(call)
                if name and words:
                    found[name][words] += 1
    return {name: words.most_common(1)[0][0] for name, words in found.items()}


def _told(call: nodes.Call) -> tuple[str | None, Words | None]:
    """The name and the label of a field, where both are written out."""
    name, label = [*call.args, None, None][:2]
    written = label.args if isinstance(label, nodes.Call) else []
    words = [each.value for each in written if isinstance(each, nodes.Const)]
    both = (str(words[0]), str(words[1])) if len(words) == len(written) == len(("vi", "en")) else None
    return (name.value if isinstance(name, nodes.Const) else None), both


@cache
def _cells() -> Mapping[str, Words]:
    sections = (section for form in packaged_forms() for section in form.sections)
    return {each.name: (each.label.vi, each.label.en) for section in sections for each in section.fields}


@cache
def _measures() -> Mapping[str, Words]:
    return {name: (each.label.vi, each.label.en) for scheme in packaged_schemes() for name, each in scheme.measures.items()}
