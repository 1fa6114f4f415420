"""What a version says of the one before it: whose points or totals moved, and which inputs were otherwise (RSC-06)."""

from __future__ import annotations

import json
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.scoring.following import follows
from services.scoring.records import Publication, Run

FORMER = cast("Publication", SimpleNamespace(version=1, publication_id="pub_1", digest="d"))
INPUTS: dict[str, Any] = {
    "cutoff": "2026-02-02T00:00:00+07:00",
    "deadline": "2026-02-05T00:00:00+07:00",
    "agencies": [{"code": "G01", "head": {"name": None, "title_vi": "Bộ trưởng", "valid_from": "2026-01-01", "others": []}}],
    "snapshots": {"system57": {"snapshot": "snap_1", "version": 1}, "records_review": None},
    "rulings": [],
    "applicability": [],
    "left_out": [],
}
LINE = {"agency": "G01", "total": 73, "total_exact": "1467/20", "shown_total": "73.35", "grade": "good", "rank": 4}


def run(line: dict[str, Any], inputs: dict[str, Any] = INPUTS, *, scheme: str = "one") -> Run:
    sheet = {"agencies": [{"indicators": {"A1": {"exact": "9/2", "state": "scored"}}, **line}]}
    found = SimpleNamespace(inputs=json.dumps(inputs), sheet=json.dumps(sheet), scheme_digest=scheme)
    return cast("Run", found)


@pytest.mark.parametrize(
    ("otherwise", "totals"),
    [
        ({"total": 81, "total_exact": "163/2", "shown_total": "81.50"}, (73, 81)),
        ({"total": "73.4"}, (73, "73.4")),
        ({"total_exact": "367/5", "shown_total": "73.40"}, (73, 73)),
    ],
)
def test_a_total_that_moves_alone_is_told(otherwise: dict[str, Any], totals: tuple[Any, Any]) -> None:
    """As under a revision that rescales totals or rounds them to one decimal: no indicator has other points."""
    said = follows(FORMER, run(LINE), run(LINE | otherwise, scheme="two"))
    (body,) = said["bodies"]
    assert (body["agency"], body["indicators"], said["causes"]) == ("G01", [], ["scheme"])
    assert (body["total"]["from"], body["total"]["to"]) == totals


@pytest.mark.parametrize("otherwise", [{"total": "73.0"}, {"rank": 5}])
def test_the_same_number_and_a_rank_alone_are_nobodys_move(otherwise: dict[str, Any]) -> None:
    assert follows(FORMER, run(LINE), run(LINE | otherwise))["bodies"] == []


def test_a_body_that_came_is_told() -> None:
    gone = run(LINE | {"agency": "G02"})
    assert [each["agency"] for each in follows(FORMER, gone, run(LINE))["bodies"]] == ["G01", "G02"]


def test_inputs_stored_before_a_part_existed_give_no_cause() -> None:
    old = deepcopy(INPUTS)
    del old["left_out"], old["snapshots"]["records_review"]
    del old["agencies"][0]["head"]["valid_from"], old["agencies"][0]["head"]["others"]
    assert follows(FORMER, run(LINE, old), run(LINE, INPUTS | {"refusals": []}))["causes"] == []


def test_what_was_otherwise_is_a_cause_beside_parts_that_did_not_exist() -> None:
    old, new = deepcopy(INPUTS), deepcopy(INPUTS)
    del old["left_out"], old["snapshots"]["records_review"], old["agencies"][0]["head"]["others"]
    new["left_out"] = [{"omission_id": "omit_1", "agency": "G01", "database": "CSDL", "new_records": 1}]
    new["snapshots"]["records_review"] = {"snapshot": "snap_2", "version": 1}
    new["agencies"][0]["head"]["name"] = "Nguyễn Văn A"
    new["deadline"] = "2026-02-06T00:00:00+07:00"
    assert follows(FORMER, run(LINE, old), run(LINE, new))["causes"] == ["calendar", "omissions", "registry", "snapshots"]
