"""What people report in the demo: bodies' own systems and the Government Office's officers, programs of their own, send it to
this gateway over HTTP, all at once. Demo data.

The month was over long ago, so the demo's two publishers first move its report deadline by a calendar row, and close it by
another one when all have reported: what came before that stays in time.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from services.cli.demo.deciding import TwoPublishers, close_deadline, move_deadline
from services.cli.demo.progress import Step, Steps
from services.cli.executing import Desk
from services.gateway.operations import documents
from shared.errors import Unavailable
from shared.period import Period

# Source → the program that sends what people report to it, and what it sends.
PROGRAMS = {"agency_report": "deploy.sandbox.agencies", "government_office": "deploy.sandbox.offices"}
# Two figures wait for the reviewer's word: what comes of them, services.cli.demo.open_matters shows.
LEAVES = {"agency_report": ("--leave-open",)}
WORDS = {
    "agency_report": "nhận báo cáo của bộ, ngành, địa phương",
    "government_office": "nhận sổ theo dõi của Văn phòng Chính phủ",
}
OPEN_FOR = timedelta(hours=1)
_REACHED = re.compile(r"(\d+)/(\d+)")


async def receive_reports(publisher: Desk, people: TwoPublishers, month: Period, keys: Path, steps: Steps) -> None:
    """See to it that everybody has reported to each source that was not frozen yet."""
    frozen = [await documents.is_frozen(publisher.database, source=name, period=str(month)) for name in PROGRAMS]
    waiting = [name for name, done in zip(PROGRAMS, frozen, strict=True) if not done]
    if not waiting:
        return
    for name in waiting:
        await move_deadline(people, name, month, to=publisher.site.platform.clock() + OPEN_FOR)
    await asyncio.gather(*[_receive(name, await people.gateways.url(), month, keys, steps) for name in waiting])
    await asyncio.gather(*[close_deadline(people, publisher, name, month) for name in waiting])


async def _receive(source: str, url: str, month: Period, keys: Path, steps: Steps) -> None:
    step = steps.begin(WORDS[source])
    said = await run_program(PROGRAMS[source], url, month, keys, more=LEAVES.get(source, ()), step=step)
    steps.end(step, f"{WORDS[source]}: {said}")


def _out(child: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if child.stdout is None:
        raise RuntimeError("started without a pipe")
    return child.stdout


async def run_program(
    program: str, url: str, month: Period, keys: Path, *, more: Sequence[str] = (), step: Step | None = None
) -> str:
    """What a program of people outside says when it has sent everything; raises Unavailable with what went wrong."""
    words = ("-m", program, str(month), "--url", url, "--keys", str(keys), *more)
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        said, errors = await asyncio.gather(_followed(child, step), _read(child.stderr))
        await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise Unavailable(f"{program} ended with code {child.returncode}: {errors.strip()}")
    return said


async def _followed(child: asyncio.subprocess.Process, step: Step | None) -> str:
    """The last line, the step being told of every line that says how far it is."""
    last = ""
    while line := (await _out(child).readline()).decode().strip():
        reached = _REACHED.fullmatch(line)
        if reached is None:
            last = line
        elif step is not None:
            step.reach(int(reached[1]), int(reached[2]))
    return last


async def _read(stream: asyncio.StreamReader | None) -> str:
    return "" if stream is None else (await stream.read()).decode()
