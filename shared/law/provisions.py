"""The parts of a scheme file: cited numbers, labels, formulas, measures, indicators, readings.

Every number of the law is `Cited`: a bare number where one is expected fails the load.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from shared.law.exact import read_fraction
from shared.period import Period, PeriodInvalid

T = TypeVar("T")
# The one group, and its one indicator, that the decision gives no letter.
BONUS = "bonus"


def _read_period(text: object) -> Period:
    if not isinstance(text, str):
        message = f"{text!r} is no period; expected text YYYY-MM"
        raise PeriodInvalid(message)
    return Period.parse(text)


Exact = Annotated[Fraction, PlainValidator(read_fraction)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Start = Annotated[Period, PlainValidator(_read_period)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Words = Annotated[str, Field(min_length=1)]


class Provision(BaseModel):
    """Closed and frozen: an unknown key is a mistake in the law file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Label(Provision):
    """What people read, in both languages."""

    vi: Words
    en: Words


class Cited(Provision, Generic[T]):
    """A value with the passage it comes from and, where the passage leaves a choice, the reading that made it.

    Of an assumption the passage says only what it is about; the number itself is the product's, as its reading tells.
    """

    value: T
    cite: Words
    reading: Words | None = None
    rests_on: Literal["words", "assumption"] = "words"


class Decision(Provision):
    """The document the scheme carries out, and the digest of the file its passages were taken from."""

    number: Words
    signed_on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    issued_by: Label
    title: Label
    file: Words
    file_sha256: Digest


class Passage(Provision):
    """Verbatim words of the decision (NFC), where they stand, and their digest."""

    item: Words
    text: Words
    sha256: Digest


class Alternative(Provision):
    """Another reading, and whether the measures suffice to compute it or the finer rows are needed.

    `turns` maps a path of the scheme (`indicators.B1.formula.worth`) to what stands there under this reading; `rows` names
    the rules by which rows are then counted. One that turns nothing says why it is `not_computed`.
    """

    id: Words
    cite: Words | None = None
    says: Label
    source: Literal["measures", "rows"] = Field(alias="from")
    turns: Mapping[str, Any] = {}
    rows: tuple[Words, ...] = ()
    not_computed: Label | None = None

    @property
    def computed(self) -> bool:
        """Whether it has a switch."""
        return bool(self.turns or self.rows)


class Reading(Provision):
    """One entry of the ambiguity register. `words` names the passage read, or nothing where the decision is silent;
    `grounds` names the passages the reason rests on, `not_yet` tells what of the reading the product does not do."""

    words: Words | None
    in_force: Label
    because: Label
    grounds: tuple[Words, ...] = ()
    not_yet: Label | None = None
    alternatives: tuple[Alternative, ...] = ()


class Effective(Provision):
    """First period ruled; the last is the one before a later scheme's first."""

    start: Cited[Start] = Field(alias="from")


class Calendar(Provision):
    """Days of the month after the period (defaults of the calendar table)."""

    time_zone: Literal["Asia/Ho_Chi_Minh"]
    cutoff_day: Cited[Whole]
    report_deadline_day: Cited[Whole]
    word_deadline_day: Cited[Whole]


class Rounding(Provision):
    """How totals are rounded and how components are shown."""

    method: Literal["half_up"]
    total_places: Cited[Whole]
    display_places: Cited[Whole]


class GradeBound(Provision):
    """Lowest total of a grade."""

    grade: Words
    bound: Cited[Whole] = Field(alias="from")
    label: Label | None


class Grading(Provision):
    """On which total the grade is taken, and the grades from the best down."""

    basis: Cited[Literal["rounded_total", "exact_total"]]
    grades: tuple[GradeBound, ...]


class Ranking(Provision):
    """1, 2, 2, 4, by the exact total (information: the decision grades and does not rank)."""

    by: Literal["exact_total", "published_total"]
    ties: Cited[Literal["share_rank_then_skip"]]


class Applicability(Provision):
    """What an indicator that does not apply does to the total."""

    total: Cited[Literal["plain_sum", "rescaled"]]


