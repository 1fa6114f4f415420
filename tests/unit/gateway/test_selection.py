"""Fields of a published document: whatever is asked for, every value is the whole document's (PUB-15)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.gateway.publication.parts import Part
from services.gateway.publication.routes.parts import FieldsQuery
from services.gateway.publication.schemas.sheet import AgencySheet, ScoreSheet
from services.gateway.publication.selection import Place, read_fields, select
from shared.canonical import canonical_bytes, sha256_hex
from shared.errors import InputInvalid
from tests.unit.public_pages import published

DOCUMENT = published.document()
STORED = canonical_bytes(DOCUMENT)
PLACE = "/api/v1/periods/2026-01/scores?version=1"


def names_in(value: Any, way: str = "") -> Iterator[str]:
    """Every name that something in the document has."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{way}{name}"
            yield from names_in(each, f"{way}{name}.")
    elif isinstance(value, list):
        for each in value:
            yield from names_in(each, way)


NAMES = sorted(set(names_in(DOCUMENT)))


def leaves(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value that is no container, with where it stands."""
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*way, name))
    else:
        yield way, value


def part(*names: str, stored: bytes = STORED) -> bytes:
    return Part(frozenset(names), frozenset(), "vi").made_of(stored, sha256_hex(stored), PLACE)


def taken(*names: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(part(*names))
    assert found.pop("whole") == {"address": PLACE, "digest": sha256_hex(STORED)}
    return found


def tree(*names: str) -> Any:
    return read_fields(names, Place.whole(ScoreSheet, DOCUMENT), shown=60)


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=12), st.randoms())
def test_every_value_is_the_whole_documents(names: list[str], shuffled: Any) -> None:
    whole, found = dict(leaves(DOCUMENT)), taken(*names)
    dotted = {".".join(str(step) for step in way if not isinstance(step, int)): None for way in whole}
    for way, value in leaves(found):
        assert (value, type(value)) == (whole[way], type(whole[way]))
    wanted = {way for way in dotted if any(way == name or way.startswith(f"{name}.") for name in names)}
    # Besides what is named only a null on the way to it.
    got = {".".join(str(step) for step in way if not isinstance(step, int)): value for way, value in leaves(found)}
    assert wanted <= got.keys()
    assert all(value is None for way, value in got.items() if way not in wanted)
    again = [*names, *names]
    shuffled.shuffle(again)
    assert part(*again) == part(*names)


@given(st.lists(st.sampled_from([name for name in NAMES if "." in name]), min_size=1, max_size=8))
def test_fields_of_objects_are_fewer_bytes(names: list[str]) -> None:
    assert len(part(*names)) < len(STORED)


def test_all_names_together_are_the_whole() -> None:
    assert taken(*DOCUMENT) == DOCUMENT
    assert taken(*(name for name in NAMES)) == DOCUMENT


def test_one_body_in_three_figures() -> None:
    found = taken("agencies.agency", "agencies.total", "agencies.indicators.A1.points")
    line = DOCUMENT["agencies"][0]
    figures = {"agency": line["agency"], "indicators": {"A1": {"points": line["indicators"]["A1"]["points"]}}}
    assert found["agencies"][0] == figures | {"total": line["total"]}
    assert list(found) == ["agencies"]


def test_who_wants_all_of_an_object_wants_each_part_of_it() -> None:
    assert tree("agencies", "agencies.total") == tree("agencies.total", "agencies") == {"agencies": None}


def test_what_stands_in_no_item_of_this_month_is_known_by_the_shape() -> None:
    """So that a program's list serves every month: null and nothing stay what they are."""
    assert DOCUMENT["restores"] is None
    assert taken("restores.version") == {"restores": None}
    assert "revision" not in DOCUMENT
    assert taken("revision.readings") == {}
    assert taken("confirmed.bodies.figures.value") == {"confirmed": []}


@pytest.mark.parametrize(
    ("name", "where", "there"),
    [
        ("totl", "is no field of the document", "agencies"),
        ("agencies.totl", "is no field of agencies", "total_exact"),
        ("agencies.indicators.Z9.points", "is no field of agencies.indicators", "A1, A2, A3"),
        ("agencies.indicators.A1.point", "is no field of agencies.indicators.A1", "points, exact, max, state"),
        ("agencies.total.x", "is no field of agencies.total", "none"),
        ("agencies.0.total", "is no field of agencies", "total"),
        ("citations.groups.Z", "is no field of citations", "groups.A"),
        ("agencies.", "is no field of agencies", "total"),
        (".", "is no field of the document", "period"),
        ("whole", "is no field of the document", "period"),
    ],
)
def test_an_unknown_name_is_refused_with_the_names_there_are(name: str, where: str, there: str) -> None:
    with pytest.raises(InputInvalid) as refused:
        tree("period", name)
    (fault,) = refused.value.faults
    assert (fault.place, fault.message, fault.seen) == ("?fields", where, name)
    assert there in str(fault.expected)


def test_every_unknown_name_is_told() -> None:
    with pytest.raises(InputInvalid) as refused:
        tree("nothing", "agencies.nobody", "period")
    assert [fault.seen for fault in refused.value.faults] == ["agencies.nobody", "nothing"]


def test_a_name_with_a_dot_in_it_is_one_name() -> None:
    assert taken("citations.groups.A.item") == {
        "citations": {"groups.A": [{"item": each["item"]} for each in DOCUMENT["citations"]["groups.A"]]}
    }


def test_every_name_can_be_asked_for_and_none_is_ours() -> None:
    asked: TypeAdapter[str] = TypeAdapter(FieldsQuery)
    for name in NAMES:
        assert asked.validate_python(name) == name
    for shape in (ScoreSheet, AgencySheet):
        assert not {"whole", "expanded"} & {*shape.model_fields, *DOCUMENT}


def test_null_and_plain_values_are_left_alone() -> None:
    assert select(None, {"a": None}) is None
    assert select([{"a": 1, "b": 2}, None, 3], {"a": None}) == [{"a": 1}, None, 3]
