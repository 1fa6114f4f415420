"""What a rule catalogue is made of: rules as dated data, each with its severity, its words and its source in law (DQ-01)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from services.gateway.reports.form.report import Severity
from shared.canonical import canonical_bytes, sha256_hex
from shared.period import Period

# What happens to a rule when the context it needs is not known (DQ-04); never "as if it were zero".
OnMissing = Literal["skip", "notice", "fatal"]
Filled = Annotated[str, Field(min_length=1, max_length=600)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
# The check of a rule whose observations come from reading the cells.
CELL = "cell"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(_Part):
    """Words in both languages; ``{name}`` stands for what was observed."""

    vi: Filled
    en: Filled


class Citation(_Part):
    """The decision's number, its clause, and the reading that settles what the clause leaves open."""

    decision: Filled
    clause: Filled
    reading: Filled | None = None


class Rule(_Part):
    """One rule. ``valid_from`` and ``valid_to`` are months, both inclusive; without them it holds as long as its catalogue.

    ``not_applicable`` are the words where a row has nothing to be compared with, for checks that can meet such rows.
    """

    id: Name
    check: Name
    parameters: Mapping[str, int | Annotated[tuple[Filled, ...], Field(strict=False, min_length=1)]] = {}
    severity: Severity
    category: Literal["cell", "address", "dates", "acceptance", "plan", "history", "cross-source", "text"]
    text: Text
    expected: Text
    hint: Text
    citation: Citation
    on_missing: OnMissing
    not_applicable: Text | None = None
    valid_from: Month | None = None
    valid_to: Month | None = None
    anchor: Name

    def number(self, name: str) -> int:
        """A parameter that is a whole number; the catalogue was refused unless it is one."""
        value = self.parameters[name]
        if not isinstance(value, int):
            raise TypeError(f"{self.id}/{name} is no whole number")
        return value

    def list_of(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list of words; the catalogue was refused unless it is one."""
        value = self.parameters[name]
        if isinstance(value, int):
            raise TypeError(f"{self.id}/{name} is no list of words")
        return value

    def holds(self, period: Period | str) -> bool:
        month = str(period)
        return (self.valid_from or month) <= month <= (self.valid_to or month)


class Catalogue(_Part):
    """A catalogue that was checked as a whole; made by `catalogue.parse_catalogue` only.

    ``unchecked`` are the words for a rule that could not be checked because {missing} is not known here.
    """

    id: Name
    first_period: Month
    title: Text
    unchecked: Text
    rules: Annotated[tuple[Rule, ...], Field(strict=False, min_length=1)]

    _content: Mapping[str, Any] = PrivateAttr(default_factory=dict)
    _digest: str = PrivateAttr(default="")

    @property
    def content(self) -> Mapping[str, Any]:
        """The document the catalogue was made from, whatever month it was narrowed to."""
        return self._content

    @property
    def digest(self) -> str:
        """``sha256:…`` of the document's canonical bytes; a file's comments and layout do not matter."""
        return self._digest

    def sealed(self, content: Mapping[str, Any]) -> Self:
        """This catalogue with the document it was made from."""
        self._content = dict(content)
        self._digest = sha256_hex(canonical_bytes(dict(content)))
        return self

    def within(self, period: Period | str) -> Self:
        """Only the rules that hold in a month; content and digest stay the document's."""
        return self.model_copy(update={"rules": tuple(rule for rule in self.rules if rule.holds(period))})

    def rule(self, name: str) -> Rule:
        """Raises KeyError."""
        for each in self.rules:
            if each.id == name:
                return each
        raise KeyError(name)
