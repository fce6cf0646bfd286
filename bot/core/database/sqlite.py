"""All that is SQLite's alone.

Transactions that write begin IMMEDIATE, and what waits for the lock asks again and again, until it
is time to give up. Statements run where they are asked for; only the commit goes to a thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

LOOK_AGAIN = 0.02  # seconds
BUSY_TIMEOUT_MS = 10_000  # another process (a backup, `paperclub import`) may hold the file
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
READ_SOMETHING = "SELECT version_num FROM alembic_version"
WRITE_SOMETHING = "PRAGMA user_version = 1"  # a page of its own to commit; it means nothing
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
UNWRITABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
give_up_at: ContextVar[float] = ContextVar("give_up_at", default=0.0)  # by the loop's clock


def sqlite_file(url: str) -> Path | None:
    """The file that an address names, if it is one of SQLite's."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def prepare(engine: Engine) -> None:
    """Have connections of this engine opened and transactions begun as is right for SQLite."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def read_afresh(file: Path) -> None:
    """Read from the file itself; a connection that is open answers from its memory.

    It would not notice that the file is gone or overwritten; the next one would.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute(READ_SOMETHING).fetchone()


def rewrite(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def code_of(error: sqlite3.Error | DBAPIError) -> int:
    """SQLite's own primary code of an error; 0 where it has none."""
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", None)
    return 0 if code is None else code & 0xFF


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
                if code_of(error) not in BUSY or loop.time() >= give_up_at.get():
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    def _without_waiting(self, fn: Callable[..., Any], *args: Any) -> Any:
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            return fn(*args)
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


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


def _connect(dialect: Dialect, record: Any, args: list[Any], options: Any) -> None:
    def connect(file: str, **options: Any) -> aiosqlite.Connection:
        options["check_same_thread"] = False  # the loop's and its own use it by turns
        connection = _NearConnection(lambda: sqlite3.connect(file, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does for its own
        return connection

    options["async_creator_fn"] = connect


def _set_up(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins, and how
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a commit survives a power cut: a post that went out must be known
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(BEGIN_TO_WRITE if writes else "BEGIN")
