"""What a reader makes of the rows behind a figure, by what the page itself says of them: nothing of the product is used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any


def regrouped(figure: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """A measure from the rows of an indicator; None is missing."""
    if figure["rows_put_aside"] or not items:
        return None
    stated = [item for item in items if (item["dataset"], item["verdict"]) == (figure["stated_by"], "stated")]
    verdicts = {item["verdict"] for item in items}
    if (figure["stated_by"] and not stated) or verdicts & set(figure["unless"]):
        return None
    if figure["given"] and not verdicts & set(figure["given"]):
        return None
    counted = [item["row"] for item in items if figure["measure"] in item["counts_in"]]
    if not figure["amounts"]:
        return Decimal(len(counted))
    amounts = [row[name] for row in counted for name in figure["amounts"]]
    if None in amounts:
        return None
    total = sum(map(Decimal, amounts), Decimal())
    return total if figure["at_most"] is None else min(total, Decimal(figure["at_most"]))


def proven(item: Mapping[str, Any], proof: Mapping[str, Any]) -> str:
    """The snapshot's root that follows from a row (RFC 6962); from its bytes, or from the leaf of a masked one."""
    own = item["proof"]
    if own["bytes"] is None:
        assert item["masked"]
    else:
        assert _leaf(own["bytes"]) == item["leaf"]
    root = climbed(item["leaf"], own["index"], proof["size"], own["path"])
    named = json.loads(proof["bytes"])
    assert f"sha256:{named['root']}" == root, "the leaf of the dataset names the root of its rows"
    assert named["rows"] == proof["size"]
    return climbed(_leaf(proof["bytes"]), proof["index"], proof["datasets"], proof["path"])


def climbed(leaf: str, index: int, size: int, path: Sequence[str]) -> str:
    """RFC 9162 §2.1.3.2."""
    at, last, found = index, size - 1, _raw(leaf)
    for sibling in path:
        assert last > 0, "the path is too long"
        if at % 2 or at == last:
            found = _node(_raw(sibling), found)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            found = _node(found, _raw(sibling))
        at, last = at // 2, last // 2
    assert last == 0, "the path is too short"
    return f"sha256:{found.hex()}"


def _leaf(text: str) -> str:
    return f"sha256:{hashlib.sha256(bytes(1) + text.encode()).hexdigest()}"


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _raw(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))
