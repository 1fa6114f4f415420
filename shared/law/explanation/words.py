"""Sentences of an explanation, Vietnamese and English, filled with values of its tree and with nothing else."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

from shared.law import provisions as law
from shared.law.exact import decimal_text
from shared.law.explanation.tree import Figure, Node, Parameter, nodes_of
from shared.law.law_file import read_law_file
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyScore, ScoreSheet

SENTENCES = Path(__file__).parent / "sentences.yaml"
LANGUAGES = ("vi", "en")
# Decimals of a share in per cent.
PERCENT_PLACES = 1

Sentence = Mapping[str, str]
"""Language (vi, en) → sentence."""

Values = Mapping[str, Fraction | str]


@cache
def sentences() -> Mapping[str, Mapping[str, Sentence]]:
    """Indicator → way it was worked out → sentence, as the file has them."""
    return read_law_file(SENTENCES)


def sentence_of(sheet: ScoreSheet, node: Node, line: AgencyScore, names: Mapping[str, Sentence]) -> Sentence:
    """How one indicator got its points. ``names`` are the agencies' names, for leaders."""
    known = _templates(sheet.scheme.indicators[node.path].formula, node.path)
    way = _way(node, line)
    template = known.get(way) or known.get("counted") if way not in _ANY else None
    template = template or sentences()["any"][way]
    said = {language: filled(template[language], _values(sheet, node, names, language), language) for language in LANGUAGES}
    for beside in _beside(node):
        more = sentences()["any"][beside]
        said = {
            language: f"{said[language]} {filled(more[language], _values(sheet, node, names, language), language)}"
            for language in LANGUAGES
        }
    return said


def total_sentence(sheet: ScoreSheet, tree: Node, line: AgencyScore) -> Sentence:
    """Total, exact and rounded, grade and rank."""
    exact = tree.children[0].exact or Fraction()
    values: dict[str, Fraction | str] = {
        "exact": points(exact, sheet.scheme),
        "total": tree.exact or Fraction(),
        "grade": line.grade,
        "rank": Fraction(line.rank),
        "missing": ", ".join(line.missing),
    }
    ways = ["counted", *(["provisional"] if line.missing else [])]
    known = sentences()["total"]
    return {language: " ".join(filled(known[way][language], values, language) for way in ways) for language in LANGUAGES}


def filled(template: str, values: Values, language: str) -> str:
    """The template with its values as the language writes numbers."""
    return template.format_map({name: written(value, language) for name, value in values.items()})


def written(value: Fraction | str, language: str) -> str:
    """Text as it stands; a number with thousands parted and its decimals, the way of the language."""
    digits = value if isinstance(value, str) else _decimal(value)
    if not _is_number(digits):
        return digits
    whole, _, decimals = digits.partition(".")
    parted, point = (f"{int(whole):,}".replace(",", "."), ",") if language == "vi" else (f"{int(whole):,}", ".")
    return parted + (f"{point}{decimals}" if decimals else "")


def points(value: Fraction, scheme: Scheme) -> str:
    """Points as they are shown everywhere, rounded for showing."""
    return decimal_text(value, places=scheme.rounding.display_places.value)


_ANY = ("missing", "not_applicable", "not_counted", "partly")


def _templates(formula: law.Formula, code: str) -> Mapping[str, Sentence]:
    """The indicator's sentences, or those of a figure that only another reading counts."""
    known = sentences()
    return next((known[name] for name in formula.measures if name in known), known.get(code, {}))


def _way(node: Node, line: AgencyScore) -> str:
    """Which sentence an indicator gets."""
    if node.state in _ANY:
        return str(node.state)
    if any(part.path == f"{node.path}/partly" for part in node.children):
        return "partly"
    if "no_events" in node.flags:
        return "empty"
    if "clamped" in node.flags:
        return "clamped"
    if any(
        isinstance(part, Figure) and part.path.endswith("/best") and line.agency in part.agencies for part in nodes_of(node)
    ):
        return "leads"
    return "full" if node.op == "constant" else "counted"


def _beside(node: Node) -> Iterator[str]:
    if node.state == "settled":
        yield "settled"
    if "pool_incomplete" in node.flags and node.exact is not None:
        yield "pool_incomplete"


def _values(sheet: ScoreSheet, node: Node, names: Mapping[str, Sentence], language: str) -> Values:
    """What the templates name, from the indicator's part of the tree."""
    indicator = sheet.scheme.indicators[node.path]
    found: dict[str, Fraction | str] = {"maximum": indicator.maximum.value}
    if node.exact is not None:
        found["points"] = points(node.exact, sheet.scheme)
    known = {leaf.path: leaf.exact for leaf in _figures(node) if leaf.exact is not None}
    roles = {role: f"{node.path}/{measure}" for role, measure in _roles(indicator.formula)}
    found |= {role: known[path] for role, path in roles.items() if path in known}
    for part in nodes_of(node):
        if isinstance(part, Node) and part.op == "ratio" and part.exact is not None:
            found["percent"] = f"{written(decimal_text(100 * part.exact, places=PERCENT_PLACES), language)} %"
        elif isinstance(part, Figure) and part.path.endswith("/best") and part.exact is not None:
            leaders = [names.get(code, {}).get(language, code) for code in part.agencies]
            found |= {"best": part.exact, "leader": ", ".join(leaders)}
        elif isinstance(part, Parameter):
            found |= _parameter_value(part, language)
    labels = {name: getattr(measure.label, language) for name, measure in sheet.scheme.measures.items()}
    found["missing"] = "; ".join(labels[leaf.measure] for leaf in _figures(node) if leaf.exact is None)
    found["settled"] = "; ".join(
        f"{labels[leaf.measure]} {written(leaf.exact, language)}"
        for leaf in _figures(node)
        if leaf.settled and leaf.exact is not None
    )
    return found


def _parameter_value(part: Parameter, language: str) -> Values:
    name = part.path.rpartition("/")[2]
    return {name: f"{written(100 * part.exact, language)} %" if name == "portion" else part.exact}


def _figures(node: Node) -> Iterator[Figure]:
    yield from (part for part in nodes_of(node) if isinstance(part, Figure))
    yield from node.because


def _roles(formula: law.Formula) -> Iterator[tuple[str, str]]:
    """Names in the templates → measures of the formula."""
    match formula:
        case law.ShareOfCount():
            yield from (("counted", formula.counted), ("out_of", formula.out_of))
        case law.RelativeToBest():
            yield ("counted", formula.counted)
        case law.ScaledIndex():
            yield ("index", formula.index)
        case law.CountedWithCap():
            yield from (("counted", formula.counted), ("occasions", formula.occasions))
            if formula.full_by is not None:
                yield ("full_by", formula.full_by)
        case law.DecidedPoints():
            yield ("decided", formula.decided)


def _decimal(value: Fraction) -> str:
    """A whole number, a decimal where it ends, else a fraction."""
    places = next((n for n in range(40) if 10**n % value.denominator == 0), None)
    return str(value) if places is None else decimal_text(value, places=places)


def _is_number(text: str) -> bool:
    whole, _, decimals = text.partition(".")
    return whole.isdigit() and (not decimals or decimals.isdigit())
