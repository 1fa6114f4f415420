"""What a signed report says, as rows of the contract agency_report: what is frozen of it, and what would be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from shared.datasets.canonical_rows import instant_text

# A body, a database and what the body states of it.
Figure = tuple[str, str, int]
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Review:
    """The word of the Ministry of Public Security on one reported figure (C-2, C-3), given on ``submission_id``; it holds in
    every report of the body's month that states the identical figure."""

    review_id: str
    submission_id: str
    agency: str
    database: str
    new_records: int
    verdict: str
    reviewer: str
    reviewed_at: datetime

    @property
    def figure(self) -> Figure:
        return self.agency, self.database, self.new_records


Reviews = Mapping[Figure, Review]


class _Head(msgspec.Struct):
    document: str


class _Task(msgspec.Struct):
    task_code: str
    title: str
    registered_on: str
    accepted_on: str | None
    acceptance_document: str | None


class _Records(msgspec.Struct):
    database: str
    database_name: str
    new_records: int


class _Content(msgspec.Struct):
    """Of a report's canonical document, what the contract has; narratives stay with the submission."""

    report: _Head
    registered_tasks: list[_Task]
    reported_databases: list[_Records]


_contents = msgspec.json.Decoder(_Content)


def figures_of(agency: str, body: bytes) -> set[Figure]:
    """The C1 figures that a report states."""
    return {(agency, found.database, found.new_records) for found in _contents.decode(body).reported_databases}


def rows_of_report(agency: str, submitted_at: datetime, body: bytes, reviews: Reviews) -> Rows:
    """A report's canonical bytes as the contract's rows by dataset, each figure with the word that holds for it."""
    content, own = _contents.decode(body), {"agency": agency}
    stated = {
        **own,
        "submitted_at": instant_text(submitted_at),
        "document": content.report.document,
        "registered_tasks": len(content.registered_tasks),
        "reported_databases": len(content.reported_databases),
    }
    return {
        "reports": [stated],
        "registered_tasks": [{**own, **msgspec.structs.asdict(task)} for task in content.registered_tasks],
        "reported_records": [
            {**own, **msgspec.structs.asdict(found), **_confirmation(reviews.get((agency, found.database, found.new_records)))}
            for found in content.reported_databases
        ],
    }


def _confirmation(review: Review | None) -> dict[str, Any]:
    """The form does not ask whether Resolution 214/NQ-CP names the database, and no figure hangs on it: nothing is claimed."""
    confirmed = review is not None and review.verdict == "confirmed"
    return {
        "listed": False,
        "confirmed_at": instant_text(review.reviewed_at) if review is not None and confirmed else None,
        "confirmed_by": review.reviewer if review is not None and confirmed else None,
    }
