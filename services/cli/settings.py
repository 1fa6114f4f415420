"""The platform's settings with what the command line says."""

from __future__ import annotations

from pathlib import Path

from shared.settings import PlatformSettings, read


def platform_settings(data_dir: Path) -> PlatformSettings:
    return read(PlatformSettings).model_copy(update={"data_dir": data_dir})
