"""Keys that sign receipts: list, rotate, revoke. Done by whoever holds the machine; audited as local:<user> (SEC-08)."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.keys import KeyId, local_actor, on_gateway
from services.cli.options import AsJson, DataDir, Reason
from shared.errors import InputInvalid
from shared.period import VIETNAM

if TYPE_CHECKING:
    from services.cli.site import Site
    from shared.database import Database

STATES = {"active": "đang ký", "retired": "đã ngừng sử dụng", "revoked": "đã thu hồi"}
app = typer.Typer(help="Khóa ký biên nhận: liệt kê, đổi, thu hồi.", no_args_is_help=True)
# The id of a key is base64url: one in 64 begins with a dash, and is no option for that.
TAKES_A_KEY = {"ignore_unknown_options": True}


class KeyFolderUnknown(InputInvalid):
    """The signing key comes from a setting, so this command has no folder to put a new one into."""

    slug = "key-folder-unknown"
    title_vi = "Không biết thư mục khóa ký"
    title_en = "No folder of signing keys"


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="receipt-key")


@app.command("list", help="Mọi khóa đã từng ký, kèm trạng thái.")
def list_(data_dir: DataDir = Path(".bangdiem"), as_json: AsJson = False) -> None:
    """All keys that ever signed, with their state: what GET /receipt-keys answers."""
    from services.gateway.reports import signing_keys
    from shared.writing import moment

    async def read(database: Database, site: Site) -> dict[str, Any]:
        del site
        async with database.read() as connection:
            return await signing_keys.published_keys(connection)

    found = on_gateway(data_dir, read)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for key in found["keys"]:
        ended = key["revoked_from"] or key["retired_at"]
        typer.echo(f"{key['kid']}  {STATES[key['state']]}" + (f"  {moment(ended)}  {key['end_reason']}" if ended else ""))


@app.command("rotate", help="Tạo khóa mới, ký ngay từ lúc này; các khóa khác ngừng ký và vẫn được công bố.")
def rotate(reason: Reason, data_dir: DataDir = Path(".bangdiem")) -> None:
    """Make a new key, which signs from now on at once; all others are retired and stay published."""
    from services.cli.site import private_text
    from services.gateway.http.words import require_reason
    from services.gateway.reports import signing_keys
    from services.gateway.reports.keyring import new_key, read_key

    async def turn(database: Database, site: Site) -> tuple[str, list[str]]:
        words, folder = require_reason(reason), _folder(site)
        # The file comes first: at every instant there is a key in force whose private half exists.
        text = private_text(folder / f"{_next_number(folder):04d}.jwk", new_key())
        key = read_key(text, place="the new key")
        retired = await signing_keys.rotate(database, actor=local_actor(), key=key, reason=words, now=site.platform.clock())
        return key.kid, retired

    kid, retired = on_gateway(data_dir, turn)
    typer.echo(f"{kid} ký từ nay; đã ngừng sử dụng: {', '.join(retired) or 'không có'}")


@app.command("make", help="In một khóa riêng mới, cho BANGDIEM_GATEWAY_RECEIPT_KEY; không lưu gì.")
def make() -> None:
    """Print a new private key, for BANGDIEM_GATEWAY_RECEIPT_KEY; nothing is stored."""
    from services.gateway.reports.keyring import new_key

    typer.echo(new_key())


@app.command("retire", context_settings=TAKES_A_KEY, help="Ngừng sử dụng một khóa từ nay; những gì khóa đã ký vẫn đúng.")
def retire(kid: KeyId, reason: Reason, data_dir: DataDir = Path(".bangdiem")) -> None:
    """Take a key out of use, from now on; what it signed stays good. For keys that come from a setting."""
    from services.gateway.reports import signing_keys

    async def take(database: Database, site: Site) -> None:
        await signing_keys.end_key(
            database, actor=local_actor(), kid=kid, kind="retired", from_instant=site.platform.clock(), reason=reason
        )

    on_gateway(data_dir, take)
    typer.echo(f"{kid} đã ngừng sử dụng")


@app.command(
    "revoke",
    context_settings=TAKES_A_KEY,
    help="Ghi một khóa không còn đáng tin từ một thời điểm; đồng thời đổi khóa để cấp lại biên nhận.",
)
def revoke(
    kid: KeyId,
    reason: Reason,
    since: Annotated[
        datetime | None, typer.Option("--from", help="thời điểm không còn đáng tin, giờ Việt Nam; mặc định là bây giờ")
    ] = None,
    data_dir: DataDir = Path(".bangdiem"),
) -> None:
    """Say that a key is not to be trusted from an instant on. Rotate too, so that receipts can be given again."""
    from services.gateway.reports import signing_keys

    async def take(database: Database, site: Site) -> None:
        instant = since.replace(tzinfo=VIETNAM) if since else site.platform.clock()
        await signing_keys.end_key(database, actor=local_actor(), kid=kid, kind="revoked", from_instant=instant, reason=reason)

    on_gateway(data_dir, take)
    typer.echo(f"{kid} đã thu hồi")


def _folder(site: Site) -> Path:
    """Raises KeyFolderUnknown."""
    from services.cli.site import RECEIPT_KEYS

    named = os.environ.get("BANGDIEM_GATEWAY_RECEIPT_KEYS")
    if named is None and "BANGDIEM_GATEWAY_RECEIPT_KEY" in os.environ:
        raise KeyFolderUnknown(
            "BANGDIEM_GATEWAY_RECEIPT_KEY holds the key", hint="Use BANGDIEM_GATEWAY_RECEIPT_KEYS, a folder."
        )
    return Path(named) if named is not None else site.data_dir / RECEIPT_KEYS


def _next_number(folder: Path) -> int:
    return 1 + max((int(path.stem) for path in folder.glob("*.jwk") if path.stem.isdecimal()), default=0)
