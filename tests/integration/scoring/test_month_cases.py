"""Every case of a month that a lawyer can read (tests/cases/months): what two people decide stands in the database, both
engines compute from there, and the sheet says what is expected.

Who was head (G-16), grades that rounding lifted (G-4), values above a maximum (G-20), the total on the maximum that applies
(G-15), rulings (G-12), revisions of the scheme with what was computed before (RUL-17).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from services.scoring import second_engine
from services.scoring.compute import Computed, MeasuresRefused, compute_from, question
from services.scoring.store import load_inputs, restore_inputs
from shared.law.law_file import read_law_file
from shared.law_store import load_law
from shared.period import Period
from shared.tables.control import applicability, decision_approval, ruling
from shared.tables.registry import head, head_approval
from shared.tables.revisions import scheme_activation, scheme_revision, scheme_shadow, scheme_signature
from tests.integration.scoring.conftest import Months
from tests.integration.second_engine.rows import Month, covered

JANUARY = Period.parse("2026-01")
BODY, OTHER = "H38", "H61"
COVERED = {"system57": "system57_coverage", "government_office": "register", "agency_report": "report"}
WORDS = {"reason": "demo", "document": "01/QĐ-MẪU"}
DIGEST = "sha256:" + "0" * 64


def cases() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted((Path(__file__).parents[2] / "cases" / "months").glob("*.yaml")):
        content = read_law_file(path)
        for number, case in enumerate(content["cases"], start=1):
            given = {**content.get("base", {}), **case.get("given", {})}
            yield f"{path.stem}-{number}", {"rows": content.get("rows", {}), **case, "given": given}


CASES = dict(cases())


class Office:
    """People who ask and agree, as the gateway's own role writes it; ``one`` and ``two`` are two people."""

    def __init__(self, month: Month) -> None:
        self.month = month

    async def enter(self, role: str = "gateway") -> None:
        """Acts for all bodies from here on."""
        await self.month.connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
        await self.month.connection.exec_driver_sql("SELECT set_config('bangdiem.reads', '*', true)")

    async def write(self, table: Table, **values: Any) -> None:
        await self.month.connection.execute(table.insert().values(**values))

    async def agree(self, table: Table, asked_by: str, approved_by: str | None, **about: Any) -> None:
        """The second person's row; the database takes none of the person who asked."""
        if approved_by is None:
            return
        row = {**about, "actor": f"key:{approved_by}", "reason": "demo"}
        if asked_by != approved_by:
            await self.write(table, **row)
            return
        with pytest.raises(DBAPIError) as refused:
            async with self.month.connection.begin_nested():
                await self.write(table, **row)
        assert getattr(refused.value.orig, "sqlstate", None) == "42501"

    async def decide(self, decisions: list[dict[str, Any]]) -> None:
        """Rulings and applicability rows of BODY, in their order; ``withdraws`` is the number of an earlier one."""
        for number, said in enumerate(decisions, start=1):
            first = decisions[said["withdraws"] - 1] if "withdraws" in said else said
            back = f"decision-{said['withdraws']}" if "withdraws" in said else None
            fact = {"agency": BODY, "actor": f"key:{said['asked_by']}", "withdraws": back, **WORDS}
            if "measure" in first:
                about = {"period": str(JANUARY), "measure": first["measure"], "value": said.get("value")}
                await self.write(ruling, ruling_id=f"decision-{number}", **about, **fact)
            else:
                about = {"indicator": first["not_applicable"], "valid_from": str(JANUARY)}
                await self.write(applicability, applicability_id=f"decision-{number}", **about, **fact)
            people = said["asked_by"], said.get("approved_by")
            await self.agree(decision_approval, *people, decision_id=f"decision-{number}")

    async def name(self, heads: list[dict[str, Any]]) -> None:
        """Heads of BODY."""
        for number, said in enumerate(heads, start=1):
            days = {name: date.fromisoformat(said[name]) for name in ("valid_from", "valid_to") if name in said}
            about = {"head_id": f"head-{number}", "agency": BODY, "name": said["name"], **days}
            await self.write(head, **about, requested_by=f"key:{said['asked_by']}", **WORDS)
            await self.agree(head_approval, said["asked_by"], said.get("approved_by"), head_id=f"head-{number}")

    async def revise(self, said: Mapping[str, Any]) -> None:
        """A revision drafted, shadow-run and signed, and put in force where two people signed."""
        about = {"revision_id": "rev-demo", "actor": "key:one"}
        named = {"scheme": "qd-4585", "number": 1, "first_period": said["first_period"], "readings": said["readings"]}
        await self.write(scheme_revision, **about, **named, scheme_digest=DIGEST, digest=DIGEST, **WORDS)
        await self.enter("scoring")
        shadow = {"shadow_id": "shd-demo", "periods": ["2026-01"], "impact": {}, "digest": DIGEST, "agrees": True}
        await self.write(scheme_shadow, **about, **shadow, reason="demo")
        await self.enter()
        signed: list[str] = []
        for place, person in enumerate(said["signed_by"], start=1):
            word = {"revision_id": "rev-demo", "place": place, "shadow_id": "shd-demo", "digest": DIGEST}
            await self.agree(scheme_signature, signed[0] if signed else "", person, **word)
            signed.append(person)
        in_force = {"revision_id": "rev-demo", "actor": "key:three", "reason": "demo"}
        if len(set(signed)) == 2:
            await self.write(scheme_activation, **in_force)
            return
        with pytest.raises(DBAPIError):
            async with self.month.connection.begin_nested():
                await self.write(scheme_activation, **in_force)