class Group(Provision):
    """A set of indicators (bộ chỉ số) and the most it can give."""

    maximum: Cited[Exact]
    label: Label


class Measure(Provision):
    """A figure the snapshots give. Counts are whole (money too, in VND); decimals have a maximum."""

    type: Literal["count", "decimal"]
    maximum: Cited[Exact] | None = None
    sources: tuple[Words, ...]
    cite: Words
    reading: Words | None = None
    label: Label


class ShareOfCount(Provision):
    """counted / out_of × worth × portion; the share is limited when `share_at_most` is given, and a part of the whole gives
    nothing when `partly` says so."""

    shape: Literal["share_of_count"]
    counted: str
    out_of: str
    worth: Cited[Exact]
    portion: Cited[Exact] | None = None
    share_at_most: Cited[Exact] | None = None
    partly: Cited[Literal["nothing"]] | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known."""
        return (self.counted, self.out_of)

    @property
    def full(self) -> Fraction:
        """Points for a whole share."""
        return self.worth.value * (self.portion.value if self.portion else 1)

    @property
    def most(self) -> Fraction:
        """Points for the largest share allowed."""
        return self.full * (self.share_at_most.value if self.share_at_most else 1)


class RelativeToBest(Provision):
    """counted / largest known count of the pool × worth."""

    shape: Literal["relative_to_best"]
    counted: str
    worth: Cited[Exact]

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known."""
        return (self.counted,)


class ScaledIndex(Provision):
    """index / out_of × worth."""

    shape: Literal["scaled_index"]
    index: str
    out_of: Cited[Exact]
    worth: Cited[Exact]

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known."""
        return (self.index,)

    @property
    def factor(self) -> Fraction:
        """Points for one unit of the index."""
        return self.worth.value / self.out_of.value


class CountedWithCap(Provision):
    """`at_most` as soon as `full_by` reaches `full_from`, where they are given, else counted × each up to `at_most`."""

    shape: Literal["counted_with_cap"]
    counted: str
    each: Cited[Exact]
    at_most: Cited[Exact]
    full_by: str | None
    full_from: Cited[Whole] | None
    occasions: str

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known."""
        return (self.counted, *([self.full_by] if self.full_by else []), self.occasions)


class DecidedPoints(Provision):
    """Points somebody with the power to do so has decided."""

    shape: Literal["decided_points"]
    decided: str

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known."""
        return (self.decided,)


class NotCounted(Provision):
    """Nothing, whatever the measures say: an indicator that another formula leaves out."""

    shape: Literal["not_counted"]

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known: nothing."""
        return ()


Formula = ShareOfCount | RelativeToBest | ScaledIndex | CountedWithCap | DecidedPoints | NotCounted


class Indicator(Provision):
    """One indicator: its formula, its maximum, and its points when the denominator is zero."""

    group: str
    label: Label
    maximum: Cited[Exact]
    shares_maximum_with: str | None = None
    formula: Annotated[Formula, Field(discriminator="shape")]
    when_empty: Cited[Exact] | None = None


class AtMost(Provision):
    """The counted measures together may not exceed another."""

    kind: Literal["at_most"]
    counted: Annotated[tuple[str, ...], Field(min_length=1)]
    out_of: str
    cite: Words
    reading: Words | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known for the check to be made."""
        return (*self.counted, self.out_of)


class Needs(Provision):
    """None of the counted measures without an occasion for it."""

    kind: Literal["needs"]
    counted: Annotated[tuple[str, ...], Field(min_length=1)]
    occasion: str
    cite: Words
    reading: Words | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known for the check to be made."""
        return (*self.counted, self.occasion)


Check = Annotated[AtMost | Needs, Field(discriminator="kind")]

TAGS = frozenset(
    {
        *("share_of_count", "relative_to_best", "scaled_index", "counted_with_cap", "decided_points", "not_counted"),
        *("at_most", "needs"),
    }
)
"""Names that choose a form; they stand in error paths without standing in the file."""
