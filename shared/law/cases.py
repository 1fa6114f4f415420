"""Cases a lawyer can read, as values: what is given, which words of the law apply, what must come out.

The files stand beside the tests; the tests run them and the generated description prints them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.law.law_file import read_law_file
from shared.law.sheet import AgencyInput

TESTED = "X"
"""The agency a case is about; `others` name the rest of the pool."""


@dataclass(frozen=True, slots=True)
class Case:
    """One vector. `expect` holds points, exact and state of one indicator, or total, total_exact and grade."""

    name: str
    indicator: str | None
    kind: str
    says: str
    cite: str
    reading: str | None
    agencies: tuple[AgencyInput, ...]
    expect: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None
    flags: frozenset[str] = frozenset()
    leaders: tuple[str, ...] | None = None
    groups: Mapping[str, str | None] = field(default_factory=dict)
    grade_differs_unrounded: bool = False


def read_cases(folder: Path) -> Iterator[Case]:
    """Every case of every file, by file name and place."""
    for path in sorted(folder.glob("*.yaml")):
        content = read_law_file(path)
        for number, case in enumerate(content["cases"], start=1):
            yield _case(f"{path.stem}-{number}", content, case)


def _case(name: str, content: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    indicator = content.get("indicator")
    return Case(
        name=name,
        indicator=indicator,
        agencies=tuple(_agencies(indicator, content.get("base", {}), case)),
        flags=frozenset(case.get("flags", ())),
        leaders=tuple(case["leaders"]) if "leaders" in case else None,
        **{key: case[key] for key in ("kind", "says", "cite", "expect", "refused", "groups") if key in case},
        reading=case.get("reading"),
        grade_differs_unrounded=case.get("grade_differs_unrounded", False),
    )


def _agencies(indicator: str | None, base: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[AgencyInput]:
    barred = {*case.get("not_applicable_to", ()), *([TESTED] if case.get("not_applicable") else [])}
    for code, given in {TESTED: case["given"], **case.get("others", {})}.items():
        figures = {name: value for name, value in {**base, **given}.items() if name not in case.get("absent", ())}
        yield AgencyInput(
            code=code,
            measures={name: Decimal(value) if isinstance(value, str) else value for name, value in figures.items()},
            not_applicable=frozenset([indicator] if indicator and code in barred else []),
            settled=frozenset(case.get("settled", ()) if code == TESTED else ()),
        )


@dataclass(frozen=True, slots=True)
class ReadingCase:
    """One point read several ways. ``of`` is an indicator's code (its exact points), or total, grade or rank of TESTED.

    What is given are figures, or rows by source and dataset; ``frozen`` are those of a first version that a later one, with
    the ``rows``, took in changes of; ``others`` is by alternative what must come out.
    """

    name: str
    reading: str
    says: str
    of: str
    in_force: str | int
    others: Mapping[str, str | int]
    figures: Mapping[str, Mapping[str, Any]]
    rows: Mapping[str, Mapping[str, list[dict[str, Any]]]]
    frozen: Mapping[str, Mapping[str, list[dict[str, Any]]]]
    not_applicable: tuple[str, ...]


def read_reading_cases(folder: Path) -> Iterator[ReadingCase]:
    """Every case of every reading, by file name and place."""
    for path in sorted(folder.glob("*.yaml")):
        content = read_law_file(path)
        for number, case in enumerate(content["cases"], start=1):
            yield ReadingCase(
                name=f"{path.stem}-{number}",
                reading=content["reading"],
                figures={TESTED: case.get("given", {}), **case.get("pool", {})},
                rows=case.get("rows", {}),
                frozen=case.get("frozen", {}),
                not_applicable=tuple(case.get("not_applicable", ())),
                **{key: case[key] for key in ("says", "of", "in_force", "others")},
            )
