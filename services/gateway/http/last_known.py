"""What is sent of a published address while the database is away: what was the latest, saying as of when (ADR 48)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from services.gateway.http.published_cache import Headers, Prepared
from shared.period import in_vietnam
from shared.writing import moment

AS_OF: Final = b"x-latest-as-of"
# A page with a notice is not the stored bytes, and a proxy that keeps the answer would give it when the database is back.
_DROPPED: Final = {b"etag", b"content-length", b"cache-control"}
_MAIN: Final = re.compile(rb"<main\b[^>]*>")
_NOTICE: Final = (
    '<p class="notice" role="status"><strong>Số liệu tại thời điểm {at}.</strong> Hệ thống tạm thời không kết nối được cơ sở '
    "dữ liệu; bản công bố mới hơn (nếu có) chưa hiển thị. "
    '<span class="en" lang="en">As last confirmed; the database is away at the moment.</span></p>'
)


def stale_answer(last: Prepared, *, age: float, now: datetime) -> tuple[Headers, bytes]:
    """Headers and body of a 200. ``age`` is in seconds, since somebody last vouched that this is the latest version."""
    as_of = now - timedelta(seconds=age)
    body = bytes(last.message["body"])
    kept = {name: value for name, value in last.headers if name not in _DROPPED}
    if kept.get(b"content-type", b"").startswith(b"text/html"):
        notice = _NOTICE.format(at=moment(as_of)).encode()
        body = _MAIN.sub(lambda found: found[0] + notice, body, count=1)
    else:
        kept[b"etag"] = last.etag
    told = {b"content-length": b"%d" % len(body), b"cache-control": b"no-store", b"age": b"%d" % int(age)}
    return (*kept.items(), *told.items(), (AS_OF, in_vietnam(as_of.replace(microsecond=0)).encode("ascii"))), body
