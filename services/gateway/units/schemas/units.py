"""What is answered about an agency's units, who works for them, and their plan."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from services.gateway.http.schemas.shape import AgencyCode, Page, PeriodText, Shape, identifier
from services.gateway.units.schemas.unit_bodies import IndicatorText, UnitText

PlanId = Annotated[str, identifier("plan")]
Kind = Literal["scored", "monitoring"]


class UnitContact(Shape):
    """The contact point (cán bộ đầu mối) of a unit."""

    name: str
    position: str
    email: str
    phone: str


class UnitVersion(Shape):
    """What a unit was from then on."""

    version: int
    name: str
    contact: UnitContact
    ended: bool
    reason: str
    actor: str
    recorded_at: datetime


class Unit(UnitVersion):
    """A unit of an agency as it stands."""

    agency: AgencyCode
    unit: UnitText


class UnitPage(Page):
    items: list[Unit]


class UnitWhole(Unit):
    """With every version, the first first."""

    versions: list[UnitVersion]


class UnitMember(Shape):
    """A key or person that works for a unit; a successor of a rotated key goes on under its membership."""

    membership_id: Annotated[str, identifier("membership")]
    agency: AgencyCode
    unit: UnitText
    subject: str
    reason: str
    actor: str
    recorded_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class UnitMemberPage(Page):
    items: list[UnitMember]


class Assignment(Shape):
    indicator: IndicatorText
    unit: UnitText


class UnitPlan(Shape):
    """Who answers for which indicator from `first_period` on. Of approved plans that cover a month, the last approved holds."""

    plan_id: PlanId
    agency: AgencyCode
    first_period: PeriodText
    document: str
    lead_unit: UnitText
    due_day: int
    due_time: str
    assignments: list[Assignment]
    state: Literal["requested", "approved"]
    requested_by: str
    requested_at: datetime
    reason: str
    approved_by: str | None
    approved_at: datetime | None


class UnitPlanPage(Page):
    items: list[UnitPlan]


class UnitNamed(Shape):
    """A unit and whom to call there."""

    unit: UnitText
    name: str
    contact: UnitContact


class UnitMonth(Shape):
    """A month of an agency inside. `deadline` is the internal one; both are the first instant that is late."""

    agency: AgencyCode
    period: PeriodText
    plan_id: PlanId
    document: str
    lead_unit: UnitNamed
    deadline: datetime
    report_deadline: datetime
    now: datetime
    seconds_left: int


class Responsible(Shape):
    indicator: IndicatorText
    kind: Kind
    unit: UnitNamed


class UnitPlanOfMonth(UnitMonth):
    """The plan that holds in a month."""

    assignments: list[Responsible]
