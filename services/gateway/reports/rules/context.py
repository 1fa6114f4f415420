"""What is known about a body and a month when its report is checked. None is "not known here", never "none there"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

# The source that counts a body's databases by itself (C-2), and the one that its own reports make.
AUTOMATIC_SOURCE: Final = "national_database"
OWN_SOURCE: Final = "agency_report"


@dataclass(frozen=True)
class EarlierTask:
    """A task of the body's report in force for an earlier month of the same year; ``period`` says which."""

    task_code: str
    title: str
    registered_on: date
    accepted_on: date | None
    period: str
    origin: str
    acceptance_document: str | None = None


@dataclass(frozen=True)
class EarlierDatabase:
    """A database of the body's report in force for an earlier month, without that month's figure; ``period`` says which."""

    database: str
    database_name: str
    period: str
    origin: str


@dataclass(frozen=True)
class EarlierFigure:
    """What the body's report in force for a month said of one database."""

    period: str
    new_records: int


@dataclass(frozen=True)
class AutomaticFigure:
    """Records of one database that a source counted by itself; ``new_records`` None where it gave no figure."""

    database: str
    database_name: str
    new_records: int | None
    snapshot_id: str


@dataclass(frozen=True)
class Context:
    """``earlier`` by task code; ``automatic`` by database; ``former_records`` the body's last reported figure by database;
    ``history`` its figures of earlier months by database, the oldest first; ``databases`` those that it reported of, by code.

    On the body's own side (`bangdiem check FILE`) only agency and period may be known.
    """

    agency: str | None = None
    period: str | None = None
    earlier: Mapping[str, EarlierTask] | None = None
    automatic: Mapping[str, AutomaticFigure] | None = None
    former_records: Mapping[str, int] | None = None
    history: Mapping[str, tuple[EarlierFigure, ...]] | None = None
    databases: Mapping[str, EarlierDatabase] | None = None
