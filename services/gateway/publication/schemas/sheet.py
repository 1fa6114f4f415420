"""The published sheet: the shape of `bangdiem simulate`, plus where every figure comes from.

Numbers are decimal text beside exact fractions. What may grow (citations, snapshot and ruling references) is left open.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, PublicationId, RunId, SnapshotId
from services.gateway.publication.schemas.documents import Follows, Kind, Origin

Grade = Literal["A", "B", "C", "D"]
# The states of the law; the sheet says of a missing C1 also when only the word on a reported figure is awaited (C-3).
LawState = Literal["scored", "no_events", "not_applicable", "missing", "settled", "not_counted"]
State = LawState | Literal["awaiting_confirmation"]


class Open(BaseModel):
    """Published bytes are kept for ever: a reader must bear fields that a later version of the document added."""

    model_config = ConfigDict(extra="allow")


class DatabaseFigure(Open):
    """One database that a body reported for C1. `winner` is the figure that counts, by the reading that `precedence` names:
    null when there is no automatic one and the reported one is not confirmed. `word` is the Ministry of Public Security's,
    `left_out` where two people decided that an open one stays out; null before engine 4. `reason` says why a figure was refused
    (left out where it was not, and in sheets of before). `variance` is reported less automatic.
    Numbers are exact text, as those of `measures`."""

    database: str
    database_name: str
    automatic: str | None
    reported: str
    confirmed: bool
    word: Literal["confirmed", "refused", "open", "left_out"] | None = None
    reason: str | None = None
    winner: Literal["automatic", "reported"] | None
    precedence: str
    variance: str | None


class Awaiting(Open):
    """Reported figures that wait for a word: how many, what counts without them, what they would add, and the points of C1 they
    would bring in the pool as it is known."""

    figures: int
    counted: str
    open: str
    points: str
    exact: str


class IndicatorScore(Open):
    """`exact` is an integer or a reduced fraction; a missing indicator has neither points nor exact value. `figures` stand at
    C1 of a body that reported databases, `awaiting` where C1 is missing because the word on some of them is open."""

    points: str | None
    exact: str | None
    max: str
    state: State
    flags: list[str]
    snapshots: list[SnapshotId]
    figures: list[DatabaseFigure] = []
    awaiting: Awaiting | None = None


class OtherHead(Open):
    """Somebody who headed the body on days of the month, and not at its end; both days belong to the term."""

    name: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None


class HeadOfMonth(Open):
    """Who headed the body at the month's end, as known when it was scored; the name is null where nobody was entered, and the
    title then the office's. `others` are those who headed it before, in the order of their terms."""

    title_vi: str
    title_en: str
    name: str | None
    valid_from: date | None = None
    others: list[OtherHead] = []


class Lifted(Open):
    """Rounding the total lifted the grade: the grade `from` which, and the sentence that says so."""

    before: Grade = Field(alias="from")
    vi: str
    en: str


class OnApplicable(Open):
    """Total and grade on the maximum that applies to the body: information, the official ones stand beside. `maximum` is
    exact text. Where everything applies it is the scale, and both are the official ones."""

    maximum: str
    total: int | str
    total_exact: str
    grade: Grade


class AgencyScore(Open):
    """`shown_total` is the total to two decimals, by which the rank is read. It, `lifted` (null: rounding lifted nothing) and
    `applicable` stand in versions of engine 4 on."""

    agency: AgencyCode
    name_vi: str
    name_en: str
    kind: Kind
    head: HeadOfMonth
    total: int | str
    total_exact: str
    grade: Grade
    rank: int
    missing: list[str]
    rank_in_kind: int | None
    applicable_share: str | None
    shown_total: str | None = None
    lifted: Lifted | None = None
    applicable: OnApplicable | None = None
    flags: list[str]
    measures: dict[str, str | None]
    settled: dict[str, str]
    groups: dict[str, str | None]
    indicators: dict[str, IndicatorScore]


class SnapshotUsed(Open):
    snapshot: SnapshotId
    source: str
    version: int
    origin: Origin
    as_of: datetime
    # What the source itself says of its figures, above all that they are demo data.
    notices: list[str]


class RowsBehind(Open):
    """Rows of one body in one dataset of a snapshot."""

    agency: AgencyCode
    snapshot: SnapshotId
    dataset: str


class LeaderValue(Open):
    """The pool's maximum of a relative indicator, who holds it, and the rows it comes from."""

    measure: str
    value: str
    agencies: list[AgencyCode]
    pool_incomplete: bool
    rows: list[RowsBehind]


class RulingUsed(Open):
    """A recorded decision that supplied a missing measure."""

    ruling_id: str
    agency: AgencyCode
    measure: str
    value: str
    reason: str
    document: str


class OmittedOf(Open):
    """How many facts of one body were left out, and the points they would have brought or (below zero) taken; null where nobody
    could say."""

    agency: AgencyCode
    count: int
    points: str | None
    exact: str | None


