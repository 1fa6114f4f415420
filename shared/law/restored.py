"""A sheet read back from its document and scored anew: whoever explains or compares sheets works on what was computed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from shared.law.exact import NumberUnreadable, read_fraction, read_number
from shared.law.measures import AgencyInput
from shared.law.readings import Readings
from shared.law.refusals import LawError, ReadingUnknown
from shared.law.revisions import Law, law_of_sheet
from shared.law.scheme import Scheme, packaged_schemes
from shared.law.sheet import ScoreSheet, score
from shared.period import Period


class SheetNotHeld(LawError):
    """The sheet was computed under a scheme that this version of the product does not hold."""

    title_vi = "Phiên bản phần mềm này không còn phương án chấm điểm của bảng điểm"
    title_en = "This version of the product does not hold the sheet's scheme"


class SheetDiffers(AssertionError):
    """The document's figures give other points than it says: never explained, never compared."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A sheet with what its document says beside the points: the ``law`` it was computed by, ``readings`` (what is read
    otherwise than the scheme ships), ``names`` by agency and language, and by measure the ids of the snapshots its figures
    come from."""

    law: Law
    readings: Readings
    sheet: ScoreSheet
    names: Mapping[str, Mapping[str, str]]
    snapshots: Mapping[str, tuple[str, ...]]


def restored(document: Mapping[str, Any], *, schemes: Iterable[Scheme] | None = None) -> Restored:
    """The sheet of a stored document (`services.scoring.sheet_document`, published or not).

    Raises SheetNotHeld, and SheetDiffers unless every point of the document is found again.
    """
    known = packaged_schemes() if schemes is None else schemes
    law = law_of_sheet(document, known)
    if law is None:
        raise SheetNotHeld(document["scheme_digest"])
    period = Period.parse(document["period"])
    sheet = score(law.scheme, period, (_agency(line) for line in document["agencies"]), readings=law.readings)
    differing = sorted(_differing(sheet, document))
    if differing:
        raise SheetDiffers(f"{period}: the figures of the document give other points for {', '.join(differing)}")
    names = {line["agency"]: {"vi": line["name_vi"], "en": line["name_en"]} for line in document["agencies"]}
    return Restored(law, law.readings, sheet, names, dict(_sources(sheet.scheme, document)))


def read_otherwise(found: Restored, chosen: Mapping[str, str]) -> Restored:
    """The same figures under other readings, beside those that a revision of its law holds.

    Raises ReadingUnknown for a choice that the scheme does not know or that figures alone cannot follow, SchemeInvalid for
    alternatives that cannot stand together, InputRefused for figures that cannot be under them.
    """
    scheme, held = found.law.scheme, found.law.readings
    readings = Readings.of(scheme, {**held.as_mapping(), **chosen})
    asked, counted = _by_rows(scheme, readings), _by_rows(scheme, held)
    for reading, alternative in (*sorted(asked - counted), *sorted(counted - asked)):
        raise ReadingUnknown(f"reading {reading}: the alternative {alternative} needs rows, not figures alone")
    sheet = score(scheme, found.sheet.period, found.sheet.agencies, readings=readings)
    return replace(found, readings=readings, sheet=sheet)


def _by_rows(scheme: Scheme, readings: Readings) -> set[tuple[str, str]]:
    """The chosen alternatives that count rows otherwise."""
    return {(reading, one.id) for reading, one in readings.alternatives(scheme) if one.source == "rows"}


def _agency(line: Mapping[str, Any]) -> AgencyInput:
    return AgencyInput(
        code=line["agency"],
        kind=line["kind"],
        measures={name: None if value is None else _exact(value) for name, value in line["measures"].items()},
        not_applicable=frozenset(code for code, one in line["indicators"].items() if one["state"] == "not_applicable"),
        settled=frozenset(line["settled"]),
    )


def _exact(value: str) -> Fraction:
    try:
        return Fraction(read_number(value))
    except NumberUnreadable:
        return read_fraction(value)


def _differing(sheet: ScoreSheet, document: Mapping[str, Any]) -> Iterator[str]:
    """Agencies whose exact points, total, grade or rank are not those of the document."""
    for line, said in zip(sheet.lines(), document["agencies"], strict=True):
        points = {code: None if one.points is None else str(one.points) for code, one in line.indicators.items()}
        mine = (line.agency, str(line.total_exact), line.grade, line.rank, points)
        exact = {code: one["exact"] for code, one in said["indicators"].items()}
        if mine != (said["agency"], said["total_exact"], said["grade"], said["rank"], exact):
            yield line.agency


def _sources(scheme: Scheme, document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    frozen = {one["source"]: one["snapshot"] for one in document["snapshots"]}
    for name, measure in scheme.measures.items():
        yield name, tuple(frozen[source] for source in measure.sources if source in frozen)
