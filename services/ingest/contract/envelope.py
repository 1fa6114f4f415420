"""The envelope four of the sources share (docs/contracts.md §1), and reading a typed body so that every fault is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from services.ingest.contract.aside import Misfit
from services.ingest.contract.drift import from_message, row_faults, same, sort_rows
from services.ingest.contract.source import Control, Head, Interface, Page, PayloadUnreadable, SchemaDrift, Window
from shared.datasets.declaration import Count, Dataset, Instant
from shared.errors import Fault
from shared.outbound import Ask
from shared.period import in_vietnam

# What a source says of its figures, for instance that they are demo data; U+0000 cannot be kept.
Notice = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Rows = TypeVar("Rows")
Shape = Callable[[Any], Any]
"""From the type of the rows to the type of the whole body."""


class ControlBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stated of the whole dataset, on every page."""

    rows: Count
    sums: dict[str, str]


class Envelope(msgspec.Struct, Generic[Rows], frozen=True, forbid_unknown_fields=True):
    """One page of one dataset."""

    contract: str
    dataset: str
    period: str
    as_of: Instant
    generated_at: Instant
    control: ControlBody
    next_page: str | None
    rows: Rows
    notice: Notice | None = None


@dataclass(frozen=True)
class Decoded:
    """A whole body with its typed rows. ``numbers`` are their places where ``misfits`` stand between them, else None."""

    whole: Any
    rows: Sequence[Any]
    misfits: Sequence[Misfit] = ()
    numbers: Sequence[int] | None = None


def interface() -> Interface:
    """The network interface of a source that answers in the shared envelope."""
    return Interface(request=_request, peek=_peek, parse=_parse)


def decode(
    body: bytes,
    kind: Shape,
    rows: type[msgspec.Struct],
    *,
    place: str,
    found: Callable[[Any], Any],
    named_by: str = "agency",
    flat: Callable[[dict[str, Any]], dict[str, Any]] = same,
) -> Decoded:
    """``body`` as ``kind(list[rows])``. When it does not fit, ``found`` takes the raw rows out of ``kind(list[Raw])``, and rows
    that are one body's fault are apart (``named_by`` and ``flat`` as for ``sort_rows``).

    Raises PayloadUnreadable for text that is no JSON, SchemaDrift naming every row, field, seen and expected type.
    """
    try:
        whole = _decoder(kind(list[rows])).decode(body)  # type: ignore[valid-type]
        return Decoded(whole, found(whole))
    except msgspec.ValidationError as error:
        raws = _raw_rows(body, kind, found)
        if raws is not None:
            done = sort_rows(rows, raws[1], body=named_by, flat=flat)
            if not done.drifted:
                return Decoded(raws[0], done.rows, done.misfits, done.numbers)
        faults = row_faults(rows, raws[1], place) if raws else []
        faults = faults or [from_message(place.split("/")[0], str(error))]
        raise SchemaDrift(_summary(faults), faults=faults) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(place, body, error) from error


def decode_head(body: bytes, kind: Shape, *, place: str) -> Any:
    """``body`` as ``kind(Raw)``: everything but the rows."""
    try:
        return _decoder(kind(msgspec.Raw)).decode(body)
    except msgspec.ValidationError as error:
        faults = [from_message(place.split("/")[0], str(error))]
        raise SchemaDrift(_summary(faults), faults=faults) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(place, body, error) from error


def unreadable(place: str, body: bytes, error: Exception) -> PayloadUnreadable:
    fault = Fault(place, str(error), seen=f"{len(body)} bytes", expected="one whole JSON document")
    return PayloadUnreadable(f"{place}: {error}", faults=[fault], hint="Ask the source to send the page again.")


def control_of(body: ControlBody, place: str) -> Control:
    """Sums are decimal text; anything else is drift."""
    sums: dict[str, Decimal] = {}
    for name, text in body.sums.items():
        try:
            sums[name] = Decimal(text)
        except InvalidOperation as error:
            fault = Fault(f"{place}/control/sums/{name}", "not a decimal", seen=text, expected="decimal text")
            raise SchemaDrift(_summary([fault]), faults=[fault]) from error
    return Control(body.rows, sums)


def _raw_rows(body: bytes, kind: Shape, found: Callable[[Any], Any]) -> tuple[Any, list[msgspec.Raw]] | None:
    """The body with its rows as they stand in it; None where what stands around them does not fit."""
    try:
        whole = _decoder(kind(list[msgspec.Raw])).decode(body)
    except msgspec.DecodeError:
        return None
    return whole, found(whole)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _summary(faults: list[Fault]) -> str:
    first = faults[0]
    others = len(faults) - 1
    more = f" and {others} more fault{'s' if others > 1 else ''}" if others else ""
    return f"{first.place}: {first.message} (seen {first.seen}, expected {first.expected}){more}"


def _shape(rows: Any) -> Any:
    return Envelope[rows]


def _request(dataset: Dataset, window: Window, page: str | None) -> Ask:
    query = [
        ("period", str(window.period)),
        ("as_of", in_vietnam(window.as_of)),
        ("page_size", str(window.page_size)),
    ]
    return Ask("GET", f"/api/v1/{dataset.name}", (*query, *([("page", page)] if page is not None else [])))


def _peek(dataset: Dataset, body: bytes) -> Head:
    return _head(dataset, decode_head(body, _shape, place=f"{dataset.name}/rows"))


def _parse(dataset: Dataset, body: bytes) -> Page:
    found = decode(body, _shape, dataset.row, place=f"{dataset.name}/rows", found=lambda found: found.rows)
    return Page(_head(dataset, found.whole), found.rows, misfits=found.misfits, numbers=found.numbers)


def _head(dataset: Dataset, envelope: Envelope[Any]) -> Head:
    return Head(
        contract=envelope.contract,
        dataset=envelope.dataset,
        period=envelope.period,
        as_of=envelope.as_of,
        generated_at=envelope.generated_at,
        control=control_of(envelope.control, dataset.name),
        next_page=envelope.next_page,
        notice=envelope.notice,
    )
