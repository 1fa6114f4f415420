"""``python -m deploy.sandbox.second_look PERIOD --url URL --keys FILE``: two people settle what was recorded late.

Over HTTP one asks System 57 for the frozen month once more, as of the day by which this sandbox has recorded everything of it,
sees what is open, and asks that those rows alone be taken in; the other agrees. What is settled already stays: a second run
asks for nothing. FILE holds API keys: ``{"operator": …, "publisher": …}``. A worker has to do the work meanwhile.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.agencies import TIMEOUT_SECONDS, Caller, Refused
from deploy.sandbox.months import FIRST, Month
from deploy.sandbox.system57.life import RECORDED_WITHIN

API = "/api/v1"
SOURCE = "system57"
KINDS = {"recorded_late": "nhiệm vụ ghi nhận muộn", "taken_back": "nhiệm vụ bị trả lại"}
ASKED = "DỮ LIỆU MÔ PHỎNG: hỏi lại nguồn sau hạn ghi nhận, xác nhận kết quả nhiệm vụ"
TAKEN = "DỮ LIỆU MÔ PHỎNG: nhiệm vụ hoàn thành trong kỳ, ghi nhận sau khi chốt; đã đối chiếu"
POLL_SECONDS, PATIENCE_SECONDS = 0.1, 300.0


class Unfinished(Exception):
    """A command that failed, or that nobody carried out in time."""


@dataclass(frozen=True)
class Office:
    """The operator asks, the publisher agrees; ``publisher`` is another person."""

    operator: Caller
    publisher: Caller
    period: Month

    def settle(self) -> str:
        """What was taken in, in words."""
        before = self._latest()
        if before["supersedes"] is None and not self._open():
            self._look()
        counts, bodies = self._open(), self._bodies()
        if not counts:
            return f"không còn việc chờ giải quyết; bản chốt {SOURCE} phiên bản {before['version']}"
        place = f"{API}/snapshots/{before['snapshot_id']}/supersessions"
        asked = self.operator.ask("POST", place, json={"takes": "changed_completions", "reason": TAKEN})
        self.publisher.ask("POST", f"{place}/{asked['command_id']}/approvals", json={"reason": TAKEN})
        self._done(f"{place}/{asked['command_id']}")
        after = self._latest()
        said = ", ".join(f"{counts[kind]} {KINDS[kind]}" for kind in KINDS if kind in counts)
        version = f"bản chốt phiên bản {after['version']} · {after['snapshot_id'][:21]}…"
        return f"{said} của {bodies} cơ quan; hai người đưa vào {version}"

    def _look(self) -> None:
        known_at = (self.period.freeze + RECORDED_WITHIN).isoformat()
        asked = {"source": SOURCE, "period": str(self.period), "as_of": known_at, "reason": ASKED}
        begun = self.operator.ask("POST", f"{API}/second-looks", json=asked)
        self._done(f"{API}/second-looks/{begun['command_id']}")

    def _latest(self) -> dict[str, Any]:
        """The header of the source's last snapshot of the month."""
        found = self.operator.ask("GET", f"{API}/snapshots", params={"period": str(self.period), "limit": 500})["items"]
        versions: list[dict[str, Any]] = [each for each in found if each["source"] == SOURCE]
        return max(versions, key=lambda each: int(each["version"]))

    def _holds(self) -> list[dict[str, Any]]:
        found = self.operator.ask("GET", f"{API}/periods/{self.period}/holds")["holds"]
        return [each for each in found if each["kind"] in KINDS and each["source"] == SOURCE]

    def _open(self) -> dict[str, int]:
        """How many facts are open of each kind."""
        return {each["kind"]: sum(len(body["items"]) for body in each["bodies"]) for each in self._holds()}

    def _bodies(self) -> int:
        return len({body["agency"] for each in self._holds() for body in each["bodies"]})

    def _done(self, path: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while (found := self.operator.ask("GET", path))["state"] != "succeeded":
            if found["state"] == "failed" or time.monotonic() > until:
                raise Unfinished(f"{path}: {found['state']} {json.dumps(found['problem'], ensure_ascii=False)}")
            time.sleep(POLL_SECONDS)


def settle(url: str, period: Month, keys: Mapping[str, str]) -> str:
    """See ``Office.settle``."""
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as http:
        return Office(Caller(http, keys["operator"]), Caller(http, keys["publisher"]), period).settle()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.second_look", description=__doc__)
    parser.add_argument("period", type=Month.parse, help="YYYY-MM, from 2026-01")
    parser.add_argument("--url", required=True, help="where the gateway answers")
    parser.add_argument("--keys", required=True, type=Path, help="JSON file of API keys")
    given = parser.parse_args(argv)
    if given.period < FIRST:
        parser.error(f"no data before {FIRST}")
    try:
        words = settle(given.url, given.period, json.loads(given.keys.read_text("utf-8")))
    except (Refused, Unfinished, httpx.TransportError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{words}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
