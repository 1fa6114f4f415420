"""The sentences our source holds: every detail, hint, and a fault's words and expectation, read from the code itself.

An f-string is a sentence with `{}` where a value goes in. A name is followed to what it was assigned in its function or at the
top of its module, through imports too; what then is no text of ours (a list of codes, a library's message) is a ``Loose`` end.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from shared.problems import kinds

_PACKAGES = ("services", "shared")
_WORDS = ("hint", "expected")
# What is raised or asked for inside, and whose words become a fault's or a detail.
_PASSED_ON = frozenset({"PeriodInvalid", "SchemeNotInForce", "_Broken", "PartRefused", "_no_workbook"})
# What takes a hint for the fault it makes.
_HINTED = frozenset({"_unusable", "unknown_bodies"})
# Here a ValueError is a field's fault: the validation library passes its words on.
_FIELDS = re.compile(r"services\.gateway\.(\w+\.schemas\.|http\.words)")
# The law's own faults: rule, agency, measure, value, what was expected, and what to do.
_OF_LAW = "shared.law."


@dataclass(frozen=True, order=True)
class Sentence:
    """``text`` has `{}` for its values; ``place`` is module and line."""

    text: str
    place: str


@dataclass(frozen=True, order=True)
class Loose:
    """An expression that cannot be read as a sentence, and the module it stands in."""

    module: str
    code: str


def written() -> tuple[set[Sentence], set[Loose]]:
    """Of every module of the product: what answers requests, what workers keep, and what the command line says."""
    sentences: set[Sentence] = set()
    loose: set[Loose] = set()
    modules = list(_modules())
    told = frozenset(kind.__name__ for kind in kinds())
    for module in modules:
        for found in _Reader(module, told).found():
            if isinstance(found, Sentence):
                sentences.add(found)
            else:
                loose.add(found)
    return sentences, loose


def _modules() -> Iterator[ModuleType]:
    for name in _PACKAGES:
        package = importlib.import_module(name)
        for each in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not each.name.endswith("__main__"):
                yield importlib.import_module(each.name)


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


class _Reader:
    def __init__(self, module: ModuleType, told: frozenset[str]) -> None:
        self.module = module
        self.told = told

    def found(self) -> Iterator[Sentence | Loose]:
        yield from self._calls(_tree(self.module), {})

    def _calls(self, node: ast.AST, local: dict[str, list[ast.expr]]) -> Iterator[Sentence | Loose]:
        for child in ast.iter_child_nodes(node):
            inner = {**local, **_assigned(child)} if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else local
            if isinstance(child, ast.Call):
                for words in self._words(child):
                    yield from self._read(words, local, child.lineno)
            yield from self._calls(child, inner)

    def _words(self, call: ast.Call) -> Iterator[ast.expr]:
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if self.module.__name__.startswith(_OF_LAW):
            yield from call.args[4:] if name in ("Fault", "_fault") else ()
            return
        if name == "Fault":
            yield from call.args[1:2]
            yield from (keyword.value for keyword in call.keywords if keyword.arg == "message")
        if self._is_told(name) and call.args:
            yield call.args[0]
        if name == "Fault" or name in self.told | _HINTED:
            yield from (keyword.value for keyword in call.keywords if keyword.arg in _WORDS)

    def _is_told(self, name: str) -> bool:
        if name == "__init__":
            return self.module.__name__ == "shared.postgres.errors"
        if name == "ValueError":
            return _FIELDS.match(self.module.__name__) is not None
        return name in self.told or name in _PASSED_ON

    def _read(self, node: ast.expr, local: dict[str, list[ast.expr]], line: int) -> Iterator[Sentence | Loose]:
        place = f"{self.module.__name__}:{line}"
        match node:
            case ast.Constant(value=None | ""):
                return
            case ast.Constant(value=str(plain)):
                yield Sentence(plain, place)
            case ast.JoinedStr(values=values):
                yield Sentence("".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in values), place)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self._sum(left, right, local, line)
            case _ if choices := _choices(node, local):
                for each in choices:
                    yield from self._read(each, {} if isinstance(node, ast.Name) else local, line)
            case ast.Name() | ast.Attribute() if isinstance(text := self._constant(node), str):
                yield Sentence(text, place)
            case _:
                yield Loose(self.module.__name__, ast.unparse(node))

    def _sum(self, left: ast.expr, right: ast.expr, local: dict[str, list[ast.expr]], line: int) -> Iterator[Sentence | Loose]:
        for one in list(self._read(left, local, line)):
            for other in list(self._read(right, local, line)):
                if isinstance(one, Sentence) and isinstance(other, Sentence):
                    yield Sentence(one.text + other.text, one.place)
                else:
                    yield one if isinstance(one, Loose) else other

    def _constant(self, node: ast.expr) -> object:
        """What a name at the top of the module stands for, as the interpreter knows it."""
        if isinstance(node, ast.Name):
            return getattr(self.module, node.id, None)
        if isinstance(node, ast.Attribute):
            return getattr(self._constant(node.value), node.attr, None)
        return None


def _choices(node: ast.expr, local: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """The expressions of which one is taken: both sides of a condition, all of an ``or``, what a name was assigned."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=values):
            return values
        case ast.Name(id=name):
            return local.get(name, [])
        case _:
            return []


def _assigned(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What each name of a function is given in it, tuples taken apart; a parameter is given nothing that is known."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(value)
    return found
