"""The few pages of the API itself: problem types and the list of operations. Plain HTML, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from services.gateway.problem_types import ProblemType
from shared.problems import PATH, Language

# What a browser is told about a page: it runs nothing, shows nothing from elsewhere, stands in no frame.
GUARDS = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'", "referrer-policy": "no-referrer"}

_TITLES = {
    "problems": {"vi": "Các loại lỗi của giao diện lập trình Bảng Điểm", "en": "Problem types of the Bảng Điểm API"},
    "back": {"vi": "Tất cả các loại lỗi", "en": "All problem types"},
}


def problems_page(types: Sequence[ProblemType], language: Language) -> str:
    lines = [
        f'<tr><td><a href="{PATH}/{each.slug}">{each.slug}</a></td><td>{each.status}</td>'
        f"<td>{escape(_title(each, language))}</td></tr>"
        for each in types
    ]
    return _page(_TITLES["problems"][language], f"<table>{''.join(lines)}</table>", language)


def problem_page(each: ProblemType, language: Language) -> str:
    body = (
        f"<p>{each.status} · <code>{each.slug}</code></p><p>{escape(each.title_vi)} · {escape(each.title_en)}</p>"
        f'<p lang="en">{escape(each.meaning)}</p><p><a href="{PATH}">{_TITLES["back"][language]}</a></p>'
    )
    return _page(_title(each, language), body, language)


def operations_page(document: Mapping[str, Any]) -> str:
    """Every operation of the OpenAPI document, with its statuses; the document itself is at /openapi.json."""
    lines = [
        f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td><td>{escape(operation['summary'])}</td>"
        f"<td>{', '.join(operation['responses'])}</td></tr>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    body = f'<p><a href="/openapi.json">openapi.json</a> · <a href="{PATH}">problems</a></p><table>{"".join(lines)}</table>'
    return _page(str(document["info"]["title"]), body, "en")


def _title(each: ProblemType, language: Language) -> str:
    return each.title_vi if language == "vi" else each.title_en


def _page(title: str, body: str, language: Language) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"></head><body><h1>{escape(title)}</h1>{body}</body></html>\n'
    )
