"""The floor of a published sheet: an ASGI callable on uvicorn that sends the same bytes and headers and does nothing else.

``python -m tests.perf.bare ANSWERS``: ANSWERS is a JSON file with one answer by path.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn


class Bare:
    """``answers`` maps a path to status, headers and body."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._ready = {
            path: (
                {
                    "type": "http.response.start",
                    "status": answer["status"],
                    "headers": [(name.encode(), value.encode()) for name, value in answer["headers"]],
                },
                {"type": "http.response.body", "body": answer["body"].encode()},
            )
            for path, answer in answers.items()
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        start, body = self._ready[scope["path"]]
        await send(start)
        await send(body)


def main(answers: Path, port: int) -> None:
    # The gateway's options, on the event loop uvicorn takes by itself.
    config = uvicorn.Config(
        Bare(json.loads(answers.read_text("utf-8"))), host="127.0.0.1", port=port, lifespan="off", log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
