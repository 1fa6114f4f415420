"""The platform's settings with what the command line says."""

from __future__ import annotations

import os
from pathlib import Path

from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from services.scoring.settings import ScoringSettings
from shared import log
from shared.errors import Conflict
from shared.settings import PlatformSettings, read, refuse_unknown

# Known beside the settings classes: who acts at this terminal.
OTHER_VARIABLES = {"BANGDIEM_KEY"}


class DemoRefused(Conflict):
    """The demo writes into a database of its own: an embedded one that it made, in which nobody else has acted."""

    slug = "demo-refused"
    title_vi = "Không trình diễn trên cơ sở dữ liệu này"
    title_en = "No demonstration on this database"


def platform_settings(data_dir: Path) -> PlatformSettings:
    """For commands that open an installation. Raises SettingsInvalid, also for unknown variables; configures the log."""
    environment = {name: value for name, value in os.environ.items() if name not in OTHER_VARIABLES}
    refuse_unknown((PlatformSettings, IngestSettings, GatewaySettings, ScoringSettings), environment)
    settings = read(PlatformSettings)
    log.configure(settings.log_level, settings.log_format)
    return settings.model_copy(update={"data_dir": data_dir})


def refuse_demo_elsewhere(settings: PlatformSettings) -> None:
    """Raises DemoRefused where a real server is named: a demonstration never speaks to one."""
    if settings.database_url is not None or settings.database_owner_url is not None:
        raise DemoRefused(
            "DATABASE_URL or DATABASE_OWNER_URL names a server, and the demo works on an embedded database that it makes",
            hint="Unset both, or use an env file without them: bangdiem --env-file FILE demo",
        )
