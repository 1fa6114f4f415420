"""The cache of published sheets: within its budget, and never a latest version that nobody vouches for."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.http.published_cache import Key, Prepared, PublishedCache

FOREVER = time.monotonic() + 10**6


def prepared(period: str | None = "2026-01", *, version: int = 1, pinned: bool = False, size: int = 10) -> Prepared:
    message = {"type": "http.response.body", "body": b"x" * size}
    return Prepared(period, version, pinned, b'"e"', (), (), message)


def key(name: str) -> Key:
    return (name, b"", "application/json")


def trusted(budget: int = 10**6) -> PublishedCache:
    published = PublishedCache(budget)
    published.trust(FOREVER)
    return published


def test_a_latest_version_is_kept_and_found_only_while_trusted() -> None:
    published = PublishedCache(10**6)
    published.put(key("a"), prepared(), generation=published.generation)
    assert published.find(key("a")) is None
    published.trust(FOREVER)
    assert published.find(key("a")) is None
    published.put(key("a"), prepared(), generation=published.generation)
    assert published.find(key("a")) is not None
    published.trust(time.monotonic())
    assert published.find(key("a")) is None


def test_what_was_read_before_a_publication_was_heard_is_not_kept() -> None:
    published = trusted()
    before = published.generation
    published.forget("2026-01")
    published.put(key("a"), prepared(), generation=before)
    assert published.find(key("a")) is None
    published.put(key("b"), prepared(pinned=True), generation=before)
    assert published.find(key("b")) is not None


def test_forgetting_a_period_leaves_pinned_versions_and_other_periods() -> None:
    published = trusted()
    for name, each in (("a", prepared()), ("b", prepared("2026-02")), ("c", prepared(pinned=True))):
        published.put(key(name), each, generation=published.generation)
    published.forget("2026-01")
    assert [name for name in "abc" if published.find(key(name))] == ["b", "c"]
    published.distrust()
    assert [name for name in "abc" if published.find(key(name))] == ["c"]


def test_a_newer_version_outdates_only_older_ones() -> None:
    published = trusted()
    for name, version in (("a", 1), ("b", 2)):
        published.put(key(name), prepared(version=version), generation=published.generation)
    published.outdate("2026-01", 2)
    assert [name for name in "ab" if published.find(key(name))] == ["b"]


def test_the_latest_month_is_forgotten_whatever_month_is_published() -> None:
    published = trusted()

    def put() -> None:
        published.put(key("front"), prepared(None, version=3), generation=published.generation)
        assert published.find(key("front")) is not None

    put()
    published.forget("2026-02")
    assert published.find(key("front")) is None
    put()
    published.outdate("2026-02", 1)
    assert published.find(key("front")) is None
    put()
    published.forget(None)
    assert published.find(key("front")) is None


def test_the_least_recently_used_goes_first() -> None:
    one = prepared(pinned=True, size=1000)
    published = trusted(3 * one.size)
    for name in "abc":
        published.put(key(name), one, generation=0)
    published.find(key("a"))
    published.put(key("d"), one, generation=0)
    assert [name for name in "abcd" if published.find(key(name))] == ["a", "c", "d"]


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 5000), st.booleans()), max_size=60), st.integers(0, 20_000)
)
def test_the_budget_is_never_exceeded_and_the_size_is_true(steps: list[tuple[str, int, bool]], budget: int) -> None:
    published = trusted(budget)
    kept: dict[str, Prepared] = {}
    for name, size, pinned in steps:
        kept[name] = prepared(pinned=pinned, size=size)
        published.put(key(name), kept[name], generation=published.generation)
        assert published.size <= budget
    found = [each for name in kept if (each := published.find(key(name)))]
    assert published.size == sum(each.size for each in found)
