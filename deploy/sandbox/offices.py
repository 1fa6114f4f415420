"""``python -m deploy.sandbox.offices PERIOD --url URL --keys FILE``: officers keep the demo month's registers over HTTP.

Two officers enter and confirm meetings, attendance and speeches; bodies propose initiatives, the standing agency assesses them,
an officer records what was decided; then the month is closed. What is done already stays: a second run enters nothing new. FILE
holds API keys: ``{"officers": [one, two], "assessor": …, "H38": {"agency_drafter": …, "agency_approver": …}, …}``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.agencies import REASON, TIMEOUT_SECONDS, Caller, Refused, tell
from deploy.sandbox.months import FIRST, Month
from deploy.sandbox.registers import Initiative, Meeting, registers

API = "/api/v1"
ENTRIES_AT_ONCE = 4


class Officers:
    """Two people of the Government Office: one enters, the other confirms."""

    def __init__(self, http: httpx.Client, keys: Sequence[str]) -> None:
        self._one, self._two = (Caller(http, key) for key in keys)

    def known(self, path: str, **only: Any) -> dict[str, dict[str, Any]]:
        """What is entered at an address already, by evidence digest."""
        return {each["evidence_digest"]: each for each in _all(self._one, path, only)}

    def enter(self, place: str, path: str, body: Mapping[str, Any], known: Mapping[str, Any]) -> str:
        """The entry's id; it is confirmed afterwards, whoever began it."""
        found = known.get(body["evidence_digest"]) or self._one.ask("POST", path, json=dict(body))
        name: str = found["entry_id"]
        if found["state"] == "awaiting_confirmation":
            self._two.ask("POST", f"{API}/{place}/{name}/confirmations", json={"version": found["version"], "reason": REASON})
        return name

    def decide(self, name: str, decision: Mapping[str, Any]) -> None:
        self._two.ask("POST", f"{API}/initiatives/{name}/decisions", json={**decision, "reason": REASON})


class Bonus:
    """One body's initiative on its way from proposal to decision."""

    def __init__(self, http: httpx.Client, officers: Officers, keys: Mapping[str, Any], wanted: Initiative) -> None:
        self._wanted = wanted
        self._officers = officers
        self._own = f"{API}/agencies/{wanted.agency}/initiatives"
        self._assessor = Caller(http, keys["assessor"])
        self._drafter, self._approver = (
            Caller(http, keys[wanted.agency][role]) for role in ("agency_drafter", "agency_approver")
        )

    def carry_through(self) -> None:
        found = self._initiative()
        name, state = found["initiative_id"], found["state"]
        if state == "proposed":
            self._approver.ask("POST", f"{self._own}/{name}/approvals", json={"reason": REASON})
        if state in ("proposed", "submitted"):
            word = {"points": self._wanted.points, "reason": REASON}
            self._assessor.ask("POST", f"{API}/initiatives/{name}/assessments", json=word)
        if state != "decided":
            self._officers.decide(name, self._wanted.decision)

    def _initiative(self) -> dict[str, Any]:
        wanted = self._wanted.proposal
        same = [each for each in _all(self._drafter, self._own, {}) if each["document_digest"] == wanted["document_digest"]]
        found: dict[str, Any] = same[0] if same else self._drafter.ask("POST", self._own, json=dict(wanted))
        return found


def keep_all(http: httpx.Client, period: Month, keys: Mapping[str, Any], *, seed: int) -> tuple[int, int, int, int]:
    """How many meetings, attendances, speeches and initiatives the registers of the month hold now."""
    month = registers(period, seed=seed)
    attendances, speeches = (
        sum(len(found) for found in each)
        for each in ((one.attendances for one in month.meetings), (one.speeches for one in month.meetings))
    )
    total, done = len(month.meetings) + attendances + speeches + len(month.initiatives), 0
    with ThreadPoolExecutor(ENTRIES_AT_ONCE) as entries:
        officers = Officers(http, keys["officers"])
        known = officers.known(f"{API}/meetings", period=str(period))
        for meeting in month.meetings:
            _keep(officers, meeting, known, entries)
            done += 1 + len(meeting.attendances) + len(meeting.speeches)
            tell(done, total)
        list(entries.map(lambda each: Bonus(http, officers, keys, each).carry_through(), month.initiatives))
        tell(total, total)
        closings = f"{API}/register-closings"
        officers.enter("register-closings", closings, month.closing, officers.known(closings, period=str(period)))
    return len(month.meetings), attendances, speeches, len(month.initiatives)


def _keep(officers: Officers, meeting: Meeting, known: Mapping[str, Any], entries: ThreadPoolExecutor) -> None:
    name = officers.enter("meetings", f"{API}/meetings", meeting.entry, known)
    for place, bodies in (("attendances", meeting.attendances), ("speeches", meeting.speeches)):
        path = f"{API}/meetings/{name}/{place}"
        there = officers.known(path)
        list(entries.map(lambda body, at=place, to=path, seen=there: officers.enter(at, to, body, seen), bodies))


def _all(caller: Caller, path: str, only: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item of a list, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = caller.ask("GET", path, params={**only, "limit": 500, **cursor})
        yield from page["items"]
        if page["next"] is None:
            return
        cursor = {"cursor": page["next"]}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.offices", description=__doc__)
    parser.add_argument("period", type=Month.parse, help="YYYY-MM, from 2026-01")
    parser.add_argument("--url", required=True, help="where the gateway answers")
    parser.add_argument("--keys", required=True, type=Path, help="JSON file of API keys")
    parser.add_argument("--seed", type=int, default=4585)
    given = parser.parse_args(argv)
    if given.period < FIRST:
        parser.error(f"no data before {FIRST}")
    try:
        with httpx.Client(base_url=given.url, timeout=TIMEOUT_SECONDS) as http:
            counts = keep_all(http, given.period, json.loads(given.keys.read_text("utf-8")), seed=given.seed)
    except (Refused, httpx.TransportError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    words = ("cuộc họp", "lượt dự họp", "phát biểu, báo cáo", "sáng kiến")
    sys.stdout.write(", ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
