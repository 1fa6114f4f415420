"""Text that reads as another than it is: marks that turn the direction of writing are refused wherever words come in."""

from __future__ import annotations

from typing import Literal

import pytest

from services.gateway.http.errors import ReasonMissing
from services.gateway.http.words import require_reason
from services.gateway.reports.attachment_policy import PDF, name_of
from services.gateway.reports.form.cell_values import CellFault, reader_of, shown
from services.gateway.reports.form.form import FormField, Label, packaged_forms
from shared.errors import InputInvalid

MARKS = ["\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
TEXTS = [field for form in packaged_forms() for section in form.sections for field in section.fields if field.type == "text"]
WORDS = Label(vi="Cột", en="Column")


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("lines", ["one", "many"])
def test_a_cell_with_such_a_mark_is_not_written_as_the_form_asks(mark: str, lines: Literal["one", "many"]) -> None:
    field = FormField(
        name="title", type="text", required=True, label=WORDS, hint=WORDS, citation="Điều 1", max_length=100, lines=lines
    )
    with pytest.raises(CellFault) as caught:
        reader_of(field)(f"Số liệu {mark}599972")
    assert caught.value.rule == "cell-pattern"
    assert reader_of(field)("Số liệu 599972") == "Số liệu 599972"


def test_every_text_of_the_packaged_forms_refuses_them() -> None:
    assert TEXTS
    for field in TEXTS:
        with pytest.raises(CellFault):
            reader_of(field)("a\u202eb")


def test_what_was_seen_shows_the_mark_by_its_number() -> None:
    assert shown("Số\u202eliệu") == "Số[U+202E]liệu"


@pytest.mark.parametrize("mark", MARKS)
def test_a_name_and_a_reason_with_such_a_mark_are_refused(mark: str) -> None:
    with pytest.raises(InputInvalid):
        name_of(f"bien-ban{mark}fdp.pdf", PDF)
    with pytest.raises(ReasonMissing) as caught:
        require_reason(f"sửa{mark} số liệu")
    assert caught.value.faults[0].message == "holds a mark that turns the direction of writing"
    assert name_of("biên bản.pdf", PDF) == "biên bản.pdf"
