"""A demo that serves: its January closed, its February open, its people's keys."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True)
class Demo:
    url: str
    data: Path

    def key(self, role: str, agency: str | None = None) -> str:
        name = "demo-agency-keys.json" if agency else "demo-keys.json"
        found: dict[str, Any] = json.loads((self.data / name).read_text("utf-8"))
        return str(found[agency][role] if agency else found[role])

    def call(self, role: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The API, for what a test needs beforehand."""
        key = {"authorization": f"Bearer {self.key(role)}"}
        answer = httpx.post(f"{self.url}/api/v1{path}", json=body, headers=key, timeout=30)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found
