"""The law as a page: written from the scheme file, the cases and what other readings did to the demo's January, so that it
cannot say anything else than they do.

``python -m shared.law.describe tests/cases > docs/scheme.md``
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from shared.law import effects
from shared.law import provisions as law
from shared.law.cases import TESTED, Case, read_cases
from shared.law.scheme import Scheme, load_schemes
from shared.medians import written


def describe(scheme: Scheme, cases: Iterable[Case]) -> str:
    """Markdown of one scheme with the cases that show it at work."""
    known = list(cases)
    parts = (
        _head(scheme),
        _groups(scheme),
        _grades(scheme),
        _measures(scheme),
        *(_indicator(scheme, code, known) for code in scheme.indicators),
        _totals([case for case in known if case.indicator is None]),
        _register(scheme),
        _passages(scheme),
    )
    return "\n".join(line for part in parts for line in part)


def _head(scheme: Scheme) -> Iterator[str]:
    decision = scheme.decision
    yield f"# {decision.number}: {scheme.id}"
    yield ""
    yield "Generated from the scheme file and the cases by `python -m shared.law.describe`; do not edit."
    yield ""
    yield f"- {decision.title.vi} ({decision.issued_by.vi}, {decision.signed_on})"
    yield f"- {decision.title.en}"
    yield f"- In force from period {_cited(scheme.effective.start)}"
    yield f"- Digest of the scheme: `{scheme.digest}`"
    yield f"- Passages taken from `{decision.file}`, `{decision.file_sha256}`"
    yield f"- Automatic data are frozen at the end of day {_cited(scheme.calendar.cutoff_day)} of the next month;"
    yield f"  reported data are due before day {_cited(scheme.calendar.report_deadline_day)}, words on reported C1 figures by"
    yield f"  the end of day {_cited(scheme.calendar.word_deadline_day)}"
    yield f"- Totals are rounded half up to {_cited(scheme.rounding.total_places)} decimals, once;"
    yield f"  components are shown to {_cited(scheme.rounding.display_places)}"
    yield f"- Rank by the exact total, equal totals share a rank and the next is skipped ({_source(scheme.ranking.ties)})"
    yield ""


def _groups(scheme: Scheme) -> Iterator[str]:
    yield f"## Groups: {_cited(scheme.scale)} points"
    yield ""
    yield "| group | maximum | | |"
    yield "|---|---|---|---|"
    for code, group in scheme.groups.items():
        yield f"| {code} | {_cited(group.maximum)} | {group.label.vi} | {group.label.en} |"
    yield ""


def _grades(scheme: Scheme) -> Iterator[str]:
    yield f"## Grades, on the {_cited(scheme.grading.basis)}"
    yield ""
    for grade in scheme.grading.grades:
        label = f": {grade.label.vi} ({grade.label.en})" if grade.label else ""
        yield f"- {grade.grade} from {_cited(grade.bound)}{label}"
    yield ""


def _measures(scheme: Scheme) -> Iterator[str]:
    yield "## Measures"
    yield ""
    yield "| measure | type | maximum | sources | | | cite |"
    yield "|---|---|---|---|---|---|---|"
    for name, measure in scheme.measures.items():
        most = _cited(measure.maximum) if measure.maximum else "–"
        cells = (f"`{name}`", measure.type, most, ", ".join(measure.sources), measure.label.vi, measure.label.en)
        yield f"| {' | '.join(cells)} | {_source(measure)} |"
    yield ""
    yield "Refused: a figure that breaks one of these."
    yield ""
    for check in scheme.checks:
        counted = " + ".join(check.counted)
        rule = f"≤ `{check.out_of}`" if isinstance(check, law.AtMost) else f"only with `{check.occasion}` above 0"
        yield f"- `{counted}` {rule} ({_source(check)})"
    yield ""


def _indicator(scheme: Scheme, code: str, cases: list[Case]) -> Iterator[str]:
    indicator = scheme.indicators[code]
    yield f"## {code}: {indicator.label.vi}"
    yield ""
    most = f"{written(indicator.maximum.value)} [{_source(indicator.maximum)}]"
    yield f"{indicator.label.en}. Maximum {most}{_shared(indicator)}."
    yield ""
    yield f"- Points: {_formula(indicator.formula)}"
    if indicator.when_empty:
        yield f"- Denominator zero: {_cited(indicator.when_empty)}, state `no_events`"
    yield ""
    for name in _passages_of(indicator):
        yield f"> {scheme.passages[name].text} — {scheme.passages[name].item}"
        yield ""
    yield "| case | given | points | state | cite |"
    yield "|---|---|---|---|---|"
    for case in cases:
        if case.indicator == code:
            yield _case_row(case)
    yield ""


def _shared(indicator: law.Indicator) -> str:
    return f", within the maximum of {indicator.shares_maximum_with}" if indicator.shares_maximum_with else ""


def _formula(formula: law.Formula) -> str:
    match formula:
        case law.ShareOfCount():
            portion = f" × {_cited(formula.portion)}" if formula.portion else ""
            limit = f", the share at most {_cited(formula.share_at_most)}" if formula.share_at_most else ""
            return f"`{formula.counted}` / `{formula.out_of}` × {_cited(formula.worth)}{portion}{limit}"
        case law.RelativeToBest():
            return f"`{formula.counted}` / the largest `{formula.counted}` of the pool × {_cited(formula.worth)}"
        case law.ScaledIndex():
            return f"`{formula.index}` / {_cited(formula.out_of)} × {_cited(formula.worth)}"
        case law.CountedWithCap():
            full = (
                f"{_cited(formula.at_most)} when `{formula.full_by}` ≥ {_cited(formula.full_from)}, else "
                if formula.full_from
                else ""
            )
            return f"{full}`{formula.counted}` × {_cited(formula.each)}, at most {_cited(formula.at_most)}"
        case law.NotCounted():
            return "nothing"
        case _:
            return f"`{formula.decided}`"


def _passages_of(indicator: law.Indicator) -> list[str]:
    """Passages the indicator's numbers cite, each once, in the order of the file."""
    numbers = [indicator.maximum, indicator.when_empty]
    numbers += [getattr(indicator.formula, name) for name in type(indicator.formula).model_fields]
    return list(dict.fromkeys(number.cite for number in numbers if isinstance(number, law.Cited)))


