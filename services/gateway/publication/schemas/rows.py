"""What is answered about frozen rows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, RunId, Shape, SnapshotId


class VerdictWords(Shape):
    """What a verdict says of a row."""

    vi: str
    en: str


class RowProof(Shape):
    """The row's place in its dataset, from 0, and its audit path there (RFC 6962). `bytes` is what the leaf covers: its hash is
    SHA-256 of a zero byte and these; null where the row is masked."""

    bytes: str | None
    index: int
    path: list[Digest]


class DatasetProof(Shape):
    """The root over a dataset's `size` rows, and its way to the snapshot's: `bytes` is the leaf that names the root,
    `index` its place among `datasets` leaves, `path` its audit path there."""

    dataset: str
    snapshot: SnapshotId
    size: int
    root: Digest
    bytes: str
    index: int
    datasets: int
    path: list[Digest]
    snapshot_root: Digest


class Row(Shape):
    """A frozen row: days and instants as text, amounts of money and decimals as text. `masked`: it is
    classified, its status alone is shown. `verdict` is null where the row is not counted for anything, `counts_in` are the
    measures it counts in, of an indicator's rows those of the indicator alone, `leaf` is the hash of its Merkle leaf."""

    dataset: str
    row: dict[str, str | int | bool | None]
    masked: bool
    verdict: str | None
    counts_in: list[str]
    leaf: Digest
    proof: RowProof | None = None


class FigureOrigin(Shape):
    """How a measure comes from the rows: the rows with one of `verdicts` are counted, or their `amounts` added up, at most
    `at_most`; a row with a verdict of `unless` makes it missing, and so does having none with one of `given`. Without a row of
    `stated_by` with the verdict `stated` it is missing; null: without any row.

    `origin` `source`: a figure that the source gives, with no rows behind it; `all_bodies`: counted from the rows of all.
    `rows_put_aside`: a row that cannot be true was put aside, so the measure is missing. `ruling` supplies it where rows give
    none."""

    measure: str
    origin: Literal["rows", "source", "all_bodies"]
    verdicts: list[str]
    amounts: list[str]
    given: list[str]
    unless: list[str]
    at_most: int | None
    stated_by: str | None
    rows_put_aside: bool
    ruling: str | None


class RowPage(Page):
    """`verdicts` are the words of those on this page; `proofs` are there when they were asked for."""

    run_id: RunId | None
    version: int | None
    items: list[Row]
    verdicts: dict[str, VerdictWords]
    proofs: list[DatasetProof] = Field(default=[])


class IndicatorRows(RowPage):
    """Rows behind one indicator of one body."""

    period: PeriodText
    agency: AgencyCode
    indicator: str
    figures: list[FigureOrigin]


class SnapshotRows(RowPage):
    """Rows of a snapshot."""

    snapshot: SnapshotId
