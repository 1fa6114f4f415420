"""The rows of ``task_assignments``: one shard by default, any number of rows by repeating shards.

A shard is a whole plan's worth of tasks (a few thousand rows). Row numbers are computed, never stored: shards cycle
through a few variants that differ in fates, and only the six shard digits in the task ids change. So a million rows need
no more memory than four shards, and any page is cut out directly. The last shard is cut off at the number asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate

from deploy.sandbox.content import Content, encode
from deploy.sandbox.months import Month
from deploy.sandbox.system57.state import rows
from deploy.sandbox.system57.waves import SHARD_MARK

VARIANTS = 4
_OPENING = b'{"task_id":"NV57-'
"""Every row begins like this, then come the six shard digits: rows are kept without both, and one join puts them back."""


@dataclass(frozen=True)
class Shard:
    """One variant's rows as JSON from behind the shard digits on; running percent sums; the body of each row."""

    rows: tuple[bytes, ...]
    percents: tuple[int, ...]
    codes: tuple[str | None, ...]


@dataclass(frozen=True)
class Tasks:
    """All rows of one answer. ``starts`` are the first row numbers of the shards within a cycle, then its length."""

    shards: tuple[Shard, ...]
    starts: tuple[int, ...]
    total: int

    @property
    def content(self) -> Content:
        return Content(self.total, {"percent": self.percent(self.total)}, self.cut)

    def cut(self, start: int, stop: int) -> bytes:
        """The JSON of rows ``start`` … ``stop`` - 1."""
        pieces: list[bytes] = []
        stop = min(stop, self.total)
        while start < stop:
            number, inside = self._locate(start)
            shard = self.shards[number % len(self.shards)]
            end = min(inside + stop - start, len(shard.rows))
            opening = _OPENING + b"%06d" % number
            pieces.append(opening + (b"," + opening).join(shard.rows[inside:end]))
            start += end - inside
        return b",".join(pieces)

    def percent(self, stop: int) -> int:
        """Sum of ``percent`` over the first ``stop`` rows."""
        whole, rest = divmod(stop, self.starts[-1])
        full = sum(shard.percents[-1] for shard in self.shards)
        partial = 0
        for shard, start in zip(self.shards, self.starts, strict=False):
            partial += shard.percents[min(max(rest - start, 0), len(shard.rows))]
        return whole * full + partial

    def per_body(self) -> Counter[str]:
        """How many rows name each body itself; collective leads are in nobody's count."""
        whole, rest = divmod(self.total, self.starts[-1])
        found: Counter[str] = Counter()
        for shard, start in zip(self.shards, self.starts, strict=False):
            for codes, times in ((shard.codes, whole), (shard.codes[: max(rest - start, 0)], 1)):
                for code, count in Counter(codes).items():
                    if code is not None and times:
                        found[code] += count * times
        return found

    def _locate(self, number: int) -> tuple[int, int]:
        cycle, inside = divmod(number, self.starts[-1])
        variant = bisect_right(self.starts, inside) - 1
        return cycle * len(self.shards) + variant, inside - self.starts[variant]


@lru_cache(maxsize=3)
def tasks(seed: int, period: Month, as_of: datetime, total: int | None) -> Tasks:
    """The answer for a period as known at ``as_of``; ``total`` rows, or the plan's natural number when None."""
    first = _shard(seed, 0, period, as_of)
    if total is None or total <= len(first.rows):
        return Tasks((first,), (0, max(len(first.rows), 1)), len(first.rows) if total is None else total)
    shards = (first, *(_shard(seed, variant, period, as_of) for variant in range(1, VARIANTS)))
    return Tasks(shards, (0, *accumulate(len(shard.rows) for shard in shards)), total)


def _shard(seed: int, variant: int, period: Month, as_of: datetime) -> Shard:
    encoded: list[bytes] = []
    percents: list[int] = [0]
    codes: list[str | None] = []
    for one, row in rows(seed, variant, period, as_of):
        encoded.append(encode(row).removeprefix(_OPENING + SHARD_MARK.encode()))
        percents.append(percents[-1] + int(str(row["percent"])))
        codes.append(one.code)
    return Shard(tuple(encoded), tuple(percents), tuple(codes))
