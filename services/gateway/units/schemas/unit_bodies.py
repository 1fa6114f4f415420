"""What is sent about an agency's units, their plan, sections and assemblies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import Document, PeriodText, Reason, Shape
from services.gateway.http.words import Line
from shared.canonical import SAFE_INTEGER

UNIT = "^[a-z0-9]+(-[a-z0-9]+)*$"
INDICATOR = "^[A-E][1-9]$"
SUBJECT = r"^(key:[0-9a-f]{12}|oidc:[a-z][a-z0-9_]{0,19}:[!-~]{1,255})$"
_MOST_ROWS = 5000

UnitText = Annotated[str, Field(pattern=UNIT, max_length=40, examples=["so-khcn"])]
IndicatorText = Annotated[str, Field(pattern=INDICATOR, examples=["D1"])]
SubjectText = Annotated[
    str,
    Field(pattern=SUBJECT, description="A key of the agency (`key:…`) or a person (`oidc:…`).", examples=["key:0123456789ab"]),
]
# What one cell may hold; a number with a fraction is no cell.
Cell = Annotated[str, Field(max_length=30_000)] | bool | Annotated[int, Field(ge=-SAFE_INTEGER, le=SAFE_INTEGER)] | None
FieldText = Annotated[str, Field(max_length=60)]
Figure = Annotated[int, Field(ge=0, le=10**18)] | Annotated[str, Field(max_length=40)] | None


class ContactAsked(Shape):
    """The contact point (cán bộ đầu mối) that a unit registers."""

    name: Annotated[Line, Field(max_length=200)]
    position: Annotated[Line, Field(max_length=200)]
    email: Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}$")]
    phone: Annotated[str, Field(pattern="^[+0-9][0-9 ().-]{5,29}$", examples=["0214 000 0000"])]


class UnitAsked(Shape):
    unit: UnitText
    name: Annotated[Line, Field(max_length=300, examples=["Sở Khoa học và Công nghệ"])]
    contact: ContactAsked
    reason: Reason


class UnitVersionAsked(Shape):
    """What the unit is from now on; `ended` takes it out of later plans."""

    name: Annotated[Line, Field(max_length=300)]
    contact: ContactAsked
    ended: bool = False
    reason: Reason


class UnitMemberAsked(Shape):
    subject: SubjectText
    reason: Reason


class UnitDecisionAsked(Shape):
    """An approval, or the end of a membership."""

    reason: Reason


class AssignmentAsked(Shape):
    indicator: IndicatorText
    unit: UnitText


class UnitPlanAsked(Shape):
    """Every indicator A1…E3 once. Sections are late from `due_day` of the next month, `due_time` in Vietnam on, which must lie
    before the report deadline."""

    first_period: PeriodText
    document: Document
    lead_unit: UnitText
    due_day: Annotated[int, Field(ge=1, le=28, examples=[3])]
    due_time: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"
    assignments: Annotated[list[AssignmentAsked], Field(min_length=1, max_length=60)]
    reason: Reason


class NarrativeAsked(Shape):
    """Goes into the report with the section; a private one is seen by the agency and the operator only."""

    visibility: Literal["public", "private"]
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class UnitSectionAsked(Shape):
    """Of C1 and D1 `rows` as the report's section has them, and narratives; of all others `figures` and a note.

    Figures are whole numbers or decimal text by the measure's name; null is "not known", and never zero.
    """

    indicator: IndicatorText
    rows: Annotated[list[dict[FieldText, Cell]], Field(max_length=_MOST_ROWS)] | None = None
    narratives: Annotated[list[NarrativeAsked], Field(max_length=2)] | None = None
    figures: dict[FieldText, Figure] | None = None
    note: Line | None = None


class UnitSectionReturnAsked(Shape):
    """`version` is the last one, the one that was looked at."""

    version: Annotated[int, Field(ge=1, le=32_767)]
    reason: Reason


class LeftOutAsked(Shape):
    indicator: IndicatorText
    reason: Reason


class UnitAssemblyAsked(Shape):
    """`without`: scored sections left out on purpose; what the draft says there stays. `document`: the report's number."""

    document: Document | None = None
    without: Annotated[list[LeftOutAsked], Field(max_length=20)] = Field(default_factory=list)
    reason: Reason | None = None
