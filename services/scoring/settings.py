"""Settings of the scoring service: with which key what is published is signed, if with any (ADR 43)."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.scoring.publication_key import PublicationKey, PublicationKeyUnusable, read_key
from shared.settings import PREFIX

_OTHERS_MAY_READ = 0o077


class ScoringSettings(BaseSettings):
    """The private key without a password and its certificate, then those that issued it, as PEM: each as text, from a secret
    store, or as a file; the key's file is its owner's alone."""

    model_config = SettingsConfigDict(env_prefix=PREFIX + "SCORING_", frozen=True)

    signing_key: SecretStr | None = None
    signing_key_file: Path | None = None
    signing_certificate: str | None = None
    signing_certificate_file: Path | None = None

    @property
    def is_silent(self) -> bool:
        """Whether nothing is said of a key."""
        return not any(getattr(self, name) is not None for name in type(self).model_fields)


def key_of(settings: ScoringSettings) -> PublicationKey | None:
    """The key as configured, None where none is. Raises PublicationKeyUnusable, also where only half of it is given."""
    if settings.is_silent:
        return None
    private = settings.signing_key.get_secret_value() if settings.signing_key else _private(settings.signing_key_file)
    certificate = settings.signing_certificate or _text(settings.signing_certificate_file)
    if private is None or certificate is None:
        raise PublicationKeyUnusable(
            "a key without its certificate, or a certificate without its key",
            hint="Set BANGDIEM_SCORING_SIGNING_KEY or _KEY_FILE, and _CERTIFICATE or _CERTIFICATE_FILE; or none of them.",
        )
    return read_key(private, certificate)


def _private(path: Path | None) -> str | None:
    text = _text(path)
    if path is not None and path.stat().st_mode & _OTHERS_MAY_READ:
        raise PublicationKeyUnusable(f"others may read the private key {path.name}", hint="chmod 600")
    return text


def _text(path: Path | None) -> str | None:
    try:
        return None if path is None else path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise PublicationKeyUnusable(f"the file of the key or of the certificate cannot be read: {path}") from error
