"""``python -m deploy.sandbox.agencies PERIOD --url URL --keys FILE``: the 56 bodies' own systems send their demo reports.

Each goes the whole way over HTTP: draft, content, confirmations, hand-over, approval, signature, receipt; then the Ministry
of Public Security's reviewer confirms what the demo data says it confirms. What is done already stays: a second run sends
nothing new. FILE holds API keys: ``{"H38": {"agency_drafter": …, "agency_approver": …, "agency_signer": …}, "reader": …,
"reviewer": …}``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.months import FIRST, Month
from deploy.sandbox.reports import Written, reports

REASON = "DỮ LIỆU MÔ PHỎNG: số liệu giả định, đã rà soát"
ACCEPTED = "accepted"
CONFLICT = 409
# Nobody checks the body they belong to: the Ministry's own figures wait for a reviewer of another body.
REVIEWING_BODY = "G01"
BODIES_AT_ONCE = 4
# Body and database of figures that no automatic one replaces, on which the reviewer is silent when asked to be.
WITHOUT_WORD = (("H12", "CSDL-DD"), ("G11", "CSDL-LT"))
TIMEOUT_SECONDS = 60.0


class Refused(Exception):
    """An answer that was not expected, with what was asked and said."""

    def __init__(self, asked: str, answer: httpx.Response) -> None:
        super().__init__(f"{asked}: {answer.status_code} {answer.text}")
        self.status = answer.status_code


class Caller:
    """One key at one address."""

    def __init__(self, http: httpx.Client, key: str) -> None:
        self._http = http
        self._key = key

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """The JSON answer; raises Refused."""
        headers = {"Authorization": f"Bearer {self._key}", **given.pop("headers", {})}
        answer = self._http.request(method, path, headers=headers, **given)
        if answer.is_error:
            raise Refused(f"{method} {path}", answer)
        return answer.json()


def tell(count: int, total: int) -> None:
    """How far a program has come, as a line of its own: whoever started it reads along."""
    sys.stdout.write(f"{count}/{total}\n")
    sys.stdout.flush()


class Body:
    """One body's system and its three people."""

    def __init__(self, http: httpx.Client, period: Month, report: Written, keys: Mapping[str, str]) -> None:
        self._report = report
        self._path = f"/api/v1/agencies/{report.agency}/periods/{period}/submissions"
        self._drafter, self._approver, self._signer = (
            Caller(http, keys[role]) for role in ("agency_drafter", "agency_approver", "agency_signer")
        )

    def send(self, *, reported: bool) -> str:
        """The receipt's number. A body that has ``reported`` begins nothing."""
        submission = self._latest() if reported else self._begun()
        path = f"{self._path}/{submission['sequence']}"
        if submission["state"] == "draft":
            self._draft(path, submission["content"])
            submission = self._drafter.ask("POST", f"{path}/handovers", json={})
        if submission["state"] == "in_review":
            submission = self._approver.ask("POST", f"{path}/approvals", json={})
        if submission["state"] != ACCEPTED:
            self._signer.ask("POST", f"{path}/signatures", json={"digest": submission["content"]["digest"]})
        receipt: str = self._drafter.ask("GET", f"{path}/receipt")["receipt_number"]
        return receipt

    def _begun(self) -> dict[str, Any]:
        """A new submission, or the one that is under way."""
        try:
            begun: dict[str, Any] = self._drafter.ask("POST", self._path, json={"test": False})
        except Refused as refused:
            if refused.status != CONFLICT:
                raise
            return self._latest()
        return begun

    def _latest(self) -> dict[str, Any]:
        """The latest one that was not given up."""
        found = [each for each in self._drafter.ask("GET", self._path)["items"] if each["state"] != "reverted"]
        latest: dict[str, Any] = found[-1]
        return latest

    def _draft(self, path: str, seen: Mapping[str, Any] | None) -> None:
        headers = {"Content-Type": self._report.media_type} | ({"If-Match": seen["etag"]} if seen else {})
        taken = self._drafter.ask("PUT", f"{path}/content", content=self._report.body, headers=headers)
        if not taken["summary"]["confirm"]:
            return
        for finding in self._drafter.ask("GET", f"{path}/findings")["items"]:
            if finding["severity"] == "confirm" and not finding["confirmed"]:
                confirmation = {"finding_key": finding["key"], "reason": REASON}
                self._drafter.ask("POST", f"{path}/confirmations", json=confirmation)


def send_all(url: str, period: Month, keys: Mapping[str, Any], *, seed: int, leave_open: bool = False) -> list[str]:
    """The receipts' numbers, in the order of the bodies."""
    written = list(reports(period, seed=seed))
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as http, ThreadPoolExecutor(BODIES_AT_ONCE) as bodies:
        month = Caller(http, keys["reader"]).ask("GET", f"/api/v1/periods/{period}/reporting")["items"]
        reported = {line["agency"] for line in month if line["state"] != "none"}
        sent = [
            bodies.submit(Body(http, period, each, keys[each.agency]).send, reported=each.agency in reported)
            for each in written
        ]
        for count, _ in enumerate(as_completed(sent), start=1):
            tell(count, len(sent))
        numbers = [each.result() for each in sent]
        silent = frozenset(WITHOUT_WORD if leave_open else ())
        review(Caller(http, keys["reviewer"]), period, {each.agency: each.confirmed for each in written}, silent)
    return numbers


def review(
    reviewer: Caller, period: Month, confirmed: Mapping[str, frozenset[str]], silent: frozenset[tuple[str, str]]
) -> None:
    """Confirm the figures that the demo data says are confirmed, without those of ``silent``; the others wait."""
    waiting = reviewer.ask("GET", "/api/v1/records-reviews", params={"period": str(period), "state": "open", "limit": 200})
    for each in waiting["items"]:
        if (each["agency"], each["database"]) in silent:
            continue
        if each["agency"] != REVIEWING_BODY and each["database"] in confirmed[each["agency"]]:
            seen = {name: each[name] for name in ("sequence", "database", "new_records")}
            word = {**seen, "verdict": "confirmed", "reason": REASON}
            reviewer.ask("POST", f"/api/v1/agencies/{each['agency']}/periods/{period}/records-reviews", json=word)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.agencies", description=__doc__)
    parser.add_argument("period", type=Month.parse, help="YYYY-MM, from 2026-01")
    parser.add_argument("--url", required=True, help="where the gateway answers")
    parser.add_argument("--keys", required=True, type=Path, help="JSON file of API keys")
    parser.add_argument("--seed", type=int, default=4585)
    parser.add_argument("--leave-open", action="store_true", help="the reviewer says nothing on two figures")
    given = parser.parse_args(argv)
    if given.period < FIRST:
        parser.error(f"no data before {FIRST}")
    try:
        keys = json.loads(given.keys.read_text("utf-8"))
        numbers = send_all(given.url, given.period, keys, seed=given.seed, leave_open=given.leave_open)
    except (Refused, httpx.TransportError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{len(numbers)} báo cáo, biên nhận {numbers[0]} … {numbers[-1]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
