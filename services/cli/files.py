"""Files that a command is given by name."""

from __future__ import annotations

import sys
from pathlib import Path

from shared.errors import InputInvalid


class FileUnreadable(InputInvalid):
    slug = "file-unreadable"
    title_vi = "Không đọc được tệp"
    title_en = "File unreadable"


def read_file(name: str) -> bytes:
    """Bytes of a file, or of standard input for '-'. Raises FileUnreadable."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{name}: {error.strerror}", hint="Give the path of a readable file.") from error
