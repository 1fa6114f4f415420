"""A revision is another choice of readings from a month on; the months before it keep their law (RUL-17)."""

from __future__ import annotations

import pytest

from shared.law.refusals import ReadingUnknown
from shared.law.revisions import Law, Revision, law_of
from shared.law.scheme import scheme_for
from shared.period import Period

SCHEME = scheme_for(Period(2026, 1))


def revision(number: int, first: str, **said: object) -> Revision:
    given: dict[str, object] = {"readings": {"B-1": "table"}, "document": "7/QĐ-MẪU", "scheme": SCHEME.id, **said}
    return Revision(number=number, first_period=Period.parse(first), **given)  # type: ignore[arg-type]


def numbers(*revisions: Revision) -> dict[str, int | None]:
    found = {month: law_of(SCHEME, Period.parse(month), revisions).revision for month in ("2026-01", "2026-02", "2026-03")}
    return {month: None if each is None else each.number for month, each in found.items()}


def test_a_month_is_ruled_by_the_highest_number_that_has_begun() -> None:
    first, second = revision(1, "2026-03"), revision(2, "2026-02", readings={})
    assert numbers() == {"2026-01": None, "2026-02": None, "2026-03": None}
    assert numbers(first) == {"2026-01": None, "2026-02": None, "2026-03": 1}
    assert numbers(first, second) == numbers(second, first) == {"2026-01": None, "2026-02": 2, "2026-03": 2}
    assert numbers(revision(1, "2026-02"), revision(2, "2026-03")) == {"2026-01": None, "2026-02": 1, "2026-03": 2}
    assert numbers(revision(1, "2026-01", scheme="qd-other")) == {"2026-01": None, "2026-02": None, "2026-03": None}


def test_without_a_revision_the_law_is_the_scheme_as_it_ships() -> None:
    law = Law(SCHEME)
    assert (law.applied, law.digest, bool(law.readings)) == (SCHEME, SCHEME.digest, False)


def test_a_revision_turns_the_schemes_switches() -> None:
    law = Law(SCHEME, revision(1, "2026-02"))
    assert law.applied.indicators["B1"].formula.worth.value == 25  # type: ignore[union-attr]
    assert SCHEME.indicators["B1"].formula.worth.value == 20  # type: ignore[union-attr]


def test_the_digest_says_all_that_a_revision_says() -> None:
    """Also of readings that only count rows otherwise, and leave the scheme's content as it is."""
    rows = Law(SCHEME, revision(1, "2026-02", readings={"A-1": "named-assigners"}))
    assert rows.applied.digest == SCHEME.digest != rows.digest
    others = [
        revision(1, "2026-02"),
        revision(2, "2026-02"),
        revision(1, "2026-03"),
        revision(1, "2026-02", readings={}),
        revision(1, "2026-02", document="8/QĐ-MẪU"),
    ]
    digests = {SCHEME.digest, rows.digest, *(Law(SCHEME, each).digest for each in others)}
    assert len(digests) == 2 + len(others)


def test_what_the_register_does_not_have_is_no_law() -> None:
    for readings in ({"B-1": "tables"}, {"Z-9": "table"}, {"A-5": "capped-recurring"}):
        with pytest.raises(ReadingUnknown):
            _ = Law(SCHEME, revision(1, "2026-02", readings=readings)).readings
