"""Commands that need no database: what a month would give, and the API's description."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import InputInvalid
from shared.law.document import simulate as score_document
from shared.law.refusals import InputRefused


class FileUnreadable(InputInvalid):
    slug = "file-unreadable"
    title_vi = "Không đọc được tệp"
    title_en = "File unreadable"


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)
    app.command("openapi")(openapi)


def simulate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON of scheme rule 5; - reads standard input")],
) -> None:
    """Score a file of measures: points on standard output; bad input: exit 2, one line per fault on standard error."""
    try:
        answer = score_document(read_file(file))
    except InputRefused as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(2) from error
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def openapi() -> None:
    """The API's OpenAPI 3.1 document."""
    # Only this command needs the web framework.
    from services.gateway.application import build_app
    from services.gateway.openapi import build, dump

    sys.stdout.write(dump(build(build_app())))


def read_file(name: str) -> bytes:
    """Bytes of a file, or of standard input for '-'."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{name}: {error.strerror}", hint="Give the path of a readable file.") from error
