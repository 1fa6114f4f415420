"""The bodies of the answers: the common envelope of four sources, and the portal's own shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from deploy.sandbox.asking import Ask, instant_of, month_of, number_of
from deploy.sandbox.content import Content, encode
from deploy.sandbox.sources import Source

_STATED_AFTER = timedelta(minutes=5)
"""``generated_at`` follows from ``as_of``, so that asking twice gives the same bytes."""


def common(source: Source, ask: Ask, found: Content) -> bytes:
    """One page in the envelope of the contract, rows last."""
    stop = ask.offset + ask.size
    head = {
        "contract": source.contract,
        "dataset": ask.dataset,
        "period": str(ask.period),
        "as_of": ask.as_of.isoformat(),
        "generated_at": (ask.as_of + _STATED_AFTER).isoformat(),
        "notice": source.notice,
        "control": found.control,
        "next_page": ask.token(stop) if stop < found.rows else None,
    }
    return encode(head)[:-1] + b',"rows":[' + found.cut(ask.offset, stop) + b"]}"


def portal_ask(body: Mapping[str, object]) -> Ask:
    """Read the portal's request body; only its month view is served here. Raises ``Refusal``."""
    year = number_of(body.get("year"), "year", 1000, 9999)
    month = number_of(body.get("month"), "month", 1, 12)
    size = number_of(body.get("pageSize", 100), "pageSize", 1, 1000)
    page = number_of(body.get("currentPage", 1), "currentPage", 1, 10_000)
    as_of = instant_of(str(body.get("asOf", "")))
    return Ask("service_scores", month_of(f"{year}-{month:02d}"), as_of, (page - 1) * size, size)


def portal_page(source: Source, ask: Ask, found: Content) -> bytes:
    """One page in the portal's shape, evaluation last."""
    head = {"code": "OK", "message": None, "notice": source.notice}
    data = {
        "timeType": "month",
        "year": ask.period.year,
        "month": ask.period.number,
        "asOf": ask.as_of.isoformat(),
        "generatedAt": (ask.as_of + _STATED_AFTER).isoformat(),
        "paging": {
            "currentPage": ask.page,
            "pageSize": ask.size,
            "totalPages": -(-found.rows // ask.size),
            "totalElements": found.rows,
        },
        "control": found.control,
    }
    rows = found.cut(ask.offset, ask.offset + ask.size)
    return encode(head)[:-1] + b',"data":' + encode(data)[:-1] + b',"evaluation":[' + rows + b"]}}"
