"""Reports for the tests of submissions, and a body's people at work over HTTP. Every figure is invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.integration.gateway.conftest import API, House

JSON = {"content-type": "application/json"}


def task(number: int, **cells: Any) -> dict[str, Any]:
    """A task registered in January and not accepted."""
    return {
        "task_code": f"NV-{number:04}", "title": f"Nhiệm vụ minh họa {number}", "registered_on": "2026-01-12",
        "accepted_on": None, "acceptance_document": None, **cells,
    }  # fmt: skip


def accepted_task(number: int, day: str) -> dict[str, Any]:
    return task(number, accepted_on=day, acceptance_document=f"Biên bản {number} (minh họa)")


def report(agency: str, period: str, *, tasks: list[dict[str, Any]] | None = None, **sections: Any) -> dict[str, Any]:
    """A report without anything to find fault with, unless told so."""
    return {
        "report": {"form": "monthly-report/1", "agency": agency, "period": period, "document": "Báo cáo 1/BC (minh họa)"},
        "registered_tasks": [task(1), accepted_task(2, "2026-01-20")] if tasks is None else tasks,
        "reported_databases": [],
        "narratives": [],
        **sections,
    }


@dataclass(frozen=True)
class Body:
    """One agency's people and one month: ``drafter``, ``approver`` and ``signer`` are roles with a key each."""

    house: House
    agency: str
    period: str

    @property
    def path(self) -> str:
        return f"{API}/agencies/{self.agency}/periods/{self.period}/submissions"

    async def ask(self, method: str, place: str, role: str, **words: Any) -> httpx.Response:
        headers = {**await self.house.bearer_of(self.agency, f"agency_{role}"), **words.pop("headers", {})}
        return await self.house.client.request(method, f"{self.path}{place}", headers=headers, **words)

    async def get(self, place: str, role: str = "drafter", **headers: str) -> httpx.Response:
        return await self.ask("GET", place, role, headers=headers)

    async def post(self, place: str, role: str, body: Any = None) -> httpx.Response:
        return await self.ask("POST", place, role, json={} if body is None else body)

    async def ids(self) -> dict[str, str]:
        """The actors behind the body's keys."""
        roles = ("drafter", "approver", "signer")
        return {role: f"key:{(await self.house.keys_of(self.agency, f'agency_{role}'))[0]}" for role in roles}

    async def begin(self, *, test: bool = False) -> int:
        answer = await self.post("", "drafter", {"test": test})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["sequence"])

    async def put(
        self, place: str, content: Any, *, match: str | None = None, role: str = "drafter", query: str = "", **headers: str
    ) -> httpx.Response:
        """Content as JSON, or bytes as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        named = {**JSON, **headers, **({} if match is None else {"if-match": match})}
        return await self.ask("PUT", f"{place}/content{query}", role, headers=named, content=body)

    async def sent(self, sequence: int, content: Any, **words: Any) -> dict[str, Any]:
        answer = await self.put(f"/{sequence}", content, **words)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def step(self, sequence: int, name: str, role: str, body: Any = None) -> dict[str, Any]:
        answer = await self.post(f"/{sequence}/{name}", role, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def handed_over(self, content: Any = None) -> tuple[int, str]:
        """A draft handed over; its number and digest."""
        sequence = await self.begin()
        sent = await self.sent(sequence, report(self.agency, self.period) if content is None else content)
        await self.step(sequence, "handovers", "drafter")
        return sequence, str(sent["digest"])

    async def signed(self, content: Any = None) -> dict[str, Any]:
        """The whole life of a report."""
        sequence, digest = await self.handed_over(content)
        await self.step(sequence, "approvals", "approver")
        return await self.step(sequence, "signatures", "signer", {"digest": digest})
