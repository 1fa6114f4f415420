"""A file in place of typed rows: read by the API as the section's rows, which the form then shows.

Nothing of it is kept here: what else the file said travels with the form, so that it is still told when the form is shown
again for another language, a check or more rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.gateway.pages.own_api import Body
from services.gateway.pages.page import Page
from services.gateway.pages.page_words import place_words
from services.gateway.pages.posted import FIELDS, Posted
from services.gateway.pages.reports.files import report_type
from services.gateway.reports.form.form import FormSection
from shared.errors import Fault, InputInvalid
from shared.problems import Language

# Where the API names what the form has as its file.
PLACES: Final = {"Content-Type": "/file", "file": "/file"}
# Of a form's fields, those that are no cells.
_OTHERS: Final = 50
# The form's field for what a file said.
_NOTE: Final = "file_read"
# Of what the form does not know, so many are named, and so much of each.
_NAMED, _LETTERS = 20, 200


@dataclass(frozen=True)
class Stray:
    """Where something stands that the form does not know, as the API names the place, and what was seen there."""

    place: str
    seen: str


@dataclass(frozen=True)
class FileNote:
    """What is told of a file; ``strays`` are the first of ``stray_count`` things in it that the form does not know."""

    name: str
    row_count: int
    strays: tuple[Stray, ...]
    stray_count: int

    @property
    def further(self) -> int:
        return max(self.stray_count - len(self.strays), 0)

    @property
    def carried(self) -> str:
        """As a form carries it."""
        return msgspec.json.encode(self).decode()

    def worded(self, language: Language) -> list[Stray]:
        """With their places in words."""
        return [Stray(place_words(each.place, language) or each.place, each.seen) for each in self.strays]


@dataclass(frozen=True)
class ReadFile:
    note: FileNote
    rows: Sequence[dict[str, Any]]


async def read_file(page: Page, path: str, posted: Posted) -> ReadFile | None:
    """None where no file was chosen. Raises Refused."""
    if "file" not in posted.files:
        return None
    name, declared, content = posted.files["file"]
    answer = await page.api.ask("POST", f"{path}/files", body=Body(content, report_type(name, declared)))
    told = answer.json()
    first = tuple(Stray(each["place"][:_LETTERS], each["seen"][:_LETTERS]) for each in told["strays"][:_NAMED])
    return ReadFile(FileNote(name[:_LETTERS], len(told["rows"]), first, len(told["strays"])), told["rows"])


def note_before(posted: Posted) -> FileNote | None:
    """What an earlier page told of the file that the form's rows came from; None for none, or for what no page wrote."""
    if not posted.given(_NOTE):
        return None
    try:
        return msgspec.json.decode(posted.text(_NOTE), type=FileNote)
    except msgspec.MsgspecError:
        return None


def require_file(file: ReadFile | None) -> None:
    """Raises InputInvalid."""
    if file is None:
        raise InputInvalid("no file was chosen", faults=[Fault("/file", "is missing", expected="a file")])


def is_too_long(section: FormSection, rows: Sequence[Any]) -> bool:
    """Whether the rows are more than a form can send back; then a file alone says them."""
    return len(rows) * (len(section.fields) + 1) > FIELDS - _OTHERS
