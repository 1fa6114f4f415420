"""What is answered about forms, the rules of reports and the workflow of a submission."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from services.gateway.access.schemas.decisions import Decided
from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, Shape, identifier
from services.gateway.reports.schemas.intake import Action, State, SubmissionId


class FormNamed(Shape):
    """A form and the first month it is used for."""

    id: str
    name: str
    version: int
    first_period: PeriodText
    title_vi: str
    title_en: str
    links: dict[str, str]


class FormPage(Page):
    items: list[FormNamed]


class JsonSchema(BaseModel):
    """A JSON Schema of the 2020-12 draft: what a report of this form looks like."""

    model_config = ConfigDict(extra="allow")


class MoveShown(Shape):
    action: Action
    from_state: str
    to_state: State
    role: str
    reason_required: bool


class WorkShown(Shape):
    """Work that leaves the state as it is."""

    action: str
    states: list[State]
    roles: list[str]


class Machine(Shape):
    """The workflow of a submission: its states, the only moves there are, and the work each state allows."""

    states: list[str]
    final_states: list[State]
    moves: list[MoveShown]
    work: list[WorkShown]
    second_person: list[Action]


class ReportRules(Shape):
    """The rules that hold for a month's reports; `content` is the whole catalogue the digest is of."""

    id: str
    period: PeriodText
    first_period: PeriodText
    digest: Digest
    rules: list[dict[str, Any]]
    content: dict[str, Any]


class StoppedReport(Shape):
    """A signed report that the rules would newly stop; it stays signed."""

    submission_id: SubmissionId
    agency: AgencyCode
    period: PeriodText
    sequence: int
    fatal: list[str]
    confirm: list[str]


class LapsingSubmission(Shape):
    """What is under review: it goes back to draft when its next step comes."""

    submission_id: SubmissionId
    agency: AgencyCode
    period: PeriodText
    sequence: int
    state: State


class RulesImpact(Shape):
    stopped: list[StoppedReport]
    lapsing: list[LapsingSubmission]


class RulesForeseen(Shape):
    """A dry run: what was asked, and `impact`, what it would do now."""

    first_period: PeriodText
    catalogue_digest: Digest
    impact: RulesImpact
    reason: str
    actor: str


class RuleActivation(Decided):
    """`impact` is what was foreseen when the rules were asked for."""

    activation_id: Annotated[str, identifier("act")]
    sequence: int
    first_period: PeriodText
    catalogue_digest: Digest
    impact: RulesImpact
    reason: str
    actor: str
    recorded_at: datetime


class RuleActivationPage(Page):
    items: list[RuleActivation]
