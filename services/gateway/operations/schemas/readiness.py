"""What is answered about a run before it is published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, RunId, Shape, SourceName
from services.gateway.operations.schemas.holds import Hold
from services.gateway.operations.schemas.plans import PlannedPublication
from services.gateway.publication.schemas.changes import AgencyMove, GradeChange
from services.gateway.publication.schemas.edges import NearABound
from services.gateway.publication.schemas.explanations import Exact


class MissingIndicators(Shape):
    """A body that keeps the run from being published."""

    agency: AgencyCode
    indicators: list[str]


class AwaitingWord(Shape):
    """A body whose C1 only awaits the Ministry of Public Security's word on reported figures: how many, the records they would
    add, and the points they would bring in the pool as it is known."""

    agency: AgencyCode
    indicators: list[str]
    figures: int
    open: str
    points: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$")]
    exact: Exact


class MovedByLeader(Shape):
    """A body whose exact total moves when the leaders' figure is lowered, by how much and to which grade."""

    agency: AgencyCode
    change: Exact
    grade: GradeChange


class LeadingFigure(Shape):
    """Who leads a relative indicator, by which figure, the best one behind it (null: nobody), and who moves when the leaders'
    figure is lowered by a tenth. `outlier`: it is three times the next one or more, which holds the run until two people
    confirm the figure."""

    indicator: str
    measure: str
    agencies: list[AgencyCode]
    value: int
    next_value: int | None
    outlier: bool
    lowered: int
    moved: list[MovedByLeader]


class GradeByReading(Shape):
    """A body that another reading of the law would give another grade."""

    reading: str
    alternative: str
    agency: AgencyCode
    grade: GradeChange


class OpenFindings(Shape):
    """How often one thing was noticed of what a source gave: by its code and severity, of how many bodies (null: it names
    none), the last one's words, and where all of the source's month are listed. They hold nothing by themselves."""

    source: SourceName
    code: str
    severity: Literal["fatal", "warning", "notice"]
    count: int
    bodies: int | None
    message_vi: str
    message_en: str
    listed_at: str


class RunReadiness(Shape):
    """What is to be known of a run before it is published. `ready`: the engines agree, nothing is missing or awaited, nothing
    holds the month. What only awaits a word stands in `awaiting` and not in `missing`. `plan` is what publishing would change
    now, and `moved` the bodies of it: against the latest published version, and before the first all of them. `readings` are
    empty for a run with something missing or awaited, which keeps none. `findings` are those of the snapshots it rests on and
    of the last look at their sources after them."""

    run_id: RunId
    period: PeriodText
    ready: bool
    agrees: bool
    missing: list[MissingIndicators]
    awaiting: list[AwaitingWord]
    holds: list[Hold]
    plan: PlannedPublication
    moved: list[AgencyMove]
    near_a_bound: list[NearABound]
    leading: list[LeadingFigure]
    readings: list[GradeByReading]
    findings: list[OpenFindings]
