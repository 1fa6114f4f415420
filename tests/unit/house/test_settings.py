"""Settings are documented where errors send people, and nothing unknown passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings, SourceSettings
from services.scoring.settings import ScoringSettings
from shared.settings import PlatformSettings, SettingsInvalid, refuse_unknown

KINDS = (PlatformSettings, IngestSettings, GatewaySettings, ScoringSettings)
NAMED = set(re.findall(r"^# ([A-Z0-9_]+)=", (Path(__file__).parents[3] / ".env.example").read_text("utf-8"), re.MULTILINE))


def test_every_setting_stands_in_the_example() -> None:
    wanted = {"DATABASE_URL", "DATABASE_OWNER_URL"}
    wanted |= {f"BANGDIEM_{name.upper()}" for name in PlatformSettings.model_fields if not name.startswith("database")}
    wanted |= {f"BANGDIEM_GATEWAY_{name.upper()}" for name in GatewaySettings.model_fields}
    wanted |= {f"BANGDIEM_SCORING_{name.upper()}" for name in ScoringSettings.model_fields}
    wanted |= {f"BANGDIEM_INGEST_SYSTEM57__{name.upper()}" for name in SourceSettings.model_fields}
    wanted |= {f"BANGDIEM_INGEST_{name.upper()}__BASE_URL" for name in IngestSettings.model_fields}
    assert wanted - NAMED == set()


def test_every_variable_of_the_example_is_known() -> None:
    refuse_unknown(KINDS, dict.fromkeys(NAMED - {"BANGDIEM_KEY"}, "x"))


@pytest.mark.parametrize("name", ["BANGDIEM_DATADIR", "BANGDIEM_INGEST_SYSTEM58__BASE_URL", "bangdiem_x"])
def test_an_unknown_variable_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        refuse_unknown(KINDS, {name: "x", "PATH": "y"})
    assert name in refused.value.detail
