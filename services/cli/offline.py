"""Commands that need files alone: what a month would give, a report checked, a receipt proven, and the API's description."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from services.cli.files import read_file
from services.cli.options import AsJson

receipts = typer.Typer(help="Receipts: prove one offline.", no_args_is_help=True)
# A sole command would become the program itself.
receipts.callback()(lambda: None)


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)
    app.command("openapi")(openapi)
    app.command("check")(check)
    app.add_typer(receipts, name="receipt")


def simulate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON of scheme rule 5; - reads standard input")],
) -> None:
    """Score a file of measures: points on standard output; bad input: exit 2, one line per fault on standard error."""
    from shared.law.document import simulate as score_document
    from shared.law.refusals import InputRefused

    try:
        answer = score_document(read_file(file))
    except InputRefused as error:
        from services.gateway.messages.translating import in_vietnamese

        for fault in error.faults:
            typer.echo(in_vietnamese(str(fault)), err=True)
        raise typer.Exit(2) from error
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def openapi() -> None:
    """The API's OpenAPI 3.1 document."""
    from services.gateway.app.openapi import build, dump
    from services.gateway.application import build_app

    sys.stdout.write(dump(build(build_app())))


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="a report: .json, .ndjson, .csv or .xlsx")],
    agency: Annotated[str | None, typer.Option(help="whose report it must be, like H38")] = None,
    period: Annotated[str | None, typer.Option(help="for which month, like 2026-01; else as the file says")] = None,
    earlier: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="an accepted report of an earlier month, for rules on history; once for each month"),
    ] = None,
    as_json: AsJson = False,
    as_table: Annotated[bool, typer.Option("--csv", help="all findings as CSV on standard output")] = False,
) -> None:
    """Check a monthly report as it will be checked when sent. Exit 2: it cannot be read, or a finding must be put right."""
    from services.cli import checking

    looked = checking.look(file, agency=agency, period=period, earlier=earlier or ())
    if as_json:
        checking.show_json(looked)
    elif as_table:
        checking.show_csv(looked)
    else:
        checking.show(looked)
    if looked.checked.summary.fatal:
        raise typer.Exit(2)


@receipts.command("verify")
def verify(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="a file: the compact JWS, or the answer of GET …/receipt")],
    keys: Annotated[str, typer.Option("--keys", metavar="FILE", help="the answer of GET /api/v1/receipt-keys")],
    report: Annotated[str | None, typer.Option("--report", metavar="FILE", help="your own file, to compare digests")] = None,
    as_json: AsJson = False,
) -> None:
    """Prove a receipt by the published keys; with --report also that it is about that file. Exit 2 when it does not hold."""
    from services.cli.receipt import prove

    prove(receipt, keys=keys, report=report, as_json=as_json)
