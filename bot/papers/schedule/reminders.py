"""Reminders before a meeting: how long before it a group has them, and who wants none."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.text import cut, escape, one_line, plural
from bot.core.time.clock import Clock
from bot.papers.model import RemindersOff
from bot.papers.schedule.meetings import schedule_of

MOST = 5
SHORTEST, LONGEST = 5, 7 * 24 * 60  # minutes
NONE = ("none", "no", "off", "-")
_UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_PART = re.compile(
    r"(\d{1,5}|an?|half an) ?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?: before)?"
)
_HALF_AN_HOUR = 30
_EXAMPLE = "Write it like `1 day, 1 hour` or `30 minutes`, or `none`."
_LIMITS = (
    f"Please give up to {MOST} reminders, from {SHORTEST} minutes to {LONGEST // (24 * 60)} days "
    "before."
)


def parse_reminders(text: str) -> list[int]:
    """The minutes before a meeting, the longest first: `1 day, 1 hour`, `2h and 30 min`, `none`."""
    typed = one_line(text).casefold()
    if typed in NONE:
        return []
    found = {_minutes(part.strip()) for part in re.split(r",|;|\+|&|\band\b", typed)}
    if len(found) > MOST or not all(SHORTEST <= minutes <= LONGEST for minutes in found):
        raise UserError(f"{_LIMITS} {_EXAMPLE}")
    return sorted(found, reverse=True)


def _minutes(part: str) -> int:
    match = _PART.fullmatch(part)
    if match is None:
        raise UserError(
            f"I can't read “{escape(cut(part, 50))}” as a time before the meeting. {_EXAMPLE}"
        )
    if match[1] == "half an":
        return _HALF_AN_HOUR
    return (int(match[1]) if match[1].isdecimal() else 1) * _UNITS[match[2][0]]


def describe_reminders(before: Iterable[timedelta]) -> str:
    """`a day and an hour before`, or nothing."""
    words = [_spelt(one) for one in sorted(before, reverse=True)]
    if not words:
        return ""
    listed = " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
    return f"{listed} before"


def _spelt(before: timedelta) -> str:
    minutes = before // timedelta(minutes=1)
    days, hours = minutes // _UNITS["d"], minutes // _UNITS["h"]
    if minutes == days * _UNITS["d"]:
        return "a day" if days == 1 else plural(days, "day")
    if minutes == hours * _UNITS["h"]:
        return "an hour" if hours == 1 else plural(hours, "hour")
    return plural(minutes, "minute")


def offsets_of(minutes: Sequence[int]) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=one) for one in minutes)


class Reminders:
    """Whether a member is reminded of the meetings for which they have said *Going*."""

    def __init__(
        self, database: Database, communities: Communities, outbox: Outbox, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock

    async def of(self, actor: Actor) -> tuple[timedelta, ...] | None:
        """How long before a meeting this member is reminded; None if they want no reminders."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            if await _off(session, community.id, actor.member_ref) is not None:
                return None
            schedule = await schedule_of(session, community.id)
            return offsets_of(schedule.reminders) if schedule is not None else ()

    async def turn(self, actor: Actor, *, on: bool) -> None:
        """Remind this member here, or don't. It holds for all meetings from now on."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "reminders.turn", self._clock.now())
            community = await self._communities.require(session, actor)
            off = await _off(session, community.id, actor.member_ref)
            if on and off is not None:
                await session.delete(off)
            elif not on and off is None:
                now = self._clock.now()
                session.add(
                    RemindersOff(community_id=community.id, member_ref=actor.member_ref, since=now)
                )
            if not on:
                for waiting in ("round:%:remind%", "round:%:start%"):
                    await self._outbox.spare(session, community.id, waiting, actor.member_ref)


async def _off(session: AsyncSession, community_id: int, member_ref: str) -> RemindersOff | None:
    return await session.get(RemindersOff, (community_id, member_ref))
