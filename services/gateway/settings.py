"""Settings of the gateway. The pepper has no default: without it no key can be told from a forgery."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.gateway.access.oidc_settings import IssuerName, IssuerSettings, words
from services.gateway.notifications.webhooks.addresses import Reach
from services.gateway.notifications.webhooks.sending import Sender
from shared.outbound_posts import trust
from shared.settings import PREFIX
from shared.signature.trust import TrustFolders
from shared.signature.verifier import CertificateVerifier, SignatureVerifier, Terms

Factor = Annotated[str, Field(pattern=r"^(acr|amr):\S+$")]


class GatewaySettings(BaseSettings):
    """``public_url`` is what callers see, behind any proxy; problem types are absolute under it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX + "GATEWAY_", env_nested_delimiter="__", frozen=True)

    # HMAC-SHA-256 key of the API keys' secrets; at least 32 characters of randomness.
    key_pepper: SecretStr = Field(min_length=32)
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$")
    pool_size: int = Field(default=5, ge=1, le=100)
    max_body_bytes: int = Field(default=64 * 1024, ge=1024)
    # Of a report sent in, in whatever format.
    max_report_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)
    # Reports larger than this are checked by a job: 202, and where to ask.
    check_at_once_bytes: int = Field(default=2 * 1024 * 1024, ge=0)
    # Of one file that evidences a report.
    max_attachment_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    # A program that reads a file on standard input and ends as clamdscan does: 0 clean, 1 infected. Without one files are
    # taken and marked as not scanned.
    attachment_scanner: str | None = None
    attachment_scanner_seconds: float = Field(default=60, gt=0)
    # What signs receipts: a private Ed25519 JWK as JSON text, or a folder of such files (*.jwk, 0600; the last name is the
    # newest). Without either nothing can be accepted.
    receipt_key: SecretStr | None = None
    receipt_keys: Path | None = None
    # Certificates of people who sign reports: folders of the trusted roots (*.pem, *.crt, *.cer) and of revocation lists
    # (*.crl, *.pem). Without roots no such signature is taken.
    signature_roots: Path | None = None
    signature_revocation_lists: Path | None = None
    # What becomes of a signature when an issuer has no list here: refused, or taken and marked as not checked.
    signature_without_list: Literal["refuse", "mark"] = "refuse"
    # How long before it is handed in a signature may say it was made.
    signature_oldest_hours: int = Field(default=24, ge=1, le=24 * 31)
    # Identity providers by a name of ours, which is part of every subject's id; without one only API keys are taken.
    issuers: dict[IssuerName, IssuerSettings] = Field(default_factory=dict)
    # Proxies whose X-Forwarded-For is believed, as networks separated by commas; none by default.
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(words)] = ()
    # Values of a token's claims that count as a second factor: acr:… and amr:…, separated by commas. Empty asks for none.
    second_factor: Annotated[frozenset[Factor], NoDecode, BeforeValidator(words)] = frozenset()
    # Where events may be sent beyond public addresses over TLS: networks, hosts asked without TLS, and a PEM file of
    # authorities that are trusted beside the system's.
    webhook_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(words)] = ()
    webhook_plain_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(words)] = frozenset()
    webhook_roots: Path | None = None
    # How long one sending may take, from its connection to the end of the answer.
    webhook_seconds: float = Field(default=15, gt=0, le=60)
    # How many what-if questions a key or person is answered in a minute, by each process: every one scores a whole month anew.
    what_ifs_a_minute: int = Field(default=30, ge=1, le=10_000)
    # How much of the published sheets may be kept in memory, ready to send.
    shelf_bytes: int = Field(default=64 * 1024 * 1024, ge=0)


def sender_of(settings: GatewaySettings) -> Sender:
    """How events leave."""
    reach = Reach(networks=settings.webhook_networks, plain_hosts=settings.webhook_plain_hosts)
    return Sender(reach, trust(settings.webhook_roots), settings.webhook_seconds)


def verifier_of(settings: GatewaySettings) -> SignatureVerifier:
    """Judges certificates' signatures by the folders configured; they are looked at on every use."""
    trust = TrustFolders(roots=settings.signature_roots, lists=settings.signature_revocation_lists)
    oldest = timedelta(hours=settings.signature_oldest_hours)
    return CertificateVerifier(trust, Terms(oldest=oldest, without_list=settings.signature_without_list))
