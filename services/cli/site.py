"""Where a command works: the data directory, the database (embedded unless DATABASE_URL names one), and the secrets.

`demo`, `up` and `db upgrade` make an installation where there is none; every other command opens the one that is there.
"""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from services.cli.settings import DemoRefused, refuse_demo_elsewhere
from services.gateway.reports.keyring import new_key
from services.scoring.publication_key import PublicationKey, demonstration_pem, read_key
from services.scoring.settings import ScoringSettings, key_of
from shared import migrate
from shared.database import Database, address
from shared.errors import InputInvalid, NotFound, Unavailable
from shared.installation import Kind, settle
from shared.postgres import EmbeddedPostgres, EmbeddedPostgresError, has_cluster, running
from shared.service import Platform
from shared.settings import PlatformSettings, read

RECEIPT_KEYS = "receipt-keys"
PUBLICATION_KEY = "publication-key/demonstration.pem"
PEPPER = "key-pepper"
PEPPER_VARIABLE = "BANGDIEM_GATEWAY_KEY_PEPPER"


class InstallationMissing(NotFound):
    """No database is in the data directory and DATABASE_URL names none. Nothing was made."""

    slug = "installation-missing"
    title_vi = "Chưa có hệ thống tại thư mục này"
    title_en = "No installation here"


class KeyPepperMissing(InputInvalid):
    """The secret under which API keys are hashed is neither set nor in the data directory."""

    slug = "key-pepper-missing"
    title_vi = "Thiếu khóa bí mật để băm khóa truy cập"
    title_en = "Pepper of the API keys missing"


class DatabaseBehind(InputInvalid):
    slug = "database-behind"
    title_vi = "Cơ sở dữ liệu chưa được nâng cấp"
    title_en = "Database not migrated"


class EmbeddedServerFailed(Unavailable):
    slug = "embedded-server-failed"
    title_vi = "Không khởi động được PostgreSQL nhúng"
    title_en = "Embedded PostgreSQL failed"


