"""Settings of the ingest service: where each source is and as whom it is asked.

``BANGDIEM_INGEST_<SOURCE>__<FIELD>``, for example ``BANGDIEM_INGEST_SYSTEM57__BASE_URL``. A source without an address is
taken by official file only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from joserfc.jwk import KeySet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.ingest.contract.signatures import public_keys
from shared.outbound import ApiKey, ClientCredentials, Endpoint


def _is_key(text: str) -> str:
    public_keys(text)
    return text


class SourceSettings(BaseModel):
    """One source. Exactly one way of authentication, or none; ``public_jwk`` is JSON text, ``public_jwk_file`` its path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: HttpUrl | None = None
    token_url: HttpUrl | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    api_key: SecretStr | None = None
    public_jwk: Annotated[str, AfterValidator(_is_key)] | None = None
    public_jwk_file: Path | None = None
    page_size: int = Field(default=5000, ge=1, le=50_000)
    timeout_seconds: float = Field(default=30, gt=0)
    attempts: int = Field(default=5, ge=1, le=20)
    wait_seconds: float = Field(default=0.5, ge=0)
    patience_seconds: float = Field(default=60, ge=0)
    max_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)

    @model_validator(mode="after")
    def _one_way_in(self) -> SourceSettings:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret belong together")
        if self.client_id is not None and self.api_key is not None:
            raise ValueError("either client credentials or an API key, not both")
        if self.public_jwk is not None and self.public_jwk_file is not None:
            raise ValueError("either public_jwk or public_jwk_file, not both")
        return self

    def endpoint(self, name: str) -> Endpoint | None:
        """What outbound needs to ask the source; None when it has no address."""
        if self.base_url is None:
            return None
        base = str(self.base_url).rstrip("/")
        return Endpoint(
            name=name,
            base_url=base,
            credentials=self._credentials(base),
            timeout=self.timeout_seconds,
            attempts=self.attempts,
            wait=self.wait_seconds,
            patience=self.patience_seconds,
            max_bytes=self.max_bytes,
        )

    def keys(self) -> KeySet | None:
        """The source's public keys, read anew at each pull so that a rotated key file takes effect."""
        if self.public_jwk_file is not None:
            return public_keys(self.public_jwk_file.read_text("utf-8"))
        return None if self.public_jwk is None else public_keys(self.public_jwk)

    def _credentials(self, base: str) -> ClientCredentials | ApiKey | None:
        if self.client_id is not None and self.client_secret is not None:
            token_url = str(self.token_url) if self.token_url is not None else f"{base}/oauth2/token"
            return ClientCredentials(token_url, self.client_id, self.client_secret.get_secret_value())
        return None if self.api_key is None else ApiKey(self.api_key.get_secret_value())


class IngestSettings(BaseSettings):
    """All sources by name. The two internal sources have no interface and therefore no settings."""

    model_config = SettingsConfigDict(env_prefix="BANGDIEM_INGEST_", env_nested_delimiter="__", frozen=True, extra="forbid")

    system57: SourceSettings = SourceSettings()
    public_service_portal: SourceSettings = SourceSettings()
    ndxp: SourceSettings = SourceSettings()
    national_database: SourceSettings = SourceSettings()
    finance: SourceSettings = SourceSettings()

    def of(self, source: str) -> SourceSettings:
        """The settings of one source; the empty ones for a source that is never asked."""
        found = getattr(self, source, None)
        return found if isinstance(found, SourceSettings) else SourceSettings()
