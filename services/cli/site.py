"""Where a command works: the data directory, the database (embedded unless DATABASE_URL names one), and the secrets."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from services.gateway.keyring import new_key
from shared import migrate
from shared.errors import InputInvalid, Unavailable
from shared.postgres import EmbeddedPostgres, EmbeddedPostgresError, running
from shared.service import Platform
from shared.settings import PlatformSettings


class DatabaseBehind(InputInvalid):
    slug = "database-behind"
    title_vi = "Cơ sở dữ liệu chưa được nâng cấp"
    title_en = "Database not migrated"


class EmbeddedServerFailed(Unavailable):
    slug = "embedded-server-failed"
    title_vi = "Không khởi động được PostgreSQL nhúng"
    title_en = "Embedded PostgreSQL failed"


RECEIPT_KEYS = "receipt-keys"


@dataclass(frozen=True)
class Site:
    """One opened installation. ``server`` is None where a real PostgreSQL is used."""

    data_dir: Path
    platform: Platform
    owner_url: str | None
    pepper: SecretStr
    server: EmbeddedPostgres | None


@contextmanager
def opened(settings: PlatformSettings) -> Iterator[Site]:
    """The site of these settings, its schema at this version. The embedded server is joined, or started and stopped."""
    if settings.database_url is not None:
        yield _real(settings)
        return
    try:
        with running(settings.data_dir) as server:
            migrate.upgrade(server.dsn("owner").url)
            platform = Platform(database_url=server.dsn("app").url)
            yield Site(settings.data_dir, platform, server.dsn("owner").url, pepper(settings.data_dir), server)
    except EmbeddedPostgresError as error:
        raise EmbeddedServerFailed(str(error)) from error


def pepper(data_dir: Path) -> SecretStr:
    """The key under which API keys are hashed: from the environment, else made once, 0600, in the data directory."""
    given = os.environ.get("BANGDIEM_GATEWAY_KEY_PEPPER")
    return SecretStr(given) if given else SecretStr(private_text(data_dir / "key-pepper", secrets.token_urlsafe(48)))


def receipt_keys(data_dir: Path) -> Path:
    """The folder of the keys that sign receipts, with a first key made once, 0600."""
    folder = data_dir / RECEIPT_KEYS
    if not any(folder.glob("*.jwk")):
        private_text(folder / "0001.jwk", new_key())
    return folder


def private_text(path: Path, new: str) -> str:
    """The text of a 0600 file, made with ``new`` in one step when it is not there yet; two makers agree on one text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(new)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text("utf-8")


def _real(settings: PlatformSettings) -> Site:
    if settings.database_url is None:
        raise RuntimeError("no DATABASE_URL")
    app_url = settings.database_url.get_secret_value()
    owner = settings.database_owner_url.get_secret_value() if settings.database_owner_url else None
    return Site(settings.data_dir, Platform(database_url=app_url), owner, pepper(settings.data_dir), None)
