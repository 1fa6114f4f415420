"""National Public Service Portal (Cổng Dịch vụ công quốc gia), run by the Government Office. Gives B1–B5.

The payload follows the portal's own public JSON (QĐ 766/QĐ-TTg month view): five legal groups shown as six, because the
22 points of online services are split into CLGQ (12) and TTTT (10). ``null`` is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from shared.datasets.declaration import ContractRow, Dataset, RowFault, Score, Text

CONTRACT = "public_service_portal/1.0"
MAXIMA = {name: Decimal(points) for name, points in zip(
    ("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh"), (18, 20, 12, 10, 18, 22), strict=True
)}  # fmt: skip


class ServiceScore(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
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


def score_faults(rows: Sequence[ServiceScore]) -> Iterator[RowFault]:
    """Group points within 0 and their maximum (B-4, G-20); the maxima are our reading of QĐ 766: one row's matter."""
    for number, row in enumerate(rows):
        for name, most in MAXIMA.items():
            value = getattr(row, name)
            if value is not None and (value.is_signed() or not 0 <= value <= most):
                yield number, name, "portal_maximum", str(value), f"0 to {most} points"
        if row.total is not None and (row.total.is_signed() or row.total > sum(MAXIMA.values())):
            yield number, "total", "portal_maximum", str(row.total), "0 to 100 points"


DATASETS = (Dataset("service_scores", "service_score", ServiceScore, sums=("total",), faults=score_faults),)