async def prepared(month: Month, case: Mapping[str, Any]) -> Office:
    """The case's rows as snapshots; its figures are rulings of two people, so that each stands alone."""
    for source, datasets in case["rows"].items():
        given = {name: list(rows) for name, rows in datasets.items()}
        if source in COVERED:
            given.setdefault(COVERED[source], covered(BODY, OTHER))
        await month.freeze(source, **given)
    office = Office(month)
    await office.enter()
    people = {"asked_by": "one", "approved_by": "two"}
    figures = [{"measure": name, "value": str(value), **people} for name, value in case["given"].items()]
    await office.decide([*case.get("decisions", ()), *figures])
    await office.name(case.get("heads", []))
    return office


async def scored(month: Month) -> Computed:
    """As a run is: the inputs and the law that stand in the database now."""
    await month.connection.exec_driver_sql("SET LOCAL ROLE scoring")
    inputs, law = await load_inputs(month.connection, JANUARY), await load_law(month.connection, JANUARY)
    return await compute_from(month.connection, inputs, law.scheme, revision=law.revision)


async def replayed(month: Month, before: Computed) -> bytes:
    """From the stored bytes of its inputs, by the scheme as it ships."""
    inputs = await restore_inputs(month.connection, before.inputs.bytes())
    return (await compute_from(month.connection, inputs, before.scheme)).sheet


def part(found: Any, expected: Any) -> Any:
    """What the sheet has in the places that the case names; of a list every member is named."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [part(*pair) for pair in zip(found, expected, strict=True)]
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return {name: part(found.get(name, "-"), value) for name, value in expected.items()}
    return found


def check(done: Computed, case: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert done.differences == [], "the second engine gives something else"
    (line,) = [line for line in done.document["agencies"] if line["agency"] == case.get("tested", BODY)]
    assert part(line, expected) == expected, case["says"]


@pytest.mark.parametrize("name", CASES)
async def test_case(months: Months, name: str) -> None:
    case = CASES[name]
    async with months() as month:
        office = await prepared(month, case)
        if "refused" in case:
            with pytest.raises(MeasuresRefused) as refused:
                await scored(month)
            assert [fault.place for fault in refused.value.faults] == case["refused"]
            with pytest.raises(second_engine.SecondEngineRefused):
                await second_engine.run(month.connection, **question(await load_inputs(month.connection, JANUARY)))
            return
        before = await scored(month)
        check(before, case, case["expect"])
        assert part(before.document, case.get("sheet", {})) == case.get("sheet", {}), case["says"]
        if "revision" in case:
            await office.enter()
            await office.revise(case["revision"])
            check(await scored(month), case, case["after"])
        assert await replayed(month, before) == before.sheet, "what was computed replays to its bytes"
