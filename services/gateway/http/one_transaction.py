"""A database lent to one request: what its use case writes stays open until its answer can be kept beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from shared.database import Connection, Database


class OneTransaction(Database):
    """As the lender, but the first transaction that ends well is held open instead of committed.

    Transactions after it are savepoints within it, and reads see what it wrote. Exactly one of ``commit`` and ``forget``
    ends it. ``on_begin`` is called first thing in the transaction, on its connection, and may refuse by raising.
    """

    def __init__(self, lender: Database, *, on_begin: Callable[[Connection], Awaitable[None]]) -> None:
        # The pool is the lender's: nothing of a database is opened here.
        self.url, self.role, self.engine = lender.url, lender.role, lender.engine
        self._lender = lender
        self._on_begin = on_begin
        self._held: Connection | None = None
        self._open = AsyncExitStack()

    @property
    def held(self) -> Connection | None:
        """The connection of the transaction that waits for its end, if one does."""
        return self._held

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        if self._held is not None:
            async with self._held.begin_nested():
                yield self._held
            return
        async with AsyncExitStack() as opening:
            connection = await opening.enter_async_context(self._lender.transaction())
            await self._on_begin(connection)
            yield connection
            self._held, self._open = connection, opening.pop_all()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Of its own as long as nothing is held: a request never has two connections of the pool at once."""
        if self._held is not None:
            yield self._held
            return
        async with self._lender.read() as connection:
            yield connection

    async def commit(self) -> None:
        """Ends what is held, durably."""
        self._held = None
        await self._open.aclose()

    async def forget(self) -> None:
        """Undoes what is held, if anything is."""
        if self._held is not None:
            held, self._held = self._held, None
            async with self._open:
                await held.rollback()
