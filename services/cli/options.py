"""Options that several commands share, and how a command says who acts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shared.errors import InputInvalid
from shared.period import Period, PeriodInvalid

DataDir = Annotated[Path, typer.Option("--data-dir", envvar="BANGDIEM_DATA_DIR", help="where the embedded database lives")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable answer on standard output")]
Key = Annotated[
    str, typer.Option("--key", envvar="BANGDIEM_KEY", help="API key of the person who acts (see `bangdiem key create`)")
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="why; kept in the audit row")]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="a month, like 2026-01")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one")]
Host = Annotated[str, typer.Option("--host")]


class PeriodUnreadable(InputInvalid):
    slug = "period-invalid"
    title_vi = "Kỳ không hợp lệ"
    title_en = "Invalid period"


def period_of(text: str) -> Period:
    try:
        return Period.parse(text)
    except PeriodInvalid as error:
        raise PeriodUnreadable(str(error)) from error
