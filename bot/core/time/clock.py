"""The one source of time. Everything else takes `now` as an argument.

A clock may once have been ahead, and be set back. What was stored by it holds nobody up:
- how long ago something was is `elapsed`: no time at all, if the instant is still ahead;
- the end of a pause of ours `has_come` also where it is further off than any such pause lasts;
- a date that is meant to be ahead (a meeting and its steps, the end of a session, until when a post
  is worth saying, the day on which an experience is dated) is compared plainly. Only a round
  that was opened by a clock ahead is put right, see `papers.rounds`.
"""

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
