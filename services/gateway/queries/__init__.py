"""All SQL of the gateway, one module per subject. Functions take a connection and never commit."""

from __future__ import annotations

from sqlalchemy import exc

# The database went away, refuses work for now, or all connections of the pool stay busy: the caller may come back later.
DATABASE_LOST = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
