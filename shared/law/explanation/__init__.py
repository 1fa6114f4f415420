"""Why a body got what it got: its computation as a tree, one sentence an indicator, what one more point takes."""

from shared.law.explanation.document import FORMAT, RUN_FORMAT, explanation_of, sentences_of
from shared.law.explanation.tree import ExplanationDiffers, Figure, Node, Parameter, nodes_of, tree_of
from shared.law.explanation.verifying import verify

__all__ = [
    "FORMAT",
    "RUN_FORMAT",
    "ExplanationDiffers",
    "Figure",
    "Node",
    "Parameter",
    "explanation_of",
    "nodes_of",
    "sentences_of",
    "tree_of",
    "verify",
]
