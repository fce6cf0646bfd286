"""Processes that read documents, so that none of them can stall or kill the bot.

    read ─> wait for a place ─> pebble ─> a worker: `reading.read` ─> document, or why there is none

A worker that takes too long is killed; one that takes too much memory is told so by the system.
Either way the next document finds a worker again. They are forked from a process that holds what
reading needs and nothing else, so that they start at once and share memory with each other.
"""

import asyncio
import gc
import logging
import os
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from bot.core.errors import PaperclubError
from bot.experiences.sources import discovery, opml
from bot.experiences.sources.documents import Document, NotAFeed
from bot.experiences.sources.opml import FeedList, NotAList

_WORKERS = 2
_SECONDS = 10.0  # of work on one document; waiting for a worker is extra
_MEMORY = 512 * 1024 * 1024  # bytes, above what a worker has from the start
_MOST_TEXT = 8_000_000  # characters that go back from one document
_SHORTEST_TEXT = 2_000
_ATTEMPTS = 2
_NICENESS = 5
_LONGEST_DETAILS = 5_000

_TOO_SLOW = "Reading it takes too long; such a document is made by mistake or to do harm."
_TOO_LARGE = "Reading it takes too much memory; such a document is made by mistake or to do harm."
_BROKEN = "Reading it breaks the reader; such a document is made by mistake or to do harm."
_STOPPING = "The bot is stopping."

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Unreadable(PaperclubError):
    """A document was not read to its end; `str(error)` is the reason, in words for organisers."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a worker says instead of raising: not every exception survives the way back."""

    kind: type[PaperclubError]
    reason: str
    details: str = ""  # for the log


class Readers:
    """Reads documents in other processes. They are started when the first document comes; use as
    an async context manager, or call `close()`.

    Any number of calls may wait at the same time. Each raises Unreadable if the document takes
    more than `seconds` of work or `memory` bytes, or breaks a worker.
    """

    def __init__(
        self, *, workers: int = _WORKERS, seconds: float = _SECONDS, memory: int = _MEMORY
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._memory = memory
        self._places = asyncio.Semaphore(6 * workers)  # one is at work, the next one at hand
        self._opening = asyncio.Lock()
        self._pool: ProcessPool | None = None
        self._futures: set[Future[Any]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, body: bytes, *, url: str, charset: str | None, now: datetime) -> Document:
        """The feed in `body`; see `reading.read`. Raises NotAFeed or Unreadable."""
        return await self._run(_read, body, url, charset, now)

    async def find_feeds(self, page: bytes, url: str, charset: str | None) -> list[str]:
        """The addresses of the feeds that a page names. Raises Unreadable."""
        return await self._run(discovery.find_feeds, page, url, charset)

    async def parse_opml(self, body: bytes) -> FeedList:
        """The feeds in a list. Raises NotAList or Unreadable."""
        return await self._run(opml.parse_opml, body)

    async def close(self) -> None:
        """End the workers, whatever they are doing. Calls that wait raise Unreadable."""
        self._closed = True
        for future in tuple(self._futures):
            future.cancel()
        async with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            await _in_thread(_stop, pool)

    async def _run(self, function: Callable[..., _Result], *args: object) -> _Result:
        async with self._places:
            for _ in range(_ATTEMPTS):
                pool = await self._open()
                try:
                    return _unwrapped(await self._scheduled(pool, function, args))
                except BrokenProcessPool:
                    await self._give_up(pool)
        raise Unreadable(_BROKEN)

    async def _scheduled(
        self, pool: ProcessPool, function: Callable[..., _Result], args: tuple[object, ...]
    ) -> _Result | _Refused:
        try:
            future = pool.schedule(
                _work, args=(self._memory, function, *args), timeout=self._seconds
            )
        except RuntimeError as error:  # it broke while nobody was looking
            raise BrokenProcessPool from error
        self._futures.add(future)
        try:
            return cast(_Result | _Refused, await asyncio.wrap_future(future))
        except TimeoutError as error:
            raise Unreadable(_TOO_SLOW) from error
        except ProcessExpired as error:
            raise Unreadable(_BROKEN) from error
        except asyncio.CancelledError:
            if not self._closed or _is_cancelled():
                raise
            raise Unreadable(_STOPPING) from None
        finally:
            self._futures.discard(future)

    async def _open(self) -> ProcessPool:
        async with self._opening:
            if self._pool is None and not self._closed:
                self._pool = await _in_thread(_started, self._workers)
            if self._pool is None or self._closed:
                raise Unreadable(_STOPPING)
            return self._pool

    async def _give_up(self, pool: ProcessPool) -> None:
        """A pool that lost a worker between two documents doesn't recover; another takes over."""
        async with self._opening:
            if self._pool is not pool:
                return  # somebody else has seen to it
            self._pool = None
        _log.warning("the processes that read documents broke down, and are started again")
        await _in_thread(_stop, pool)


async def _in_thread(function: Callable[..., _Result], *args: object) -> _Result:
    """In a thread, and in a context of its own: whoever asks may have bent time in theirs."""
    return await asyncio.to_thread(Context().run, function, *args)


def _started(workers: int) -> ProcessPool:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "bot.experiences.sources.reading"])
    pool = ProcessPool(max_workers=workers, initializer=_set_up, context=context)
    pool.schedule(_nothing)  # the first one starts the workers
    return pool


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _unwrapped(result: _Result | _Refused) -> _Result:
    if not isinstance(result, _Refused):
        return result
    if result.details:
        _log.error("a document broke the reader\n%s", result.details)
    raise result.kind(result.reason)


# What follows runs in the workers.


def _set_up() -> None:
    """Ctrl-C is the bot's business; SIGTERM ends a worker at once, whatever it is doing. What
    people are waiting for comes before feeds. What is there from the start stays shared memory as
    long as no collection looks at it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(_NICENESS)
    gc.freeze()
    gc.set_threshold(20_000)


def _nothing() -> None:
    """Work for a pool that is to start."""


def _work(memory: int, function: Callable[..., _Result], *args: object) -> _Result | _Refused:
    try:
        with _limited(memory):
            return function(*args)
    except (NotAFeed, NotAList) as error:
        return _Refused(type(error), str(error))
    except MemoryError:
        gc.collect()
        return _Refused(Unreadable, _TOO_LARGE)
    except BaseException:  # a library in Rust panics with something that is no Exception
        return _Refused(Unreadable, _BROKEN, traceback.format_exc()[-_LONGEST_DETAILS:])


def _read(body: bytes, url: str, charset: str | None, now: datetime) -> Document:
    from bot.experiences.sources import reading  # which the bot itself can start without

    return _slim(reading.read(body, url=url, charset=charset, now=now))


def _slim(document: Document) -> Document:
    """What goes back blocks the bot while it is unpacked, so a thousand long texts are cut."""
    size = sum(len(entry.content.text) for entry in document.entries)
    if size <= _MOST_TEXT:
        return document
    most = max(_SHORTEST_TEXT, _MOST_TEXT // len(document.entries))
    entries = tuple(
        replace(entry, content=replace(entry.content, text=entry.content.text[:most]))
        for entry in document.entries
    )
    note = f"Its texts are so long that only the first {most:,} characters of each were kept."
    return replace(document, entries=entries, notes=(*document.notes, note))


@contextmanager
def _limited(memory: int) -> Iterator[None]:
    """Address space for the work alone: a worker that can't take the next task would lose it."""
    used = _address_space()
    if used is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = used + memory
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Bytes; None where the system doesn't say, and knows no such limit either."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return None
    return pages * resource.getpagesize()
