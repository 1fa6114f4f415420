"""Path and query parameters that several resources have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.gateway.http.words import AGENCY, DIGITS, PERIOD

# A parameter that was left out: None in the code, and nothing that a caller could write.
Unset = SkipJsonSchema[None]
PAGE = 100

_Period = Annotated[str, Field(pattern=PERIOD)]
_Agency = Annotated[str, Field(pattern=AGENCY)]
_Source = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$")]
_Cursor = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,200}$")]

PeriodPath = Annotated[_Period, Path(description="A month, YYYY-MM.", examples=["2026-01"])]
AgencyPath = Annotated[_Agency, Path(description="The body's code.", examples=["G06"])]
PeriodQuery = Annotated[_Period | Unset, Query(description="Only this month.", examples=["2026-01"])]
SourceQuery = Annotated[_Source | Unset, Query(description="Only this source.")]
AgencyQuery = Annotated[_Agency | Unset, Query(description="Only this body.")]
Limit = Annotated[int, Field(ge=1, le=500), DIGITS, Query(description="Items on a page.")]
Cursor = Annotated[_Cursor | Unset, Query(description="The former page's `next`; only lists give them.")]


def _id_path(prefixes: str, description: str) -> Any:
    return Path(pattern=f"^({prefixes})_[0-9a-z]{{26}}$", description=description)


CommandPath = Annotated[str, _id_path("cmd", "The id that the 202 gave.")]
RunPath = Annotated[str, _id_path("run", "A run.")]
RunOrCommandPath = Annotated[str, _id_path("run|cmd", "A run, or the id that the 202 gave.")]
PublicationOrCommandPath = Annotated[str, _id_path("pub|cmd", "A publication, or the id that the 202 gave.")]
RulingPath = Annotated[str, _id_path("ruling", "A ruling.")]
ApplicabilityPath = Annotated[str, _id_path("appl", "An applicability row.")]
DecisionPath = Annotated[
    str, _id_path("ruling|appl|cal|act", "What was decided: a ruling, an applicability row, a calendar row, rules of reports.")
]
CalendarPath = Annotated[str, _id_path("cal", "A calendar row.")]
SnapshotPath = Annotated[str, Path(pattern="^snap_[0-9A-Za-z_.-]{1,100}$", description="A snapshot.")]

_Sequence = Annotated[int, Field(ge=1, le=32_767), DIGITS]
SequencePath = Annotated[_Sequence, Path(description="The submission's number within its month.", examples=[1])]
StepPath = Annotated[_Sequence, Path(description="The step's number within its submission.", examples=[1])]
ValidationPath = Annotated[str, _id_path("val", "A check of the submission's content.")]
ConfirmationPath = Annotated[str, _id_path("conf", "A confirmation.")]
DryRun = Annotated[Literal["true", "false"], Query(description="`true`: the same findings, and nothing is stored.")]
RuleQuery = Annotated[
    Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)] | Unset, Query(description="Only this rule.")
]
FormPath = Annotated[str, Path(pattern="^[a-z]+(-[a-z]+)*$", max_length=60, description="A form.", examples=["monthly-report"])]
FormVersionPath = Annotated[_Sequence, Path(description="The form's version.", examples=[1])]
VersionPath = Annotated[_Sequence, Path(description="The version's number.", examples=[1])]
ActivationPath = Annotated[str, _id_path("act", "An activation of rules.")]
