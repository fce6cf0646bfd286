"""Hands out sessions. Writers wait for each other here, not for "database is locked"."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, nullcontext
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bot.core.database import sqlite
from bot.core.database.records import Base
from bot.core.errors import NotSavedError

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds that a writer waits for others, here and in other processes together
IN_MEMORY = ":memory:"
_AFTER_COMMIT = "after_commit"


class Database:
    """Hands out sessions. `url` is SQLAlchemy's, with an async driver."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        # A database in memory is its connection's, so that it has one.
        pool = {} if self.url.database == IN_MEMORY else {"pool_size": 8, "max_overflow": 8}
        self._engine = create_async_engine(
            self.url,
            **pool,
            hide_parameters=True,  # of what people write, nothing belongs into a traceback
        )
        self.failing: str | None = None  # why nothing can be written at present
        self.unreported: str | None = None  # why it couldn't, until organisers were told
        self._turn: asyncio.Lock | None = None
        if self.url.get_backend_name() == "sqlite":
            self._turn = asyncio.Lock()
            sqlite.prepare(self._engine.sync_engine)
        # Sessions are used with `aclosing`: their own `async with` leaves the closing to a task,
        # and until that has its turn they would keep their connection from others.
        self._readers = async_sessionmaker(self._engine, expire_on_commit=False)
        self._writers = async_sessionmaker(
            self._engine.execution_options(writes=True), expire_on_commit=False
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that may write; commits at the end of the block, rolls back on any error.

        Raises NotSavedError, with nothing done, where others hold the database for longer than
        `PATIENCE`, or where it can't be written.
        """
        sqlite.give_up_at.set(asyncio.get_running_loop().time() + PATIENCE)
        try:
            async with self._in_turn(), aclosing(self._writers()) as session, session.begin():
                yield session
        except (sqlite3.Error, DBAPIError) as error:
            self._explain(error)
            raise
        self._is_writable()
        for callback in session.info.get(_AFTER_COMMIT, ()):
            callback()

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Writers of this process go one after another, and none waits for ever."""
        if self._turn is None:
            yield
            return
        if self._turn.locked():
            try:
                async with asyncio.timeout_at(sqlite.give_up_at.get()):
                    await self._turn.acquire()
            except TimeoutError as error:
                raise NotSavedError("database is locked", busy=True) from error
        else:
            await self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()

    def _explain(self, error: sqlite3.Error | DBAPIError) -> None:
        """Raise NotSavedError if it says that the database is busy or can't be written.

        The log hears once of the latter, until something is written again.
        """
        code = sqlite.code_of(error)
        if code in sqlite.BUSY:
            log.warning("nothing could be saved: another program holds the database")
            raise NotSavedError("database is locked", busy=True) from error
        if code in sqlite.UNWRITABLE:
            if self.failing is None:
                self.unreported = self.failing = str(getattr(error, "orig", error))
                log.error("nothing can be saved: %s", self.failing)
            raise NotSavedError(self.failing, busy=False) from error

    def _is_writable(self) -> None:
        if self.failing is not None:
            self.failing = None
            log.warning("the database can be written again")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; it sees one state of the database throughout."""
        async with aclosing(self._readers()) as session:
            yield session

    async def ping(self) -> None:
        """Raise if the database does not answer, or takes nothing."""
        if self._turn is None or not self.url.database:
            async with self.reading() as session:
                await session.execute(text(sqlite.READ_SOMETHING))
            return
        await asyncio.to_thread(sqlite.read_afresh, Path(self.url.database))
        async with self.transaction() as session:
            await session.execute(text(sqlite.READ_SOMETHING))
            await session.execute(text(sqlite.WRITE_SOMETHING))

    async def erase_deleted(self) -> None:
        """Leave nothing in the file, nor beside it, of what was deleted or overwritten.

        SQLite only marks it as free otherwise. Takes as long as copying the database does.
        """
        if self._turn is None or not self.url.database:
            return
        async with self._turn:
            await asyncio.to_thread(sqlite.rewrite, Path(self.url.database))

    async def close(self) -> None:
        """Let go of all connections, once what is being written is written."""
        async with self._turn or nullcontext():
            await self._engine.dispose()


async def insert_many(
    session: AsyncSession, record: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Add rows that state the same columns; the other columns have defaults of the database's.

    SQLAlchemy's own way takes longer over each row than SQLite does to keep it.
    """
    if not rows:
        return
    connection = await session.connection()
    statement, writers = _insert(record, tuple(rows[0]), connection.dialect)
    values = ((map(itemgetter(name), rows), write) for name, write in writers)
    columns = (map(write, given) if write else given for given, write in values)
    await connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


@lru_cache
def _insert(
    record: type[Base], columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]:
    """The statement, and for each of its values the column and how it is written."""
    others = (column for column in record.__table__.c if column.name not in columns)
    assert not any(column.default for column in others), "SQLAlchemy's defaults are not applied"
    compiled = insert(record).compile(dialect=dialect, column_keys=columns)
    types = {name: record.__table__.c[name].type.dialect_impl(dialect) for name in columns}
    order = compiled.positiontup or columns
    return str(compiled), [(name, types[name].bind_processor(dialect)) for name in order]


def after_commit(session: AsyncSession, callback: Callable[[], None]) -> None:
    """Call `callback` once when this transaction is committed, never if it is rolled back."""
    callbacks = session.info.setdefault(_AFTER_COMMIT, [])
    if callback not in callbacks:
        callbacks.append(callback)
