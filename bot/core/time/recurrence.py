"""When a reading group meets: local dates first, instants second.

    Recurrence ─ dates ─> local dates ─ instant ─> UTC, one for each date

A meeting is a date and a time on the wall of the group's zone. Whether it happens on a date never
depends on clocks; only `instant` looks at the zone. A local time that a clock change skips happens
at the next valid minute (Berlin, 2026-03-29: 02:30 becomes 03:00); one that comes twice happens
the first time.

Why not APScheduler's CronTrigger, measured with 3.11.3:

- It can't say "every two weeks". `week="*/2"` counts ISO weeks from 1 each year, so that after a
  year of 53 weeks two meetings are seven days apart (2026-12-29 and 2027-01-05).
- A skipped time comes late by the length of the gap: it answers 02:30+01:00 for Berlin above, a
  wall time that doesn't exist and that is 03:30. Asked between 03:00 and 03:30, say after a
  restart, it has already gone on to the next week.
- A gap that begins at midnight (Cairo, Santiago) or swallows the day (Apia, 2011-12-30) drops the
  meeting altogether.
- A time that comes twice fires twice.

For all other times the tests hold this file against it.
"""

import datetime as dt
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

_SECOND = dt.timedelta(seconds=1)


class Cadence(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Recurrence:
    """The rule of a recurring meeting. A rule that makes no sense is a ValueError."""

    zone: str  # IANA name
    weekday: int  # 0 = Monday
    time: dt.time  # local, whole minutes
    cadence: Cadence
    anchor: dt.date  # fortnightly: any date on which a meeting falls; ignored otherwise
    nth: int | None = None  # monthly: 1 to 4, or -1 for the last such weekday; None otherwise

    def __post_init__(self) -> None:
        _zone(self.zone)
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"weekday must be 0 to 6, not {self.weekday}")
        if self.time.tzinfo or self.time.second or self.time.microsecond:
            raise ValueError(f"time must be a local time in whole minutes, not {self.time}")
        if self.cadence is Cadence.FORTNIGHTLY and self.anchor.weekday() != self.weekday:
            raise ValueError(f"no meeting falls on the anchor {self.anchor}: it is another weekday")
        if self.nth not in ((1, 2, 3, 4, -1) if self.cadence is Cadence.MONTHLY else (None,)):
            raise ValueError(f"nth can't be {self.nth} when the cadence is {self.cadence}")

    def dates(self, start: dt.date) -> Iterator[dt.date]:
        """Local dates of the meetings on or after `start`, in order, to the end of the calendar."""
        if self.cadence is Cadence.MONTHLY:
            return (day for day in self._monthly(start) if day >= start)
        if self.cadence is Cadence.FORTNIGHTLY:
            step, wait = 14, (self.anchor - start).days % 14
        else:
            step, wait = 7, (self.weekday - start.weekday()) % 7
        first, end = start.toordinal() + wait, dt.date.max.toordinal() + 1
        return map(dt.date.fromordinal, range(first, end, step))

    def meeting_on(self, day: dt.date) -> bool:
        return next(self.dates(day), None) == day

    def instant(self, day: dt.date) -> dt.datetime:
        """The UTC instant of the meeting whose local date is `day`.

        OverflowError at the very ends of the calendar, where UTC has no such year.
        """
        zone = _zone(self.zone)
        # A stored time may carry fold=1, which would choose the second of two passes.
        wall = dt.datetime.combine(day, self.time).replace(fold=0)
        instant = wall.replace(tzinfo=zone).astimezone(dt.UTC)
        if _wall(instant, zone) == wall:
            return instant
        return _first_minute_after_gap(wall, zone)

    def after(self, moment: dt.datetime) -> Iterator[tuple[dt.date, dt.datetime]]:
        """Local date and instant of the meetings strictly after `moment` (aware), in order."""
        # Dates differ by up to two days between zones, and a skipped day moves a meeting by one.
        start = dt.date.fromordinal(max(1, moment.date().toordinal() - 3))
        for day in self.dates(start):
            try:
                instant = self.instant(day)
            except OverflowError:  # the first or last day of the calendar
                continue
            if instant > moment:
                yield day, instant

    def _monthly(self, start: dt.date) -> Iterator[dt.date]:
        """The meeting of each month, from the month of `start` on."""
        for index in range(start.year * 12 + start.month - 1, dt.date.max.year * 12 + 12):
            year, month = index // 12, index % 12 + 1
            weekday_of_first, length = monthrange(year, month)
            first = 1 + (self.weekday - weekday_of_first) % 7
            weeks = (length - first) // 7 if self.nth == -1 else (self.nth or 1) - 1
            yield dt.date(year, month, first + 7 * weeks)


def next_weekday(day: dt.date, weekday: int) -> dt.date:
    """The first such weekday on or after `day`: the anchor of a schedule that starts then."""
    return day + dt.timedelta(days=(weekday - day.weekday()) % 7)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, not a name at all, a folder
        raise ValueError(f"{name!r} is not an IANA time zone") from error


def _wall(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What the clock on the wall shows, as a naive time."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _first_minute_after_gap(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first instant on a whole local minute after the gap in which `wall` lies.

    Read with the offset after the change, `wall` is an instant before it, and the other way round
    (PEP 495), so that the change is the one step of the wall clock past `wall` in between.
    """
    before = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    seconds = range((after - before) // _SECOND)
    change = before + _SECOND * bisect_left(
        seconds, True, key=lambda second: _wall(before + _SECOND * second, zone) > wall
    )
    # Some changes of long ago ended at odd seconds (Monrovia 1972 at 00:44:30).
    return change + _SECOND * (-_wall(change, zone).second % 60)
