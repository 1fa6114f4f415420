"""What a client asked for, read and checked, and the opaque page tokens."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy.sandbox.months import FIRST, ICT, Month

MAX_PAGE_SIZE = 50_000


class Refusal(Exception):
    """An answer that is no data: HTTP status, the source's error code and words."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


@dataclass(frozen=True, slots=True)
class Ask:
    """One page of one dataset: the period, the instant it is to be known at, and the rows wanted."""

    dataset: str
    period: Month
    as_of: datetime
    offset: int
    size: int

    @property
    def page(self) -> int:
        """Number of the page, from 1."""
        return self.offset // self.size + 1

    def token(self, offset: int) -> str:
        """An opaque token for the page that begins at a row; good for this dataset, period and instant only."""
        return urlsafe_b64encode(f"{offset}.{_mark(self.dataset, self.period, self.as_of)}".encode()).decode().rstrip("=")


def ask(dataset: str, query: Mapping[str, str]) -> Ask:
    """Read the query of the four sources with a common shape. Raises ``Refusal``."""
    period = month_of(query.get("period", ""))
    as_of = instant_of(query.get("as_of", ""))
    size = number_of(query.get("page_size", "1000"), "page_size", 1, MAX_PAGE_SIZE)
    token = query.get("page")
    offset = 0 if token is None else _offset(token, _mark(dataset, period, as_of))
    return Ask(dataset, period, as_of, offset, size)


def month_of(text: str) -> Month:
    try:
        period = Month.parse(text)
    except ValueError as error:
        raise Refusal(400, "BAD_PERIOD", str(error)) from error
    if period < FIRST:
        raise Refusal(404, "PERIOD_UNKNOWN", f"no data before {FIRST}, asked for {period}")
    return period


def instant_of(text: str) -> datetime:
    """An instant with an offset, in Vietnam time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, "BAD_AS_OF", f"as_of {text!r} is not an ISO 8601 instant") from error
    if moment.tzinfo is None:
        raise Refusal(400, "BAD_AS_OF", f"as_of {text!r} has no offset from UTC")
    return moment.astimezone(ICT)


def number_of(value: object, name: str, low: int, high: int) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isdecimal() or not low <= int(text) <= high:
        raise Refusal(400, "BAD_NUMBER", f"{name} {value!r} is not an integer from {low} to {high}")
    return int(text)


def _mark(dataset: str, period: Month, as_of: datetime) -> str:
    return hashlib.blake2b(f"{dataset}|{period}|{as_of.isoformat()}".encode(), digest_size=6).hexdigest()


def _offset(token: str, mark: str) -> int:
    try:
        number, found = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split(".")
        offset = int(number)
    except ValueError as error:
        raise Refusal(400, "BAD_PAGE", f"page token {token!r} is not one of ours") from error
    if found != mark or offset < 0:
        raise Refusal(400, "BAD_PAGE", "page token belongs to another dataset, period or as_of")
    return offset
