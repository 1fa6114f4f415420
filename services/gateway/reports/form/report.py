"""A body's monthly report, as it was sent and as it is understood.

Four sections: ``report`` (one row: who, which month, which document), ``registered_tasks`` (one row per science, technology
or innovation task registered for the year, D1), ``reported_databases`` (one row per database without an automatic figure,
C1) and ``narratives`` (explanations per section, public or private). Source in law: QĐ 4585 appendix §3 C1, D1 and §4;
readings D-1, C-2, C-3.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

SECTIONS = ("report", "registered_tasks", "reported_databases", "narratives")

# What one cell may hold before anything is judged; None is a cell that was sent empty.
Sent = str | int | bool | None


@dataclass(frozen=True)
class SentRow:
    """One row as it was sent: its cells by field name, and its own name in the file ("Nhiệm vụ!7", "line 12"; "" in JSON)."""

    values: Mapping[str, Sent]
    at: str = ""


@dataclass(frozen=True)
class SentReport:
    """What a file holds, read and not yet judged; rows stand in the order sent.

    ``columns`` gives per section the name a field has in the file ("D" in a workbook), where that is not the field's own.
    ``strays`` are things the form does not know, as (place, what was seen).
    """

    media_type: str
    sections: Mapping[str, tuple[SentRow, ...]]
    columns: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    strays: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RegisteredTask:
    task_code: str
    title: str
    registered_on: date
    accepted_on: date | None
    acceptance_document: str | None
    client_ref: str | None = None


@dataclass(frozen=True)
class ReportedDatabase:
    database: str
    database_name: str
    new_records: int
    client_ref: str | None = None


@dataclass(frozen=True)
class Narrative:
    section: str
    visibility: Literal["public", "private"]
    text: str
    client_ref: str | None = None


@dataclass(frozen=True)
class Report:
    """A report every cell of which could be read. ``form`` is name/version, ``period`` YYYY-MM."""

    form: str
    agency: str
    period: str
    document: str
    registered_tasks: tuple[RegisteredTask, ...]
    reported_databases: tuple[ReportedDatabase, ...]
    narratives: tuple[Narrative, ...]


@dataclass(frozen=True)
class Observation:
    """One thing a check saw in one place of a report; the rule catalogue says how grave it is and in which words.

    ``ordinal`` counts the section's rows as sent from 0; None speaks of the whole section, and ``field`` None of the whole
    row. ``words`` fill the catalogue's text. ``identity`` is what the row is called whatever its place (its natural key).
    ``missing`` names what the context did not know, when the rule could not be checked at all.
    """

    rule: str
    section: str
    ordinal: int | None = None
    field: str | None = None
    seen: str | None = None
    expected: str | None = None
    identity: str = ""
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    missing: str | None = None


@dataclass(frozen=True)
class NotApplicable:
    """Rows that a rule says nothing about, by their own names, because there is nothing to compare them with."""

    rule: str
    rows: tuple[str, ...]
    words: Mapping[str, str]


@dataclass(frozen=True)
class Unapplied:
    """The same in the catalogue's words. It is no finding: nothing was seen that could be wrong."""

    rule: str
    rows: tuple[str, ...]
    message_vi: str
    message_en: str


Severity = Literal["fatal", "confirm", "notice"]


@dataclass(frozen=True)
class Finding:
    """An observation judged by the catalogue. ``pointer`` is a JSON pointer into the report's JSON form, in the order sent;
    ``cell`` the place in the file that was sent, when it was no JSON. ``key`` names rule, place and value seen: a
    confirmation holds for this key only, so it lapses when the value changes. ``expected`` is the value expected, or the
    rule's words in Vietnamese, which ``expected_en`` then has in English.
    """

    rule: str
    severity: Severity
    category: str
    pointer: str
    cell: str | None
    seen: str | None
    expected: str | None
    message_vi: str
    message_en: str
    hint_vi: str
    hint_en: str
    client_ref: str | None
    key: str
    expected_en: str | None = None
