"""Addresses of pages: which are ours to lead to, and where a request's person is."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request

ROOT: Final = "/e-form"
LOGIN: Final = f"{ROOT}/login"
# The query's word for the notice that a page shows once.
DONE: Final = "done"
_DOTS: Final = {".", ".."}


def own_path(address: str) -> str:
    """Path and query if it is one of our pages, else the first page: nobody is led elsewhere by a link to us."""
    path, _, query = address.partition("?")
    within = path == ROOT or path.startswith(f"{ROOT}/")
    plain = address.isascii() and address.isprintable() and not set(address) & set("\\#")
    if not (within and plain) or path == LOGIN or _DOTS & set(path.split("/")):
        return ROOT
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != DONE]
    return f"{path}?{urlencode(kept)}" if kept else path


def sent_to(request: Request) -> str:
    """The request's own address, as a form or link of ours may name it again."""
    query = request.scope["query_string"].decode("latin-1")
    return own_path(f"{request.scope['path']}?{query}" if query else request.scope["path"])


def page_open(request: Request) -> str:
    """The page that is asked for, or the one that a form was sent from."""
    if request.method == "GET":
        return sent_to(request)
    before = urlsplit(request.headers.get("referer", ""))
    return own_path(f"{before.path}?{before.query}" if before.query else before.path)
