"""The gateway's front door: all public REST, in front of facts that other services wrote."""

from __future__ import annotations

from services.gateway.service import Gateway, create
from services.gateway.settings import GatewaySettings

__all__ = ["Gateway", "GatewaySettings", "create"]
