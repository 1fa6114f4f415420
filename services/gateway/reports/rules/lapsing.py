"""Which change lets an agreement lapse: rules, automatic figures, earlier reports, the report's own cells (APR-09). Pure.

Every change has its place, what stood there when the report was agreed to, and what stands there now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.gateway.reports.form.cell_values import shown
from services.gateway.reports.form.form import Form, FormSection
from services.gateway.reports.form.report import SentReport, SentRow
from services.gateway.reports.rules.context import AutomaticFigure

What = Literal["rules", "figure", "earlier_report", "content"]
# A reason names so many changes and counts the others.
NAMED: Final = 10
# Words may be private to the body (INT-16).
_WORDS: Final = "narratives"
_THERE: Final = "có"


@dataclass(frozen=True)
class Change:
    """``place`` is a database, a month, or a JSON pointer by the row's own name; ``cause`` the id of the fact that changed
    it, where it is one of its own, and ``at`` its instant, where one is known; ``was`` and ``now`` are None where nothing
    stood or stands there, and for words."""

    what: What
    place: str
    was: str | None
    now: str | None
    cause: str | None = None
    at: str | None = None


def figures_changed(was: Mapping[str, AutomaticFigure], now: Mapping[str, AutomaticFigure]) -> list[Change]:
    """Per database the figure that the source counted for the body, where it is another one."""
    changes = []
    for database in sorted({*was, *now}):
        before, after = was.get(database), now.get(database)
        figures = [_figure(before), _figure(after)]
        if figures[0] != figures[1]:
            changes.append(Change("figure", database, figures[0], figures[1], after.snapshot_id if after else None))
    return changes


def earlier_changed(was: Iterable[Mapping[str, str]], now: Iterable[Mapping[str, str]]) -> list[Change]:
    """Per earlier month the digest of the report in force, where it is another one."""
    before, after = ({each["period"]: each for each in side} for side in (was, now))
    changes = []
    for period in sorted({*before, *after}):
        digests = [side[period]["digest"] if period in side else None for side in (before, after)]
        if digests[0] != digests[1]:
            cause = after[period]["submission_id"] if period in after else None
            changes.append(Change("earlier_report", period, digests[0], digests[1], cause))
    return changes


def content_changed(was: SentReport, now: SentReport, form: Form) -> list[Change]:
    """Every cell that is another one, rows told apart by their key; a row that came or went is one change."""
    return [each for section in form.sections for each in _section_changed(was, now, section)]


def reason_of(changes: Sequence[Change]) -> str:
    """Why the agreement lapsed, as the step keeps it for officials to read.

    It goes out in an event and is read by auditors once the report is signed: it names kinds of change, places and causes,
    never a cell nor a figure. A row's own name is a cell too, so a change of content is named by its section.
    """
    told = Counter(_told(each) for each in changes)
    named = [f"{words} ({count} thay đổi)" if count > 1 else words for words, count in list(told.items())[:NAMED]]
    left = sum(list(told.values())[NAMED:])
    return "; ".join([*named, f"và {left} thay đổi khác"] if left else named)


def lapsed_at(changes: Iterable[Mapping[str, str | None]]) -> datetime | None:
    """The instant of the first cause, of changes as they are kept; None where none is known."""
    return min((datetime.fromisoformat(each["at"]) for each in changes if each.get("at")), default=None)  # type: ignore[arg-type]


def _figure(found: AutomaticFigure | None) -> str | None:
    return None if found is None or found.new_records is None else str(found.new_records)


def _told(change: Change) -> str:
    by = f" ({change.cause})" if change.cause else ""
    if change.what == "rules":
        # Catalogues are public, and so are their digests.
        return f"danh mục quy tắc {change.place} thay cho danh mục khi đồng ý{by}: mã băm từ {change.was} thành {change.now}"
    if change.what == "figure":
        return f"số liệu tự động của {change.place} đã khác{by}"
    if change.what == "earlier_report":
        return f"báo cáo đang có hiệu lực của kỳ {change.place} đã khác{by}"
    section = change.place.removeprefix("/").partition("/")[0]
    return f"nội dung đã sửa ở phần {section}" if section else "nội dung đã sửa"


def _section_changed(was: SentReport, now: SentReport, section: FormSection) -> list[Change]:
    before, after = (_by_key(each.sections.get(section.name, ()), section) for each in (was, now))
    changes = []
    for key in dict.fromkeys((*before, *after)):
        place = "/".join(("", section.name, *(part.replace("~", "~0").replace("/", "~1") for part in key)))
        if key not in before:
            changes.append(Change("content", place, None, _THERE))
        elif key not in after:
            changes.append(Change("content", place, _THERE, None))
        else:
            changes += _row_changed(before[key], after[key], section, place)
    return changes


def _row_changed(before: SentRow, after: SentRow, section: FormSection, place: str) -> list[Change]:
    cells = [(field.name, before.values.get(field.name), after.values.get(field.name)) for field in section.fields]
    # A count sent as text is the same count.
    others = [each for each in cells if (each[1] is None) != (each[2] is None) or str(each[1]) != str(each[2])]
    if section.name == _WORDS:
        return [Change("content", f"{place}/{name}", None, None) for name, _, _ in others]
    return [Change("content", f"{place}/{name}", shown(was), shown(now)) for name, was, now in others]


def _by_key(rows: Sequence[SentRow], section: FormSection) -> dict[tuple[str, ...], SentRow]:
    """Rows by their key's values; of rows with one key, which no report keeps, the later ones by their number."""
    found: dict[tuple[str, ...], SentRow] = {}
    for number, row in enumerate(rows):
        key = tuple(str(row.values.get(name)) for name in section.key)
        found[(*key, f"#{number}") if key in found else key] = row
    return found
