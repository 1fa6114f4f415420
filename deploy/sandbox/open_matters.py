"""``python -m deploy.sandbox.open_matters PERIOD --url URL --keys FILE --people FILE``: two people settle what holds a month.

Over HTTP they find, and settle, what this sandbox leaves open: a row of one body that the portal gave wrongly and has put right
since, and two C1 figures that were left without a word (``python -m deploy.sandbox.agencies --leave-open``). On one the word
comes after its deadline; the other is left out by decision. What is settled already stays. FILE of ``--keys`` holds API keys:
``{"operator": …, "publisher": …}``, that of ``--people`` ``{"reviewer": …}``. A worker has to do the work meanwhile.

With ``--correct PORT_FILE`` they put right what was published: one body's figure that NDXP stated too small and mends now.

With ``--begin PORT_FILE`` nobody is asked: the running sandbox gives the portal's next answer with a wrong first row, once,
and NDXP states one body's figure too small.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.agencies import TIMEOUT_SECONDS, WITHOUT_WORD, Caller, Refused
from deploy.sandbox.months import FIRST, Month

API = "/api/v1"
PORTAL, EXCHANGE, REPORTS, WORDS = "public_service_portal", "ndxp", "agency_report", "records_review"
OPEN_WORD = "open_word"
# Lào Cai, as NDXP writes it; both sides of an exchange stay whole.
SLIP = {
    "source": EXCHANGE, "dataset": "exchange_volumes", "match": {"agency": "000.00.00.H38", "source_system": "NDXP"},
    "change": {"transactions": -500_000, "as_provider": -500_000},
}  # fmt: skip
MENDED = "DỮ LIỆU MÔ PHỎNG: nguồn đã sửa dòng số liệu không hợp lệ"
SAID = "DỮ LIỆU MÔ PHỎNG: đã đối chiếu hồ sơ, số liệu khớp"
CORRECTED = "DỮ LIỆU MÔ PHỎNG: nguồn xác nhận số giao dịch đã gửi của một cơ quan bị thiếu, đã gửi lại"
TAKEN = "DỮ LIỆU MÔ PHỎNG: bổ sung ý kiến có sau hạn"
LEFT_OUT = "DỮ LIỆU MÔ PHỎNG: hết thời hạn đôn đốc vẫn chưa có ý kiến"
SCORED = "DỮ LIỆU MÔ PHỎNG: tính số điểm liên quan trước khi quyết định"
DOCUMENT = "02/DEMO (văn bản mô phỏng)"
POLL_SECONDS, PATIENCE_SECONDS = 0.1, 300.0


class Unfinished(Exception):
    """A command that failed, or that nobody carried out in time."""


@dataclass(frozen=True)
class Office:
    """The operator asks and the publisher agrees, who is another person; the reviewer speaks for the Ministry."""

    operator: Caller
    publisher: Caller
    reviewer: Caller
    period: Month

    def settle(self) -> str:
        """What was settled, in words."""
        done = [each for each in (self._row_mended(), self._word_taken()) if each]
        if self._holds():
            self._scored()
            done.append(self._word_left_out())
        return "; ".join(done) or "không còn việc chờ giải quyết"

    def correct(self) -> str:
        """A snapshot whose figure was wrong at the source is followed by one of the same instant, in which it is right."""
        before = self._latest(EXCHANGE)
        if before["version"] > 1:
            return f"bản chốt {EXCHANGE} đã được sửa, phiên bản {before['version']}"
        after = self._superseded(before, CORRECTED, as_of=before["as_of"])
        return (
            f"{EXCHANGE} sửa số liệu của một cơ quan sau khi công bố; hai người đưa vào bản chốt phiên bản {after['version']}"
        )

    def _row_mended(self) -> str:
        """The snapshot with a row put aside is followed by one of the same instant, in which the row is right."""
        before = self._latest(PORTAL)
        aside = self.operator.ask("GET", f"{API}/snapshots/{before['snapshot_id']}/rows-put-aside")["items"]
        if not aside:
            return ""
        after = self._superseded(before, MENDED, as_of=before["as_of"])
        bodies = ", ".join(sorted({row["agency"] for row in aside}))
        return f"{len(aside)} dòng để riêng ({bodies}) được thay bằng bản chốt phiên bản {after['version']}"

    def _word_taken(self) -> str:
        """Of the figures without a word one gets it now, too late: another version of the words takes it in."""
        late = WITHOUT_WORD[0]
        found = {figure: each for each in self._open_figures() for figure in [(each["agency"], each["database"])]}
        if late not in found or late not in self._held():
            return ""
        seen = {name: found[late][name] for name in ("sequence", "database", "new_records")}
        word = {**seen, "verdict": "confirmed", "reason": SAID, "document": DOCUMENT}
        self.reviewer.ask("POST", f"{API}/agencies/{late[0]}/periods/{self.period}/records-reviews", json=word)
        after = self._superseded(self._latest(WORDS), TAKEN)
        return f"ý kiến muộn về {'/'.join(late)} được đưa vào bản chốt phiên bản {after['version']}"

    def _word_left_out(self) -> str:
        """What is still open is left out by a decision of two people."""
        left = []
        for hold in self._holds():
            asked = {"hold_id": hold["hold_id"], "reason": LEFT_OUT, "document": DOCUMENT}
            made = self.operator.ask("POST", f"{API}/periods/{self.period}/omissions", json=asked)
            self.publisher.ask("POST", f"{API}/omissions/{made['omission_id']}/approvals", json={"reason": LEFT_OUT})
            left += [
                f"{body['agency']}/{item['database']} ({body['points'] or '?'} điểm)".replace(".", ",")
                for body in hold["bodies"]
                for item in body["items"]
            ]
        return f"hai người để ngoài {', '.join(left)}"

    def _scored(self) -> None:
        """What is left out has its points beside it: a run that rests on what was taken in says them."""
        asked = self.operator.ask("POST", f"{API}/score-runs", json={"period": str(self.period), "reason": SCORED})
        self._done(str(asked["status"]))

    def _superseded(self, before: dict[str, Any], reason: str, **how: str) -> dict[str, Any]:
        place = f"{API}/snapshots/{before['snapshot_id']}/supersessions"
        asked = self.operator.ask("POST", place, json={"reason": reason, **how})
        self.publisher.ask("POST", f"{place}/{asked['command_id']}/approvals", json={"reason": reason})
        self._done(f"{place}/{asked['command_id']}")
        return self._latest(str(before["source"]))

    def _latest(self, source: str) -> dict[str, Any]:
        """The header of the source's last snapshot of the month."""
        found = self.operator.ask("GET", f"{API}/snapshots", params={"period": str(self.period), "limit": 500})["items"]
        versions: list[dict[str, Any]] = [each for each in found if each["source"] == source]
        return max(versions, key=lambda each: int(each["version"]))

    def _open_figures(self) -> list[dict[str, Any]]:
        asked = {"period": str(self.period), "state": "open", "limit": 200}
        found: list[dict[str, Any]] = self.reviewer.ask("GET", f"{API}/records-reviews", params=asked)["items"]
        return found

    def _holds(self) -> list[dict[str, Any]]:
        found = self.operator.ask("GET", f"{API}/periods/{self.period}/holds")["holds"]
        return [each for each in found if each["kind"] == OPEN_WORD]

    def _held(self) -> set[tuple[str, str]]:
        """Body and database of every figure that holds the month."""
        return {
            (body["agency"], item["database"]) for hold in self._holds() for body in hold["bodies"] for item in body["items"]
        }

    def _done(self, path: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while (found := self.operator.ask("GET", path))["state"] != "succeeded":
            if found["state"] == "failed" or time.monotonic() > until:
                raise Unfinished(f"{path}: {found['state']} {json.dumps(found['problem'], ensure_ascii=False)}")
            time.sleep(POLL_SECONDS)


def begin(port_file: Path, period: Month) -> str:
    """The portal's next answer has a first row that cannot be true; of one body NDXP states too few transactions."""
    admin = json.loads(port_file.read_text("utf-8"))["admin"]
    fault = {"source": PORTAL, "mode": "impossible_row", "times": 1}
    _admin(admin, "POST", admin["faults_url"], fault)
    if SLIP["match"] not in [each["match"] for each in _admin(admin, "GET", admin["slips_url"])]:
        _admin(admin, "POST", admin["slips_url"], {**SLIP, "period": str(period)})
    return "một dòng của cổng dịch vụ công sẽ không hợp lệ, một số liệu của NDXP sẽ thiếu"


def mend(port_file: Path) -> None:
    """NDXP puts right what it stated wrongly of that one body."""
    admin = json.loads(port_file.read_text("utf-8"))["admin"]
    for slip in [each for each in _admin(admin, "GET", admin["slips_url"]) if each["match"] == SLIP["match"]]:
        _admin(admin, "DELETE", f"{admin['slips_url']}/{slip['id']}")


def _admin(admin: dict[str, str], method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    answer = httpx.request(method, url, json=body, headers={"Authorization": f"Bearer {admin['token']}"})
    if answer.is_error:
        raise Refused(f"{method} {url}", answer)
    return answer.json()


def settle(url: str, period: Month, *, keys: Path, people: Path, published: bool) -> str:
    """See ``Office.settle``; of a month that is published ``Office.correct``."""
    office, reviewer = json.loads(keys.read_text("utf-8")), json.loads(people.read_text("utf-8"))["reviewer"]
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as http:
        operator, publisher = (Caller(http, office[role]) for role in ("operator", "publisher"))
        office_at_work = Office(operator, publisher, Caller(http, reviewer), period)
        return office_at_work.correct() if published else office_at_work.settle()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.open_matters", description=__doc__)
    parser.add_argument("period", type=Month.parse, help="YYYY-MM, from 2026-01")
    parser.add_argument("--url", help="where the gateway answers")
    parser.add_argument("--keys", type=Path, help="JSON file of the offices' API keys")
    parser.add_argument("--people", type=Path, help="JSON file with the reviewer's API key")
    parser.add_argument("--correct", type=Path, metavar="PORT_FILE", help="the month is published; of a running sandbox")
    parser.add_argument("--begin", type=Path, metavar="PORT_FILE", help="of a running sandbox")
    given = parser.parse_args(argv)
    if given.period < FIRST:
        parser.error(f"no data before {FIRST}")
    if given.begin is None and None in (given.url, given.keys, given.people):
        parser.error("without --begin all of --url, --keys and --people are needed")
    try:
        if given.begin:
            words = begin(given.begin, given.period)
        else:
            if given.correct:
                mend(given.correct)
            words = settle(given.url, given.period, keys=given.keys, people=given.people, published=bool(given.correct))
    except (Refused, Unfinished, httpx.TransportError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{words}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
