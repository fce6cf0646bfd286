"""How often a site is asked: how many requests at once, how far apart, never before it allows."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.core.errors import FetchFailed
from bot.core.http.messages import shown
from bot.core.time.clock import Clock

_LONGEST_PAUSE = timedelta(days=1)
_FIRST_BACKOFF = timedelta(seconds=30)
_LONGEST_BACKOFF = timedelta(minutes=30)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_REMEMBERED_SITES = 5_000


@dataclass(frozen=True)
class Pace:
    """At most `concurrency` requests at once, their beginnings at least `spacing` apart."""

    concurrency: int = 2
    spacing: timedelta = timedelta(0)


@dataclass
class _Site:
    """What is known of one site; `strikes` counts the refusals in a row that named no time."""

    pace: Pace
    slots: asyncio.Semaphore
    waiting: int = 0
    next_start: datetime = _LONG_AGO
    closed_at: datetime = _LONG_AGO
    closed_until: datetime = _LONG_AGO
    strikes: int = field(default=0)


class Pacer:
    """Gives turns. A site is named by its host, with the port if that is unusual."""

    def __init__(self, clock: Clock, paces: Mapping[str, Pace], longest_wait: timedelta) -> None:
        self._clock = clock
        self._paces = dict(paces)
        self._longest_wait = longest_wait
        self._sites: dict[str, _Site] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn; it lasts as long as the block.

        FetchFailed at once if the site asked for a pause, or if the queue is too long to wait in:
        somebody may be looking at "thinking..." meanwhile.
        """
        site = self._site(name)
        self._check_open(name, site)
        queue = site.waiting * site.pace.spacing
        if queue > self._longest_wait:
            raise FetchFailed(f"Too many requests to {shown(name)} are waiting.", retry_after=queue)
        site.waiting += 1
        try:
            async with site.slots:
                now = await self._wait_for_start(site)
                self._check_open(name, site)  # it may have closed while we waited
                site.next_start = now + site.pace.spacing
                yield
        finally:
            site.waiting -= 1

    async def _wait_for_start(self, site: _Site) -> datetime:
        """Sleep until the site may be asked again; returns that instant.

        Never longer than its spacing: nobody waits for a clock that was set back to catch up.
        """
        spacing = site.pace.spacing
        while (now := self._clock.now()) < site.next_start:
            site.next_start = min(site.next_start, now + spacing)
            with suppress(TimeoutError):
                async with asyncio.timeout(spacing.total_seconds()):
                    await self._clock.sleep_until(site.next_start)
        return now

    def note_answer(self, name: str, status: int, retry_after: str | None) -> None:
        """Remember what the answer says about asking again; FetchFailed if it is a "not now"."""
        site = self._site(name)
        now = self._clock.now()
        pause = parse_retry_after(retry_after, now)
        if status not in (429, 503):
            site.strikes = 0
            return
        if pause is None and status == 429:
            pause = min(_FIRST_BACKOFF * 2 ** min(site.strikes, 10), _LONGEST_BACKOFF)
            site.strikes += 1
        if pause is not None:
            site.closed_until = now + max(_closed_for(site, now), pause)
            site.closed_at = now
        what = (
            "is asking me to slow down"
            if status == 429
            else "is overloaded or down for maintenance"
        )
        raise FetchFailed(f"{shown(name)} {what}.", retry_after=pause)

    def _check_open(self, name: str, site: _Site) -> None:
        left = _closed_for(site, self._clock.now())
        if left > timedelta(0):
            raise FetchFailed(f"{shown(name)} asked for a pause.", retry_after=left)

    def _site(self, name: str) -> _Site:
        if (site := self._sites.get(name)) is None:
            self._forget_idle_sites()
            pace = self._paces.get(name, Pace())
            site = self._sites[name] = _Site(pace, asyncio.Semaphore(pace.concurrency))
        return site

    def _forget_idle_sites(self) -> None:
        """Members name sites, so their number has no other bound."""
        if len(self._sites) < _REMEMBERED_SITES:
            return
        now = self._clock.now()
        self._sites = {
            name: site
            for name, site in self._sites.items()
            if site.waiting or site.strikes or max(site.next_start, site.closed_until) > now
        }


def _closed_for(site: _Site, now: datetime) -> timedelta:
    """How long it still wants to be left alone. If the clock was set back, that begins now."""
    if now < site.closed_at:
        site.closed_until -= site.closed_at - now
        site.closed_at = now
    return site.closed_until - now


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The pause that a `Retry-After` header asks for (seconds or a date), at most a day."""
    if value is None:
        return None
    value = value.strip()
    try:
        if value.isascii() and value.isdigit():
            pause = timedelta(seconds=min(int(value[:9]), 10**6))
        else:
            pause = _aware(parsedate_to_datetime(value)) - now
    except (ValueError, OverflowError):
        return None
    return max(timedelta(0), min(pause, _LONGEST_PAUSE))


def _aware(when: datetime) -> datetime:
    """A date without a zone ("-0000") means UTC."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)
