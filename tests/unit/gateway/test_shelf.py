"""The shelf: within its budget, and never a latest version that nobody vouches for."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.http.shelf import Key, Prepared, Shelf

FOREVER = time.monotonic() + 10**6


def prepared(period: str | None = "2026-01", *, version: int = 1, pinned: bool = False, size: int = 10) -> Prepared:
    message = {"type": "http.response.body", "body": b"x" * size}
    return Prepared(period, version, pinned, b'"e"', (), (), message)


def key(name: str) -> Key:
    return (name, b"", "application/json")


def trusted(budget: int = 10**6) -> Shelf:
    shelf = Shelf(budget)
    shelf.trust(FOREVER)
    return shelf


def test_a_latest_version_is_kept_and_found_only_while_trusted() -> None:
    shelf = Shelf(10**6)
    shelf.put(key("a"), prepared(), generation=shelf.generation)
    assert shelf.find(key("a")) is None
    shelf.trust(FOREVER)
    assert shelf.find(key("a")) is None
    shelf.put(key("a"), prepared(), generation=shelf.generation)
    assert shelf.find(key("a")) is not None
    shelf.trust(time.monotonic())
    assert shelf.find(key("a")) is None


def test_what_was_read_before_a_publication_was_heard_is_not_kept() -> None:
    shelf = trusted()
    before = shelf.generation
    shelf.forget("2026-01")
    shelf.put(key("a"), prepared(), generation=before)
    assert shelf.find(key("a")) is None
    shelf.put(key("b"), prepared(pinned=True), generation=before)
    assert shelf.find(key("b")) is not None


def test_forgetting_a_period_leaves_pinned_versions_and_other_periods() -> None:
    shelf = trusted()
    for name, each in (("a", prepared()), ("b", prepared("2026-02")), ("c", prepared(pinned=True))):
        shelf.put(key(name), each, generation=shelf.generation)
    shelf.forget("2026-01")
    assert [name for name in "abc" if shelf.find(key(name))] == ["b", "c"]
    shelf.distrust()
    assert [name for name in "abc" if shelf.find(key(name))] == ["c"]


def test_a_newer_version_outdates_only_older_ones() -> None:
    shelf = trusted()
    for name, version in (("a", 1), ("b", 2)):
        shelf.put(key(name), prepared(version=version), generation=shelf.generation)
    shelf.outdate("2026-01", 2)
    assert [name for name in "ab" if shelf.find(key(name))] == ["b"]


def test_the_latest_month_is_forgotten_whatever_month_is_published() -> None:
    shelf = trusted()

    def put() -> None:
        shelf.put(key("front"), prepared(None, version=3), generation=shelf.generation)
        assert shelf.find(key("front")) is not None

    put()
    shelf.forget("2026-02")
    assert shelf.find(key("front")) is None
    put()
    shelf.outdate("2026-02", 1)
    assert shelf.find(key("front")) is None
    put()
    shelf.forget(None)
    assert shelf.find(key("front")) is None


def test_the_least_recently_used_goes_first() -> None:
    one = prepared(pinned=True, size=1000)
    shelf = trusted(3 * one.size)
    for name in "abc":
        shelf.put(key(name), one, generation=0)
    shelf.find(key("a"))
    shelf.put(key("d"), one, generation=0)
    assert [name for name in "abcd" if shelf.find(key(name))] == ["a", "c", "d"]


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 5000), st.booleans()), max_size=60), st.integers(0, 20_000)
)
def test_the_budget_is_never_exceeded_and_the_size_is_true(steps: list[tuple[str, int, bool]], budget: int) -> None:
    shelf = trusted(budget)
    kept: dict[str, Prepared] = {}
    for name, size, pinned in steps:
        kept[name] = prepared(pinned=pinned, size=size)
        shelf.put(key(name), kept[name], generation=shelf.generation)
        assert shelf.size <= budget
    found = [each for name in kept if (each := shelf.find(key(name)))]
    assert shelf.size == sum(each.size for each in found)
