"""Registers kept by the Government Office: meetings and attendance (E1), speeches and reports (E2), bonus decisions.

Source in law: QĐ 4585 appendix §3 E, §4.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Text

CONTRACT = "government_office/1.0"

Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
BonusPoints = Annotated[int, msgspec.Meta(ge=1, le=5)]


class Register(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the registers hold for one body in the month, zero included: a stated zero is a zero, silence is missing."""

    agency: Text
    summonses: Count
    speeches: Count
    initiatives: Count


class Summons(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """One body summoned to one meeting: the role required of it and who came (E-1, E-2, E-4). No one came = null."""

    agency: Text
    meeting_id: Code
    held_on: date
    chair: Text
    topic: Text
    required_role: Literal["head", "deputy", "officer"]
    online_allowed: bool
    attended_role: Literal["head", "acting_head", "deputy", "officer"] | None
    attended_mode: Literal["in_person", "online"] | None
    evidence_digest: Digest | None


class Speech(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """A speech or thematic report at such a meeting; counts when given by the head or acting head and marked (E-6, E-7)."""

    agency: Text
    speech_id: Code
    meeting_id: Code
    spoken_on: date
    kind: Literal["speech", "thematic_report"]
    speaker_role: Literal["head", "acting_head", "deputy", "officer"]
    qualifying: bool
    note: Text | None
    evidence_digest: Digest | None


class Initiative(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """An approved initiative of the month with the whole bonus points decided for it (F-1 to F-3)."""

    agency: Text
    initiative_id: Code
    title: Text
    points: BonusPoints
    decided_on: date
    decision_document: Text
    decision_digest: Digest | None


DATASETS = (
    Dataset("registers", "register", Register, sums=("summonses", "speeches", "initiatives")),
    Dataset("summonses", "summons", Summons, key=("meeting_id",), in_month=("held_on",)),
    Dataset("speeches", "speech", Speech, key=("speech_id",), in_month=("spoken_on",)),
    Dataset("initiatives", "initiative", Initiative, key=("initiative_id",), sums=("points",)),
)
