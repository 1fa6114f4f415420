"""Makes the structure of the month as an SDMX dataset, by pysdmx, from the registry and the scheme.

    python -m tests.unit.scoring.sdmx_structure

A test compares the file with what this would write.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path

from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import (
    Agency,
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    Role,
)
from pysdmx.model.message import Header

from shared.law.scheme import packaged_schemes
from shared.public_pages.words import STATES
from shared.sdmx import structure as named

FILE = Path(named.__file__).with_name(f"structure-{named.VERSION}.xml")
BODIES = Path(__file__).parents[3] / "migrations" / "data" / "0001_agencies.csv"
# When this version was made: a file of the day it was made, not of each day it is made again.
PREPARED = datetime(2026, 12, 1, tzinfo=UTC)
Words = Mapping[str, tuple[str, str]]
_CONCEPTS = "CS_BANG_DIEM"
_URN = f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={named.MAINTAINER}:{_CONCEPTS}({named.VERSION})"

STATUSES: Words = {
    "A": ("Bình thường", "Normal value"),
    "P": ("Tạm tính", "Provisional value"),
    "O": ("Thiếu số liệu", "Missing value"),
    "M": ("Không thể có số liệu", "Missing value; data cannot exist"),
    "L": ("Có số liệu nhưng chưa được xác nhận", "Missing value; data exist but were not collected"),
}
UNITS: Words = {named.UNIT: ("Điểm", "Points")}
CONCEPTS: Words = {
    "AGENCY": ("Bộ, ngành, địa phương", "Body"),
    "INDICATOR": ("Chỉ số, nhóm hoặc tổng điểm", "Indicator, group or total"),
    "TIME_PERIOD": ("Tháng", "Month"),
    "OBS_VALUE": ("Điểm công bố", "Points as published"),
    "OBS_STATUS": ("Tình trạng số liệu", "Observation status"),
    "STATE": ("Trạng thái chỉ số", "State of the indicator"),
    "EXACT_VALUE": ("Điểm chính xác, dạng phân số", "Exact points, as a fraction"),
    "GRADE": ("Xếp loại", "Grade of the total"),
    "UNIT_MEASURE": ("Đơn vị tính", "Unit of measure"),
    "PUBLICATION": ("Mã công bố", "Publication"),
    "PUBLICATION_VERSION": ("Phiên bản công bố", "Version of the publication"),
    "RUN": ("Lần chấm điểm", "Run"),
    "SCHEME_DIGEST": ("Mã băm phương án", "Digest of the scheme"),
    "RESULT_DIGEST": ("Mã băm kết quả", "Digest of the result"),
}
TITLES: Words = {
    "CL_AGENCY": ("Cơ quan được chấm điểm", "Scored bodies"),
    "CL_INDICATOR": ("Nhóm, chỉ số và tổng điểm", "Groups, indicators and the total"),
    "CL_OBS_STATUS": ("Danh mục tình trạng số liệu", "Observation statuses"),
    "CL_STATE": ("Trạng thái của chỉ số", "States of an indicator"),
    "CL_GRADE": ("Danh mục xếp loại", "Grades"),
    "CL_UNIT": ("Danh mục đơn vị tính", "Units of measure"),
    "concepts": ("Khái niệm của bảng điểm", "Concepts of the scores"),
    "structure": ("Cấu trúc bảng điểm hằng tháng", "Structure of the monthly scores"),
    "dataflow": ("Bảng điểm hằng tháng", "Monthly scores"),
}
SCORED = ("Đã chấm điểm", "Scored")


def bodies() -> Words:
    with BODIES.open(encoding="utf-8", newline="") as file:
        return {line["code"]: (line["name_vi"], line["name_en"]) for line in csv.DictReader(file)}


def indicators() -> Words:
    scheme = packaged_schemes()[-1]
    found = {}
    for group, rule in scheme.groups.items():
        found[group] = (rule.label.vi, rule.label.en)
        found |= {
            code: (label.vi, label.en) for code in scheme.indicators_of(group) for label in [scheme.indicators[code].label]
        }
    return found | {named.TOTAL: ("Tổng điểm", "Total")}


def grades() -> Words:
    """The lowest has no label in the decision."""
    found = {each.grade: each.label for each in packaged_schemes()[-1].grading.grades}
    return {
        grade: (f"{grade}, {label.vi}", f"{grade}, {label.en}") if label else (grade, grade) for grade, label in found.items()
    }


def states() -> Words:
    return {code: tuple(words) if words else SCORED for code, words in STATES.items()}


def made() -> str:
    """The whole file."""
    lists = {
        "CL_AGENCY": bodies(), "CL_INDICATOR": indicators(), "CL_OBS_STATUS": STATUSES, "CL_STATE": states(),
        "CL_GRADE": grades(), "CL_UNIT": UNITS,
    }  # fmt: skip
    codelists = {name: _maintained(Codelist, name, TITLES[name], items=_codes(words)) for name, words in lists.items()}
    concepts = {name: Concept(id=name, name=english, urn=f"{_URN}.{name}") for name, (_, english) in CONCEPTS.items()}
    structure = _maintained(
        DataStructureDefinition,
        named.DATAFLOW,
        TITLES["structure"],
        components=Components(list(_components(concepts, codelists))),
    )
    objects = [
        *codelists.values(),
        _maintained(ConceptScheme, _CONCEPTS, TITLES["concepts"], items=list(concepts.values())),
        structure,
        _maintained(Dataflow, named.DATAFLOW, TITLES["dataflow"], structure=structure),
    ]
    header = Header(id=named.DATAFLOW, prepared=PREPARED, sender=Agency(id=named.MAINTAINER))
    written = write_sdmx(objects, Format.STRUCTURE_SDMX_ML_3_0, header=header)
    assert written is not None
    # With one measure it says nothing, and sdmx1 reads no structure that says it.
    written = re.sub(r"\s*<str:MeasureRelationship>.*?</str:MeasureRelationship>", "", written, flags=re.DOTALL)
    return _in_both_languages(written, [*lists.values(), CONCEPTS, TITLES])


def _components(concepts: Mapping[str, Concept], codelists: Mapping[str, Codelist]) -> Iterable[Component]:
    enumerated = {
        "AGENCY": "CL_AGENCY", "INDICATOR": "CL_INDICATOR", "OBS_STATUS": "CL_OBS_STATUS", "STATE": "CL_STATE",
        "GRADE": "CL_GRADE", "UNIT_MEASURE": "CL_UNIT",
    }  # fmt: skip
    kinds = {"TIME_PERIOD": DataType.YEAR_MONTH, "OBS_VALUE": DataType.DECIMAL, "PUBLICATION_VERSION": DataType.INTEGER}

    def component(name: str, role: Role, *, required: bool, level: str | None = None) -> Component:
        codes = codelists.get(enumerated.get(name, ""))
        kind = None if codes else kinds.get(name, DataType.STRING)
        return Component(name, required, role, concepts[name], local_dtype=kind, local_codes=codes, attachment_level=level)

    for name in named.DIMENSIONS:
        yield component(name, Role.DIMENSION, required=True)
    yield component(named.MEASURE, Role.MEASURE, required=False)
    for name in named.ATTRIBUTES:
        yield component(name, Role.ATTRIBUTE, required=name == "OBS_STATUS", level="O")
    for name in named.MONTHS:
        yield component(name, Role.ATTRIBUTE, required=True, level="TIME_PERIOD")


def _maintained(kind: type, name: str, words: tuple[str, str], **rest: object) -> object:
    return kind(id=name, name=words[1], agency=named.MAINTAINER, version=named.VERSION, **rest)


def _codes(words: Words) -> list[Code]:
    return [Code(id=code, name=english) for code, (_, english) in words.items()]


def _in_both_languages(written: str, given: Iterable[Words]) -> str:
    """pysdmx writes one name of a thing; the Vietnamese one is put before it. Raises KeyError for a name that has none."""
    vietnamese = {english: said for words in given for said, english in words.values()}

    def both(found: re.Match[str]) -> str:
        said = escape(vietnamese[unescape(found[2])], quote=False)
        return f'{found[1]}<com:Name xml:lang="vi">{said}</com:Name>{found[0]}'

    return re.sub(r'(\s*)<com:Name xml:lang="en">([^<]*)</com:Name>', both, written)


if __name__ == "__main__":
    FILE.write_text(made(), "utf-8")