def _case_row(case: Case) -> str:
    if case.refused:
        outcome = f"refused | `{case.refused}`"
    elif case.expect["points"] is None:
        outcome = f"– | {case.expect['state']}"
    else:
        outcome = f"{case.expect['points']} ({case.expect['exact']}) | {case.expect['state']}"
    return f"| {case.says} | {_given(case)} | {outcome} | {_source(case)} |"


def _totals(cases: list[Case]) -> Iterator[str]:
    yield "## Totals, rounding and grades"
    yield ""
    yield "| case | exact total | total | grade | cite |"
    yield "|---|---|---|---|---|"
    for case in cases:
        found = [case.expect[key] for key in ("total_exact", "total", "grade")] if not case.refused else ["refused", "", ""]
        yield f"| {case.says} | {' | '.join(map(str, found))} | {_source(case)} |"
    yield ""


def _given(case: Case) -> str:
    """The tested agency's figures, then the others' where a pool matters."""
    lines = []
    for agency in case.agencies:
        figures = ", ".join(f"{name} {value}" for name, value in agency.measures.items()) or "nothing"
        barred = " (not applicable)" if agency.not_applicable else ""
        lines.append(f"{'' if agency.code == TESTED else f'{agency.code}: '}{figures}{barred}")
    return "; ".join(lines)


def _register(scheme: Scheme) -> Iterator[str]:
    known = effects.read_effects()
    yield "## Register of readings"
    yield ""
    yield "What other readings would change in the demo's January stands beside them; docs/readings.md tells it in Vietnamese."
    yield ""
    yield "Numbers marked “assumption” above are not in the decision's words; the reading named beside them gives the reason."
    yield ""
    for name, reading in scheme.readings.items():
        words = f"“{scheme.passages[reading.words].text}”" if reading.words else "The decision is silent."
        yield f"### {name}"
        yield ""
        yield f"{words}"
        yield ""
        yield f"- {reading.in_force.vi} *{reading.because.vi}*"
        yield f"- {reading.in_force.en} *{reading.because.en}*"
        if reading.not_yet:
            yield f"- **Not in force yet:** {reading.not_yet.vi} {reading.not_yet.en}"
        for other in reading.alternatives:
            did = effects.in_english(known, name, other.id)
            yield f"- Other reading `{other.id}` (from {other.source}): {other.says.vi} {other.says.en}{_switch(other)}{did}"
        yield ""


def _switch(other: law.Alternative) -> str:
    if other.not_computed:
        return f" *Not computed: {other.not_computed.vi} {other.not_computed.en}*"
    turned = [f"`{path}`" for path in other.turns] + [f"rows counted by `{rule}`" for rule in other.rows]
    return f" *Turns {', '.join(turned)}.*"


def _passages(scheme: Scheme) -> Iterator[str]:
    yield "## Passages"
    yield ""
    yield "| id | where | SHA-256 of the words |"
    yield "|---|---|---|"
    for name, passage in scheme.passages.items():
        yield f"| {name} | {passage.item} | `{passage.sha256}` |"
    yield ""


def _cited(number: law.Cited[Any]) -> str:
    return f"{number.value} [{_source(number)}]"


def _source(cited: Any) -> str:
    named = f"{cited.cite}, {cited.reading}" if cited.reading else str(cited.cite)
    return f"{named}; assumption" if getattr(cited, "rests_on", "words") == "assumption" else named


def main(arguments: list[str]) -> None:
    """Write the page of every packaged scheme to standard output; the argument is the folder of cases."""
    (folder,) = arguments
    cases = list(read_cases(Path(folder)))
    pages = [describe(scheme, cases) for scheme in load_schemes()]
    sys.stdout.buffer.write("\n".join(pages).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
