"""A unit's section as a form shows it and as it is typed: rows, narratives, figures. Pure.

Blank rows are nobody's words and are not sent; a figure left empty is not known, and never zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.cells import PREFIX, ShownCell, cell_of, shown_cells
from services.gateway.reports.form.form import FormSection

Row = Mapping[str, Any]
Finding = dict[str, Any]
# What the API knows of a row beforehand: the row, and where it comes from.
Known = Mapping[str, Any]
VISIBILITIES: Final = ("public", "private")
# Fields of a row are called rows.<number>.<name>; a figure figures.<measure>.
_CELL: Final = re.compile(r"rows\.([0-9]{1,4})\.([a-z_]+)")
_COMMA: Final = re.compile("[0-9]+,[0-9]+")
_POINT: Final = re.compile(r"[0-9]+\.[0-9]+")
_DIGITS: Final = re.compile("[0-9]{1,18}")
# How many empty rows wait: in an empty section, and after rows that are there.
_FIRST, _MORE = 3, 1


@dataclass(frozen=True)
class Typed:
    """A section's content as the API takes and gives it; ``none`` is the word that there is nothing to report."""

    rows: Sequence[Row] = ()
    none: bool = False
    narratives: Sequence[Mapping[str, str]] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None

    def figure(self, measure: str) -> str:
        """As a person types it, decimals after a comma; empty where it is not known."""
        value = self.figures.get(measure)
        text = "" if value is None else str(value)
        return text.replace(".", ",") if _POINT.fullmatch(text) else text

    def narrative(self, visibility: str) -> str:
        return next((each["text"] for each in self.narratives if each["visibility"] == visibility), "")

    def place_of(self, visibility: str) -> str:
        """The JSON pointer of a narrative's text; where it would stand if it is not there."""
        ordinal = next((n for n, each in enumerate(self.narratives) if each["visibility"] == visibility), len(self.narratives))
        return f"/narratives/{ordinal}/text"


@dataclass(frozen=True)
class FormRow:
    number: int
    held: bool
    cells: Sequence[ShownCell]
    found: Sequence[Finding]
    known: Known | None = None


def held_in(content: Mapping[str, Any] | None) -> Typed:
    """What a section's version says; nothing where none was sent."""
    if content is None:
        return Typed()
    rows = content["rows"]
    return Typed(
        rows=rows or (),
        none=rows is not None and not rows,
        narratives=content["narratives"] or (),
        figures=content["figures"] or {},
        note=content["note"],
    )


def typed_rows(section: FormSection, posted: Posted) -> Typed:
    """Of a scored section. Rows without a single word, and those marked to be left out, are dropped."""
    numbers = sorted({int(match[1]) for name in posted.values if (match := _CELL.fullmatch(name))})
    rows = []
    for number in numbers:
        typed = {each.name: posted.text(f"rows.{number}.{each.name}") for each in section.fields}
        if any(typed.values()) and not posted.ticked(f"rows.{number}.dropped"):
            cells = {each.name: cell_of(each, typed[each.name]) for each in section.fields}
            rows.append({name: cell for name, cell in cells.items() if cell is not None or name != "client_ref"})
    said = [{"visibility": each, "text": posted.text(f"narrative.{each}")} for each in VISIBILITIES]
    return Typed(rows=rows, none=posted.ticked("none") and not rows, narratives=[each for each in said if each["text"]])


def typed_figures(measures: Sequence[str], posted: Posted) -> Typed:
    """Of a monitoring section: every measure by name, None where the field was left empty."""
    return Typed(figures={name: figure_of(posted.text(f"figures.{name}")) for name in measures}, note=posted.given("note"))


def figure_of(typed: str) -> int | str | None:
    """18,57 as Vietnam writes it is 18.57; what cannot be read goes on as it was typed, and is found fault with."""
    if _DIGITS.fullmatch(typed):
        return int(typed) if typed == "0" or not typed.startswith("0") else typed
    return (typed.replace(",", ".") if _COMMA.fullmatch(typed) else typed) or None


def asked_of(indicator: str, kind: str, typed: Typed) -> dict[str, Any]:
    """The section as the API takes it. No rows are sent as "there is none" only where somebody said so."""
    if kind == "monitoring":
        return {"indicator": indicator, "figures": typed.figures, "note": typed.note}
    rows = None if not typed.rows and not typed.none else typed.rows
    return {"indicator": indicator, "rows": rows, "narratives": typed.narratives}


def begun(known: Sequence[Known], figures: Sequence[Known] = ()) -> Typed:
    """A section that nobody wrote yet, filled with what is known."""
    return Typed(rows=[each["row"] for each in known], figures={each["measure"]: each["value"] for each in figures})


def form_rows(
    section: FormSection,
    typed: Typed,
    findings: Sequence[Finding],
    *,
    language: str,
    spare: int = 0,
    known: Sequence[Known] = (),
) -> list[FormRow]:
    """The rows there are, each with what is ``known`` of it by its key, then empty ones to be filled."""
    key = section.key[0]
    by_key = {each["row"][key]: each for each in known}
    held = list(typed.rows)
    blank = spare or (_MORE if held or typed.none else _FIRST)
    shown = []
    for number, row in enumerate([*held, *[{}] * blank]):
        own = [each for each in findings if each["pointer"].startswith(f"/rows/{number}/")]
        cells = [_cell(each, number, own) for each in shown_cells(section, row, ordinal=number, findings=[], language=language)]
        about = [each for each in findings if each["pointer"] == f"/rows/{number}"]
        shown.append(FormRow(number, number < len(held), cells, about, by_key.get(row.get(key))))
    return shown


def with_state(finding: Mapping[str, Any]) -> Finding:
    """A finding as the parts of the report's pages show it: nobody confirms anything in a section."""
    return {**finding, "confirmed": False, "to_do": finding["severity"] in ("fatal", "confirm")}


def unplaced(findings: Sequence[Finding], places: set[str]) -> list[Finding]:
    """Findings that no field of the form shows."""
    return [each for each in findings if each["pointer"] not in places]


def places_of(rows: Sequence[FormRow], typed: Typed) -> set[str]:
    """The pointers at which the form shows what was found."""
    shown = {each.place for row in rows for each in row.cells} | {f"/rows/{row.number}" for row in rows}
    return shown | {typed.place_of(each) for each in VISIBILITIES if typed.narrative(each)}


def _cell(cell: ShownCell, number: int, findings: Sequence[Finding]) -> ShownCell:
    """The report's cell where the section has it; hints stand at the first row only."""
    name = cell.name.removeprefix(PREFIX)
    place = f"/rows/{number}/{name}"
    found = [each for each in findings if each["pointer"] == place]
    return replace(cell, name=f"rows.{number}.{name}", place=place, found=found, hint=cell.hint if number == 0 else "")
