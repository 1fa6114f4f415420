"""Ingest's front door: pulls, freezes, official files, snapshots proven again.

What stands here is loaded when it is first used: a command that only reads the settings needs no adapter and no database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.ingest.official_files.import_file import GivenFile
    from services.ingest.service import IngestService, create
    from services.ingest.verify import Verdict

__all__ = ["GivenFile", "IngestService", "Verdict", "create"]

_WHERE = {
    "GivenFile": "official_files.import_file",
    "IngestService": "service",
    "Verdict": "verify",
    "create": "service",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
