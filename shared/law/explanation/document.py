"""An explanation as a document: plain objects, lists, text and None, so that it has a canonical form."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from shared.law.explanation.advice import Raise, raise_of
from shared.law.explanation.tree import Figure, Node, Parameter, Tree, nodes_of, tree_of
from shared.law.explanation.words import Sentence, sentence_of, total_sentence
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyScore, ScoreSheet

FORMAT = "explanation/1"
"""Of a published version as it is. Changes whenever a reader of the former shape could misread the new one."""
RUN_FORMAT = "explanation/2"
"""Of a run, published or not, and of a version under other readings: the run and the readings stand beside the tree."""

Document = dict[str, Any]
Sources = Mapping[str, tuple[str, ...]]
"""Measure → ids of the snapshots its figures come from."""


def explanation_of(
    sheet: ScoreSheet, agency: str, *, names: Mapping[str, Sentence], snapshots: Sources, rows: str | None = None
) -> Document:
    """Tree, sentences, what one more point takes. ``rows`` is the address of an indicator's rows with ``{agency}`` and
    ``{code}`` in it.

    Raises KeyError for an agency that is not on the sheet, ExplanationDiffers when the tree is not what was scored.
    """
    tree, line = tree_of(sheet, agency), sheet.line(agency)
    given = next(one for one in sheet.agencies if one.code == agency)
    indicators = {node.path: node for node in nodes_of(tree) if isinstance(node, Node) and node.path in sheet.scheme.indicators}
    ordered = [indicators[code] for code in sheet.scheme.indicators]
    return {
        "format": FORMAT,
        "agency": agency,
        "tree": _Writing(sheet.scheme, snapshots, rows).shown(tree),
        "sentences": _sentences(sheet, tree, line, names),
        "raise": {node.path: _advice(raise_of(sheet, node, given)) for node in ordered if node.path != BONUS},
    }


def sentences_of(sheet: ScoreSheet, names: Mapping[str, Sentence]) -> dict[str, dict[str, Sentence]]:
    """Of every agency one sentence an indicator, by its code, and of its total. Raises ExplanationDiffers."""
    return {line.agency: _sentences(sheet, tree_of(sheet, line.agency), line, names) for line in sheet.lines()}


def _sentences(sheet: ScoreSheet, tree: Node, line: AgencyScore, names: Mapping[str, Sentence]) -> dict[str, Sentence]:
    indicators = {node.path: node for node in nodes_of(tree) if isinstance(node, Node) and node.path in sheet.scheme.indicators}
    ordered = [indicators[code] for code in sheet.scheme.indicators]
    own = {node.path: dict(sentence_of(sheet, node, line, names)) for node in ordered}
    return {**own, "total": dict(total_sentence(sheet, tree, line))}


class _Writing:
    """Nodes as objects, each leaf with where its value stands: snapshots and rows, or the words of the law."""

    def __init__(self, scheme: Scheme, snapshots: Sources, rows: str | None) -> None:
        self.scheme, self.snapshots, self.rows = scheme, snapshots, rows

    def shown(self, tree: Tree) -> Document:
        match tree:
            case Figure():
                return self._figure(tree)
            case Parameter():
                return self._parameter(tree)
            case Node():
                return self._node(tree)

    def _node(self, node: Node) -> Document:
        shown: Document = {"path": node.path, "exact": _exact(node.exact), "op": node.op}
        if node.state is not None:
            shown |= {"state": node.state, "flags": list(node.flags)}
        if node.places is not None:
            shown["places"] = node.places
        if node.because:
            shown["because"] = [self._figure(figure) for figure in node.because]
        return shown | {"children": [self.shown(child) for child in node.children]}

    def _figure(self, figure: Figure) -> Document:
        return {
            "path": figure.path,
            "measure": figure.measure,
            "exact": _exact(figure.exact),
            "agencies": list(figure.agencies),
            "settled": figure.settled,
            "snapshots": list(self.snapshots.get(figure.measure, ())),
            "rows": self._rows(figure),
        }

    def _rows(self, figure: Figure) -> str | None:
        """Of one body; what several lead a pool with has rows of each."""
        if self.rows is None or len(figure.agencies) != 1 or figure.measure not in self.snapshots:
            return None
        return self.rows.format(agency=figure.agencies[0], code=figure.path.partition("/")[0])

    def _parameter(self, parameter: Parameter) -> Document:
        passage = self.scheme.passages[parameter.cite]
        citation = {
            "document": self.scheme.decision.number,
            "item": passage.item,
            "passage": parameter.cite,
            "sha256": passage.sha256,
        }
        place = {"path": parameter.path, "parameter": parameter.parameter, "exact": _exact(parameter.exact)}
        return {**place, "reading": parameter.reading, "citation": citation}


def _advice(advice: Raise) -> Document:
    return {
        "measure": advice.measure,
        "by": _exact(advice.by),
        "reason": advice.reason,
        "reach": _exact(advice.reach),
        "sentence": dict(advice.said),
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
