"""The command line: `bangdiem`. Exit 0 done, 2 refused with a line on standard error, 1 a fault of ours."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from services.cli.env_file import with_env_file
from services.cli.way_out import exit_code, take_signals
from shared.errors import DomainError
from shared.law.refusals import LawError

if TYPE_CHECKING:
    from rich.console import Console

# Command → module of this package. These modules hold the words of their commands and import nothing else at their head;
# a function imports what its work needs. So whoever asks for help, or needs no service, waits for none of them.
MODULES = {
    "demo": "running",
    "up": "running",
    "run": "running",
    "db": "running",
    "pull": "acting",
    "freeze": "acting",
    "look": "acting",
    "import": "acting",
    "score": "acting",
    "back-fill": "back_filling",
    "settle": "deciding",
    "exempt": "deciding",
    "calendar": "deciding",
    "withdraw": "deciding",
    "approve": "deciding",
    "refuse": "deciding",
    "waiting": "deciding",
    "supersede": "acting",
    "head": "heads",
    "revision": "revisions",
    "roll-up": "roll_ups",
    "publish": "planning",
    "plan": "planning",
    "restore": "acting",
    "show": "reading",
    "holds": "reading",
    "replay": "reading",
    "explain": "explaining",
    "what-if": "explaining",
    "diff": "comparing",
    "rows": "rows",
    "snapshot": "snapshots",
    "usage": "usage",
    "webhooks": "webhooks",
    "key": "keys",
    "receipt": "offline",
    "bundle": "offline",
    "receipt-key": "receipt_keys",
    "simulate": "offline",
    "openapi": "offline",
    "check": "offline",
}


# What the parser says around our own words, and of words it cannot read.
FRAME = (
    (r"^Usage:", "Cách dùng:"),
    (r"^Options:$", "Tùy chọn:"),
    (r"^Arguments:$", "Tham số:"),
    (r"^Commands:$", "Lệnh:"),
    (r"\[OPTIONS\]", "[TÙY CHỌN]"),
    (r"COMMAND \[ARGS\]\.\.\.", "LỆNH [THAM SỐ]..."),
    (r"Show this message and exit\.", "In phần này rồi dừng."),
    (r"env\s+var:", "biến môi trường:"),
    (r"default:", "mặc định:"),
    (r"\brequired\]", "bắt buộc]"),
    (r"^Try '(.+)' for help\.$", r"Xem hướng dẫn: \1"),
    (r"^Error: ", "Lỗi: "),
    (r"Missing (?:argument|option|parameter) (.+)\.$", r"thiếu \1."),
    (r"Missing command\.$", "thiếu lệnh."),
    (r"No such command (.+)\.$", r"không có lệnh \1."),
    (r"No such option: (\S+?)\.?( Did you mean .+| \(Possible options: .+)?$", r"không có tùy chọn \1."),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)$", r"thừa tham số: \1"),
    (r"Option (.+) requires (?:an|[0-9]+) arguments?\.$", r"tùy chọn \1 cần giá trị."),
    (r"Option (.+) does not take a value\.$", r"tùy chọn \1 không nhận giá trị."),
    (r"Invalid value for (.+?): (.+)$", r"giá trị không hợp lệ của \1: \2"),
    (r"Invalid value: (.+)$", r"giá trị không hợp lệ: \1"),
    (r"Input should be a valid integer.*$", "cần số nguyên."),
    (r"Input should be a valid number.*$", "cần một số."),
    (r"Input should be a valid datetime.*$", "cần một thời điểm."),
    (r"Input should be less than or equal to (\S+)$", r"tối đa \1."),
    (r"Input should be greater than or equal to (\S+)$", r"tối thiểu \1."),
    (r"Input should be (.+)$", r"cần: \1."),
    (r"(?:File|Path|Directory) '(.+)' does not exist\.$", r"không có '\1'."),
)


def main() -> None:
    take_signals()
    try:
        words = with_env_file(sys.argv[1:])
        application(words)(words)
    except DomainError as error:
        refuse(error)
    except LawError as error:
        refuse_figures(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        code = exit_code()
        if code is None:
            raise
        sys.exit(code)


def application(words: Sequence[str]) -> typer.Typer:
    """The commands that these words may mean: one module's when the first is known, else all, for the help."""
    app = Application(
        name="bangdiem",
        help="Bảng Điểm: chấm điểm hằng tháng theo Quyết định 4585/QĐ-BKHCN.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(program)
    wanted = MODULES.get(words[0]) if words else None
    modules = [wanted] if wanted else list(dict.fromkeys(MODULES.values()))
    for name in modules:
        import_module(f"services.cli.{name}").register(app)
    return app


class Context(typer.Context):
    """What the parser says of a command is said in Vietnamese."""

    def get_help(self) -> str:
        return framed(super().get_help())

    def get_usage(self) -> str:
        return framed(super().get_usage())


class Application(typer.Typer):
    """All commands, whose parser speaks Vietnamese."""

    def __call__(self, *words: Any, standalone_mode: bool = True, **how: Any) -> Any:
        command = spoken(typer.main.get_command(self))
        if not standalone_mode:
            return command(*words, standalone_mode=False, **how)
        try:
            sys.exit(command(*words, standalone_mode=False, **how))
        except TyperException as error:
            refuse_words(error)


def spoken(command: Any) -> Any:
    """The parser's command with all its own, in Vietnamese."""
    command.context_class = Context
    for each in getattr(command, "commands", {}).values():
        spoken(each)
    return command


def framed(text: str) -> str:
    """The parser's own words in Vietnamese; ours stay."""
    for english, vietnamese in FRAME:
        text = re.sub(english, vietnamese, text, flags=re.MULTILINE)
    return text


def refuse_words(error: TyperException) -> None:
    """Words that mean no command: how they are used, what is wrong, and exit 2."""
    said = io.StringIO()
    error.show(said)  # type: ignore[attr-defined]
    sys.stderr.write(framed(said.getvalue()))
    sys.exit(error.exit_code)


def show_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"bangdiem {version('bangdiem')}")
        raise typer.Exit


def program(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="in phiên bản rồi dừng")
    ] = False,
    env_file: Annotated[
        str | None, typer.Option("--env-file", metavar="TỆP", help="đọc cấu hình từ tệp này; mặc định: .env nếu có ở đây")
    ] = None,
) -> None:
    """What may stand before every command; with a callback a sole command does not become the program itself."""
    # The file was read before the words were: what they mean may rest on a setting.
    del version, env_file


def refuse(error: DomainError) -> None:
    """The refusal on standard error, one line per fault, and exit 2."""
    from services.gateway.messages.translating import in_vietnamese
    from shared.problems import Wording, fault_words

    out, words = errors(), Wording(said=in_vietnamese)
    out.print(f"{error.title_vi}: {in_vietnamese(error.detail)}", markup=False)
    for fault in error.faults:
        out.print("  - " + "; ".join(fault_words(fault.as_dict(), words).values()), markup=False)
    if error.hint:
        out.print(f"  {in_vietnamese(error.hint)}", markup=False)
    sys.exit(2)


def refuse_figures(error: LawError) -> None:
    """What the law itself refuses, one line per figure, and exit 2."""
    from services.gateway.messages.translating import in_vietnamese

    said = "\n".join(map(in_vietnamese, str(error).splitlines()))
    errors().print(f"{error.title_vi}: {said}", markup=False)
    sys.exit(2)


def errors() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)
