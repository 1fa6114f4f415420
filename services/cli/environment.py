"""What the environment says, checked before a command that needs it."""

from __future__ import annotations

import os

from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from shared import log
from shared.settings import PlatformSettings, read, refuse_unknown

# Known beside the settings classes: who acts at this terminal.
OTHER_VARIABLES = {"BANGDIEM_KEY"}


def prepare() -> None:
    """Refuse unknown settings and configure the log."""
    environment = {name: value for name, value in os.environ.items() if name not in OTHER_VARIABLES}
    refuse_unknown((PlatformSettings, IngestSettings, GatewaySettings), environment)
    settings = read(PlatformSettings)
    log.configure(settings.log_level, settings.log_format)