@dataclass(frozen=True)
class Site:
    """One opened installation. ``server`` is None where a real PostgreSQL is used."""

    data_dir: Path
    platform: Platform
    owner_url: str | None
    server: EmbeddedPostgres | None

    @property
    def pepper(self) -> SecretStr:
        """The key under which API keys are hashed: from the environment, else from the data directory.

        Raises KeyPepperMissing: a key hashed under one that is made now would open nothing at the gateway.
        """
        if given := os.environ.get(PEPPER_VARIABLE):
            return SecretStr(given)
        path = self.data_dir.absolute() / PEPPER
        try:
            return SecretStr(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise KeyPepperMissing(
                f"{PEPPER_VARIABLE} is not set, and there is no {path}",
                hint=f"Set {PEPPER_VARIABLE} as the gateway has it, or name the data directory where the gateway's lies "
                "(--data-dir, BANGDIEM_DATA_DIR). `bangdiem up` makes a first one.",
            ) from error


@contextmanager
def opened(settings: PlatformSettings) -> Iterator[Site]:
    """The installation that is there. Raises InstallationMissing where there is none, and then makes nothing.

    An embedded database, which nobody but us serves, is brought to this version's schema; a real one must be at it already
    (DatabaseBehind), because its owner says when. The embedded server is joined, or started and stopped.
    """
    if settings.database_url is None and not has_cluster(settings.data_dir):
        raise InstallationMissing(
            f"no database in {settings.data_dir.absolute()}, and DATABASE_URL is not set",
            hint="Name the installation by --data-dir, BANGDIEM_DATA_DIR or DATABASE_URL, or make one here: "
            "`bangdiem demo`, `bangdiem up` or `bangdiem db upgrade`.",
        )
    _say_place(settings)
    with _entered(settings) as site:
        yield site


@contextmanager
def founded(settings: PlatformSettings) -> Iterator[Site]:
    """As `opened`; an embedded database and a pepper are made where there is none."""
    _say_place(settings)
    with _entered(settings) as site:
        _make_pepper(site.data_dir)
        if site.server is not None:
            _settled(site.server.dsn("owner").url, "real")
        yield site


@contextmanager
def founded_for_demo(settings: PlatformSettings) -> Iterator[Site]:
    """As `founded`, of a demonstration. Raises DemoRefused where the database is another's, before anything is written."""
    refuse_demo_elsewhere(settings)
    with _entered(settings) as site:
        if site.server is None or _settled(site.server.dsn("owner").url, "demo") != "demo":
            raise DemoRefused(
                f"the database in {site.data_dir.absolute()} was not made by the demo",
                hint="Name a folder of its own: bangdiem demo --data-dir FOLDER",
            )
        _make_pepper(site.data_dir)
        yield site


def upgraded(settings: PlatformSettings) -> tuple[str | None, str | None]:
    """Bring the database to this version's schema; an embedded one is made first. The revision before and after."""
    if settings.database_url is None:
        with _embedded(settings.data_dir) as server:
            _make_pepper(settings.data_dir)
            _say_place(settings)
            steps = migrate.upgrade(server.dsn("owner").url)
            _settled(server.dsn("owner").url, "real")
            return steps
    if settings.database_owner_url is None:
        raise DatabaseBehind("migrations run as the owner", hint="Set DATABASE_OWNER_URL to the owner's address.")
    _say_place(settings)
    return migrate.upgrade(settings.database_owner_url.get_secret_value())


def receipt_keys(data_dir: Path) -> Path:
    """The folder of the keys that sign receipts, with a first key made once, 0600."""
    folder = data_dir / RECEIPT_KEYS
    if not any(folder.glob("*.jwk")):
        private_text(folder / "0001.jwk", new_key())
    return folder


def publication_key(site: Site) -> PublicationKey | None:
    """What signs the documents that are published: as configured; an embedded installation makes itself a demonstration's key,
    whose certificate says so; on a real server nothing is signed without a key. Raises PublicationKeyUnusable."""
    settings = read(ScoringSettings)
    if site.server is None or not settings.is_silent:
        return key_of(settings)
    path = site.data_dir / PUBLICATION_KEY
    pem = path.read_text("utf-8") if path.exists() else private_text(path, demonstration_pem())
    return read_key(pem, pem)


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


@contextmanager
def _entered(settings: PlatformSettings) -> Iterator[Site]:
    if settings.database_url is None:
        with _embedded(settings.data_dir) as server:
            owner_url = server.dsn("owner").url
            migrate.upgrade(owner_url)
            yield Site(settings.data_dir, Platform(database_url=server.dsn("app").url), owner_url, server)
        return
    app_url = settings.database_url.get_secret_value()
    _require_schema(app_url)
    owner = settings.database_owner_url.get_secret_value() if settings.database_owner_url else None
    yield Site(settings.data_dir, Platform(database_url=app_url), owner, None)


def _settled(owner_url: str, kind: Kind) -> Kind:
    """What the database is for: as it says, else ``kind`` from now on, else, where somebody acted in it before, real."""
    with Database(owner_url, role=None).connect_sync() as connection:
        return settle(connection, kind, actor=f"local:{getpass.getuser()}")


def _say_place(settings: PlatformSettings) -> None:
    """Which database a command speaks to, on standard error, beside whatever it answers."""
    url = settings.database_url or settings.database_owner_url
    if url is None:
        place = f"nhúng, trong {settings.data_dir.absolute()}"
    else:
        found = address(url.get_secret_value())
        place = f"{found.database} tại {found.host or 'máy này'}:{found.port or 5432}"
    sys.stderr.write(f"Cơ sở dữ liệu: {place}\n")


@contextmanager
def _embedded(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    try:
        with running(data_dir) as server:
            yield server
    except EmbeddedPostgresError as error:
        raise EmbeddedServerFailed(str(error)) from error


def _require_schema(app_url: str) -> None:
    """Raises DatabaseBehind. A database that a newer version migrated is let be: services of both run while hosts change."""
    revision = migrate.seen(app_url)
    if migrate.lacks_steps(revision):
        place = address(app_url)
        raise DatabaseBehind(
            f"the database {place.database} on {place.host} is at {revision or 'no schema of ours'}, "
            f"this version wants {migrate.head()}",
            hint="Run `bangdiem db upgrade`, with DATABASE_OWNER_URL set to the owner's address.",
        )


def _make_pepper(data_dir: Path) -> None:
    if not os.environ.get(PEPPER_VARIABLE):
        private_text(data_dir / PEPPER, secrets.token_urlsafe(48))
