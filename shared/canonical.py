"""One spelling per document (RFC 8785), one root per list of rows (RFC 6962), one way to write a digest."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Annotated, Any, Final

import msgspec
import rfc8785

SAFE_INTEGER: Final = 2**53 - 1
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_PAIR: Final = 2 * hashlib.sha256().digest_size
_CHUNK_LEVEL: Final = 12
_CHUNK: Final = 2**_CHUNK_LEVEL
_DEPTH: Final = 8

_sha256 = hashlib.sha256


class NotCanonical(ValueError):
    """The value has no canonical form here: floats, integers beyond 2^53 - 1, keys that are not text, broken text."""


# RFC 8785 orders keys by UTF-16 units, the fast encoder by code points. They part only where a key holds a character
# from U+E000 on, whose UTF-8 starts with one of these bytes; such documents take the reference encoder.
_ORDER_MAY_DIFFER: Final = tuple(bytes([lead]) for lead in range(0xEE, 0xF5))


def _plain_json() -> Any:
    integer = Annotated[int, msgspec.Meta(ge=-SAFE_INTEGER, le=SAFE_INTEGER)]
    shape: Any = str | integer | bool | None
    for _ in range(_DEPTH):
        shape = str | integer | bool | None | dict[str, shape] | list[shape]
    return shape


_Checked: Final[Any] = msgspec.defstruct("_Checked", [("value", _plain_json())], array_like=True)
_encoder: Final = msgspec.json.Encoder(order="sorted")


def canonical_bytes(document: object) -> bytes:
    """RFC 8785 bytes of a document made of objects, arrays, text, integers, booleans and null.

    Raises NotCanonical for anything else: a binary float must never decide the digest of a score.
    """
    try:
        plain = msgspec.convert((document,), type=_Checked)
    except msgspec.ValidationError:
        return _reference_bytes(document)
    if plain.value != document:  # a set, which has no order, or a tuple was taken for a list
        return _reference_bytes(document)
    try:
        encoded = _encoder.encode(document)
    except UnicodeEncodeError as error:
        raise NotCanonical(str(error)) from error
    if any(lead in encoded for lead in _ORDER_MAY_DIFFER):
        return _reference_bytes(document)
    return encoded


def _reference_bytes(document: object) -> bytes:
    """The slow, reference way; also for documents nested deeper than the fast check looks."""
    _refuse_floats(document)
    try:
        return rfc8785.dumps(document)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from error


def _refuse_floats(document: object) -> None:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, float):
            message = f"{value!r} is a binary float; write it as decimal text"
            raise NotCanonical(message)
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)


def sha256_hex(data: bytes) -> str:
    """The digest as the product writes it everywhere: ``sha256:`` and 64 lower-case hex digits."""
    return f"sha256:{_sha256(data).hexdigest()}"


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 hash of one leaf, 32 bytes."""
    return _sha256(_LEAF + data).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """RFC 6962 hashes of many leaves."""
    return [_sha256(_LEAF + leaf).digest() for leaf in leaves]


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """RFC 6962 root of the leaves in their order, 32 bytes; of no leaves, SHA-256 of nothing. Streams."""
    tree = MerkleAccumulator()
    tree.extend(_sha256(_LEAF + leaf).digest() for leaf in leaves)
    return tree.root()


def audit_paths(hashes: Sequence[bytes], numbers: Iterable[int]) -> tuple[bytes, dict[int, list[bytes]]]:
    """RFC 6962 root over leaf hashes, and the audit path of each of the leaves numbered, from 0: its siblings on the way up."""
    places = {number: number for number in numbers}
    paths: dict[int, list[bytes]] = {number: [] for number in places}
    level = list(hashes)
    while len(level) > 1:
        for number, place in places.items():
            if place ^ 1 < len(level):
                paths[number].append(level[place ^ 1])
            places[number] = place // 2
        pairs = [_sha256(_NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[2 * len(pairs) :]
    return (level[0] if level else EMPTY_ROOT), paths


class MerkleAccumulator:
    """RFC 6962 tree over a stream of leaves, in memory of one chunk and one hash per level.

    ``add`` takes a leaf's bytes, ``extend`` leaf hashes computed elsewhere; ``root`` may be asked at any time.
    """

    __slots__ = ("_full", "_leaves", "_waiting")

    def __init__(self) -> None:
        """An empty tree."""
        self._leaves = 0
        self._waiting: list[bytes] = []
        self._full: list[tuple[int, bytes]] = []  # roots of perfect subtrees, level falling

    def __len__(self) -> int:
        """How many leaves were added."""
        return self._leaves + len(self._waiting)

    def add(self, leaf: bytes) -> None:
        """Append one leaf by its bytes."""
        waiting = self._waiting
        waiting.append(_sha256(_LEAF + leaf).digest())
        if len(waiting) == _CHUNK:
            self._fold()

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Append leaves by their leaf hashes."""
        coming = iter(hashes)
        while part := list(islice(coming, _CHUNK - len(self._waiting))):
            self._waiting += part
            if len(self._waiting) == _CHUNK:
                self._fold()

    def root(self) -> bytes:
        """The root over everything added so far, 32 bytes."""
        if not len(self):
            return EMPTY_ROOT
        parts = [digest for _, digest in self._full]
        if self._waiting:
            parts.append(_chunk_root(self._waiting))
        root = parts.pop()
        while parts:
            root = _sha256(_NODE + parts.pop() + root).digest()
        return root

    def _fold(self) -> None:
        """Turn a full chunk into the root of a perfect subtree and merge equals, like a carry."""
        self._leaves += len(self._waiting)
        level, digest = _CHUNK_LEVEL, _chunk_root(self._waiting)
        self._waiting.clear()
        while self._full and self._full[-1][0] == level:
            digest = _sha256(_NODE + self._full.pop()[1] + digest).digest()
            level += 1
        self._full.append((level, digest))


def _chunk_root(hashes: list[bytes]) -> bytes:
    """Level by level; an odd last node rises unchanged, which is RFC 6962's split at the largest power of two."""
    while len(hashes) > 1:
        joined = b"".join(hashes)
        even = len(joined) // _PAIR * _PAIR
        level = [_sha256(_NODE + joined[at : at + _PAIR]).digest() for at in range(0, even, _PAIR)]
        if even != len(joined):
            level.append(joined[even:])
        hashes = level
    return hashes[0]
