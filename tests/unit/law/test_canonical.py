"""Canonical bytes are RFC 8785's, Merkle roots RFC 6962's."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.canonical import (
    SAFE_INTEGER,
    MerkleAccumulator,
    NotCanonical,
    audit_paths,
    canonical_bytes,
    leaf_hash,
    leaf_hashes,
    merkle_root,
    sha256_hex,
)
from tests.regrouped import climbed

names = st.text(st.characters(codec="utf-8"), max_size=4)
scalars = st.none() | st.booleans() | st.integers(-SAFE_INTEGER, SAFE_INTEGER) | st.text(st.characters(codec="utf-8"))
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(max_examples=400, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(documents)
def test_bytes_equal_the_reference(document: Any) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)


@pytest.mark.parametrize(
    "document",
    [
        {"\U00010000": 1, "\ue000": 2, "z": 3, "\r": 4, "€": 5, "ö": 6, "1": 7},
        {"text": '\x00\x1f\x7f\u2028"\\/\b\t\n\f\r điểm 🙂'},
        {"deep": [[[[[[[[[[[[[{"b": 1, "a": []}]]]]]]]]]]]]]},
        [SAFE_INTEGER, -SAFE_INTEGER, 0, True, False, None, "", {}, []],
        ({"a": (1, 2)},),
    ],
)
def test_hard_documents_equal_the_reference(document: Any) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)


FLOATS = [1.0, {"a": [1.5]}, ({"a": 0.5},)]
TOO_LARGE = [SAFE_INTEGER + 1, -SAFE_INTEGER - 1]
NO_JSON = [{1: "a"}, {"a": b"x"}, {"a": {1, 2}}, {"a": frozenset()}, {"a": Decimal(1)}, {"a": date(2026, 1, 1)}, object()]


@pytest.mark.parametrize("document", [*FLOATS, *TOO_LARGE, *NO_JSON, {"a": "\ud800"}, {"\ud800": 1}])
def test_what_has_no_canonical_form_is_refused(document: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical_bytes(document)


def test_a_document_that_never_ends_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotCanonical):
        canonical_bytes(deep)


def test_digests_are_written_in_one_way() -> None:
    assert sha256_hex(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


SIZES = [*range(18), 31, 32, 33, 4095, 4096, 4097, 8191, 8192, 8193, 12_289, 16_384, 20_001]


@pytest.mark.parametrize("size", SIZES)
def test_roots_equal_the_definition(size: int) -> None:
    leaves = [b"row %d" % number for number in range(size)]
    expected = plain_root(leaves)
    assert merkle_root(leaves) == merkle_root(iter(leaves)) == expected
    one_by_one, mixed = MerkleAccumulator(), MerkleAccumulator()
    for leaf in leaves:
        one_by_one.add(leaf)
    mixed.extend(leaf_hashes(leaves[: size // 3]))
    mixed.extend([])
    for leaf in leaves[size // 3 : size // 2]:
        mixed.add(leaf)
    mixed.extend(leaf_hash(leaf) for leaf in leaves[size // 2 :])
    assert one_by_one.root() == mixed.root() == mixed.root() == expected
    assert len(one_by_one) == len(mixed) == size


def test_known_roots_of_the_certificate_transparency_test_vectors() -> None:
    leaves = [
        bytes.fromhex(text)
        for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    ]
    assert merkle_root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle_root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle_root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert merkle_root([b"a", b"b"]) != merkle_root([left + right])
    assert merkle_root([b"a", b"b"]) != merkle_root([b"b", b"a"])


def test_memory_stays_of_one_chunk() -> None:
    tree = MerkleAccumulator()
    tree.extend(leaf_hash(b"%d" % number) for number in range(50_000))
    assert len(tree._waiting) < 4096
    assert len(tree._full) <= 12


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 13, 100])
def test_a_path_leads_from_every_leaf_to_the_root(size: int) -> None:
    leaves = [f"row {number}".encode() for number in range(size)]
    hashes = leaf_hashes(leaves)
    root, paths = audit_paths(hashes, range(size))
    assert root == plain_root(leaves)
    for number, path in paths.items():
        shown = [f"sha256:{each.hex()}" for each in path]
        assert climbed(f"sha256:{hashes[number].hex()}", number, size, shown) == f"sha256:{root.hex()}"
