"""Slips: what a source states wrongly of one row until it mends it. Its pages are whole and signed; nothing else tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from deploy.sandbox.asking import Refusal
from deploy.sandbox.content import Content, encode, total
from deploy.sandbox.sources import source_named

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_PARTS = ("match", "change", "set")


@dataclass(frozen=True, slots=True)
class Slip:
    """``match`` names one row as the page writes it; ``change`` adds to its numbers, never below 0, ``set`` replaces values,
    ``left_out`` leaves it out; ``again`` lets it stand and states it so a second time, at the end. ``period`` None: every
    month; ``answers``: so many answers about the dataset, None until it is mended."""

    id: int
    source: str
    dataset: str
    period: str | None
    match: Mapping[str, Any]
    change: Mapping[str, int]
    set: Mapping[str, Any]
    left_out: bool
    again: bool
    answers: int | None

    @property
    def described(self) -> dict[str, object]:
        return asdict(self)

    def fits(self, row: Mapping[str, Any]) -> bool:
        return all(row.get(name) == value for name, value in self.match.items())

    def spoilt(self, row: dict[str, Any]) -> dict[str, Any]:
        changed = {name: max(row[name] + by, 0) for name, by in self.change.items()}
        return {**row, **changed, **self.set}


class Slips:
    """The slips not mended yet, oldest first."""

    def __init__(self) -> None:
        self._standing: list[Slip] = []
        self._next = 1

    def plant(self, body: Mapping[str, Any]) -> Slip:
        """Read one and let it stand. Raises ``Refusal`` naming what is wrong with it."""
        source, dataset = source_named(str(body.get("source"))), str(body.get("dataset"))
        if source is None or dataset not in source.datasets:
            raise Refusal(400, "BAD_SLIP", f"{body.get('source')!r} has no dataset {dataset!r}")
        parts: dict[str, Any] = {name: body.get(name) or {} for name in _PARTS}
        if not parts["match"] or not all(isinstance(part, Mapping) for part in parts.values()):
            raise Refusal(400, "BAD_SLIP", "match names a row by its fields; change and set are objects")
        how: dict[str, Any] = {"left_out": bool(body.get("left_out")), "again": bool(body.get("again"))}
        how |= {"period": body.get("period"), "answers": body.get("answers")}
        slip = Slip(self._next, source.name, dataset, **parts, **how)
        self._next += 1
        self._standing.append(slip)
        return slip

    def plant_all(self, path: Path) -> None:
        """Every slip of a file, a JSON list. Raises ``Refusal`` for the first that is wrong; figures are read exactly."""
        for body in _DECODER.decode(path.read_bytes()):
            self.plant(body)

    def mend(self, number: int) -> None:
        """Raises ``Refusal`` where none has the number."""
        if number not in {slip.id for slip in self._standing}:
            raise Refusal(404, "NO_SLIP", f"no slip {number} stands")
        self._standing = [slip for slip in self._standing if slip.id != number]

    def listed(self) -> list[dict[str, object]]:
        return [slip.described for slip in self._standing]

    def applied(self, dataset: str, period: str, right: Content) -> Content:
        """What the source states. Raises ``Refusal`` for a slip that fits another number of rows than one."""
        standing = [slip for slip in self._standing if slip.dataset == dataset and slip.period in (None, period)]
        if not standing:
            return right
        rows: list[dict[str, Any]] = _DECODER.decode(b"[" + right.cut(0, right.rows) + b"]")
        for slip in standing:
            _apply(slip, rows)
            self._told(slip)
        encoded = [encode(row) for row in rows]
        sums = {name: total(row[name] for row in rows) for name in right.sums}
        return Content(len(rows), sums, lambda start, stop: b",".join(encoded[start:stop]))

    def _told(self, slip: Slip) -> None:
        """One stated for so many answers has one fewer left, and is gone after the last."""
        if slip.answers is not None:
            left = [replace(slip, answers=slip.answers - 1)] if slip.answers > 1 else []
            at = self._standing.index(slip)
            self._standing[at : at + 1] = left


def _apply(slip: Slip, rows: list[dict[str, Any]]) -> None:
    places = [place for place, row in enumerate(rows) if slip.fits(row)]
    if len(places) != 1:
        raise Refusal(500, "BAD_SLIP", f"slip {slip.id} fits {len(places)} rows of {slip.dataset}")
    if slip.left_out:
        del rows[places[0]]
    elif slip.again:
        rows.append(slip.spoilt(rows[places[0]]))
    else:
        rows[places[0]] = slip.spoilt(rows[places[0]])
