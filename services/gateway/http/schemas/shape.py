"""What all shapes share: closed, so that an undeclared field is a fault on either side."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.http.words import AGENCY, PERIOD, Line

PeriodText = Annotated[str, Field(pattern=PERIOD, examples=["2026-01"])]
AgencyCode = Annotated[str, Field(pattern=AGENCY, examples=["G06"])]
Digest = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
SourceName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$", examples=["system57"])]
Reason = Annotated[Line, Field(description="Why, in one line; kept in the audit log.", examples=["Chấm điểm kỳ 2026-01"])]
Document = Annotated[Line, Field(description="The official document this rests on.", examples=["Công văn 12/VPCP-KSTT"])]


def identifier(prefix: str) -> Any:
    """The pattern of our sortable ids."""
    return Field(pattern=f"^{prefix}_[0-9a-z]{{26}}$")


RunId = Annotated[str, identifier("run")]
CommandId = Annotated[str, identifier("cmd")]
PublicationId = Annotated[str, identifier("pub")]
SnapshotId = Annotated[str, Field(pattern="^snap_[0-9A-Za-z_.-]{1,100}$")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Shape):
    """One page of a list: `next` is the cursor of the following one, null on the last."""

    next: str | None
