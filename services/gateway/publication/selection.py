"""Of a published document the fields that are named, every value as it stands there (PUB-15). Pure.

A name is dotted: `agencies.indicators.A1.points`. Lists have no names of their own: what is said of one item is said of all.
There are the names of the document's shape, so that one month knows what another does, and those that the document itself has:
maps go by codes, and a document may hold more than its shape says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel

from shared.errors import Fault, InputInvalid

FIELDS = "?fields"
# What is wanted of an object, by name; None is all of it.
Tree = dict[str, "Tree | None"]
Schema = Mapping[str, Any]
_EITHER = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True)
class Place:
    """What may stand at a place of the document and what does: ``forms`` are schemas of objects, ``values`` are objects; of
    every item where it is a list."""

    forms: tuple[Schema, ...]
    values: tuple[Mapping[str, Any], ...]
    defs: Mapping[str, Schema]

    @classmethod
    def whole(cls, shape: type[BaseModel], document: Mapping[str, Any]) -> Place:
        schema = _schema_of(shape)
        return cls((schema,), (document,), schema.get("$defs", {}))

    @cached_property
    def below(self) -> Mapping[str, Place]:
        """By name, the shape's first."""
        named = (form.get("properties", {}) for form in self.forms)
        names = dict.fromkeys(name for each in (*named, *self.values) for name in each)
        return {name: self._at(name) for name in names}

    def _at(self, name: str) -> Place:
        forms = (form.get("properties", {}).get(name) or form.get("additionalProperties") for form in self.forms)
        values = (each[name] for each in self.values if name in each)
        return Place(tuple(self._resolved(forms)), tuple(_objects(values)), self.defs)

    def _resolved(self, schemas: Iterable[Any]) -> Iterator[Schema]:
        for schema in schemas:
            if not isinstance(schema, Mapping):
                continue
            if "$ref" in schema:
                yield from self._resolved([self.defs[schema["$ref"].rpartition("/")[2]]])
            elif "items" in schema:
                yield from self._resolved([schema["items"]])
            else:
                yield schema
                yield from self._resolved(each for kind in _EITHER for each in schema.get(kind, ()))


def read_fields(named: Iterable[str], whole: Place, *, shown: int) -> Tree:
    """What is wanted; order and repetition say nothing, and who wants all of an object wants each part of it.

    Raises InputInvalid with a fault for every unknown name: where it is looked for, and the names there are. Of a name so many
    characters are ``shown``."""
    tree: Tree = {}
    faults = []
    for name in sorted(set(named)):
        way = _way(name, whole)
        if isinstance(way, Fault):
            faults.append(replace(way, seen=name[:shown]))
        else:
            _put(tree, way)
    if faults:
        raise InputInvalid("fields are asked for that the document does not have", faults=faults)
    return tree


def select(value: Any, tree: Tree | None) -> Any:
    """The part of a value that is wanted, in the value's own order. Null stays null where an object could stand."""
    if tree is None:
        return value
    if isinstance(value, Mapping):
        return {name: select(each, tree[name]) for name, each in value.items() if name in tree}
    return [select(each, tree) for each in value] if isinstance(value, list) else value


@cache
def _schema_of(shape: type[BaseModel]) -> Schema:
    return shape.model_json_schema(mode="serialization")


def _way(name: str, place: Place) -> list[str] | Fault:
    """The names on the way, one of which may have a dot in it (`groups.A` of the citations)."""
    parts, way = name.split("."), list[str]()
    while parts:
        ends = range(len(parts), 0, -1)
        end = next((end for end in ends if ".".join(parts[:end]) in place.below), None)
        if end is None:
            names = ", ".join(place.below) or "none"
            if not way:
                return Fault(FIELDS, "is no field of the document", expected=names)
            return Fault(FIELDS, f"is no field of {'.'.join(way)}", expected=names)
        way.append(".".join(parts[:end]))
        place, parts = place.below[way[-1]], parts[end:]
    return way


def _put(tree: Tree, way: list[str]) -> None:
    *upper, last = way
    for name in upper:
        below = tree.setdefault(name, {})
        if below is None:
            return
        tree = below
    tree[last] = None


def _objects(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for value in values:
        if isinstance(value, list):
            yield from _objects(value)
        elif isinstance(value, Mapping):
            yield value
