"""Faults the admin plants: what goes wrong, for which source, dataset and page, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from deploy.sandbox.asking import Refusal, number_of
from deploy.sandbox.sources import source_named

BEFORE = ("down", "crash_after_page", "slow", "401", "429", "500", "as_of_unavailable")
"""Answered instead of, or before, the data."""
PAYLOAD = (
    "duplicate_row",
    "schema_drift",
    "retyped_field",
    "missing_field",
    "unmapped_agency",
    "wrong_period",
    "wrong_total",
    "impossible_row",
)
"""Change what the data say; the signature covers the changed bytes."""
DELIVERY = ("truncated_page", "cut_json", "bad_signature", "missing_signature", "clock_skew")
"""Change how right data arrive."""
MODES = (*BEFORE, *PAYLOAD, *DELIVERY)
TOKEN = "token"  # noqa: S105 - the name of the token endpoint where a fault names a dataset
_SECONDS = {"slow": 3, "429": 1, "clock_skew": 7200}


@dataclass(slots=True)
class Fault:
    """One planted fault. ``dataset`` None: every dataset (``token``: the token endpoint); ``left`` None: for ever.

    ``page`` None: every page; for ``crash_after_page`` it is the last page still answered.
    """

    source: str
    dataset: str | None
    mode: str
    page: int | None
    seconds: int
    left: int | None

    def strikes(self, source: str, dataset: str, page: int) -> bool:
        if self.left == 0 or source != self.source or dataset != (self.dataset or dataset):
            return False
        if dataset == TOKEN and self.dataset != TOKEN:
            return False
        if self.mode == "crash_after_page":
            return page > (self.page or 1)
        return self.page in (None, page)


class Faults:
    """The faults in force, oldest first."""

    def __init__(self) -> None:
        self._planted: list[Fault] = []

    def plant(self, body: Mapping[str, object]) -> Fault:
        """Read and plant one fault. Raises ``Refusal`` naming what is wrong with it."""
        mode, source = str(body.get("mode")), source_named(str(body.get("source")))
        dataset = body.get("dataset")
        if mode not in MODES:
            raise Refusal(400, "BAD_FAULT", f"mode {mode!r} is none of {', '.join(MODES)}")
        if source is None:
            raise Refusal(400, "BAD_FAULT", f"source {body.get('source')!r} is unknown")
        if dataset is not None and dataset not in (*source.datasets, TOKEN):
            raise Refusal(400, "BAD_FAULT", f"dataset {dataset!r} is none of {source.name}'s")
        page, times = _optional(body, "page"), _optional(body, "times")
        seconds = _optional(body, "seconds")
        fault = Fault(
            source.name, None if dataset is None else str(dataset), mode, page, seconds or _SECONDS.get(mode, 0), times
        )
        self._planted.append(fault)
        return fault

    def clear(self) -> None:
        self._planted.clear()

    def listed(self) -> list[dict[str, object]]:
        return [asdict(fault) for fault in self._planted]

    def take(self, modes: tuple[str, ...], source: str, dataset: str, page: int) -> dict[str, Fault]:
        """The faults of these modes that strike this request, by mode; each strike is counted off."""
        struck: dict[str, Fault] = {}
        for fault in self._planted:
            if fault.mode in modes and fault.mode not in struck and fault.strikes(source, dataset, page):
                struck[fault.mode] = fault
                fault.left = None if fault.left is None else fault.left - 1
        return struck


def _optional(body: Mapping[str, object], name: str) -> int | None:
    value = body.get(name)
    return None if value is None else number_of(value, name, 1, 1_000_000)
