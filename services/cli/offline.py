"""Commands that need files alone: what a month would give, a report checked, a receipt proven, and the API's description."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from services.cli.files import read_file
from services.cli.options import AsJson

receipts = typer.Typer(help="Biên nhận: kiểm tra không cần kết nối.", no_args_is_help=True)
# A sole command would become the program itself.
receipts.callback()(lambda: None)
bundles = typer.Typer(help="Trọn gói tháng: kiểm tra không cần kết nối.", no_args_is_help=True)
bundles.callback()(lambda: None)


def register(app: typer.Typer) -> None:
    app.command("simulate", help="Tính thử điểm từ một tệp số liệu; số liệu sai: mã thoát 2, mỗi lỗi một dòng.")(simulate)
    app.command("openapi", help="Mô tả OpenAPI 3.1 của giao diện lập trình.")(openapi)
    app.command("check", help="Kiểm tra báo cáo tháng đúng như khi gửi; mã thoát 2 nếu có lỗi phải sửa.")(check)
    app.add_typer(receipts, name="receipt")
    app.add_typer(bundles, name="bundle")


def simulate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="tệp JSON; - là đọc từ đầu vào chuẩn")],
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="ID=VALUE", help="tính theo cách hiểu khác, ví dụ B-1=table; nêu được nhiều lần"),
    ] = None,
) -> None:
    """Score a file of measures: points on standard output; bad input: exit 2, one line per fault on standard error."""
    from shared.law.document import simulate as score_document
    from shared.law.readings import read_choice
    from shared.law.refusals import InputRefused, ReadingUnknown

    try:
        answer = score_document(read_file(file), readings=read_choice(reading or ()))
    except (InputRefused, ReadingUnknown) as error:
        from services.gateway.messages.translating import in_vietnamese

        for fault in error.faults if isinstance(error, InputRefused) else [error]:
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
    file: Annotated[str, typer.Argument(metavar="FILE", help="báo cáo: .json, .ndjson, .csv hoặc .xlsx")],
    agency: Annotated[str | None, typer.Option(help="báo cáo phải của cơ quan này, ví dụ H38")] = None,
    period: Annotated[str | None, typer.Option(help="tháng của báo cáo, ví dụ 2026-01; mặc định theo tệp")] = None,
    earlier: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="báo cáo đã tiếp nhận của một tháng sớm hơn; mỗi tháng nêu một lần"),
    ] = None,
    as_json: AsJson = False,
    as_table: Annotated[bool, typer.Option("--csv", help="mọi lỗi, cảnh báo dạng CSV")] = False,
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


@receipts.command("verify", help="Kiểm tra biên nhận bằng bộ khóa công khai; mã thoát 2 nếu không đúng.")
def verify(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="JWS dạng gọn, hoặc kết quả trả về của GET …/receipt")],
    keys: Annotated[str, typer.Option("--keys", metavar="FILE", help="kết quả trả về của GET /api/v1/receipt-keys")],
    report: Annotated[str | None, typer.Option("--report", metavar="FILE", help="tệp báo cáo của mình, để so mã băm")] = None,
    as_json: AsJson = False,
) -> None:
    """Prove a receipt by the published keys; with --report also that it is about that file. Exit 2 when it does not hold."""
    from services.cli.receipt import prove

    prove(receipt, keys=keys, report=report, as_json=as_json)


@bundles.command(
    "verify",
    help="So mọi tệp trong gói với danh mục và mã gốc của gói, kiểm chữ ký số của tài liệu họp; mã thoát 1 nếu có chỗ khác, "
    "2 nếu không phải gói.",
)
def verify_bundle(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="tệp ZIP của GET /api/v1/periods/{kỳ}/bundle; - là đầu vào chuẩn")
    ],
    certificate: Annotated[
        str | None,
        typer.Option(
            "--certificate",
            metavar="FILE",
            help="chứng thư của người ký hoặc nơi cấp (PEM, DER), hay kết quả trả về của GET /api/v1/publication-certificates",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold every file of a month's bundle against its manifest and root, with --certificate the document's signature too: exit
    1 and one line for each difference, 2 for no bundle."""
    from services.cli.bundle import prove

    prove(file, certificates=certificate, as_json=as_json)
