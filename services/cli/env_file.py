"""Settings from one file that a shell sources, systemd and compose read, and this program reads alike (OPS-10).

Those readers differ in what quotes, dollars, backslashes and blanks mean. So a line that two of them would read otherwise is
refused here: a secret that is one word to the service and another to the operator's shell costs a night. What stands in the
environment already goes before the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.errors import Fault, InputInvalid

DEFAULT = Path(".env")
OPTION = "--env-file"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Characters that no shell, systemd or compose gives a meaning to, outside quotes and within either kind.
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
_SINGLE = re.compile(r"'[^'\\]*'")
_DOUBLE = re.compile(r'"[^"\\$`!]*"')


class EnvFileInvalid(InputInvalid):
    """The named file is not there, cannot be read, or holds a line that not every reader takes alike."""

    slug = "env-file-invalid"
    title_vi = "Tệp cấu hình không dùng được"
    title_en = "Settings file unusable"


def with_env_file(words: Sequence[str]) -> list[str]:
    """The words without a leading ``--env-file``; its file's settings, or those of ``.env`` here, are in the environment.

    Raises EnvFileInvalid; then the environment is as it was.
    """
    named, rest = _taken(words)
    path = DEFAULT if named is None else Path(named)
    if named is not None or path.is_file():
        for name, value in settings_of(path).items():
            os.environ.setdefault(name, value)
    return rest


def settings_of(path: Path) -> Mapping[str, str]:
    """Name → value of every line. Raises EnvFileInvalid naming each line that is refused, never its value."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{path}:{number}"
        read = _setting(line, place)
        if isinstance(read, Fault):
            faults.append(read)
            continue
        name, value = read
        if name in found:
            faults.append(Fault(place=place, message=f"{name} stands on a line before already"))
        found[name] = value
    if faults:
        raise EnvFileInvalid(
            f"{path}: {len(faults)} lines that a shell, systemd and compose would not read alike",
            faults=faults,
            hint="Write NAME=value, or NAME='value' where the value has blanks, quotes, $ or #. See .env.example.",
        )
    return found


def _taken(words: Sequence[str]) -> tuple[str | None, list[str]]:
    if words and words[0].startswith(OPTION + "="):
        return words[0].removeprefix(OPTION + "="), list(words[1:])
    if words and words[0] == OPTION:
        if len(words) == 1:
            raise EnvFileInvalid(f"{OPTION} names no file", hint=f"bangdiem {OPTION} FILE COMMAND")
        return words[1], list(words[2:])
    return None, list(words)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise EnvFileInvalid(
            f"{path.absolute()} cannot be read: {error.strerror}", hint=f"bangdiem {OPTION} FILE COMMAND"
        ) from error
    if b"\r" in raw or raw.startswith(b"\xef\xbb\xbf"):
        raise EnvFileInvalid(f"{path}: lines end in CR LF, or a byte order mark begins it", hint="Save it as UTF-8 with LF.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EnvFileInvalid(f"the settings file {path} is not UTF-8", hint="Save it as UTF-8 with LF.") from error


def _setting(line: str, place: str) -> tuple[str, str] | Fault:
    name, equals, value = line.partition("=")
    if not equals or not _NAME.fullmatch(name):
        return Fault(place=place, message="no NAME=value without blanks around the name")
    if _PLAIN.fullmatch(value):
        return name, value
    if _SINGLE.fullmatch(value) or _DOUBLE.fullmatch(value):
        return name, value[1:-1]
    said = f"the value of {name} needs single quotes, or has a character that readers take differently"
    return Fault(place=place, message=said)
