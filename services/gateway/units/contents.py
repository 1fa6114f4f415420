"""What a unit may say of an indicator: rows of the report's section it feeds, or figures beside the official ones. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import msgspec

from services.gateway.reports.classification.markers import refuse_classified_words
from services.gateway.reports.form.cell_values import counted
from services.gateway.reports.form.report import SECTIONS, Finding, SentReport
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.unreadable import HINT, unreadable
from services.gateway.reports.rules.checking import check_sent, read_section_unclassified, read_unclassified
from services.gateway.reports.rules.checks_figures import Official
from services.gateway.reports.rules.findings_summary import summary
from services.gateway.reports.submissions.known import ValidationContext
from services.gateway.units.compared import figure_findings
from services.gateway.units.plans import FEEDS, kind_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.errors import Fault, InputInvalid
from shared.law.scheme import Scheme
from shared.medians import written

_COUNT: Final = re.compile("0|[1-9][0-9]{0,18}")
_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
_PARTS: Final = {"scored": ("rows", "narratives"), "monitoring": ("figures", "note")}


@dataclass(frozen=True)
class Said:
    """A section as it came; parts of the other kind are None."""

    indicator: str
    rows: Sequence[Mapping[str, Any]] | None = None
    narratives: Sequence[Mapping[str, str]] | None = None
    figures: Mapping[str, int | str | None] | None = None
    note: str | None = None


@dataclass(frozen=True)
class Judged:
    """What is kept: ``content`` with its canonical ``digest``, and what was found in its rows or figures."""

    content: dict[str, Any]
    digest: str
    summary: dict[str, Any]
    findings: list[dict[str, Any]]


def judge_section(
    said: Said, known: ValidationContext, scheme: Scheme, *, document: str, officials: Mapping[str, Official] | None = None
) -> Judged:
    """``officials`` are what sources count of a monitoring indicator's measures.

    Raises InputInvalid for parts of the other kind or figures that are none, and Classified; then nothing may be kept.
    """
    _require_parts(said)
    if kind_of(said.indicator) == "monitoring":
        refuse_classified_words([("/note", said.note or "")])
        figures = figures_of(said.indicator, said.figures or {}, scheme)
        findings = figure_findings(figures, officials or {}, catalogue=known.catalogue, form=known.form)
        return _judged({"figures": figures, "note": said.note}, findings)
    refuse_classified_words(_words(said))
    findings = rows_findings(said, known, document=document)
    fields = known.form.section(FEEDS[said.indicator])
    rows = [counted(row, fields) for row in said.rows or ()]
    return _judged({"rows": rows, "narratives": said.narratives or []}, findings)


def rows_findings(said: Said, known: ValidationContext, *, document: str) -> tuple[Finding, ...]:
    """Findings of the section's own rows, by the rules that check the whole report; pointers lead into the section."""
    feeds = FEEDS[said.indicator]
    body = report_with(said, known, document=document)
    sent = read_unclassified(body, media_type=JSON)
    digest = sha256_hex(body)
    checked = check_sent(sent, file_digest=digest, context=known.context, catalogue=known.catalogue, form=known.form)
    own = {f"/{feeds}": "/rows", "/narratives": "/narratives"}
    return tuple(_moved(each, own) for each in checked.findings)


def rows_in(body: bytes, *, feeds: str, media_type: str) -> SentReport:
    """The rows of one section in a file: in JSON alone, else alone or in the form's own file with nothing in other sections.

    Raises what reading a section raises, and Classified.
    """
    if media_type.split(";")[0].strip().lower() == JSON:
        return read_section_unclassified(body, section=feeds, media_type=JSON)
    sent = read_unclassified(body, media_type=media_type)
    others = [name for name, rows in sent.sections.items() if rows and name not in (feeds, "report")]
    if feeds not in sent.sections or others:
        seen = ", ".join(others or sent.sections) or "none"
        raise unreadable([Fault("file", "one section is replaced at a time", seen=seen, expected=feeds, hint=HINT)])
    return SentReport(sent.media_type, {feeds: sent.sections[feeds]}, strays=sent.strays)


