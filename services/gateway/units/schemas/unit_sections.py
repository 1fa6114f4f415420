"""What is answered about sections of units, the board of a month, and assemblies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, Shape, SourceName, identifier
from services.gateway.reports.schemas.check_summaries import Severity
from services.gateway.reports.schemas.intake import ContentTaken, SubmissionId
from services.gateway.units.schemas.unit_bodies import Cell, IndicatorText, UnitText
from services.gateway.units.schemas.units import Kind, PlanId, UnitMonth, UnitNamed

SectionId = Annotated[str, identifier("sec")]
AssemblyId = Annotated[str, identifier("asm")]
SectionState = Literal["missing", "returned", "late", "sent", "assembled"]
DecimalText = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]


class SectionFinding(Shape):
    """As in a report, with `pointer` into the section as it was sent: `/rows/0/title`, `/narratives/0/text`,
    `/figures/late_tasks`."""

    rule: str
    severity: Severity
    category: str
    pointer: str
    cell: str | None
    seen: str | None
    expected: str | None
    expected_en: str | None
    message_vi: str
    message_en: str
    hint_vi: str
    hint_en: str
    client_ref: str | None
    key: Digest


class BoardFigure(Shape):
    """A unit's figure beside the official one. `gap` is said less official, null while either is unknown; `finding` says that
    it is more than the month's rules tolerate, against what the source counts now.

    `official_missing`: the source is not frozen yet, or is frozen and gives no figure of this agency.
    """

    measure: str
    label_vi: str
    label_en: str
    said: DecimalText | None
    official: DecimalText | None
    gap: DecimalText | None
    finding: SectionFinding | None
    source: SourceName
    snapshot_id: str | None
    snapshot_version: int | None
    official_missing: Literal["not_frozen", "not_given"] | None


class FindingCounts(Shape):
    total: int
    fatal: int
    confirm: int
    notice: int


class BoardLine(Shape):
    """An indicator's last section. `feeds` is the report's section that a scored one goes into; `summary` is of its rows.

    `allowed_actions` is what this caller may do now about it: send the next version, or return the last one.
    """

    indicator: IndicatorText
    group: str
    label_vi: str
    label_en: str
    kind: Kind
    feeds: str | None
    unit: UnitNamed
    state: SectionState
    section_id: SectionId | None
    version: int | None
    sent_at: datetime | None
    late: bool | None
    actor: str | None
    returned_reason: str | None
    summary: FindingCounts | None
    figures: list[BoardFigure]
    allowed_actions: list[Literal["send", "return"]]


class StateCounts(Shape):
    missing: int
    returned: int
    late: int
    sent: int
    assembled: int


class UnitBoard(UnitMonth):
    """The agency's month inside; people of a unit see the lines of their unit."""

    counts: StateCounts
    allowed_actions: list[Literal["assemble"]]
    items: list[BoardLine]


class NarrativeSent(Shape):
    visibility: Literal["public", "private"]
    text: str


class SectionContent(Shape):
    """Of a scored section rows and narratives, of a monitoring one figures and a note; the others are null."""

    rows: list[dict[str, Cell]] | None
    narratives: list[NarrativeSent] | None
    figures: dict[str, DecimalText | None] | None
    note: str | None


class AssembledIn(Shape):
    assembly_id: AssemblyId
    submission: int
    revision: int


class UnitSectionLine(Shape):
    """One version of a section, without its content."""

    section_id: SectionId
    version: int
    unit: UnitText
    state: SectionState
    digest: Digest
    sent_at: datetime
    deadline: datetime
    late: bool
    actor: str
    returned_reason: str | None
    returned_by: str | None
    returned_at: datetime | None
    assembled_in: list[AssembledIn]


class UnitSection(UnitSectionLine):
    """A version as it was sent, with what was found in it then."""

    agency: AgencyCode
    period: PeriodText
    indicator: IndicatorText
    kind: Kind
    plan_id: PlanId
    content: SectionContent
    summary: FindingCounts
    findings: list[SectionFinding]


class UnitSectionWhole(UnitSection):
    """The last version, and every version, the first first."""

    versions: list[UnitSectionLine]


class UnitSectionTaken(Shape):
    """What became of a section; after a dry run `section_id` and `version` are null and nothing was stored."""

    dry_run: bool
    agency: AgencyCode
    period: PeriodText
    indicator: IndicatorText
    kind: Kind
    unit: UnitNamed
    section_id: SectionId | None
    version: int | None
    digest: Digest
    sent_at: datetime
    deadline: datetime
    late: bool
    summary: FindingCounts
    findings: list[SectionFinding]


class Stray(Shape):
    """Something in a file that the form does not know, and what was seen there."""

    place: str
    seen: str


class KnownRow(Shape):
    """A row as it was said last: in the unit's own section of an earlier month, or in the body's report that counts of it.
    `origin` is the id of that; what is a month's own, as a count of records, is left out."""

    row: dict[str, Cell]
    source: Literal["unit_section", "agency_report"]
    period: PeriodText
    origin: str


class KnownFigure(Shape):
    """A figure of the whole year as the unit's section of an earlier month said it last; `origin` is that section's id."""

    measure: str
    value: DecimalText
    period: PeriodText
    origin: str


class UnitSectionPrefill(Shape):
    """What is known before the section is sent, to be confirmed by sending it: of C1 databases by name, of D1 the year's tasks
    (`items`), of D2 what is allocated for the year (`figures`). Nobody's word until sent."""

    agency: AgencyCode
    period: PeriodText
    indicator: IndicatorText
    items: list[KnownRow]
    figures: list[KnownFigure]


class UnitSectionRead(Shape):
    """What a file says, as `rows` of a section; nothing is kept. `section` is the report's section it was read as."""

    agency: AgencyCode
    period: PeriodText
    indicator: IndicatorText
    section: str
    rows: list[dict[str, Cell]]
    strays: list[Stray]


class SectionUsed(Shape):
    section_id: SectionId
    indicator: IndicatorText
    unit: UnitText
    version: int
    digest: Digest
    late: bool
    author: str


class LeftOut(Shape):
    indicator: IndicatorText
    reason: str


class UnitAssembly(Shape):
    """Which sections a revision of the report was put together of, and what was left out."""

    assembly_id: AssemblyId
    submission_id: SubmissionId
    revision: int
    plan_id: PlanId
    sections: list[SectionUsed]
    without: list[LeftOut]
    reason: str | None
    actor: str
    recorded_at: datetime


class UnitAssemblyPage(Page):
    items: list[UnitAssembly]


class UnitAssemblyMade(Shape):
    """`assembly` is null after a dry run. `content` is what became of the draft, as a sending of content is answered."""

    dry_run: bool
    assembly: UnitAssembly | None
    sections: list[SectionUsed]
    content: ContentTaken
