"""The platform's settings with what the command line says."""

from __future__ import annotations

import os
from pathlib import Path

from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from shared import log
from shared.settings import PlatformSettings, read, refuse_unknown

# Known beside the settings classes: who acts at this terminal.
OTHER_VARIABLES = {"BANGDIEM_KEY"}


def platform_settings(data_dir: Path) -> PlatformSettings:
    """For commands that open an installation. Raises SettingsInvalid, also for unknown variables; configures the log."""
    environment = {name: value for name, value in os.environ.items() if name not in OTHER_VARIABLES}
    refuse_unknown((PlatformSettings, IngestSettings, GatewaySettings), environment)
    settings = read(PlatformSettings)
    log.configure(settings.log_level, settings.log_format)
    return settings.model_copy(update={"data_dir": data_dir})
