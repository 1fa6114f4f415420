"""What is answered of the quality of a month's data."""

from __future__ import annotations

from typing import Literal

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, Shape, SnapshotId, SourceName


class QualityShare(Shape):
    """An exact share: integers, the reduced fraction, per cent to two decimals. All null where the denominator is nothing."""

    numerator: int | None
    denominator: int | None
    exact: str | None
    percent: str | None


class QualityShares(Shape):
    """Đúng, đủ, sạch, sống, each by its formula."""

    right: QualityShare
    complete: QualityShare
    clean: QualityShare
    alive: QualityShare


class QualitySnapshot(Shape):
    snapshot_id: SnapshotId
    version: int
    root: Digest


class SourceQuality(QualityShares):
    """`snapshot` null: not frozen yet, so nothing is known; `former`: that of the month before; `silent`: bodies without a
    row."""

    source: SourceName
    snapshot: QualitySnapshot | None
    former: QualitySnapshot | None
    silent: list[AgencyCode] | None


class BodyQuality(QualityShares):
    """Of one body's rows in every source that is frozen."""

    agency: AgencyCode
    name_vi: str
    name_en: str


class QualityFormula(Shape):
    """One of the four words: what is divided by what, and the passage of the regulation it rests on."""

    code: Literal["right", "complete", "clean", "alive"]
    vi: str
    en: str
    formula_vi: str
    formula_en: str
    passage: str


class QualityReport(Shape):
    """`digest` is of the canonical bytes of all but itself and `formulas`: the same snapshots give the same one."""

    format: Literal["quality/1"]
    period: PeriodText
    total: QualityShares
    sources: list[SourceQuality]
    bodies: list[BodyQuality]
    digest: Digest
    formulas: list[QualityFormula]
