"""What is answered about what changed between two sheets, of published versions or of runs."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, RunId, Shape
from services.gateway.publication.schemas.explanations import Exact
from services.gateway.publication.schemas.sheet import Grade, LawState


class VersionCompared(Shape):
    """One of the two sheets: the version that its run was published as (null: not published)."""

    period: PeriodText
    version: int | None
    run_id: RunId
    result_digest: Digest


class CauseShares(Shape):
    """What each cause changed, exactly; they sum to the change. `own`: the body's own figures. `pool`: other bodies' figures.
    `scheme`: the law. `ruling`: rulings and exemptions of the body, and own figures that cannot be told apart from them."""

    own: Exact
    pool: Exact
    scheme: Exact
    ruling: Exact


class ExactChange(Shape):
    """Null: missing, or the body is not on that sheet; it counts nothing in `change`."""

    before: Exact | None = Field(alias="from")
    after: Exact | None = Field(alias="to")
    change: Exact


class StateChange(Shape):
    """The indicator's state in both."""

    before: LawState | None = Field(alias="from")
    after: LawState | None = Field(alias="to")


class RowAddresses(Shape):
    """Where the rows behind either value stand, and the rows that changed between them, for the body itself and national
    readers; of runs that are not published, for national readers alone."""

    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    changes: str | None


class IndicatorMove(ExactChange):
    """One indicator whose points or state differ."""

    code: str
    state: StateChange
    causes: CauseShares


class IndicatorChange(IndicatorMove):
    """The same with the rows behind it."""

    rows: RowAddresses


class NumberChange(Shape):
    """A whole number in both."""

    before: int | None = Field(alias="from")
    after: int | None = Field(alias="to")


class ShownChange(Shape):
    """The total to two decimals in both, by which the rank is read."""

    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")


class GradeChange(Shape):
    """The grade in both."""

    before: Grade | None = Field(alias="from")
    after: Grade | None = Field(alias="to")


class AgencyMove(Shape):
    """One body; `moved` is false where only its rank differs. `causes` sum to the change of `total_exact`, `rank_causes` to the
    change of rank; `rounding` is what rounding added to the change of the whole total. Indicators that are the same in both
    are left out."""

    agency: AgencyCode
    moved: bool
    total_exact: ExactChange
    causes: CauseShares
    total: NumberChange
    rounding: Exact
    grade: GradeChange
    shown_total: ShownChange
    rank: NumberChange
    rank_causes: CauseShares
    indicators: Sequence[IndicatorMove]


class AgencyChange(AgencyMove):
    """The same with the rows behind every indicator."""

    indicators: Sequence[IndicatorChange]


class Changes(Shape):
    """Two sheets compared, body by body; `moved` counts the bodies whose points, states or grade differ."""

    before: VersionCompared = Field(alias="from")
    after: VersionCompared = Field(alias="to")
    moved: int
    agencies: list[AgencyChange]
