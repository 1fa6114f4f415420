"""The month as a statistical dataset: readers that are none of ours find in it what was published (XPT-04)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services.scoring.exports.sdmx import sdmx_csv
from shared.sdmx import structure as named
from tests.unit.public_pages import published
from tests.unit.scoring import sdmx_structure
from tests.unit.scoring.test_workbook import SPECIAL, document

Document = dict[str, Any]
Key = tuple[str, str]
LACKING = {"missing": "O", "awaiting_confirmation": "L", "not_applicable": "M", "not_counted": "M"}


class Observation(NamedTuple):
    value: str
    attributes: Mapping[str, str]


Read = Callable[[bytes], dict[Key, Observation]]


def by_hand(body: bytes) -> dict[Key, Observation]:
    rows = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""))
    return {(row["AGENCY"], row["INDICATOR"]): Observation(row.pop("OBS_VALUE"), row) for row in rows}


def by_sdmx1(body: bytes) -> dict[Key, Observation]:
    import sdmx
    from sdmx.reader.csv import Reader

    structure = sdmx.read_sdmx(io.BytesIO(named.structure() or b""))
    (found,) = Reader().convert(io.BytesIO(body), structure=structure.dataflow[named.DATAFLOW]).data
    observations = {}
    for each in found.obs:
        key = {name: one.value for name, one in each.dimension.values.items()}
        said = {name: one.value for name, one in each.attached_attribute.items()}
        observations[key["AGENCY"], key["INDICATOR"]] = Observation(each.value, key | said)
    return observations


def by_pysdmx(body: bytes) -> dict[Key, Observation]:
    from pysdmx.io import get_datasets

    (found,) = get_datasets(io.BytesIO(body), io.BytesIO(named.structure() or b""))
    assert found.structure.id == named.DATAFLOW
    # Its values are doubles, written here as the decimals they stand for, and nothing where there is no value.
    rows = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in _rows(found.data)]
    return {(row["AGENCY"], row["INDICATOR"]): Observation(row.pop("OBS_VALUE"), row) for row in rows}


def _rows(frame: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return found


@pytest.mark.parametrize("read", [by_hand, by_sdmx1, by_pysdmx])
@pytest.mark.parametrize("found", [document(0, **SPECIAL), published.document()], ids=["fifty-six", "every-state"])
def test_it_is_read_as_it_was_published(found: Document, read: Read) -> None:
    observations = read(sdmx_csv(found, published.scheme()))
    for line in found["agencies"]:
        for code, one in line["indicators"].items():
            value, said = observations.pop((line["agency"], code))
            assert said["STATE"] == one["state"]
            if status := LACKING.get(one["state"]):
                assert (value, said["EXACT_VALUE"], said["OBS_STATUS"]) == ("", "", status)
            else:
                assert (Fraction(value), Fraction(said["EXACT_VALUE"])) == (Fraction(one["points"]), Fraction(one["exact"]))
        for group, points in line["groups"].items():
            value, said = observations.pop((line["agency"], group))
            parts = {one["state"] for code, one in line["indicators"].items() if code.startswith(group)}
            assert (value == "") == (parts <= set(LACKING)), (group, parts)
            assert not value or Fraction(value) == Fraction(points)
        total, said = observations.pop((line["agency"], "total"))
        assert (Fraction(total), Fraction(said["EXACT_VALUE"])) == (line["total"], Fraction(line["total_exact"]))
        assert said["GRADE"] == line["grade"]
        for column, name in (("TIME_PERIOD", "period"), ("RUN", "run"), ("PUBLICATION", "publication")):
            assert said[column] == found[name]
        assert (str(said["PUBLICATION_VERSION"]), said["UNIT_MEASURE"]) == (str(found["version"]), "PT")
    assert observations == {}


def test_values_are_decimals_as_published_and_no_program_takes_them_for_a_date() -> None:
    body = sdmx_csv(document(0, **SPECIAL), published.scheme())
    assert not body.startswith(b"\xef\xbb\xbf")
    for value, said in by_hand(body).values():
        assert value == "" or value.replace(".", "", 1).isdigit(), said


def test_a_sum_that_lacks_a_figure_is_provisional() -> None:
    found = by_hand(sdmx_csv(document(0, **SPECIAL) | {"provisional": False}, published.scheme()))
    # X03 lacks the money of D2, X04 is not measured by C1 and E3.
    told = {key: found[key].attributes["OBS_STATUS"] for key in found if key[0] in ("X01", "X03", "X04")}
    assert {key: status for key, status in told.items() if status != "A"} == {
        ("X03", "D2"): "O", ("X03", "D"): "P", ("X03", "total"): "P", ("X04", "C1"): "M", ("X04", "E3"): "M",
    }  # fmt: skip
    everything = by_hand(sdmx_csv(document(0) | {"provisional": True}, published.scheme()))
    assert {each.attributes["OBS_STATUS"] for key, each in everything.items() if key[0] != "X04"} == {"P"}


def test_the_structure_is_what_would_be_made_today() -> None:
    assert named.structure() == sdmx_structure.made().encode("utf-8")
    assert named.structure("0.9.9") is None
    assert named.structure("../1.0.0") is None


def test_the_structure_is_valid_and_names_everything_in_both_languages() -> None:
    import sdmx
    from pysdmx.io import read_sdmx

    body = named.structure() or b""
    assert {type(each).__name__ for each in read_sdmx(io.BytesIO(body), validate=True).structures} == {
        "Codelist", "ConceptScheme", "DataStructureDefinition", "Dataflow",
    }  # fmt: skip
    message = sdmx.read_sdmx(io.BytesIO(body))
    for codes in message.codelist.values():
        for code in codes:
            assert set(code.name.localizations) == {"vi", "en"}, code
    assert len(message.codelist["CL_AGENCY"]) == 56
    assert message.codelist["CL_INDICATOR"]["B3"].name["vi"] == "Dịch vụ trực tuyến"
    (definition,) = message.structure.values()
    assert [each.id for each in definition.dimensions] == list(named.DIMENSIONS)


def test_every_code_of_a_month_stands_in_its_list() -> None:
    import sdmx

    lists = sdmx.read_sdmx(io.BytesIO(named.structure() or b"")).codelist
    known = {name: {code.id for code in codes} for name, codes in lists.items()}
    for (agency, indicator), (_, said) in by_hand(sdmx_csv(published.document(), published.scheme())).items():
        assert agency in known["CL_AGENCY"]
        assert indicator in known["CL_INDICATOR"]
        for column in ("OBS_STATUS", "STATE", "GRADE"):
            assert said[column] in {*known[f"CL_{column}"], ""}
    assert Path(named.__file__).with_name("structure-1.0.0.xml").is_file()
