"""A part of a published sheet, and what stands beside it when it is asked for."""

from __future__ import annotations

from typing import Any, Literal

from services.gateway.http.schemas.shape import Digest
from services.gateway.publication.schemas.sheet import Open


class Whole(Open):
    """Where the document stands that the part was taken from, and the digest of its bytes, which is its ETag there."""

    address: str
    digest: Digest


class Labels(Open):
    """Code → words in the `language`, by what is coded. A code is the same in every language."""

    language: Literal["vi", "en"]
    groups: dict[str, str]
    indicators: dict[str, str]
    measures: dict[str, str]
    grades: dict[str, str]
    states: dict[str, str]
    flags: dict[str, str]
    kinds: dict[str, str]
    sources: dict[str, str]
    origins: dict[str, str]
    causes: dict[str, str]
    checks: dict[str, str]


class SchemeOf(Open):
    """The scheme as it ships, as its own address has it; `revision` of the document says what is read otherwise."""

    id: str
    digest: Digest
    content: dict[str, Any]


class Expanded(Open):
    """What was asked for beside the document."""

    labels: Labels | None = None
    scheme: SchemeOf | None = None


class ScoreSheetPart(Open):
    """The fields of a sheet that were asked for, each as it stands there, or all of them; and what was asked for beside."""

    whole: Whole
    expanded: Expanded | None = None
