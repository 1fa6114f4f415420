"""A sheet read back from its document and scored anew: whoever explains or compares sheets works on what was computed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shared.law.exact import NumberUnreadable, read_fraction, read_number
from shared.law.measures import AgencyInput
from shared.law.refusals import LawError
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
    """A sheet with what its document says beside the points: ``names`` by agency and language, and by measure the ids of the
    snapshots its figures come from."""

    sheet: ScoreSheet
    names: Mapping[str, Mapping[str, str]]
    snapshots: Mapping[str, tuple[str, ...]]


def restored(document: Mapping[str, Any], *, schemes: Iterable[Scheme] | None = None) -> Restored:
    """The sheet of a stored document (`services.scoring.sheet_document`, published or not).

    Raises SheetNotHeld, and SheetDiffers unless every point of the document is found again.
    """
    known = packaged_schemes() if schemes is None else schemes
    scheme = next((one for one in known if one.digest == document["scheme_digest"]), None)
    if scheme is None:
        raise SheetNotHeld(document["scheme_digest"])
    period = Period.parse(document["period"])
    sheet = score(scheme, period, (_agency(line) for line in document["agencies"]))
    differing = sorted(_differing(sheet, document))
    if differing:
        raise SheetDiffers(f"{period}: the figures of the document give other points for {', '.join(differing)}")
    names = {line["agency"]: {"vi": line["name_vi"], "en": line["name_en"]} for line in document["agencies"]}
    return Restored(sheet, names, dict(_sources(scheme, document)))


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
