"""Settings every process reads. One frozen class per service, built at the entry point and passed on.

Unknown variables that begin with our prefix are refused, because a misspelt setting is a setting silently ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import Fault, InputInvalid

PREFIX = "BANGDIEM_"
Kind = TypeVar("Kind", bound=BaseSettings)


class SettingsInvalid(InputInvalid):
    slug = "settings-invalid"
    title_vi = "Cấu hình không hợp lệ"
    title_en = "Invalid settings"


class PlatformSettings(BaseSettings):
    """Where the data and the database are. Without DATABASE_URL an embedded PostgreSQL lives in ``data_dir``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, populate_by_name=True)

    data_dir: Path = Path(".bangdiem")
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    database_owner_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_OWNER_URL")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field(default="console", pattern="^(console|json)$")


def read(kind: type[Kind], **given: Any) -> Kind:
    """The settings of one service: ``given`` first, then the environment; every fault is named with its variable."""
    try:
        return kind(**given)
    except ValidationError as error:
        faults = [Fault(place=_variable(kind, fault["loc"]), message=fault["msg"]) for fault in error.errors()]
        names = ", ".join(fault.place for fault in faults)
        raise SettingsInvalid(f"settings refused: {names}", faults=faults, hint="See .env.example.") from error


def refuse_unknown(kinds: Iterable[type[BaseSettings]], environment: Mapping[str, str]) -> None:
    """``kinds`` are all settings classes of the product; raises SettingsInvalid naming each unknown variable."""
    known = {name for kind in kinds for name in _names(kind)}
    unknown = sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX)
        and name.upper() not in known
        and not any(name.upper().startswith(each + "__") for each in known)
    )
    if unknown:
        faults = [Fault(place=name, message="no such setting") for name in unknown]
        raise SettingsInvalid(f"unknown settings: {', '.join(unknown)}", faults=faults, hint="See .env.example.")


def _names(kind: type[BaseSettings]) -> Iterable[str]:
    prefix = str(kind.model_config.get("env_prefix", ""))
    for name, field in kind.model_fields.items():
        alias = field.validation_alias
        yield (alias if isinstance(alias, str) else prefix + name).upper()


def _variable(kind: type[BaseSettings], place: tuple[int | str, ...]) -> str:
    first, *rest = (str(part) for part in place)
    prefix = str(kind.model_config.get("env_prefix", ""))
    name = first if first.isupper() else (prefix + first).upper()
    return "__".join([name, *(part.upper() for part in rest)])
