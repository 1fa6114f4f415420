"""What the demo's month waits for, as people meet it: two C1 figures without a word of the Ministry of Public Security, and one
body's row that the portal gave wrongly. A first score says what is missing; two people settle it over HTTP. Demo data.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.cli.demo.gateways import Gateways
from services.cli.demo.intake import run_program
from services.cli.demo.people import OFFICE_KEYS, REASON
from services.cli.demo.progress import Steps
from services.cli.executing import Desk
from services.gateway.operations import documents
from shared.awaiting import awaited_of, missing_of
from shared.calendar import WORDS
from shared.period import Period
from shared.writing import decimal_comma

PROGRAM = "deploy.sandbox.open_matters"
WRONG_ROW_OF = "public_service_portal"
MET = "chấm điểm thử"
CORRECTED = "sửa sau khi công bố"
WHY_CORRECTED = "DỮ LIỆU MÔ PHỎNG: nguồn sửa số giao dịch của một cơ quan sau khi công bố"
SETTLED = "giải quyết việc chờ trước khi công bố"


async def give_a_wrong_row(operator: Desk, month: Period) -> None:
    """The portal's next answer has one and NDXP's a wrong figure, unless the month is frozen: what was done stays."""
    if not await documents.is_frozen(operator.database, source=WRONG_ROW_OF, period=str(month)):
        data = operator.site.data_dir
        await run_program(PROGRAM, "", month, data / OFFICE_KEYS, more=("--begin", str(data / "sandbox.json")))


async def settle(operator: Desk, month: Period, people: Path, steps: Steps, intake: Gateways) -> None:
    """Freeze the words, score what there is, and have what is missing settled; ``people`` is the file of the reviewer's key."""
    step = steps.begin(MET)
    frozen = await operator.carry_out("freeze", period=str(month), arguments=_of(month, source=WORDS), reason=REASON)
    step.say(f"chốt {WORDS:22} {frozen['row_count']:>7} dòng · {frozen['snapshot_id'][:21]}…")
    run = await operator.carry_out("score", period=str(month), arguments=_of(month), reason=REASON)
    steps.end(step, f"{MET}: {_missing(await documents.run_document(operator.database, run['run_id']))}")
    step = steps.begin(SETTLED)
    keys = operator.site.data_dir / OFFICE_KEYS
    done = await run_program(PROGRAM, await intake.url(), month, keys, more=("--people", str(people)))
    steps.end(step, f"{SETTLED}: {done}")


async def correct(operator: Desk, month: Period, people: Path, steps: Steps, intake: Gateways) -> None:
    """A source put a figure right after the month was published: two people have it frozen once more."""
    step = steps.begin(CORRECTED)
    keys, port_file = operator.site.data_dir / OFFICE_KEYS, str(operator.site.data_dir / "sandbox.json")
    done = await run_program(PROGRAM, await intake.url(), month, keys, more=("--people", str(people), "--correct", port_file))
    steps.end(step, f"{CORRECTED}: {done}")


def _of(month: Period, **more: str) -> dict[str, str]:
    return {"period": str(month), **more}


def _missing(document: Mapping[str, Any]) -> str:
    """Bodies and indicators without points, and apart from them those that only await a word, with the points at stake."""
    missing = [f"{line['agency']} {code}" for line in document["agencies"] for code in missing_of(line)]
    awaiting = [
        f"{line['agency']} {code} ({decimal_comma(line['indicators'][code]['awaiting']['points'])} điểm)"
        for line in document["agencies"]
        for code in awaited_of(line)
    ]
    told = [f"còn thiếu {', '.join(missing)}"] if missing else []
    told += [f"chờ ý kiến của Bộ Công an: {', '.join(awaiting)}"] if awaiting else []
    return "; ".join(told) or "không thiếu số liệu nào"
