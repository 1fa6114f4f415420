"""Which rule catalogue holds for a month, and what makes a document a catalogue: closed, known checks, known words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.gateway.reports.rules.rule_types import Catalogue
from services.gateway.reports.rules.rules_faults import catalogue_faults
from shared.canonical import NotCanonical
from shared.errors import Fault, InputInvalid, NotFound
from shared.law.law_file import read_law_file
from shared.law.refusals import SchemeInvalid
from shared.period import Period

CATALOGUES = Path(__file__).parent / "catalogues"


class CatalogueInvalid(InputInvalid):
    """A rule catalogue that cannot be used; every fault is named."""

    slug = "rule-catalogue-invalid"
    title_vi = "Danh mục quy tắc kiểm tra không hợp lệ"
    title_en = "Rule catalogue invalid"


class CatalogueUnknown(NotFound):
    """No rule catalogue is in force for the month: it lies before the first one."""

    slug = "rule-catalogue-unknown"
    title_vi = "Không có danh mục quy tắc kiểm tra cho kỳ này"
    title_en = "No rule catalogue for this period"


def parse_catalogue(document: Mapping[str, Any], *, place: str = "catalogue") -> Catalogue:
    """A document made a catalogue, or CatalogueInvalid with every fault of the first kind found."""
    try:
        catalogue = Catalogue.model_validate(dict(document)).sealed(document)
    except ValidationError as problem:
        raise _invalid(place, _faults_of(problem)) from problem
    except NotCanonical as problem:
        raise _invalid(place, [Fault("", str(problem))]) from problem
    faults = list(catalogue_faults(catalogue))
    if faults:
        raise _invalid(place, faults)
    return catalogue


def catalogue_in_force(period: Period | str, *, activations: Iterable[Catalogue] = ()) -> Catalogue:
    """The catalogue of a month, narrowed to the rules that hold in it. Raises CatalogueUnknown before the first.

    ``activations`` are catalogues the Government Office put in force, in the order it did: among those that have started,
    the latest first period wins, and of two with one first period the one activated later.
    """
    known = [*packaged_catalogues(), *activations]
    started = [each for each in known if each.first_period <= str(period)]
    if not started:
        first = min(each.first_period for each in known)
        raise CatalogueUnknown(f"no rule catalogue is in force for {period}; the first period with one is {first}")
    # A stable sort leaves what was activated later last.
    return sorted(started, key=lambda each: each.first_period)[-1].within(period)


@cache
def packaged_catalogues() -> tuple[Catalogue, ...]:
    """The catalogues of this release, the oldest first."""
    return load_catalogues()


def load_catalogues(folder: Path = CATALOGUES) -> tuple[Catalogue, ...]:
    """Every catalogue of a folder, oldest first. Raises CatalogueInvalid; no two start together or share an id."""
    found = sorted((_read(path) for path in sorted(folder.glob("*.yaml"))), key=lambda each: each.first_period)
    for name in ("first_period", "id"):
        values = [getattr(each, name) for each in found]
        again = sorted({value for value in values if values.count(value) > 1})
        if again:
            raise CatalogueInvalid(f"{folder.name}: two catalogues have the {name} {again[0]}; each needs its own")
    return tuple(found)


def _read(path: Path) -> Catalogue:
    try:
        return parse_catalogue(read_law_file(path), place=path.name)
    except SchemeInvalid as problem:
        raise CatalogueInvalid(str(problem)) from problem


def _faults_of(problem: ValidationError) -> Iterator[Fault]:
    for error in problem.errors():
        yield Fault("/" + "/".join(str(part) for part in error["loc"]), error["msg"])


def _invalid(place: str, faults: Iterable[Fault]) -> CatalogueInvalid:
    found = tuple(faults)
    return CatalogueInvalid(f"{place}: {found[0].place}: {found[0].message} ({len(found)} faults)", faults=found)
