"""The frame of the few pages of the API itself, and the list of operations. Plain HTML, nothing fetched from elsewhere."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from typing import Any

from shared.problems import PATH, Language

# Long words and examples stay within a phone's width.
_STYLE = "body{overflow-wrap:anywhere}pre{white-space:pre-wrap}"
_HASHED = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# What a browser is told about a page: it runs nothing, shows nothing from elsewhere, stands in no frame.
GUARDS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_HASHED}'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}


def operations_page(document: Mapping[str, Any]) -> str:
    """Every operation of the OpenAPI document, with its statuses; the document itself is at /openapi.json."""
    lines = [
        f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td><td>{escape(operation['summary'])}</td>"
        f"<td>{', '.join(operation['responses'])}</td></tr>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    body = f'<p><a href="/openapi.json">openapi.json</a> · <a href="{PATH}">problems</a></p><table>{"".join(lines)}</table>'
    return frame(str(document["info"]["title"]), body, "en")


def frame(title: str, body: str, language: Language) -> str:
    """A whole page around a body of HTML; the title is escaped here."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )
