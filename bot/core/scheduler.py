"""Wakes the services when something is due.

The database knows what is due and when; this only wakes. Each piece of work does all that is due
and says when it wants to be woken next. Waking too often is harmless, and a safety interval wakes
everything in case a wake-up was missed: a suspended machine, or a clock that was wrong when a
timer was set.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.core.errors import NotSavedError
from bot.core.time.clock import Clock

log = logging.getLogger(__name__)

SAFETY_INTERVAL = timedelta(minutes=1)
GATHERED_FOR = timedelta(seconds=1)
SHORTEST_WAIT = timedelta(seconds=1)  # work that stays due must not keep the machine busy

Work = Callable[[], Awaitable[datetime | None]]


class Scheduler:
    """Runs each piece of work by itself: never twice at once, again if woken meanwhile."""

    def __init__(self, clock: Clock, *, gather_for: timedelta = GATHERED_FOR) -> None:
        self._clock = clock
        self._gather_for = gather_for
        self._timers = AsyncIOScheduler(timezone="UTC")
        self._work: dict[str, Work] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()
        self._gathered: dict[str, float] = {}  # by the loop's clock, the latest such waking
        self._safety: asyncio.Task[None] | None = None
        self.at_work = False  # before the start, only `settle` has work done

    def add(self, name: str, work: Work) -> None:
        self._work[name] = work

    def start(self) -> None:
        """Begin to wake by time; whatever was due meanwhile is woken at once."""
        self.at_work = True
        self._timers.start()
        self._safety = asyncio.create_task(self._wake_all_now_and_then(), name="safety")

    async def stop(self) -> None:
        """Stop waking; work under way is cut off (it is safe to be cut off anywhere)."""
        if self._timers.running:
            self._timers.shutdown(wait=False)
        self._work.clear()
        tasks = list(self._running.values())
        if self._safety is not None:
            tasks.append(self._safety)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, name: str) -> None:
        """Have this work done soon; callable from any callback of the event loop.

        Before the start this does nothing: the start wakes everything.
        """
        if not self.at_work or name not in self._work:
            return
        if name in self._running:
            self._woken.add(name)
            return
        self._running[name] = asyncio.get_running_loop().create_task(
            self._run(name), name=f"work:{name}"
        )

    def wake_gathered(self, name: str) -> None:
        """Have this work done soon, though not each time: what comes in a while goes together."""
        loop = asyncio.get_running_loop()
        latest = self._gathered.get(name, -math.inf)
        if latest <= loop.time():
            self._gathered[name] = max(loop.time(), latest + self._gather_for.total_seconds())
            loop.call_at(self._gathered[name], self.wake, name)

    async def settle(self) -> None:
        """Do all that is due now, and what that wakes; return when nothing is under way."""
        before, self.at_work = self.at_work, True
        try:
            for name in self._work:
                self.wake(name)
            while self._running:
                await asyncio.gather(*self._running.values())
        finally:
            self.at_work = before

    async def _run(self, name: str) -> None:
        next_at: datetime | None = None
        try:
            self._woken.add(name)
            while name in self._woken:
                self._woken.discard(name)
                next_at = await self._work[name]()
        except NotSavedError:
            # The database has logged it once; the safety interval tries again.
            log.debug("the %s could save nothing", name)
        except Exception:
            # The safety interval tries again, or whoever woke it meanwhile.
            log.exception("the %s stumbled", name)
            if name in self._woken:
                next_at = self._clock.now()
        finally:
            del self._running[name]
        if next_at is not None and self._timers.running:
            self._set_timer(name, next_at)

    async def _wake_all_now_and_then(self) -> None:
        """By the event loop's clock, which nobody can set; APScheduler's goes by the machine's."""
        while True:
            for name in self._work:
                self.wake(name)
            await asyncio.sleep(SAFETY_INTERVAL.total_seconds())

    def _set_timer(self, name: str, next_at: datetime) -> None:
        """APScheduler counts from the machine's clock; what is due is told by ours."""
        wait = max(next_at - self._clock.now(), SHORTEST_WAIT)
        self._timers.add_job(
            self._wake,
            "date",
            (name,),
            run_date=datetime.now(UTC) + wait,
            id=name,
            replace_existing=True,
            misfire_grace_time=None,
        )

    async def _wake(self, name: str) -> None:
        self.wake(name)  # a coroutine, or APScheduler would call it in another thread
