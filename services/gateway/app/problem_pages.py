"""What is read of problem types: the page of each in one language, the list of all, and docs/problems.md.

Plain HTML, nothing fetched from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from services.gateway.http.pages import frame
from services.gateway.messages.problem_types import ProblemType
from services.gateway.messages.telling import wording
from shared.errors import DomainError, Fault
from shared.problems import PATH, Language, document, type_url

_LANGUAGES: tuple[Language, ...] = ("vi", "en")
_INSTANCE = "req_5f0c1a2b3c4d-1"
_NOWHERE = "https://bangdiem.example"
_WORDS: Mapping[str, Mapping[Language, str]] = {
    "problems": {"vi": "Các loại lỗi của giao diện lập trình Bảng Điểm", "en": "Problem types of the Bảng Điểm API"},
    "back": {"vi": "Tất cả các loại lỗi", "en": "All problem types"},
    "cause": {"vi": "Nguyên nhân", "en": "Cause"},
    "remedy": {"vi": "Cách khắc phục", "en": "What to do"},
    "example": {"vi": "Ví dụ", "en": "Example"},
    "meaning": {"vi": "Dành cho lập trình viên", "en": "For programmers"},
}
_HEAD = """# Problem types

Every error answer is `application/problem+json` (RFC 9457). Its `type` is one of these, under `<public url>/problems/`, where
each has a page in Vietnamese and English. `instance` is the request's id. Made by `python -m services.gateway.generate`.

| member | language |
|---|---|
| `title`, `cause`, `remedy`, `detail`, `hint`, `errors[].detail`, `.expected`, `.hint` | Vietnamese, or English \
where `Accept-Language` likes that better; `*` names no language |
| `type`, `errors[].pointer`, `.seen`, `.rule_id`, `context` | none: programs go by these |

`cause` and `remedy` belong to the type, `detail`, `hint` and `errors` to the case. From 500 up only `remedy` is told besides
type, title, status and instance.

"""


def problems_page(types: Sequence[ProblemType], language: Language) -> str:
    lines = [
        f'<tr><td><a href="{PATH}/{each.slug}">{each.slug}</a></td><td>{each.status}</td>'
        f"<td>{escape(each.title(language))}</td></tr>"
        for each in types
    ]
    return frame(_WORDS["problems"][language], f"<table>{''.join(lines)}</table>", language)


def problem_page(each: ProblemType, language: Language, *, public_url: str) -> str:
    shown = json.dumps(example_of(each, language, public_url=public_url), ensure_ascii=False, indent=2)
    body = (
        f"<p>{each.status} · <code>{each.slug}</code></p><p>{escape(each.title_vi)} · {escape(each.title_en)}</p>"
        f"{_section('cause', each.cause(language), language)}{_section('remedy', each.remedy(language), language)}"
        f"<h2>{_WORDS['example'][language]}</h2><pre>{escape(shown)}</pre>"
        f'<h2>{_WORDS["meaning"][language]}</h2><p lang="en">{escape(each.meaning)}</p>'
        f'<p><a href="{PATH}">{_WORDS["back"][language]}</a></p>'
    )
    return frame(each.title(language), body, language)


def example_of(each: ProblemType, language: Language, *, public_url: str) -> dict[str, Any]:
    """A problem document of the type, made as the real ones are; in Vietnamese as for a caller who names that language."""
    faults = [Fault(place, message, expected=expected) for place, message, expected in ([each.fault] if each.fault else [])]
    top = {"type": type_url(public_url, each.slug), "title": each.title(language), "status": each.status}
    worded = wording(each.slug, language)
    return document(DomainError(each.example or "", faults=faults), top=top, instance=_INSTANCE, wording=worded)


def as_markdown(types: Sequence[ProblemType]) -> str:
    """docs/problems.md."""
    return _HEAD + "\n".join(map(_markdown, types))


def _markdown(each: ProblemType) -> str:
    shown = json.dumps(example_of(each, "en", public_url=_NOWHERE), ensure_ascii=False, indent=2)
    told = "\n".join(f"- {_WORDS[kind][at]}: {words}" for kind, at, words in _told(each))
    return (
        f"## {each.slug}\n\n{each.status} · {each.title_vi} · {each.title_en}\n\n{each.meaning}\n\n{told}\n\n"
        f"```json\n{shown}\n```\n"
    )


def _told(each: ProblemType) -> Iterator[tuple[str, Language, str]]:
    for language in _LANGUAGES:
        yield "cause", language, each.cause(language)
        yield "remedy", language, each.remedy(language)


def _section(kind: str, words: str, language: Language) -> str:
    return f"<h2>{_WORDS[kind][language]}</h2><p>{escape(words)}</p>"
