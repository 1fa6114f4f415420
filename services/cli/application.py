"""The command line: `bangdiem`. Exit 0 done, 2 refused with a line on standard error, 1 a fault of ours."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

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
    "import": "acting",
    "score": "acting",
    "settle": "acting",
    "exempt": "acting",
    "supersede": "acting",
    "publish": "acting",
    "show": "reading",
    "replay": "reading",
    "usage": "usage",
    "webhooks": "webhooks",
    "key": "keys",
    "receipt": "offline",
    "receipt-key": "receipt_keys",
    "simulate": "offline",
    "openapi": "offline",
    "check": "offline",
}


def main() -> None:
    take_signals()
    try:
        application(sys.argv[1:])()
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
    app = typer.Typer(
        name="bangdiem",
        help="Bảng Điểm: monthly scores under QĐ 4585/QĐ-BKHCN.",
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


def show_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"bangdiem {version('bangdiem')}")
        raise typer.Exit


def program(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="print the version and end")
    ] = False,
) -> None:
    """What may stand before every command; with a callback a sole command does not become the program itself."""
    del version


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
