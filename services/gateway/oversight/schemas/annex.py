"""What is answered of the annex of regulation 003."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape, SnapshotId


class AnnexSnapshot(Shape):
    """The frozen rows of System 57 that were counted."""

    snapshot_id: SnapshotId
    version: int
    as_of: datetime


class AnnexTotal(Shape):
    """Of all bodies with figures. A document that gives tasks to several is counted once."""

    documents: int
    tasks: int
    done_in_time: int
    done_late: int
    open_within_term: int
    open_past_term: int
    classified: int
    without_term: int
    without_document: int


class AnnexDocument(AnnexTotal):
    """Tasks that one document gave. `masked`: classified tasks, whose documents are not named, on one line; a null `document`
    beside `masked` false: tasks whose document System 57 does not name."""

    document: str | None
    masked: bool


class AnnexLine(Shape):
    """One body: documents that gave it tasks as the lead, tasks, and the four statuses as the month ended (their sum is
    `tasks`). `classified`, `without_term` and `without_document` are of the tasks. Figures are null where `missing` says why:
    System 57 is not frozen yet (`snapshot` null), does not speak of the body, or a row of it was put aside."""

    agency: AgencyCode
    name_vi: str
    name_en: str
    missing: Literal["not_frozen", "not_stated", "row_put_aside"] | None
    documents: int | None
    tasks: int | None
    done_in_time: int | None
    done_late: int | None
    open_within_term: int | None
    open_past_term: int | None
    classified: int | None
    without_term: int | None
    without_document: int | None


class TaskAnnex(Shape):
    """The annex of a month (regulation of QĐ 3155/QĐ-BKHCN, Art. 10.1.b). `missing` of `bodies` have no figures;
    `total` is null where none has."""

    period: PeriodText
    snapshot: AnnexSnapshot | None
    as_at: date
    bodies: int
    missing: int
    total: AnnexTotal | None
    items: list[AnnexLine]


class OwnTaskAnnex(AnnexLine):
    """One body's line of the annex, and its tasks by document."""

    period: PeriodText
    snapshot: AnnexSnapshot | None
    as_at: date
    by_document: list[AnnexDocument]
