"""A small reader of the sandbox over real HTTP, for tests only: tokens, pages, faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

AS_OF = "2026-02-02T00:00:00+07:00"
PERIOD = "2026-01"
DATASETS = (
    ("system57", "coverage"),
    ("system57", "task_assignments"),
    ("system57", "kpi_entries"),
    ("public_service_portal", "service_scores"),
    ("ndxp", "exchange_volumes"),
    ("national_database", "database_growth"),
    ("finance", "investments"),
)


@dataclass(frozen=True)
class Reader:
    """Asks a running sandbox; ``port_file`` is what the program writes about itself."""

    port_file: dict[str, Any]
    http: httpx.Client

    def source(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.port_file["sources"][name]
        return found

    def page(
        self,
        source: str,
        dataset: str,
        *,
        period: str = PERIOD,
        as_of: str = AS_OF,
        size: int = 5000,
        page: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """One page with the API key, unless other headers are given. The portal's page is a number."""
        base = self.source(source)["base_url"]
        sent = {"X-API-Key": self.source(source)["api_key"]} if headers is None else headers
        if source == "public_service_portal":
            body = portal_body(period=period, as_of=as_of, size=size, page=int(page or 1))
            return self.http.post(f"{base}/api/v1/reporting/evaluation/service-results", json=body, headers=sent)
        query: dict[str, str | int] = {"period": period, "as_of": as_of, "page_size": size}
        query |= {"page": page} if page else {}
        return self.http.get(f"{base}/api/v1/{dataset}", params=query, headers=sent)

    def pages(
        self, source: str, dataset: str, *, size: int = 5000, period: str = PERIOD, as_of: str = AS_OF
    ) -> Iterator[dict[str, Any]]:
        """All pages, decoded with exact numbers."""
        token: str | None = None
        while True:
            answer = self.page(source, dataset, size=size, page=token, period=period, as_of=as_of)
            assert answer.status_code == 200, answer.text
            payload = json.loads(answer.content, parse_float=Decimal)
            yield payload
            token = following(payload)
            if token is None:
                return

    def rows(self, source: str, dataset: str, *, size: int = 5000, **asked: str) -> list[dict[str, Any]]:
        return [row for payload in self.pages(source, dataset, size=size, **asked) for row in rows_of(payload)]

    def plant(self, source: str, mode: str, **more: object) -> None:
        body = {"source": source, "mode": mode, **more}
        answer = self.http.post(self.port_file["admin"]["faults_url"], json=body, headers=self.admin)
        assert answer.status_code == 200, answer.text

    def clear(self) -> None:
        self.http.delete(self.port_file["admin"]["faults_url"], headers=self.admin)

    @property
    def admin(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.port_file['admin']['token']}"}


def portal_body(*, period: str, as_of: str, size: int, page: int) -> dict[str, object]:
    year, month = period.split("-")
    return {
        "timeType": "month",
        "year": int(year),
        "month": int(month),
        "departmentType": "ADMINISTRATIVE_UNIT",
        "rootDepartmentId": None,
        "currentPage": page,
        "pageSize": min(size, 1000),
        "asOf": as_of,
    }


def rows_of(payload: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = payload["data"]["evaluation"] if "data" in payload else payload["rows"]
    return found


def control_of(payload: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = payload.get("data", payload)["control"]
    return found


def following(payload: dict[str, Any]) -> str | None:
    """The next page's token or number; None on the last page."""
    if "data" not in payload:
        token: str | None = payload["next_page"]
        return token
    paging = payload["data"]["paging"]
    return str(paging["currentPage"] + 1) if paging["currentPage"] < paging["totalPages"] else None
