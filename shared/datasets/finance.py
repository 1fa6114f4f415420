"""Ministry of Finance's disbursement tracking. Gives D2: amounts in VND, never percentages (D-4, D-5)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from shared.datasets.declaration import ContractRow, Dataset, Money, Text

CONTRACT = "finance/1.0"


class Investment(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """One body's money of one budget kind and field: allocated for the whole year, disbursed since 1 January, in VND."""

    agency: Text
    budget_kind: Literal["development_investment", "recurrent"]
    field: Literal["science_technology", "innovation", "digital_transformation"]
    allocated_vnd: Money | None
    disbursed_vnd: Money | None
    as_of_on: date


DATASETS = (
    Dataset("investments", "investment", Investment, key=("budget_kind", "field"), sums=("allocated_vnd", "disbursed_vnd")),
)
