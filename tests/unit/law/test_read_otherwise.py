"""A sheet read back is read otherwise from its own figures alone, beside what a revision of its law holds."""

from __future__ import annotations

import pytest

from shared.law.readings import Readings
from shared.law.refusals import ReadingUnknown
from shared.law.restored import Restored, read_otherwise
from shared.law.revisions import Law, Revision
from shared.law.scheme import packaged_schemes
from shared.law.sheet import score
from tests.property.months import dice, with_gaps

SCHEME = packaged_schemes()[0]
AGENCIES = with_gaps(dice(3))
HELD = {"E-1": "head-only", "G-4": "exact"}


def read_back(held: dict[str, str]) -> Restored:
    revision = Revision(SCHEME.id, 1, SCHEME.first_period, held, "demo") if held else None
    law = Law(SCHEME, revision)
    return Restored(law, law.readings, score(SCHEME, SCHEME.first_period, AGENCIES, readings=law.readings), {}, {})


@pytest.mark.parametrize("chosen", [{"B-1": "table"}, {"E-1": "head-only", "A-6": "zero"}, {"G-4": "exact"}])
def test_what_is_asked_stands_beside_what_the_revision_holds(chosen: dict[str, str]) -> None:
    found = read_otherwise(read_back(HELD), chosen)
    assert found.readings == Readings.of(SCHEME, {**HELD, **chosen})
    direct = score(SCHEME, SCHEME.first_period, AGENCIES, readings=found.readings)
    assert list(found.sheet.lines()) == list(direct.lines())


@pytest.mark.parametrize(
    ("held", "chosen", "said"),
    [
        ({}, {"E-1": "head-only"}, "needs rows"),
        # Other rows would count than those that the revision's figures come from.
        (HELD, {"E-1": "table"}, "needs rows"),
        ({}, {"A-5": "capped-recurring"}, "is not computed"),
        ({}, {"Z-9": "table"}, "unknown reading"),
        ({}, {"B-1": "mean"}, "has no alternative"),
    ],
)
def test_what_figures_alone_cannot_follow_is_refused(held: dict[str, str], chosen: dict[str, str], said: str) -> None:
    with pytest.raises(ReadingUnknown, match=said):
        read_otherwise(read_back(held), chosen)
