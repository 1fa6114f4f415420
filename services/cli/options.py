"""Options that several commands share, and how a command says who acts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import Fault, InputInvalid
from shared.period import Period, PeriodInvalid

HERE = Path(".bangdiem")
DataDir = Annotated[Path, typer.Option("--data-dir", envvar="BANGDIEM_DATA_DIR", help="thư mục chứa cơ sở dữ liệu đi kèm")]
AsJson = Annotated[bool, typer.Option("--json", help="kết quả dạng JSON, cho chương trình đọc")]
Key = Annotated[
    str, typer.Option("--key", envvar="BANGDIEM_KEY", help="khóa truy cập của người thực hiện (xem `bangdiem key create`)")
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="lý do; được giữ trong nhật ký")]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="một tháng, ví dụ 2026-01")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="cổng; 0 là một cổng còn trống")]
Host = Annotated[str, typer.Option("--host", help="địa chỉ máy phục vụ")]


class PeriodUnreadable(InputInvalid):
    slug = "period-invalid"
    title_vi = "Kỳ không hợp lệ"
    title_en = "Invalid period"


def period_of(text: str) -> Period:
    try:
        return Period.parse(text)
    except PeriodInvalid as error:
        raise PeriodUnreadable(str(error)) from error


def instant_of(text: str) -> datetime:
    """Raises InputInvalid unless it is an instant with its offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        fault = Fault(
            "INSTANT",
            "is no instant with its offset",
            seen=text[:40],
            expected="an instant with its zone, such as 2026-02-05T00:00:00+07:00",
        )
        raise InputInvalid("the instant cannot be read", faults=[fault])
    return found
