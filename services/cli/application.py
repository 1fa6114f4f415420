"""The command line: `bangdiem`. Exit 0 done, 2 refused with a line on standard error, 1 a fault of ours."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer
from rich.console import Console

from services.cli.way_out import exit_code, take_signals
from shared.errors import DomainError
from shared.law.refusals import LawError

# Command → module of this package. Only the module of the command that was typed is imported: `simulate` needs neither
# database nor web server, and should not wait for them.
MODULES = {
    "demo": "demo",
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
    "receipt": "receipt",
    "receipt-key": "receipt_keys",
    "simulate": "law",
    "openapi": "law",
    "check": "checking",
}
WITHOUT_SETTINGS = {"law", "checking", "receipt"}


def main() -> None:
    take_signals()
    try:
        application(sys.argv[1:])()
    except DomainError as error:
        refuse(error)
    except LawError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"{error.title_vi}: {error}", markup=False)
        sys.exit(2)
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
    # A sole command would become the program itself.
    app.callback()(lambda: None)
    wanted = MODULES.get(words[0]) if words else None
    modules = [wanted] if wanted else list(dict.fromkeys(MODULES.values()))
    if wanted and wanted not in WITHOUT_SETTINGS:
        import_module("services.cli.environment").prepare()
    for name in modules:
        import_module(f"services.cli.{name}").register(app)
    return app


def refuse(error: DomainError) -> None:
    """The refusal on standard error, one line per fault, and exit 2."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    errors.print(f"{error.title_vi}: {error.detail}", markup=False)
    for fault in error.faults:
        errors.print("  - " + "; ".join(fault.as_dict().values()), markup=False)
    if error.hint:
        errors.print(f"  {error.hint}", markup=False)
    sys.exit(2)
