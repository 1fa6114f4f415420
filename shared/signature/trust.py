"""Whom we trust: root certificates and revocation lists, each a folder of files that the operator keeps.

The folders are looked at on every use, so a new list needs no restart; a file is read again when it has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shared.signature.certificates import Certificate, CertificateUnreadable, read_certificate
from shared.signature.refused import TrustUnusable
from shared.signature.revocation import ListUnreadable, RevocationList, read_list

_PEM: Final = b"-----BEGIN"
_Kind = TypeVar("_Kind", Certificate, RevocationList)
_Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Trust:
    roots: tuple[Certificate, ...] = ()
    lists: tuple[RevocationList, ...] = ()


class TrustFolders:
    """``roots``: *.pem, *.crt, *.cer; ``lists``: *.crl, *.pem; DER or PEM. Without folders nothing is trusted."""

    def __init__(self, *, roots: Path | None, lists: Path | None) -> None:
        self._roots: _Folder[Certificate] = _Folder(roots, ("*.pem", "*.crt", "*.cer"), read_roots)
        self._lists: _Folder[RevocationList] = _Folder(lists, ("*.crl", "*.pem"), read_lists)

    def __call__(self) -> Trust:
        """Blocking. Raises TrustUnusable, naming the file."""
        return Trust(self._roots.read(), self._lists.read())


def read_roots(content: bytes) -> tuple[Certificate, ...]:
    """One DER certificate, or PEM of any number. Raises CertificateUnreadable for a file without an authority."""
    try:
        pem = x509.load_pem_x509_certificates(content) if content.lstrip().startswith(_PEM) else None
    except ValueError as error:
        raise CertificateUnreadable(str(error)) from error
    found = tuple(map(read_certificate, [content] if pem is None else [each.public_bytes(Encoding.DER) for each in pem]))
    if not all(each.is_authority for each in found):
        raise CertificateUnreadable("a root must be a certification authority")
    return found


def read_lists(content: bytes) -> tuple[RevocationList, ...]:
    """One list, DER or PEM. Raises ListUnreadable."""
    try:
        is_pem = content.lstrip().startswith(_PEM)
        der = x509.load_pem_x509_crl(content).public_bytes(Encoding.DER) if is_pem else content
    except ValueError as error:
        raise ListUnreadable(str(error)) from error
    return (read_list(der),)


class _Folder(Generic[_Kind]):
    def __init__(self, path: Path | None, patterns: Iterable[str], reader: Callable[[bytes], tuple[_Kind, ...]]) -> None:
        self._path = path
        self._patterns = tuple(patterns)
        self._reader: Callable[[bytes], tuple[_Kind, ...]] = reader
        self._read: dict[Path, tuple[_Stamp, tuple[_Kind, ...]]] = {}

    def read(self) -> tuple[_Kind, ...]:
        if self._path is None:
            return ()
        if not self._path.is_dir():
            raise TrustUnusable(f"{self._path} is no folder that can be read")
        files = sorted({file for pattern in self._patterns for file in self._path.glob(pattern)})
        return tuple(each for file in files for each in self._of(file))

    def _of(self, file: Path) -> tuple[_Kind, ...]:
        try:
            seen = file.stat()
            stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
            if file not in self._read or self._read[file][0] != stamp:
                self._read[file] = stamp, self._reader(file.read_bytes())
        except (OSError, CertificateUnreadable, ListUnreadable) as error:
            raise TrustUnusable(f"{file.name} cannot be used: {error}") from error
        return self._read[file][1]
