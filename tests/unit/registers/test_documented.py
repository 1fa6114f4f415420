"""docs/registers.md: its examples are what the API takes, its addresses and findings are those there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from services.gateway.registers.schemas.registers import AttendanceAsked, MeetingAsked
from services.ingest.contract.findings import RULES

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "registers.md").read_text("utf-8")


def test_the_examples_are_taken_as_they_stand() -> None:
    meeting, attendance = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert MeetingAsked.model_validate_json(meeting, strict=True).summons[0].agency == "G06"
    assert len(AttendanceAsked.model_validate_json(attendance, strict=True).attendees) == 2


def test_every_address_of_a_step_is_a_route() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    known = {re.sub(r"\{[a-z]+\}", "{}", path.removeprefix("/api/v1")) for path, methods in paths.items() if "post" in methods}
    named = {re.sub(r"\{[a-z]+\}", "{}", path) for path in re.findall(r"`POST (/[^`…]*)`", TEXT)}
    assert len(named) > 8
    assert named <= known, named - known


def test_every_finding_of_registers_is_explained() -> None:
    codes = {rule.code for rule in RULES if rule.code.startswith("ING-REGISTERS")}
    assert codes == set(re.findall(r"ING-REGISTERS-[A-Z]+", TEXT))
    assert len(codes) == 4
