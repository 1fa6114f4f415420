"""What is answered about frozen rows that changed between two runs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Page, PeriodText, RunId, Shape, SnapshotId
from services.gateway.publication.schemas.rows import FigureOrigin, Row, VerdictWords


class RunCompared(Shape):
    """One of the two runs, and the version it was published as (null: not published)."""

    period: PeriodText
    version: int | None
    run_id: RunId


class SnapshotsCompared(Shape):
    """The snapshots that a dataset's rows are of; null: that run counted none of it for the indicator."""

    dataset: str
    before: SnapshotId | None = Field(alias="from")
    after: SnapshotId | None = Field(alias="to")


class FieldChange(Shape):
    """One field of a row in both."""

    field: str
    before: str | int | bool | None = Field(alias="from")
    after: str | int | bool | None = Field(alias="to")


class RowChange(Shape):
    """A row by its natural key: `added` (only in `to`), `removed` (only in `from`), or `altered`: in both, with other `fields`
    or another verdict. Each side bears the verdict of its own run. A task that is classified on either side shows its status
    alone on both, and so may name no field."""

    dataset: str
    change: Literal["added", "removed", "altered"]
    before: Row | None = Field(alias="from")
    after: Row | None = Field(alias="to")
    fields: list[FieldChange]


class FiguresCompared(Shape):
    """How the indicator's measures come from the rows of either side."""

    before: list[FigureOrigin] = Field(alias="from")
    after: list[FigureOrigin] = Field(alias="to")


class IndicatorRowChanges(Page):
    """Rows behind one indicator of one body that changed between two runs; `verdicts` are the words of those on this page."""

    before: RunCompared = Field(alias="from")
    after: RunCompared = Field(alias="to")
    agency: AgencyCode
    indicator: str
    snapshots: list[SnapshotsCompared]
    figures: FiguresCompared
    items: list[RowChange]
    verdicts: dict[str, VerdictWords]
