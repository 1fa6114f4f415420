"""A file in place of typed rows: read by the API as the section's rows, which the form then shows. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.eform.own_api import Body
from services.gateway.eform.page import Page
from services.gateway.eform.page_words import place_words
from services.gateway.eform.posted import FIELDS, Posted
from services.gateway.eform.reports.files import report_type
from services.gateway.intake.form import FormSection
from shared.errors import Fault, InputInvalid

# Where the API names what the form has as its file.
PLACES: Final = {"Content-Type": "/file", "file": "/file"}
# Of a form's fields, those that are no cells.
_OTHERS: Final = 50


@dataclass(frozen=True)
class ReadFile:
    """What a file said; ``strays`` are things in it that the form does not know."""

    name: str
    rows: Sequence[dict[str, Any]]
    strays: Sequence[dict[str, str]]


async def read_file(page: Page, path: str, posted: Posted) -> ReadFile | None:
    """None where no file was chosen. Raises Refused."""
    if "file" not in posted.files:
        return None
    name, declared, content = posted.files["file"]
    answer = await page.api.ask("POST", f"{path}/files", body=Body(content, report_type(name, declared)))
    told = answer.json()
    strays = [{**each, "place": place_words(each["place"], page.language) or each["place"]} for each in told["strays"]]
    return ReadFile(name, told["rows"], strays)


def require_file(file: ReadFile | None) -> None:
    """Raises InputInvalid."""
    if file is None:
        raise InputInvalid("no file was chosen", faults=[Fault("/file", "is missing", expected="a file")])


def is_too_long(section: FormSection, rows: Sequence[Any]) -> bool:
    """Whether the rows are more than a form can send back; then a file alone says them."""
    return len(rows) * (len(section.fields) + 1) > FIELDS - _OTHERS
