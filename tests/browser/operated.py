"""An installation over stand-in sources, of which one is away, and months of which only that one's figures are lacking."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.sandbox import second_look
from deploy.sandbox.environment import variables as source_settings
from deploy.sandbox.files import official_file
from deploy.sandbox.months import Month
from shared.postgres import EmbeddedPostgres
from tests.conftest import TEMPLATE
from tests.e2e import processes
from tests.e2e.processes import Process, bangdiem, environment, stop_all
from tests.e2e.test_month import wait_until_ready

AWAY: Final = "finance"
BY_FILE: Final = ("agency_report", "government_office")
FROZEN: Final = ("system57", "public_service_portal", "ndxp", "national_database", "records_review")
WHY: Final = {"reason": "thử (dữ liệu mô phỏng)"}
PAPER: Final = ("--document", "01/DEMO", "--author", "Văn phòng Chính phủ (mô phỏng)")
# The bodies without procedures, to which group B does not apply.
WITHOUT_PROCEDURES: Final = ("G27", "G28", "G30", "G31", "G32")
ROLES: Final = {"operator": "operator", "publisher": "publisher", "second": "publisher", "reader": "reader"}
PATIENCE: Final = 90.0


@dataclass(frozen=True)
class Site:
    url: str
    keys: Mapping[str, str]
    env: Mapping[str, str]
    folder: Path
    admin: Mapping[str, str]
    ready: set[str] = field(default_factory=set)

    def takes_away(self, source: str = AWAY) -> None:
        """From now on the source answers nothing."""
        self._faults("POST", {"source": source, "mode": "down"})

    def brings_back(self) -> None:
        """Whatever was away answers again."""
        self._faults("DELETE", None)

    def prepares(self, month: str) -> None:
        """Everything of the month is frozen and settled but what ``AWAY`` gives."""
        if month in self.ready:
            return
        with ThreadPoolExecutor(2) as several:
            list(several.map(lambda source: self._takes_file(source, month), BY_FILE))
        for source in FROZEN:
            self.does("operator", "/freezes", {"source": source, "period": month, **WHY})
        # What System 57 recorded late is taken in by two people.
        second_look.settle(self.url, Month.parse(month), self.keys)
        if not self.ready:
            self._exempts()
        self.ready.add(month)

    def publishes(self, month: str) -> None:
        """The month's first version, by the API where there is none yet."""
        if httpx.get(f"{self.url}/api/v1/periods/{month}/versions", timeout=30).is_success:
            return
        self.prepares(month)
        self.does("operator", "/freezes", {"source": AWAY, "period": month, **WHY})
        run = self.does("operator", "/score-runs", {"period": month, **WHY})["result"]["run_id"]
        plan = self._asks("publisher", "GET", f"/score-runs/{run}/readiness")["plan"]["digest"]
        self.does("publisher", "/publications", {"run_id": run, "plan": plan, **WHY})

    def does(self, who: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A command to its end."""
        begun = self._asks(who, "POST", path, body)
        end = time.monotonic() + PATIENCE
        while (found := self._asks(who, "GET", f"{path}/{begun['command_id']}"))["state"] != "succeeded":
            assert found["state"] != "failed", found
            assert time.monotonic() < end, found
            time.sleep(0.1)
        return found

    def exempts(self, agency: str, indicator: str, month: str) -> None:
        """By two publishers: what is published of that month is computed otherwise from then on."""
        row = {"agency": agency, "indicator": indicator, "valid_from": month, "document": "01/DEMO", **WHY}
        asked = self._asks("publisher", "POST", "/applicability", row)["applicability_id"]
        self._asks("second", "POST", f"/decisions/{asked}/approvals", WHY)

    def _exempts(self) -> None:
        for agency in WITHOUT_PROCEDURES:
            for number in range(1, 6):
                self.exempts(agency, f"B{number}", "2026-01")

    def _takes_file(self, source: str, month: str) -> None:
        path = self.folder / f"{source}-{month}.json"
        path.write_bytes(official_file(source, Month.parse(month), seed=4585))
        env = {**self.env, "BANGDIEM_KEY": self.keys["operator"]}
        bangdiem("import", source, month, str(path), *PAPER, "--reason", WHY["reason"], env=env)

    def _asks(self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.keys[who]}"}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, json=body, timeout=30)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _faults(self, method: str, fault: Mapping[str, Any] | None) -> None:
        headers = {"authorization": f"Bearer {self.admin['token']}"}
        httpx.request(method, self.admin["faults_url"], json=fault, headers=headers, timeout=30).raise_for_status()


@contextmanager
def operated(postgres: EmbeddedPostgres, folder: Path) -> Iterator[Site]:
    """All services in one process, a person of each role."""
    postgres.create_database("test_operators", template=TEMPLATE)
    with processes.sandbox(folder) as described:
        env = environment(
            DATABASE_URL=postgres.dsn("app", database="test_operators").url,
            BANGDIEM_DATA_DIR=str(folder),
            BANGDIEM_INGEST_FINANCE__ATTEMPTS="2",
            BANGDIEM_GATEWAY_KEY_PEPPER="operators-pepper-of-thirty-two-characters-or-more",
            **source_settings(described),
        )
        keys = {
            name: bangdiem("key", "create", name, "--role", role, "--reason", "thử", env=env).stdout.strip()
            for name, role in ROLES.items()
        }
        running = Process("up", "--port", "0", env=env)
        try:
            url = running.wait_for(r"REST: (http://\S+)/api/v1")[1]
            wait_until_ready(url)
            site = Site(url, keys, env, folder, described["admin"])
            site.takes_away()
            yield site
        finally:
            stop_all([running])
