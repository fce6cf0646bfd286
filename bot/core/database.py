"""The database: one engine, short transactions, times that are always aware UTC.

Everything that is special about SQLite stands in this file, so that another database needs only
another URL. Transactions that write begin IMMEDIATE and queue up inside the process: fifty
writers wait their turn here instead of meeting "database is locked".
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, closing, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Index,
    MetaData,
    event,
    insert,
    or_,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

from bot.core.errors import NotSavedError

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds that a writer waits for others, here and in other processes together
LOOK_AGAIN = 0.02  # seconds
BUSY_TIMEOUT_MS = 10_000  # another process (a backup, `paperclub import`) may hold the file
IN_MEMORY = ":memory:"
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
_READ_SOMETHING = "SELECT version_num FROM alembic_version"
_AFTER_COMMIT = "after_commit"
_WRITE_SOMETHING = "PRAGMA user_version = 1"  # a page of its own to commit; it means nothing
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNWRITABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_give_up_at: ContextVar[float] = ContextVar("give_up_at", default=0.0)  # by the loop's clock


def sqlite_file(url: str) -> Path | None:
    """The file that an address names, if it is one of SQLite's."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on both sides of the database, stored as UTC."""

    impl = DateTime
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """For SQLite the text that SQLAlchemy writes, in a fraction of the time."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        return lambda value: None if value is None else _written(value)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a naive datetime reached the database: {value!r}")
    return value.astimezone(UTC)


def _written(value: datetime) -> str:
    return _in_utc(value).isoformat(" ", "microseconds").removesuffix("+00:00")


class Base(DeclarativeBase):
    """Base of all mapped records. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own protocol


def unique_where(name: str, condition: str, *columns: str) -> Index:
    """A unique index over the rows that meet `condition`."""
    return index_where(name, condition, *columns, unique=True)


def index_where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows that meet `condition`; both databases we know have these."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


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
            event.listen(self._engine.sync_engine, "do_connect", _connect_sqlite)
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)
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
        _give_up_at.set(asyncio.get_running_loop().time() + PATIENCE)
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
                async with asyncio.timeout_at(_give_up_at.get()):
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
        code = _code(error)
        if code in _BUSY:
            log.warning("nothing could be saved: another program holds the database")
            raise NotSavedError("database is locked", busy=True) from error
        if code in _UNWRITABLE:
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
                await session.execute(text(_READ_SOMETHING))
            return
        await asyncio.to_thread(_read_afresh, Path(self.url.database))
        async with self.transaction() as session:
            await session.execute(text(_READ_SOMETHING))
            await session.execute(text(_WRITE_SOMETHING))

    async def erase_deleted(self) -> None:
        """Leave nothing in the file, nor beside it, of what was deleted or overwritten.

        SQLite only marks it as free otherwise. Takes as long as copying the database does.
        """
        if self._turn is None or not self.url.database:
            return
        async with self._turn:
            await asyncio.to_thread(_rewrite, Path(self.url.database))

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


def has_come_by(
    due_at: InstrumentedAttribute[Any], now: datetime, furthest: timedelta
) -> ColumnElement[bool]:
    """`core.clock.has_come` as a condition on a column."""
    return or_(due_at <= now, due_at > now + furthest)


def after_commit(session: AsyncSession, callback: Callable[[], None]) -> None:
    """Call `callback` once when this transaction is committed, never if it is rolled back."""
    callbacks = session.info.setdefault(_AFTER_COMMIT, [])
    if callback not in callbacks:
        callbacks.append(callback)


def _read_afresh(file: Path) -> None:
    """Read from the file itself; a connection that is open answers from its memory.

    It would not notice that the file is gone or overwritten; the next one would.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute(_READ_SOMETHING).fetchone()


def _rewrite(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _NearConnection(aiosqlite.Connection):
    """Runs statements where they are asked for; only what may have to wait goes to the thread.

    SQLite is a library: most statements take less time than the four hand-overs to a thread and
    back that aiosqlite makes of each. What waits is the commit, for the disk.
    """

    async def _connect(self) -> aiosqlite.Connection:
        """Whoever were cancelled while a thread opens the file would leave it to speak to an event
        loop that may have ended by then."""
        try:
            self._connection = self._connector()
        except BaseException:
            if (stopped := self.stop()) is not None:
                await _to_its_end(stopped)
            raise
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if args[:1] == (BEGIN_TO_WRITE,):
            return await self._begin(fn, *args)
        if fn != self._conn.commit:
            return fn(*args, **kwargs)
        done = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((done, partial(fn, *args, **kwargs)))
        return await _to_its_end(done)

    async def _begin(self, fn: Callable[..., Any], *args: Any) -> Any:
        """Ask for the lock again and again, until it is time to give up."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return self._without_waiting(fn, *args)
            except sqlite3.OperationalError as error:
                if _code(error) not in _BUSY or loop.time() >= _give_up_at.get():
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    def _without_waiting(self, fn: Callable[..., Any], *args: Any) -> Any:
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            return fn(*args)
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _code(error: sqlite3.Error | DBAPIError) -> int:
    """SQLite's own primary code of an error; 0 where it has none."""
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", None)
    return 0 if code is None else code & 0xFF


async def _to_its_end(done: asyncio.Future[Any]) -> Any:
    """Await what a thread does; whoever is cancelled meanwhile goes on when the thread is done.

    They would use the connection or close it, and SQLite ends the process if the thread is using
    it at that moment. A bare future, for a task would be cancelled at the end of the event loop.
    """
    cancelled = None
    while not done.done():
        try:
            await asyncio.wait((done,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        done.exception()  # it was looked at; nobody waits for it any more
        raise cancelled
    return done.result()


def _connect_sqlite(dialect: Dialect, record: Any, args: list[Any], options: Any) -> None:
    def connect(file: str, **options: Any) -> aiosqlite.Connection:
        options["check_same_thread"] = False  # the loop's and its own use it by turns
        connection = _NearConnection(lambda: sqlite3.connect(file, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does for its own
        return connection

    options["async_creator_fn"] = connect


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # `_begin_sqlite` says when a transaction begins, and how
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a commit survives a power cut: a post that went out must be known
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(BEGIN_TO_WRITE if writes else "BEGIN")
