"""The command line: `bangdiem`. Exit 0 done, 2 refused with a line on standard error, 1 a fault of ours."""

from __future__ import annotations

import os
import sys

import typer
from rich.console import Console

from services.cli import acting, demo, keys, law, reading, running
from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from shared import log
from shared.errors import DomainError
from shared.law.refusals import LawError
from shared.settings import PlatformSettings, read, refuse_unknown

app = typer.Typer(
    name="bangdiem",
    help="Bảng Điểm: monthly scores under QĐ 4585/QĐ-BKHCN.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (demo, running, acting, reading, law):
    part.register(app)
app.add_typer(keys.app, name="key")

# Known beside the settings classes: who acts at this terminal.
OTHER_VARIABLES = {"BANGDIEM_KEY"}


def main() -> None:
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        environment = {name: value for name, value in os.environ.items() if name not in OTHER_VARIABLES}
        refuse_unknown((PlatformSettings, IngestSettings, GatewaySettings), environment)
        settings = read(PlatformSettings)
        log.configure(settings.log_level, settings.log_format)
        app()
    except DomainError as error:
        errors.print(f"{error.title_vi}: {error.detail}", markup=False)
        for fault in error.faults:
            errors.print("  - " + "; ".join(fault.as_dict().values()), markup=False)
        if error.hint:
            errors.print(f"  {error.hint}", markup=False)
        sys.exit(2)
    except LawError as error:
        errors.print(f"{error.title_vi}: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
