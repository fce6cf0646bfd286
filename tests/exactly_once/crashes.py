"""Kills the application at any await, as a power cut would, and lets nothing of it run on."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from bot.core.courier import Delivery, Sender, Sent

T = TypeVar("T")
# Tasks that end a transaction, as the end of the process would, or stand for a thread at work.
UNTOUCHED = ("AsyncConnection.close", "Connection._execute")
_process: ContextVar["Process | None"] = ContextVar("process", default=None)


class Crash(asyncio.CancelledError):
    """The process is gone. What waits for a thread lets it finish, as with every cancellation."""


class Process:
    """One life of the application: it ends at its `crash_at`-th await, if it comes that far.

    What was awaited there has happened; what would have come next has not. Every other task gets
    no further than to the await at which it stands. After that only rollbacks are let through,
    which is what the database does by itself with the transactions of a process that is gone.
    """

    def __init__(self, crash_at: int | None = None) -> None:
        self.crash_at = crash_at
        self.awaits = 0
        self.dead = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._untouched: set[asyncio.Task[Any]] = set()
        self._connections: list[aiosqlite.Connection] = []

    async def run(self, action: Callable[[], Awaitable[T]]) -> T:
        """What the application does; raises Crash if it does not live to see the end of it."""

        async def act() -> T:
            return await action()

        before = _process.set(self)
        try:
            task = asyncio.get_running_loop().create_task(act())
        finally:
            _process.reset(before)
        try:
            result = await task
        except asyncio.CancelledError:
            self.check()
            raise
        finally:
            await self._come_to_rest()
        self.check()  # what was started beside it may have been the end
        return result

    async def _come_to_rest(self) -> None:
        while pending := {task for task in self._tasks if not task.done()}:
            if self.dead:
                for task in pending:
                    task.cancel()
            await asyncio.wait(pending)
        while pending := {task for task in self._untouched if not task.done()}:
            await asyncio.wait(pending)
        for task in self._tasks | self._untouched:
            task.cancelled() or task.exception()  # they have been heard of
        self._tasks.clear()
        self._untouched.clear()
        if self.dead:
            for connection in self._connections:
                await connection.close()
            self._connections.clear()

    def opened(self, connection: aiosqlite.Connection) -> None:
        """The end of the process is the end of its connections."""
        self._connections.append(connection)

    def check(self) -> None:
        if self.dead:
            raise Crash

    def start(self, coroutine: Coroutine[Any, Any, T], **options: Any) -> asyncio.Task[T]:
        if self.dead or coroutine.__qualname__ in UNTOUCHED:
            task = asyncio.Task(coroutine, **options)
            self._untouched.add(task)
        else:
            task = asyncio.Task(_watched(coroutine, self), **options)
            self._tasks.add(task)
            task.add_done_callback(lambda _: coroutine.close())  # it may never have begun
        return task

    def came_to_an_await(self) -> None:
        self.awaits += 1
        if self.awaits == self.crash_at:
            self.dead = True


class Mortal:
    """A sender that sends nothing once its process is gone."""

    def __init__(self, sender: Sender, process: Process) -> None:
        self._sender, self._process = sender, process

    async def find(self, delivery: Delivery) -> Sent | None:
        self._process.check()
        return await self._sender.find(delivery)

    async def send(self, delivery: Delivery) -> Sent:
        self._process.check()
        return await self._sender.send(delivery)


@contextmanager
def crashes_possible() -> Iterator[None]:
    """Watch every task that a process starts, and every commit."""
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()

    def factory(
        loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T], **options: Any
    ) -> asyncio.Task[T]:
        process = _process.get()
        if process is None:
            return asyncio.Task(coroutine, loop=loop, **options)
        return process.start(coroutine, loop=loop, **options)

    loop.set_task_factory(factory)
    event.listen(Engine, "commit", _on_commit)
    event.listen(Pool, "connect", _on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "commit", _on_commit)
        event.remove(Pool, "connect", _on_connect)
        loop.set_task_factory(before)


def _on_commit(connection: Connection) -> None:
    process = _process.get()
    if process is not None:
        process.check()


def _on_connect(connection: Any, record: Any) -> None:
    process = _process.get()
    if process is not None:
        process.opened(connection.driver_connection)


async def _watched(coroutine: Coroutine[Any, Any, T], process: Process) -> T:
    return await _Watch(coroutine, process)


class _Watch(Awaitable[T]):
    def __init__(self, coroutine: Coroutine[Any, Any, T], process: Process) -> None:
        self._coroutine, self._process = coroutine, process

    def __await__(self) -> Generator[Any, Any, T]:
        error: BaseException | None = Crash() if self._process.dead else None
        told = error is not None  # that the process is gone; what follows is clearing up
        while True:
            try:
                if error is None:
                    waits_for = self._coroutine.send(None)
                else:
                    waits_for = self._coroutine.throw(error)
            except StopIteration as end:
                result: T = end.value
                return result
            error = None
            if not self._process.dead:
                self._process.came_to_an_await()
            try:
                yield waits_for
            except BaseException as raised:
                error = raised
            if self._process.dead and not told and error is None:
                told, error = True, Crash()
