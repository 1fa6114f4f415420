"""The form of a month's report as dated data: sections, fields, labels, citations; closed, and refused when faulty (INT-19).

A period is always read by the form in force for it: the latest whose first period is not after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.gateway.reports.form.form_checks import form_faults
from shared.errors import InputInvalid, NotFound
from shared.law.law_file import read_law_file
from shared.law.refusals import SchemeInvalid
from shared.period import Period

FORMS = Path(__file__).parent / "forms"


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"not a regular expression: {error}"
        raise ValueError(message) from error
    return pattern


Words = Annotated[str, Field(min_length=1, max_length=2000)]
Pattern = Annotated[str, AfterValidator(_compiles)]


class FormInvalid(InputInvalid):
    """A form file that cannot be used; every fault is named."""

    slug = "form-invalid"
    title_vi = "Biểu mẫu không hợp lệ"
    title_en = "Form invalid"


class FormUnknown(NotFound):
    """No form is in force for the month: it lies before the first one."""

    slug = "form-unknown"
    title_vi = "Không có biểu mẫu cho kỳ này"
    title_en = "No form for this period"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Label(_Part):
    """What officials read, in both languages."""

    vi: Words
    en: Words


class Choice(_Part):
    """One value a cell may have; the labels, where given, are accepted in tables too."""

    value: Words
    vi: Words | None = None
    en: Words | None = None


class FormField(_Part):
    """One column. ``flat`` is its name in CSV and NDJSON, where ``section`` already names the row's section."""

    name: Words
    type: Literal["text", "code", "date", "count", "choice"]
    required: bool
    label: Label
    hint: Label
    citation: Words
    flat: Words | None = None
    max_length: Annotated[int, Field(ge=1, le=30_000)] | None = None
    pattern: Pattern | None = None
    lines: Literal["one", "many"] = "one"
    choices: Annotated[tuple[Choice, ...], Field(strict=False)] = ()

    @property
    def flat_name(self) -> str:
        return self.flat or self.name


class FormSection(_Part):
    """One table of the report; ``key`` names the fields that tell its rows apart."""

    name: Words
    rows: Literal["one", "many"]
    key: Annotated[tuple[Words, ...], Field(strict=False)]
    label: Label
    hint: Label
    citation: Words
    fields: Annotated[tuple[FormField, ...], Field(strict=False, min_length=1)]

    def field(self, name: str) -> FormField:
        """Raises KeyError."""
        found = next((each for each in self.fields if each.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


class Form(_Part):
    """``first_period`` is YYYY-MM; sections stand in the order of report.SECTIONS."""

    name: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    version: Annotated[int, Field(ge=1)]
    first_period: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    title: Label
    citation: Words
    sections: Annotated[tuple[FormSection, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _holds_together(self) -> Form:
        faults = list(form_faults(self))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def id(self) -> str:
        """What a report says it was written on: name/version."""
        return f"{self.name}/{self.version}"

    def section(self, name: str) -> FormSection:
        """Raises KeyError."""
        found = next((each for each in self.sections if each.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def read_form(path: Path) -> Form:
    """Raises FormInvalid naming every fault of the file."""
    try:
        return Form.model_validate(read_law_file(path))
    except SchemeInvalid as problem:
        raise FormInvalid(str(problem)) from problem
    except ValidationError as problem:
        raise FormInvalid("; ".join(_words_of(path.name, problem))) from problem


def load_forms(folder: Path = FORMS) -> tuple[Form, ...]:
    """Every form of a folder, the oldest first. Raises FormInvalid; two may neither start together nor share an id."""
    forms = sorted((read_form(path) for path in sorted(folder.glob("*.yaml"))), key=lambda form: form.first_period)
    for name, values in (("first_period", [each.first_period for each in forms]), ("id", [each.id for each in forms])):
        again = sorted({value for value in values if values.count(value) > 1})
        if again:
            raise FormInvalid(f"{folder.name}: two forms have the {name} {again[0]}; each form needs its own")
    return tuple(forms)


@cache
def packaged_forms() -> tuple[Form, ...]:
    """The forms of this release, the oldest first."""
    return load_forms()


def form_for(period: Period | str, *, forms: Iterable[Form] | None = None) -> Form:
    """The form in force for a month: the latest that has started. Raises FormUnknown before the first (INT-19)."""
    known = packaged_forms() if forms is None else tuple(forms)
    started = [form for form in known if form.first_period <= str(period)]
    if not started:
        first = min((form.first_period for form in known), default="none")
        raise FormUnknown(f"no form is in force for {period}; the first period with one is {first}")
    return max(started, key=lambda form: form.first_period)


def form_named(form_id: str) -> Form:
    """The form a submission is pinned to, name/version (INT-19). Raises FormUnknown."""
    found = next((form for form in packaged_forms() if form.id == form_id), None)
    if found is None:
        raise FormUnknown(f"this release has no form {form_id}")
    return found


def _words_of(name: str, problem: ValidationError) -> Iterator[str]:
    for error in problem.errors():
        yield f"{name}: {'/'.join(str(part) for part in error['loc']) or 'form'}: {error['msg']}"
