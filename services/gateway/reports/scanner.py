"""Looking for malicious software in files sent in: a command of the installation's own, or nobody, which is said openly."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from dataclasses import dataclass
from typing import Protocol

import structlog

from shared.errors import InputInvalid, Unavailable

log = structlog.get_logger(__name__)

NOT_SCANNED = "not scanned"
_CLEAN, _INFECTED = 0, 1


class MaliciousFile(InputInvalid):
    """The scanner found malicious software in the file; it was not kept."""

    slug = "malicious-file"
    title_vi = "Tệp chứa mã độc: từ chối và không lưu"
    title_en = "Malicious file"


class ScannerUnavailable(Unavailable):
    """A scanner is configured and gives no verdict, so no file is taken until it does."""

    slug = "scanner-unavailable"
    title_vi = "Bộ quét mã độc không hoạt động"
    title_en = "Scanner not available"


class Scanner(Protocol):
    """``scan`` says how the file was looked at, in words that are kept with it."""

    async def scan(self, body: bytes) -> str:
        """Raises MaliciousFile or ScannerUnavailable."""


class NoScanner:
    """Nothing is configured: files are taken, and everybody sees that nobody looked."""

    async def scan(self, body: bytes) -> str:
        del body
        return NOT_SCANNED


@dataclass(frozen=True)
class CommandScanner:
    """A program that reads the file on standard input and answers as clamdscan does: exit 0 clean, 1 infected."""

    words: tuple[str, ...]
    seconds: float

    async def scan(self, body: bytes) -> str:
        """Raises MaliciousFile or ScannerUnavailable."""
        code = await self._run(body)
        if code == _INFECTED:
            raise MaliciousFile("the scanner found malicious software", hint="Clean the file, and the machine it comes from.")
        if code != _CLEAN:
            raise ScannerUnavailable(f"the scanner ended with {code}")
        return f"clean: {self.words[0].rpartition('/')[2]}"

    async def _run(self, body: bytes) -> int | None:
        """The exit code, None when it did not end in time."""
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(*self.words, stdin=pipe, stdout=nothing, stderr=nothing)
        except OSError as error:
            log.warning("scanner does not start", error=type(error).__name__)
            return None
        try:
            async with asyncio.timeout(self.seconds):
                await process.communicate(body)
        except TimeoutError:
            log.warning("scanner takes too long", seconds=self.seconds)
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return process.returncode


def scanner_of(command: str | None, *, seconds: float) -> Scanner:
    """The scanner of a command line as a shell would split it; None is nobody."""
    words = tuple(shlex.split(command or ""))
    return CommandScanner(words, seconds) if words else NoScanner()
