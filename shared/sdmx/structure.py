"""The structure of the dataset: names, and the files that describe it, one for each version that anything was published by.

The files are made by `python -m tests.unit.scoring.sdmx_structure` from the registry and the scheme; a test compares them.
A change of bodies, indicators or columns is another version beside the former: what was published names its own for ever.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

MAINTAINER: Final = "BKHCN"
DATAFLOW: Final = "BANG_DIEM"
VERSION: Final = "1.0.0"
STRUCTURE_ID: Final = f"{MAINTAINER}:{DATAFLOW}({VERSION})"

DATA: Final = "application/vnd.sdmx.data+csv; version=2.0.0"
STRUCTURE: Final = "application/vnd.sdmx.structure+xml; version=3.0.0"

TOTAL: Final = "total"
UNIT: Final = "PT"
DIMENSIONS: Final = ("AGENCY", "INDICATOR", "TIME_PERIOD")
MEASURE: Final = "OBS_VALUE"
# Of an observation, and of the whole month.
ATTRIBUTES: Final = ("OBS_STATUS", "STATE", "EXACT_VALUE", "GRADE")
MONTHS: Final = ("UNIT_MEASURE", "PUBLICATION", "PUBLICATION_VERSION", "RUN", "SCHEME_DIGEST", "RESULT_DIGEST")


def structure_at(version: str = VERSION) -> str:
    """Where everybody finds it."""
    return f"/api/v1/sdmx-structures/{version}"


@cache
def structure(version: str = VERSION) -> bytes | None:
    """The file (SDMX-ML 3.0), None for a version that there never was."""
    return next((file.read_bytes() for file in _files() if file.stem == f"structure-{version}"), None)


def _files() -> list[Path]:
    return sorted(Path(__file__).parent.glob("structure-*.xml"))
