"""The one source of time. Everything else takes `now` as an argument."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; tests and the demo bring their own."""

    def now(self) -> datetime:
        """The present instant, timezone-aware, in UTC."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Return as soon as `now()` has reached `when`."""
        ...


def elapsed(since: datetime, now: datetime) -> timedelta:
    """The time since a stored instant; none if a clock that was ahead has written it."""
    return max(now - since, timedelta(0))


def has_come(at: datetime, now: datetime, furthest: timedelta) -> bool:
    """Whether a stored instant has come. None is set further off than `furthest`: one that is was
    written by a clock that was ahead, and counts as now."""
    return at <= now or at - now > furthest


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, when: datetime) -> None:
        # Again, because a machine that was suspended wakes with its timers behind.
        while (left := (when - self.now()).total_seconds()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
