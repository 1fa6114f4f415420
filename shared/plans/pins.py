"""What computed a sheet and what would compute it now, part by part: a plan or a run is stale in what differs (OPS-01, RSC-07).

Pure. The parts bear the names by which a version that follows another says what was otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.canonical import canonical_bytes, sha256_hex
from shared.errors import Conflict, Fault
from shared.inputs import Inputs
from shared.law.sheet import ENGINE_VERSION
from shared.period import in_vietnam

Entry = Mapping[str, Any]
SCHEME, ENGINE, CALENDAR, REGISTRY = "scheme", "engine", "calendar", "registry"
HINT = "Look at what changed, make a new plan, and go by that one."


class PlanStale(Conflict):
    """The plan was made of other inputs, or against another published version, than there are now; nothing was done."""

    slug = "plan-stale"
    title_vi = "Kế hoạch không còn đúng với hiện tại"
    title_en = "The plan is stale"


@dataclass(frozen=True)
class Pins:
    """The canonical inputs as a document, and what computed them."""

    inputs: Entry
    scheme_digest: str
    engine_version: str


@dataclass(frozen=True)
class Changed:
    """One thing that differs: in which part, its name there, and what stood before and after (None: nothing). They are ids of
    snapshots and decisions, instants, and digests of what has no id."""

    part: str
    name: str
    before: str | None
    after: str | None


def pins_now(inputs: Inputs, scheme_digest: str) -> Pins:
    """Of inputs in force and the law that rules their month."""
    return Pins(inputs.document(), scheme_digest, ENGINE_VERSION)


def pins_of(inputs: bytes, scheme_digest: str, engine_version: str) -> Pins:
    """As a run or a plan stores them."""
    return Pins(json.loads(inputs), scheme_digest, engine_version)


def changed(before: Pins, after: Pins) -> list[Changed]:
    """Everything that differs, by part and name."""
    found = [
        *changed_inputs(before.inputs, after.inputs),
        *_changed(SCHEME, {"digest": before.scheme_digest}, {"digest": after.scheme_digest}),
        *_changed(ENGINE, {"version": before.engine_version}, {"version": after.engine_version}),
    ]
    return sorted(found, key=lambda each: (each.part, each.name))


def changed_inputs(before: Entry, after: Entry) -> Iterator[Changed]:
    """Of two input documents. One that was stored before there was a part has nothing in it."""
    for part, read in _PARTS.items():
        yield from _changed(part, read(before), read(after))
    first, last = ({each["code"]: each for each in one.get("agencies", ())} for one in (before, after))
    for code in sorted(first.keys() | last.keys()):
        # Hardly any differs, and to say that none does is quicker than to look into it.
        if first.get(code) != last.get(code) and not _alike(first.get(code), last.get(code)):
            yield Changed(REGISTRY, code, _digest(first.get(code)), _digest(last.get(code)))


def refuse_stale(found: Sequence[Changed], name: str) -> None:
    """Raises PlanStale that names everything that changed since the plan ``name``."""
    if found:
        faults = [
            Fault(f"{each.part}/{each.name}", "is otherwise than the plan has it", seen=each.after, expected=each.before)
            for each in found
        ]
        raise PlanStale(f"{name}: {len(found)} inputs have changed since it was made", faults=faults, hint=HINT)


def _snapshots(inputs: Entry) -> dict[str, str]:
    return {source: each["snapshot"] for source, each in inputs.get("snapshots", {}).items() if each is not None}


def _calendar(inputs: Entry) -> dict[str, str]:
    return {name: in_vietnam(datetime.fromisoformat(inputs[name])) for name in ("cutoff", "deadline")}


def _by(part: str, names: tuple[str, ...], identity: str) -> Callable[[Entry], dict[str, str]]:
    return lambda inputs: {"/".join(str(each[name]) for name in names): each[identity] for each in inputs.get(part, ())}


# By the part's name how it is read: what stands under which name.
_PARTS: Mapping[str, Callable[[Entry], dict[str, str]]] = {
    "snapshots": _snapshots,
    "rulings": _by("rulings", ("agency", "measure"), "ruling_id"),
    "applicability": _by("applicability", ("agency", "indicator"), "applicability_id"),
    "omissions": _by("left_out", ("agency", "database", "new_records"), "omission_id"),
    CALENDAR: _calendar,
}


def _changed(part: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Changed]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Changed(part, name, before.get(name), after.get(name))


def _alike(before: Any, after: Any) -> bool:
    """An entry that was stored before there was a field, as the terms of heads, is compared without it."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(_alike(before[name], after[name]) for name in before.keys() & after.keys())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_alike, before, after))
    return bool(before == after)


def _digest(entry: Entry | None) -> str | None:
    return None if entry is None else sha256_hex(canonical_bytes(entry))
