"""``python -m deploy.sandbox.environment SANDBOX_JSON``: how ingest reaches the stand-ins, for a shell's eval."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def variables(described: Mapping[str, Any]) -> dict[str, str]:
    """Environment variables from what the stand-ins say of themselves."""
    found: dict[str, str] = {}
    for name, source in described["sources"].items():
        prefix = f"BANGDIEM_INGEST_{name.upper()}__"
        given = {key: source[key] for key in ("base_url", "token_url", "client_id", "client_secret")}
        given["public_jwk"] = json.dumps(source["jwk"])
        found |= {prefix + key.upper(): str(value) for key, value in given.items()}
    return found


if __name__ == "__main__":
    for variable, value in variables(json.loads(Path(sys.argv[1]).read_text("utf-8"))).items():
        sys.stdout.write(f"export {variable}={shlex.quote(value)}\n")
