"""All SQL of the gateway, one module per subject. Functions take a connection and never commit."""

from __future__ import annotations

import psycopg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

# What use cases hand on from transaction to query; they know nothing else of the library.
Connection = AsyncConnection

# The database went away, refuses work for now, or all connections of the pool stay busy: the caller may come back later.
DATABASE_LOST = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)

# A statement that this database does not take, as one that is not migrated yet, or that a guard refuses at the moment.
DATABASE_REFUSED = (exc.ProgrammingError, exc.IntegrityError)

# What a statement raises that writes a row which its session may not write.
RLS_REFUSALS = (exc.ProgrammingError,)


def is_row_security(error: exc.DBAPIError) -> bool:
    """Whether a policy refused the row; triggers of ours refuse with the same SQLSTATE, from within PL/pgSQL."""
    refused = error.orig
    if not isinstance(refused, psycopg.errors.InsufficientPrivilege):
        return False
    return refused.diag.source_function == "ExecWithCheckOptions"
