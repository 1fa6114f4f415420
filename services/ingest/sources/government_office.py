"""Registers kept by the Government Office: meetings and attendance (E1), speeches and reports (E2), bonus decisions.

A period is written from the registers themselves (services.ingest.register_intake); one that nobody entered there comes by
official file (QĐ 4585 appendix §3 E, §4; docs/adr/0012).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from services.ingest.records import Code, Count, Dataset, Kind, Row, Text
from services.ingest.source import Source, Stated

CONTRACT = "government_office/1.0"

Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
BonusPoints = Annotated[int, msgspec.Meta(ge=1, le=5)]


class Register(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the registers hold for one body in the month, zero included: a stated zero is a zero, silence is missing."""

    agency: Text
    summonses: Count
    speeches: Count
    initiatives: Count


class Summons(Row, frozen=True, forbid_unknown_fields=True, gc=False):
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


class Speech(Row, frozen=True, forbid_unknown_fields=True, gc=False):
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


class Initiative(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """An approved initiative of the month with the whole bonus points decided for it (F-1 to F-3)."""

    agency: Text
    initiative_id: Code
    title: Text
    points: BonusPoints
    decided_on: date
    decision_document: Text
    decision_digest: Digest | None


DATASETS = (
    Dataset(
        "registers",
        "register",
        Register,
        (("summonses", Kind.COUNT), ("speeches", Kind.COUNT), ("initiatives", Kind.COUNT)),
        key=(),
        sums=("summonses", "speeches", "initiatives"),
    ),
    Dataset(
        "summonses",
        "summons",
        Summons,
        (
            ("meeting_id", Kind.TEXT),
            ("held_on", Kind.DATE),
            ("chair", Kind.TEXT),
            ("topic", Kind.TEXT),
            ("required_role", Kind.TEXT),
            ("online_allowed", Kind.FLAG),
            ("attended_role", Kind.TEXT),
            ("attended_mode", Kind.TEXT),
            ("evidence_digest", Kind.TEXT),
        ),
        key=("meeting_id",),
    ),
    Dataset(
        "speeches",
        "speech",
        Speech,
        (
            ("speech_id", Kind.TEXT),
            ("meeting_id", Kind.TEXT),
            ("spoken_on", Kind.DATE),
            ("kind", Kind.TEXT),
            ("speaker_role", Kind.TEXT),
            ("qualifying", Kind.FLAG),
            ("note", Kind.TEXT),
            ("evidence_digest", Kind.TEXT),
        ),
        key=("speech_id",),
    ),
    Dataset(
        "initiatives",
        "initiative",
        Initiative,
        (
            ("initiative_id", Kind.TEXT),
            ("title", Kind.TEXT),
            ("points", Kind.COUNT),
            ("decided_on", Kind.DATE),
            ("decision_document", Kind.TEXT),
            ("decision_digest", Kind.TEXT),
        ),
        key=("initiative_id",),
        sums=("points",),
    ),
)

SOURCE = Source(
    name="government_office",
    contract=CONTRACT,
    title_vi="Sổ theo dõi của Văn phòng Chính phủ",
    datasets=DATASETS,
    origin="intake",
    stated=(
        Stated("registers", "summonses", counts="summonses"),
        Stated("registers", "speeches", counts="speeches"),
        Stated("registers", "initiatives", counts="initiatives"),
    ),
)
