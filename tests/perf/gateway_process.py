"""The real gateway, alone in a process: ``python -m tests.perf.gateway_process PORT`` with DATABASE_URL set."""

from __future__ import annotations

import asyncio
import os
import sys

from pydantic import SecretStr

from services import gateway
from shared.service import Platform


async def main(port: int) -> None:
    settings = gateway.GatewaySettings(key_pepper=SecretStr("bench" * 8), host="127.0.0.1", port=port)
    await gateway.create(settings, Platform(os.environ["DATABASE_URL"])).run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