def report_with(said: Said, known: ValidationContext, *, document: str) -> bytes:
    """A report that holds this section and no other rows, so that the whole of it can be understood."""
    head = {"form": known.form.id, "agency": known.context.agency, "period": known.context.period, "document": document}
    whole: dict[str, Any] = {name: [] for name in SECTIONS if name != "report"} | {"report": head}
    whole |= {FEEDS[said.indicator]: said.rows, "narratives": narrative_rows(said.indicator, said.narratives or ())}
    return json.dumps(whole, ensure_ascii=False).encode()


def narrative_rows(indicator: str, narratives: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """As the report's section of narratives has them."""
    return [{"section": indicator, **each} for each in narratives]


def figures_of(indicator: str, figures: Mapping[str, int | str | None], scheme: Scheme) -> dict[str, str | None]:
    """Every measure of the indicator as decimal text; null is "not known" and never zero. Raises InputInvalid."""
    wanted = scheme.indicators[indicator].formula.measures
    faults = [
        Fault(f"/figures/{name}", "is no measure of this indicator", seen=name, expected=", ".join(wanted))
        for name in figures
        if name not in wanted
    ]
    known: dict[str, str | None] = {}
    for name in wanted:
        if name not in figures:
            hint = "Send the figure, or null where it is not known: a missing figure is never zero."
            faults.append(Fault(f"/figures/{name}", "is missing", expected="a figure or null", hint=hint))
            continue
        value = figures[name]
        known[name] = None if value is None else str(value)
        faults += _figure_faults(name, known[name], scheme)
    if faults:
        raise InputInvalid(f"the figures of {indicator} cannot be taken", faults=faults)
    return known


def gap_of(said: str | None, official: Decimal | None) -> str | None:
    """The unit's figure less the official one, exactly; None while either is unknown."""
    return None if said is None or official is None else f"{Decimal(said) - official:f}"


def _figure_faults(name: str, value: str | None, scheme: Scheme) -> Iterator[Fault]:
    measure, place = scheme.measures[name], f"/figures/{name}"
    if value is None:
        return
    whole = measure.type == "count"
    if not (_COUNT if whole else _DECIMAL).fullmatch(value):
        expected = "a whole number from 0, in digits" if whole else "a number from 0, in digits with a point"
        yield Fault(place, "cannot be read", seen=value[:60], expected=expected)
    elif measure.maximum is not None and Fraction(value) > measure.maximum.value:
        yield Fault(place, "is more than there can be", seen=value, expected=f"at most {written(measure.maximum.value)}")


def _words(said: Said) -> Iterator[tuple[str, str]]:
    """Every text of a scored section with its place there; that of the report it would stand in says nothing to its unit."""
    for ordinal, row in enumerate(said.rows or ()):
        yield from ((f"/rows/{ordinal}/{name}", value) for name, value in row.items() if isinstance(value, str))
    yield from ((f"/narratives/{ordinal}/text", each["text"]) for ordinal, each in enumerate(said.narratives or ()))


def _require_parts(said: Said) -> None:
    """Raises InputInvalid unless the section holds the parts of its kind and no other."""
    kind = kind_of(said.indicator)
    other = _PARTS["monitoring" if kind == "scored" else "scored"]
    faults = [
        Fault(f"/{part}", f"is no part of a {kind} section", expected=" and ".join(_PARTS[kind]))
        for part in other
        if getattr(said, part) is not None
    ]
    first = _PARTS[kind][0]
    if getattr(said, first) is None:
        hint = "An empty list says that there is none." if kind == "scored" else "Name every measure; null is not known."
        faults.append(Fault(f"/{first}", "is missing", expected=f"{first} of {said.indicator}", hint=hint))
    if faults:
        raise InputInvalid(f"a section about {said.indicator} is a {kind} one", faults=faults)


def _moved(finding: Finding, places: Mapping[str, str]) -> Finding:
    for before, after in places.items():
        if finding.pointer == before or finding.pointer.startswith(f"{before}/"):
            return replace(finding, pointer=after + finding.pointer.removeprefix(before))
    return finding


def _judged(content: dict[str, Any], findings: Sequence[Finding]) -> Judged:
    own = [each for each in findings if each.pointer.startswith(("/rows", "/narratives", "/figures"))]
    counts = summary(own)
    shown = {name: getattr(counts, name) for name in ("total", "fatal", "confirm", "notice")}
    return Judged(content, sha256_hex(canonical_bytes(content)), shown, [msgspec.to_builtins(each) for each in own])
