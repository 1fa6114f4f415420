"""The gateway's front door: all public REST, in front of facts that other services wrote.

What stands here is loaded when it is first used: most commands of the terminal need a part of this package and no web server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.gateway.service import Gateway, create
    from services.gateway.settings import GatewaySettings

__all__ = ["Gateway", "GatewaySettings", "create"]

_WHERE = {"Gateway": "service", "create": "service", "GatewaySettings": "settings"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
