"""What a report says section by section, and what was only carried over: nobody's silence is taken for a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.reports.cells import Row, rows_of
from services.gateway.pages.reports.desk import View, content_of, or_none
from services.gateway.reports.form.form import Form, FormSection

Prefill = Mapping[str, Any]
# Sections of which earlier reports let something be known.
CARRIED: Final = ("registered_tasks", "reported_databases")


@dataclass(frozen=True)
class Standing:
    """A section's rows: those it states, or else those ``offered`` of earlier reports, which state nothing yet."""

    stated: bool
    rows: Sequence[Row]

    @property
    def offered(self) -> int:
        return 0 if self.stated else len(self.rows)


@dataclass(frozen=True)
class Declared:
    """``rows`` is None where the section was not stated. ``carried`` of them stand as they were last reported, ``changed``
    otherwise; both None where that is not known. ``offered`` wait to be stated."""

    section: FormSection
    rows: int | None
    offered: int
    carried: int | None
    changed: int | None


def standing_of(content: Mapping[str, Any], section: FormSection, prefill: Prefill | None) -> Standing:
    """Pure."""
    if section.name in content:
        return Standing(stated=True, rows=rows_of(content, section))
    if prefill is None:
        return Standing(stated=False, rows=[])
    if section.rows == "one":
        return Standing(stated=False, rows=[dict(prefill[section.name])] if section.name in prefill else [])
    return Standing(stated=False, rows=list(earlier_rows(section, prefill).values()))


def earlier_rows(section: FormSection, prefill: Prefill | None) -> dict[str, Row]:
    """The section's rows as earlier reports have them, by key: tasks of the year; databases, their figures open."""
    if prefill is None or section.name not in CARRIED:
        return {}
    (key,), names = section.key, [field.name for field in section.fields]
    return {str(each[key]): {name: each.get(name) for name in names} for each in prefill[section.name]}


def comparison(section: FormSection, row: Row, earlier: Mapping[str, Row]) -> str | None:
    """`carried` is as it was last reported, `changed` differs, `new` was not there; None where nothing was reported before, and
    of databases, whose figures are each month's own."""
    if section.name != "registered_tasks" or not earlier:
        return None
    was = earlier.get(str(row.get("task_code")))
    if was is None:
        return "new"
    same = all(row.get(field.name) == was.get(field.name) for field in section.fields if field.name != "client_ref")
    return "carried" if same else "changed"


def declared(content: Mapping[str, Any], section: FormSection, prefill: Prefill | None) -> Declared:
    """Pure."""
    standing = standing_of(content, section, prefill)
    earlier = earlier_rows(section, prefill) if section.name == "registered_tasks" else {}
    offered = standing.offered if section.rows == "many" else 0
    if not standing.stated:
        return Declared(section, None, offered, None, None)
    seen = [comparison(section, row, earlier) for row in standing.rows]
    known = bool(earlier)
    carried, changed = (seen.count("carried"), seen.count("changed")) if known else (None, None)
    return Declared(section, len(standing.rows), 0, carried, changed)


@dataclass(frozen=True)
class Onward:
    """Where to go on from a section that is stated: ``section`` is the next one that is not done; ``done`` says that all are,
    this one too."""

    section: FormSection | None
    done: bool


def onward(form: Form, content: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], name: str) -> Onward | None:
    """In the form's order, from its beginning again after its end: sections not stated, or with findings still to be dealt
    with. None while the section ``name`` says nothing itself. Pure."""
    if name not in content:
        return None
    open_ones = {str(each["pointer"]).split("/")[1] for each in findings if each["to_do"] and each["pointer"]}
    names = [each.name for each in form.sections]
    at = names.index(name)
    turned = [*form.sections[at + 1 :], *form.sections[:at]]
    following = next((each for each in turned if each.name not in content or each.name in open_ones), None)
    # What is found in no section, such as one that is missing, is told by the list of findings.
    done = following is None and not any(each["to_do"] for each in findings)
    return Onward(following, done)


async def prefill_of(view: View) -> Prefill | None:
    """What is known beforehand; None for those who only read what was signed. Raises Refused."""
    if view.submission["acceptance"] is not None or view.submission["state"] == "reverted":
        return None
    found: Prefill | None = await or_none(view.page, f"{view.place.one}/prefill")
    return found


async def declarations(view: View) -> list[Declared]:
    """Of every section of the form. Raises Refused."""
    content, _ = await content_of(view)
    prefill = await prefill_of(view)
    return [declared(content, section, prefill) for section in view.form.sections]