class OmissionDecided(Open):
    """A decision of two people by which facts that had held the month's first version were left out of it: `actor` asked,
    `approved_by` approved. Documents of before say no people."""

    omission_id: str
    kind: str
    title_vi: str
    title_en: str
    source: str
    reason: str
    document: str
    actor: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    bodies: list[OmittedOf]


class ConfirmedFigure(Open):
    """A leader's figure of a relative indicator, and the best one behind it."""

    indicator: str
    measure: str
    value: int
    next_value: int


class ConfirmedOf(Open):
    """What was confirmed of one body."""

    agency: AgencyCode
    figures: list[ConfirmedFigure]


class ConfirmedDecided(Open):
    """A decision of two people that a leader's figure that stands out is right; it is in the version as it stood."""

    omission_id: str
    kind: str
    title_vi: str
    title_en: str
    source: str
    reason: str
    document: str
    actor: str
    approved_by: str | None
    approved_at: datetime | None
    bodies: list[ConfirmedOf]


class TakenInOf(Open):
    """How many facts of one body were taken in."""

    agency: AgencyCode
    count: int


class TakenInDecided(Open):
    """Facts that two people took in by this version of the source's snapshot, which `requested_by` asked for and `approver`
    approved: completions recorded late or taken back (`recorded_late`, `taken_back`), rows put aside that the source gave again
    (`given_again`), words on C1 figures that came after the freeze (`late_word`). Documents of before say the first two
    kinds, and neither snapshot nor decision."""

    source: str
    version: int
    kind: str
    title_vi: str
    title_en: str
    snapshot: SnapshotId | None = None
    reason: str | None = None
    requested_by: str | None = None
    approver: str | None = None
    captured_at: datetime | None = None
    bodies: list[TakenInOf]


class RowsPutAsideOf(Open):
    """How many rows of one body were put aside, and the checks that found what was wrong. `state` is what became of them:
    given again by version `by_version` of the snapshot, not in it any more, or still aside, and then not counted.
    `no_longer_aside`: that version puts them aside no more, and it is not known whether they were mended or dropped."""

    agency: AgencyCode
    count: int
    checks: list[str]
    state: Literal["stands", "given_again", "not_given", "no_longer_aside"]
    by_version: int | None


class RowsPutAside(Open):
    """Rows of a dataset that cannot be true, put aside by this version of the source's snapshot. Their values are for those who
    may read the snapshot."""

    source: str
    version: int
    snapshot: SnapshotId
    dataset: str
    bodies: list[RowsPutAsideOf]


class Passage(Open):
    """Where a kind of number stands in the decision, and the digest of those words."""

    document: str
    item: str
    passage: str
    sha256: Digest


class RevisionUsed(Open):
    """The revision of the scheme that the sheet was computed by: what is read otherwise, since which month, by which paper."""

    number: int
    first_period: PeriodText
    document: str
    readings: dict[str, str]


class Restores(Open):
    """The former version that this one says again, since the one between was wrong."""

    version: int
    publication: PublicationId


class FormerMonth(Open):
    """The latest published version of an earlier month when this one was published; `digest` is that of its sheet."""

    period: PeriodText
    version: int
    publication: PublicationId
    digest: Digest


class NextMonth(Open):
    """When the month after closes, by the calendar in force at publication: each is the first instant that is too late."""

    period: PeriodText
    cutoff: datetime
    report_deadline: datetime


class SheetHeader(Open):
    """`revision` is left out where the scheme held as it ships. `former_months` are those of the eleven months before that the
    pages of this version compare with, earliest first; sheets of before have neither them nor `next_month`."""

    period: PeriodText
    version: int
    run: RunId
    scheme: str
    scheme_digest: Digest
    inputs_digest: Digest
    result_digest: Digest
    engine_version: str
    published_at: datetime
    provisional: bool
    publication: PublicationId
    snapshots: list[SnapshotUsed]
    rulings: list[RulingUsed]
    applicability: list[dict[str, Any]]
    follows: Follows | None = None
    restores: Restores | None = None
    former_months: list[FormerMonth] = []
    next_month: NextMonth | None = None
    omissions: list[OmissionDecided] = []
    confirmed: list[ConfirmedDecided] = []
    taken_in: list[TakenInDecided] = []
    rows_put_aside: list[RowsPutAside] = []
    citations: dict[str, list[Passage]]
    leaders: dict[str, list[AgencyCode]]
    leader_values: dict[str, LeaderValue]
    revision: RevisionUsed | None = None


class ScoreSheet(SheetHeader):
    """Every scored agency, sorted by code; `leaders` hold the positive maximum of a relative indicator."""

    agencies: list[AgencyScore]


class AgencySheet(SheetHeader):
    """One agency's part of the sheet, with the same header."""

    agencies: list[AgencyScore]
