"""``python -m deploy.sandbox.units PERIOD --url URL --keys FILE``: a province's units begin a month, and it asks something.

Lào Cai's letter of 01/2026 as data (``data/units-lao-cai.json``): two administrators register the units, enter who works for
them and approve the plan; units send the sections of the letter's example; the province's drafter sends one request for
verification. What is done already stays. FILE holds API keys: ``{"H38": {"agency_drafter": …}, "units":
{"administrators": [one, two], "so-khcn": {"key": …, "subject": "key:…"}, …}}``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.agencies import REASON, TIMEOUT_SECONDS, Caller, Refused
from deploy.sandbox.bodies import DATA
from deploy.sandbox.months import FIRST, Month

LETTER: Mapping[str, Any] = json.loads((DATA / "units-lao-cai.json").read_text("utf-8"))
AGENCY: str = LETTER["agency"]
HERE = f"/api/v1/agencies/{AGENCY}"
QUESTION = {
    "kind": "verification",
    "subject": "Đề nghị xác minh số giao dịch NDXP tháng 01/2026 (dữ liệu mô phỏng)",
    "text": "Nhật ký của tỉnh ghi nhiều giao dịch thành công hơn số liệu dùng để chấm điểm. Nội dung này là mô phỏng.",
    "about_agency": AGENCY,
    "period": "2026-01",
    "indicator": "C2",
    "evidence": [{"title": "Nhật ký giao dịch (mô phỏng)", "digest": "sha256:" + "0" * 64}],
}


class Province:
    """The people of one province at one address."""

    def __init__(self, http: httpx.Client, period: Month, keys: Mapping[str, Any]) -> None:
        self._http = http
        self._period = period
        self._keys = keys["units"]
        self._one, self._two = (Caller(http, key) for key in self._keys["administrators"])
        self._drafter = Caller(http, keys[AGENCY]["agency_drafter"])

    def register(self) -> None:
        """Every unit of the letter with its contact point and the person who works for it."""
        there = {each["unit"] for each in self._one.ask("GET", f"{HERE}/units")["items"]}
        for unit in LETTER["units"]:
            if unit["unit"] in there:
                continue
            self._one.ask("POST", f"{HERE}/units", json={**unit, "reason": REASON})
            subject = self._keys[unit["unit"]]["subject"]
            self._one.ask("POST", f"{HERE}/units/{unit['unit']}/members", json={"subject": subject, "reason": REASON})

    def plan(self) -> None:
        """One administrator asks, the other approves."""
        if self._one.ask("GET", f"{HERE}/unit-plans")["items"]:
            return
        wanted = {**LETTER["plan"], "first_period": str(self._period), "reason": REASON}
        made = self._one.ask("POST", f"{HERE}/unit-plans", json=wanted)
        self._two.ask("POST", f"{HERE}/unit-plans/{made['plan_id']}/approvals", json={"reason": REASON})

    def report(self) -> int:
        """How many sections the units sent, each for the indicators that the plan gives it."""
        path = f"{HERE}/periods/{self._period}/sections"
        unit_of = {each["indicator"]: each["unit"] for each in LETTER["plan"]["assignments"]}
        board = self._one.ask("GET", path)["items"]
        there = {each["indicator"] for each in board if each["state"] != "missing"}
        wanted = [each for each in LETTER["sections"] if each["indicator"] not in there]
        for section in wanted:
            Caller(self._http, self._keys[unit_of[section["indicator"]]]["key"]).ask("POST", path, json=section)
        return len(wanted)

    def question(self) -> None:
        if not self._drafter.ask("GET", f"{HERE}/feedback")["items"]:
            self._drafter.ask("POST", f"{HERE}/feedback", json=QUESTION)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.units", description=__doc__)
    parser.add_argument("period", type=Month.parse, help="YYYY-MM, from 2026-01")
    parser.add_argument("--url", required=True, help="where the gateway answers")
    parser.add_argument("--keys", required=True, type=Path, help="JSON file of API keys")
    given = parser.parse_args(argv)
    if given.period < FIRST:
        parser.error(f"no data before {FIRST}")
    try:
        with httpx.Client(base_url=given.url, timeout=TIMEOUT_SECONDS) as http:
            province = Province(http, given.period, json.loads(given.keys.read_text("utf-8")))
            province.register()
            province.plan()
            sections = province.report()
            province.question()
    except (Refused, httpx.TransportError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{len(LETTER['units'])} đơn vị, {sections} phần báo cáo mới, 1 yêu cầu xác minh\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
