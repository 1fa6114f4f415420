"""National Public Service Portal (Cổng Dịch vụ công quốc gia), run by the Government Office. Gives B1–B5.

The payload follows the portal's own public JSON (QĐ 766/QĐ-TTg month view): five legal groups shown as six, because the
22 points of online services are split into CLGQ (12) and TTTT (10). ``null`` is missing, never zero.
"""

from __future__ import annotations

import msgspec

from services.ingest.records import Code, Dataset, Kind, Row, Score, Text

CONTRACT = "public_service_portal/1.0"


class GroupScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Points of one body in the six portal groups; maxima 18, 20, 12, 10, 18, 22 (domain reading B-1, B-2)."""

    CKMB: Score | None
    TDGQ: Score | None
    CLGQ: Score | None
    TTTT: Score | None
    MDHL: Score | None
    MDSH: Score | None


class Evaluation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One body as the portal publishes it. ``departmentCode`` is the electronic identifier (H-code or G-code)."""

    departmentId: Code  # noqa: N815 - the portal's own field names
    departmentName: Text  # noqa: N815
    departmentCode: Code  # noqa: N815
    totalScore: Score | None  # noqa: N815
    ratio: Score | None
    scoreDelta: Score | None  # noqa: N815
    groupScores: GroupScores  # noqa: N815
    childGroup: Text | None  # noqa: N815


class ServiceScore(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """The portal's evaluation of one body for the month, flattened; also the row of an official file."""

    agency: Text
    department_name: Text
    ckmb: Score | None
    tdgq: Score | None
    clgq: Score | None
    tttt: Score | None
    mdhl: Score | None
    mdsh: Score | None
    total: Score | None


DATASETS = (
    Dataset(
        "service_scores",
        "service_score",
        ServiceScore,
        (
            ("department_name", Kind.TEXT),
            ("ckmb", Kind.DECIMAL),
            ("tdgq", Kind.DECIMAL),
            ("clgq", Kind.DECIMAL),
            ("tttt", Kind.DECIMAL),
            ("mdhl", Kind.DECIMAL),
            ("mdsh", Kind.DECIMAL),
            ("total", Kind.DECIMAL),
        ),
        key=(),
        sums=("total",),
    ),
)
