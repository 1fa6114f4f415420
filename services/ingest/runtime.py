"""What ingest's use cases are given: database, settings, time, and the way to a source."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.ingest.settings import IngestSettings
from shared.database import Database
from shared.outbound import Answer, Ask, Endpoint, outbound


class Asking(Protocol):
    """One source that can be asked."""

    async def send(self, ask: Ask) -> Answer: ...


Connect = Callable[[Endpoint, Callable[[], datetime]], AbstractAsyncContextManager[Asking]]


@dataclass(frozen=True)
class Runtime:
    """The values a use case needs. ``connect`` opens the way to a source; ``clock`` gives aware instants."""

    database: Database
    settings: IngestSettings
    clock: Callable[[], datetime]
    connect: Connect = outbound
