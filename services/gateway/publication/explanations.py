"""Use case: why a body got what a published version or a run says, as it was read, or under other readings."""

from __future__ import annotations

from typing import Any

from services.gateway.http.errors import AgencyUnknown
from services.gateway.publication.sheets import StoredSheet
from shared.law.explanation import RUN_FORMAT, explanation_of


def explain(found: StoredSheet, agency: str) -> dict[str, Any]:
    """The explanation of one body of a version as a document, in the format of runs where it is read otherwise.

    Raises AgencyUnknown."""
    if found.version is None or found.asked:
        return explain_run(found, agency)
    document = _explained(found, agency)
    return {"format": document.pop("format"), "period": found.period, "version": found.version, **document}


def explain_run(found: StoredSheet, agency: str) -> dict[str, Any]:
    """As ``explain``: it names the run, and what is read otherwise than the scheme ships. Raises AgencyUnknown."""
    head = {
        "format": RUN_FORMAT,
        "period": found.period,
        "version": found.version,
        "run_id": found.run_id,
        "readings": found.readings.as_mapping(),
    }
    return {**_explained(found, agency), **head}


def _explained(found: StoredSheet, agency: str) -> dict[str, Any]:
    sheet = found.restored
    if agency not in sheet.names:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {found.period}")
    return explanation_of(sheet.sheet, agency, names=sheet.names, snapshots=sheet.snapshots, rows=found.rows)
