"""Pages show exactly the fields on the publication list: nothing beside it, and each of it (DSH-04)."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from shared.public_pages.publication_list import FIELDS, FORMER_FIELDS, REGISTER_FIELDS, listed
from shared.public_pages.rendering import HTML, LAW, pages_of
from shared.public_pages.words import ASIDE_STATES, CHECKS, KINDS, STATES
from tests.unit.public_pages import published

REVISION = {"number": 1, "first_period": "2026-01", "document": "7/QĐ-MẪU", "readings": {"B-1": "table", "E-3": "zero"}}
DOCUMENT = published.document() | {"revision": REVISION, "commended": [published.IDLE]}
# Another value that the field can have.
OTHER: dict[str, Any] = {
    "period": "2026-03", "version": 9, "published_at": "2027-01-01T00:00:00+07:00", "provisional": False,
    "kind": "ministerial_agency", "grade": "A", "state": "no_events", "flags": ["capped:B"],
    "total": 99, "total_exact": "199/2", "rank": 77, "rank_in_kind": 78, "points": "1.23", "max": "45", "maximum": "45",
    "groups": "2.34", "measures": "987654", "value": "123456", "notices": ["Lưu ý khác"], "source": "system57",
    "number": 4, "first_period": "2026-02", "indicator": "A1", "measure": "speeches", "count": 4321,
    "valid_from": "2026-01-09", "valid_to": "2026-01-10", "captured_at": "2027-01-01T00:00:00+07:00",
    "checks": ["absent_value"], "by_version": 55, "word": "refused", "reported": "98765",
    "cutoff": "2026-04-02T00:00:00+07:00", "report_deadline": "2026-04-05T00:00:00+07:00",
    "commended": [published.PLAIN], "commended_by_rounding": [published.IDLE],
    "from": "A", "to": "C", "causes": ["calendar"],
}  # fmt: skip


def pages(document: dict[str, Any]) -> list[bytes]:
    return [
        page.body
        for page in pages_of(document, published.scheme(), {}, published.history(), published.REGISTER)
        if page.media_type in (HTML, LAW)
    ]


def places(value: Any, way: list[str]) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a document that a field of the list names."""
    name, *rest = way
    keys = range(len(value)) if isinstance(value, list) else list(value) if name == "*" else [name]
    for key in keys:
        if isinstance(value, dict) and key not in value:
            continue  # not every indicator has figures, nor every figure a reason
        if not rest:
            yield value, key
        elif value[key] is not None:
            yield from places(value[key], rest)


def other(field: str, container: Any, key: Any) -> Any:
    """A different value of the same kind for one place of the document."""
    name = field.replace(".*", "").rpartition(".")[2]
    if name == "agencies":
        return [published.IDLE]
    if name == "agency":
        return published.PLAIN if container[key] != published.PLAIN else published.IDLE
    if field == "former_months.*.period":
        return "2025-08"
    if name == "state" and "rows_put_aside" in field:
        return "not_given"
    return OTHER.get(name, "khác")


def test_nothing_beside_the_list_is_shown() -> None:
    assert pages(listed(DOCUMENT)) == pages(DOCUMENT)
    assert "inputs_digest" in DOCUMENT
    assert "inputs_digest" not in listed(DOCUMENT)
    assert set(listed(DOCUMENT)["agencies"][0]) < set(DOCUMENT["agencies"][0])


def test_a_new_field_of_the_sheet_is_shown_nowhere() -> None:
    grown = copy.deepcopy(DOCUMENT)
    grown["secret"] = "bí mật"
    for line in grown["agencies"]:
        line["secret"] = line["head"]["secret"] = line["indicators"]["A1"]["secret"] = "bí mật"
    assert pages(grown) == pages(DOCUMENT)


def test_a_bodys_code_is_shown() -> None:
    """It stands in addresses, and leaders are found by it."""
    renamed = json.loads(json.dumps(DOCUMENT).replace(f'"{published.IDLE}"', '"Z01"'))
    assert b"/agencies/Z01?" in pages(renamed)[0]


@pytest.mark.parametrize("field", [each for each in FIELDS if each != "agencies.*.agency"])
def test_each_field_of_the_list_is_shown(field: str) -> None:
    """Another value at one of its places gives another page."""
    before, seen = pages(DOCUMENT), 0
    for number, _ in enumerate(places(DOCUMENT, field.split("."))):
        changed = copy.deepcopy(DOCUMENT)
        container, key = list(places(changed, field.split(".")))[number]
        container[key] = other(field, container, key)
        if container[key] == list(places(DOCUMENT, field.split(".")))[number][0][key]:
            continue
        seen += 1
        if pages(changed) != before:
            return
    pytest.fail(f"{field}: {seen} other values, and no page says so")


def test_the_list_is_told_to_its_readers() -> None:
    told = (Path(__file__).parents[3] / "docs" / "public-pages.md").read_text("utf-8").partition("## The publication list")[2]
    own, _, others = told.partition("### Of other documents")
    assert re.findall(r"^\| `([^`]+)` \|", own, flags=re.MULTILINE) == list(FIELDS)
    assert re.findall(r"^\| `([^`]+)` \|", others, flags=re.MULTILINE) == [*FORMER_FIELDS, *REGISTER_FIELDS]


def test_every_code_has_words() -> None:
    """Those that the sheet's schema knows; a flag nobody worded would stop the publication, and so it is seen in tests."""
    from services.gateway.publication.schemas import documents, sheet
    from services.ingest.contract import checks

    assert set(KINDS) == set(documents.Kind.__args__)
    assert set(STATES) == set(get_args(sheet.LawState)) | {"awaiting_confirmation"}
    assert set(CHECKS) == {check.code for check in checks.CHECKS if check.concerns == "row"}
    assert set(ASIDE_STATES) == set(get_args(sheet.RowsPutAsideOf.model_fields["state"].annotation))
