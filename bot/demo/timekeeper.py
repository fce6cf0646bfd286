"""The demo's clock: the machine's time, plus what `/demo next` has skipped."""

import asyncio
from datetime import datetime, timedelta


class DemoClock:
    """For the bot `now` and `sleep_until`, for simcord's server `now`, `elapsed` and `advance`.

    It stands still between calls of `advance`, so that an action sees one instant from its
    beginning to its end; the pump moves it along with the machine's clock.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start
        self.elapsed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.elapsed)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds

    async def sleep_until(self, when: datetime) -> None:
        while (left := (when - self.now()).total_seconds()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
