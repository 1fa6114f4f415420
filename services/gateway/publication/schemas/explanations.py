"""What is answered about why a body got what it got."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, RunId, Shape, SnapshotId
from services.gateway.publication.schemas.sheet import LawState

Exact = str
Operation = Literal["sum", "min", "ratio", "product", "constant", "half_up"]


class Sentence(Shape):
    """The same in both languages."""

    vi: str
    en: str


class Citation(Shape):
    """Words of the decision: where they stand, and their digest."""

    document: str
    item: str
    passage: str
    sha256: Digest


class FigureLeaf(Shape):
    """A figure from frozen rows; null is missing. `agencies` are whose it is: the body's own, or the leaders' of the pool.
    `settled`: supplied by a recorded ruling. `rows` is where the rows behind it stand, for the
    body itself and national readers; null where it is of several bodies."""

    path: str
    measure: str
    exact: Exact | None
    agencies: list[AgencyCode]
    settled: bool
    snapshots: list[SnapshotId]
    rows: str | None


class ParameterLeaf(Shape):
    """A number of the law: its place in the scheme, its words, and the reading that settled what they leave open."""

    path: str
    parameter: str
    exact: Exact
    reading: str | None
    citation: Citation


class ExplanationNode(Shape):
    """A value worked out from its children: `sum` of the known ones, `product`, `min`; `ratio` of the first to the second;
    `constant`, the one child's, because of the state or the figures in `because`; `half_up`, rounded to `places`. Indicators
    have `state` and `flags`."""

    path: str
    exact: Exact | None
    op: Operation
    state: LawState | None = None
    flags: list[str] = Field(default=[])
    places: int | None = None
    because: list[FigureLeaf] = Field(default=[])
    children: list[ExplanationNode | FigureLeaf | ParameterLeaf]


class Advice(Shape):
    """`by` more of `measure` is worth at least one more point, all else unchanged; or `reason` says why none can be had.
    `reach` is the most the indicator can still give on figures that others decide."""

    measure: str | None
    by: Exact | None
    reason: str | None
    reach: Exact | None
    sentence: Sentence


class Explanation(Shape):
    """One body's total of a published version, down to figures and words of the law. `sentences` has one for each indicator
    and one for `total`; `raise` one for each indicator but the bonus."""

    format: Literal["explanation/1"]
    period: PeriodText
    version: int
    agency: AgencyCode
    tree: ExplanationNode
    sentences: dict[str, Sentence]
    advice: dict[str, Advice] = Field(alias="raise")


class RunExplanation(Shape):
    """The same of a run, published or not, or of a version under other readings: `version` is null of a run that is not
    published, `readings` are all that are read otherwise than the scheme ships, by a revision of it or as was asked."""

    format: Literal["explanation/2"]
    period: PeriodText
    version: int | None
    run_id: RunId
    readings: dict[str, str]
    agency: AgencyCode
    tree: ExplanationNode
    sentences: dict[str, Sentence]
    advice: dict[str, Advice] = Field(alias="raise")
