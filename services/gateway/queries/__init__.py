"""All SQL of the gateway, one module per subject. Functions take a connection and never commit."""

from __future__ import annotations

from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

# What use cases hand on from transaction to query; they know nothing else of the library.
Connection = AsyncConnection

# The database went away, refuses work for now, or all connections of the pool stay busy: the caller may come back later.
DATABASE_LOST = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
