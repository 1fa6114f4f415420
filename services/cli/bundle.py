"""`bangdiem bundle verify`: a month's bundle is held against its own manifest. No database, no server, no settings."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import typer

from services.cli.files import read_file
from services.scoring.exports.bundle import FORMAT, MANIFEST
from shared.canonical import sha256_hex
from shared.errors import InputInvalid

Manifest = Mapping[str, Any]
# What reading a member of a damaged, encrypted or oddly packed ZIP raises.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
# No month is as large; a file that says so unpacks to nothing that was published.
_LARGEST = 256 * 1024 * 1024


class BundleUnreadable(InputInvalid):
    """The file is no bundle of a month: nothing in it says what ought to be there."""

    slug = "bundle-unreadable"
    title_vi = "Tệp không phải trọn gói tháng"
    title_en = "Not a bundle of a month"


@dataclass(frozen=True)
class Difference:
    path: str
    words: str


def prove(name: str, *, as_json: bool) -> None:
    """Print what the bundle is of and what in it differs from its manifest; exit 1 where anything does. Raises FileUnreadable,
    BundleUnreadable."""
    body = read_file(name)
    with _opened(body) as packed:
        manifest = _manifest_of(packed)
        differences = list(_differences(packed, manifest))
    if as_json:
        found = [{"path": each.path, "detail": each.words} for each in differences]
        typer.echo(json.dumps({"digest": sha256_hex(body), "manifest": manifest, "differences": found}, ensure_ascii=False))
    else:
        for line in (*_about(manifest, sha256_hex(body)), *_about_files(manifest, differences)):
            typer.echo(line)
    if differences:
        raise typer.Exit(1)


def _opened(body: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(body))
    except _UNREADABLE as error:
        raise BundleUnreadable("the file is no ZIP", hint="Give a file that GET …/bundle answers.") from error


def _manifest_of(packed: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(_content(packed, MANIFEST))
    except (KeyError, *_UNREADABLE) as error:
        raise BundleUnreadable(f"{MANIFEST} is not there or cannot be read") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT or not _is_list_of_files(found.get("files")):
        raise BundleUnreadable(f"{MANIFEST} is not of the format {FORMAT}")
    return found


def _is_list_of_files(files: object) -> bool:
    kinds = {"path": str, "digest": str, "size": int}
    return isinstance(files, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(name), kind) for name, kind in kinds.items()) for each in files
    )


def _differences(packed: zipfile.ZipFile, manifest: Manifest) -> Iterator[Difference]:
    files = [each["path"] for each in manifest["files"]]
    names = packed.namelist()
    for each in manifest["files"]:
        if words := _wrong(packed, each):
            yield Difference(each["path"], words)
    for name in dict.fromkeys(names):
        if name not in {MANIFEST, *files}:
            yield Difference(name, "không có trong danh mục")
        elif names.count(name) > 1:
            yield Difference(name, "có nhiều tệp cùng tên")


def _wrong(packed: zipfile.ZipFile, told: Manifest) -> str | None:
    try:
        body = _content(packed, told["path"])
    except KeyError:
        return "không có trong gói"
    except _UNREADABLE:
        return "không đọc được"
    if len(body) != told["size"]:
        return f"có {len(body)} byte, danh mục ghi {told['size']} byte"
    digest = sha256_hex(body)
    return None if digest == told["digest"] else f"mã băm {digest}, danh mục ghi {told['digest']}"


def _content(packed: zipfile.ZipFile, name: str) -> bytes:
    """Raises KeyError for a name that is not there, ValueError for more bytes than are read."""
    with packed.open(name) as file:
        body = file.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        message = f"{name} is larger than {_LARGEST} bytes"
        raise ValueError(message)
    return body


def _about(manifest: Manifest, digest: str) -> Iterator[str]:
    yield f"Trọn gói kỳ {manifest.get('period')}, phiên bản {manifest.get('version')}, mã công bố {manifest.get('publication')}"
    yield f"  Lần chấm điểm {manifest.get('run')}, công bố lúc {manifest.get('published_at')}"
    yield f"  Mã băm của tệp {digest} (so với ETag của {manifest.get('address')})"


def _about_files(manifest: Manifest, differences: list[Difference]) -> Iterator[str]:
    count = len(manifest["files"])
    if not differences:
        yield f"  {count} tệp khớp với danh mục."
        return
    yield f"  KHÔNG KHỚP: {len(differences)} chỗ khác với danh mục {count} tệp"
    for each in differences:
        yield f"  - {each.path}: {each.words}"
