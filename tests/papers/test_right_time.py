"""Every meeting at its local time: years of them, and whatever organisers do to a schedule.

What is right is computed here by looking at the wall clock of the zone, minute by minute, and not
by the code under test.
"""

import asyncio
import datetime as dt
import re
import shutil
from calendar import monthcalendar
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.core.errors import UserError
from bot.core.time.recurrence import Cadence
from bot.settings import Settings
from tests.conftest import START, FakeClock, FakeResolver
from tests.effort import Effort
from tests.group import DAY, HOUR, MINUTE, Bot, Group
from tests.world import Message, World

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)
# In these weeks the clocks change in all these zones that change them. Or a whole year.
MARCH, APRIL = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), dt.datetime(2026, 4, 12, tzinfo=dt.UTC)
YEAR = (START, dt.datetime(2027, 1, 20, tzinfo=dt.UTC))
SECOND = dt.timedelta(seconds=1)


@cache
def right_instant(zone: str, day: dt.date, time: dt.time) -> dt.datetime:
    """The first minute at which the wall clock shows this time, or has just jumped over it."""
    wanted = dt.datetime.combine(day, time)
    minute = wanted.replace(tzinfo=dt.UTC) - 15 * HOUR
    while minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
        minute += MINUTE
    return minute


def right_days(weekday: int, cadence: Cadence, nth: int | None, first: dt.date) -> list[dt.date]:
    """The days of a year and a bit, from `first` on, on which the group meets."""
    if cadence is Cadence.MONTHLY:
        days = []
        for month in range(14):
            year, number = 2026 + month // 12, month % 12 + 1
            of_month = [week[weekday] for week in monthcalendar(year, number) if week[weekday]]
            days.append(dt.date(year, number, of_month[-1 if nth == -1 else (nth or 1) - 1]))
        return [day for day in days if day >= first]
    while first.weekday() != weekday:
        first += DAY
    return [first + n * (14 if cadence is Cadence.FORTNIGHTLY else 7) * DAY for n in range(56)]


# Months


async def live_through(bot: Bot, groups: list[Group], end: dt.datetime) -> None:
    """Every group has something to read for each of its meetings; time passes until the end."""
    numbers, app, seen = count(), bot.application, -1
    while True:
        if len(bot.world.threads) > seen:  # a paper was announced: on with the next one
            seen = len(bot.world.threads)
            for group in groups:
                if not await group.queue():
                    await group.nominate(f"arXiv:2001.{next(numbers):05}")
                    await app.tick()
        await app.tick()
        due = await app.rounds.next_due()
        assert due is not None
        assert due > bot.clock.instant
        if due > end:
            return
        bot.clock.instant = due


def assert_right(group: Group, meetings: list[dt.datetime], end: dt.datetime) -> None:
    world = group.bot.world
    announcements = group.announcements()
    # The first round opens late, with as much time to vote as there is.
    assert [m.sent_at for m in announcements][1:] == [at - 3 * DAY for at in meetings[1:]]
    entries = {e.place: e.event.starts_at for e in world.calendar}
    assert [entries[m.ref] for m in announcements] == meetings
    for announcement, meets_at in zip(announcements[1:], meetings[1:], strict=True):
        if meets_at + HOUR > end:
            break
        said = world.within(announcement.ref.split("/")[1])
        assert [m.sent_at for m in said] == [meets_at - DAY, meets_at - HOUR, meets_at]
        assert f"<t:{int(meets_at.timestamp())}:F>" in "".join(announcement.post.details)
    assert not any(m.late for m in announcements)


@pytest.mark.parametrize(
    ("cadence", "nth", "weekday", "times"),
    [
        (Cadence.WEEKLY, None, 1, ["17:00"] * 5),
        # Hours that are skipped in one week and come twice in another.
        (Cadence.WEEKLY, None, 6, ["02:30", "02:30", "00:00", "02:15", "02:30"]),
        (Cadence.WEEKLY, None, 6, ["02:00", "01:30", "23:59", "01:45", "03:00"]),
        (Cadence.FORTNIGHTLY, None, 1, ["17:00"] * 5),
        (Cadence.FORTNIGHTLY, None, 6, ["02:30", "02:30", "00:00", "02:15", "02:30"]),
        (Cadence.MONTHLY, 2, 3, ["09:00"] * 5),
        (Cadence.MONTHLY, -1, 6, ["02:30", "01:30", "00:00", "02:15", "02:30"]),
    ],
)
async def test_months_of_meetings_in_five_zones(
    bot: Bot, cadence: Cadence, nth: int | None, weekday: int, times: list[str], effort: Effort
) -> None:
    begin, end = (MARCH, APRIL) if effort.is_bounded else YEAR
    bot.clock.instant = begin
    groups = [Group(bot, zone.rpartition("/")[2]) for zone in ZONES]
    for group, zone, at in zip(groups, ZONES, times, strict=True):
        await group.set_up(zone=zone)
        await group.app.schedules.set(
            group.organiser, weekday=weekday, at=at, cadence=cadence, nth=nth
        )
    await live_through(bot, groups, end)

    for group, zone, at in zip(groups, ZONES, times, strict=True):
        today = begin.astimezone(ZoneInfo(zone)).date()
        days = right_days(weekday, cadence, nth, today)
        instants = [right_instant(zone, day, dt.time.fromisoformat(at)) for day in days]
        assert_right(group, [t for t in instants if t > begin and t - 3 * DAY <= end], end)


# Whatever organisers do


@dataclass(frozen=True)
class Plan:
    """What organisers have said, from an instant on."""

    since: dt.datetime
    zone: str
    weekday: int
    time: dt.time
    skipped: frozenset[dt.date] = frozenset()
    paused: bool = False
    paused_until: dt.date | None = None

    def allows(self, day: dt.date) -> bool:
        paused = self.paused and (self.paused_until is None or day < self.paused_until)
        return day.weekday() == self.weekday and day not in self.skipped and not paused


@dataclass
class Story:
    """A group whose organisers change their minds, and what must hold all along."""

    group: Group
    plans: list[Plan] = field(default_factory=list)
    papers: int = 0

    @property
    def bot(self) -> Bot:
        return self.group.bot

    @property
    def now(self) -> dt.datetime:
        return self.bot.clock.instant

    def plan_at(self, instant: dt.datetime) -> Plan:
        return [plan for plan in self.plans if plan.since <= instant][-1]

    def changed(self, **changes: object) -> None:
        values = {**vars(self.plans[-1]), "since": self.now, **changes}
        self.plans.append(Plan(**values))  # type: ignore[arg-type]

    async def set_schedule(self, zone: str, weekday: int, at: str, cadence: Cadence) -> None:
        nth = 2 if cadence is Cadence.MONTHLY else None
        await self.group.app.schedules.set(
            self.group.organiser, weekday=weekday, at=at, cadence=cadence, nth=nth, zone=zone
        )
        self.changed(zone=zone, weekday=weekday, time=dt.time.fromisoformat(at))

    async def skip(self, ahead: int) -> None:
        shown = await self.group.app.schedules.show(self.group.organiser)
        if len(shown.meetings) > ahead:
            day = shown.meetings[ahead].day
            await self.group.skip(day.isoformat())
            self.changed(skipped=self.plans[-1].skipped | {day})

    async def pause(self, days: int | None) -> None:
        today = self.now.astimezone(ZoneInfo(self.plans[-1].zone)).date()
        until = None if days is None else today + days * DAY
        await self.group.app.schedules.pause(
            self.group.organiser, until.isoformat() if until else None
        )
        self.changed(paused=True, paused_until=until)

    async def resume(self) -> None:
        await self.group.app.schedules.resume(self.group.organiser)
        self.changed(paused=False, paused_until=None)

    async def nominate(self) -> None:
        self.papers += 1
        await self.group.nominate(f"arXiv:2001.{self.papers:05}")

    async def pick(self) -> None:
        await self.group.pick()

    async def wait(self, hours: float) -> None:
        await self.bot.run_until(self.now + hours * HOUR)

    async def sleep(self, hours: float) -> None:
        await self.bot.sleep_until(self.now + hours * HOUR)

    async def check(self) -> None:
        """What holds after everything that organisers can do."""
        async with self.bot.application.database.reading() as session:
            active = await session.execute(
                text("SELECT count(*) FROM round WHERE state IN ('open', 'announced')")
            )
            assert active.scalar_one() <= 1
            rounds = await session.execute(text("SELECT id, day, meets_at FROM round"))
            days = {id_: (dt.date.fromisoformat(day), at) for id_, day, at in rounds}
        entries = {e.place: e.event.starts_at for e in self.bot.world.calendar}
        announcements = self.group.announcements()
        times = [entries[m.ref] for m in announcements if m.ref in entries]
        held = [at for at, m in zip(times, announcements, strict=False) if not self.is_off(m)]
        assert len(held) == len(set(held)), "a meeting was posted twice"
        assert len(self.bot.world.threads) == len(announcements)
        for announcement in announcements:
            self.check_announcement(announcement, days, entries)
        self.check_asking()

    def check_announcement(
        self,
        announcement: Message,
        days: dict[int, tuple[dt.date, str]],
        entries: dict[str, dt.datetime],
    ) -> None:
        said = "\n".join(announcement.post.details)
        meets_at = dt.datetime.fromtimestamp(int(re.findall(r"<t:(\d+):F>", said)[0]), dt.UTC)
        (day,) = {d for d, at in days.values() if dt.datetime.fromisoformat(f"{at}Z") == meets_at}
        plan = self.plan_at(announcement.sent_at)
        assert plan.allows(day), "posted for a day without a meeting"
        assert meets_at == right_instant(plan.zone, day, plan.time)
        assert announcement.sent_at < meets_at
        # It never moves, whatever is said afterwards.
        assert entries.get(announcement.ref, meets_at) == meets_at
        in_thread = self.bot.world.within(announcement.ref.split("/")[1])
        titles = Counter(m.post.title for m in in_thread)
        assert titles["We're starting"] <= 1
        assert titles["This meeting is called off"] <= 1
        assert titles[f"We meet <t:{int(meets_at.timestamp())}:R>"] <= 2
        for message in in_thread:
            if message.post.title == "We're starting":
                assert meets_at <= message.sent_at < meets_at + HOUR
            elif message.post.title == "This meeting is called off":
                assert message.sent_at < meets_at + HOUR  # also one that has begun
            else:
                assert message.sent_at < meets_at
        off = [m.sent_at for m in in_thread if m.post.title == "This meeting is called off"]
        assert all(m.sent_at <= off[0] for m in in_thread if off), "said after it was called off"

    def check_asking(self) -> None:
        """Nominations are asked for at most once for a meeting, and only where there is one."""
        for title in ("What shall we read next?", "No paper is picked yet"):
            asked = [
                (m, dt.datetime.fromtimestamp(int(re.findall(r"<t:(\d+)", m.post.text)[0]), dt.UTC))
                for m in self.group.titled(title)
            ]
            assert len({at for _, at in asked}) == len(asked), f"{title} was said twice"
            for message, meets_at in asked:
                plan = self.plan_at(message.sent_at)
                assert message.sent_at < meets_at
                near = meets_at.astimezone(ZoneInfo(plan.zone)).date()
                candidates = [d for d in (near - DAY, near) if plan.allows(d)]
                assert meets_at in {right_instant(plan.zone, d, plan.time) for d in candidates}

    def is_off(self, announcement: Message) -> bool:
        return any("called off" in line for line in announcement.post.details)


steps = st.one_of(
    st.tuples(
        st.just("set_schedule"),
        st.sampled_from(ZONES),
        st.integers(0, 6),
        st.sampled_from(["00:00", "02:15", "02:30", "17:00", "23:59"]),
        st.sampled_from(Cadence),
    ),
    st.tuples(st.just("skip"), st.integers(0, 2)),
    st.tuples(st.just("pause"), st.none() | st.integers(1, 30)),
    st.tuples(st.just("resume")),
    st.tuples(st.just("nominate")),
    st.tuples(st.just("nominate")),
    st.tuples(st.just("pick")),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 12, 24, 60, 24 * 7])),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 24 * 3, 24 * 5])),
    st.tuples(st.just("sleep"), st.sampled_from([0.1, 30, 24 * 4, 24 * 20])),
)


def test_whatever_organisers_do_every_meeting_is_right(migrated: Path, effort: Effort) -> None:
    @given(
        start=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)),
        story=st.lists(steps, min_size=4, max_size=14),
    )
    @settings(max_examples=effort.choose(10, 300))
    def every_meeting_is_right(start: dt.datetime, story: list[tuple[object, ...]]) -> None:
        with TemporaryDirectory() as directory:
            shutil.copy(migrated, f"{directory}/paperclub.db")
            asyncio.run(tell(story, start.replace(tzinfo=dt.UTC, microsecond=0), directory))

    every_meeting_is_right()


async def tell(story: list[tuple[object, ...]], start: dt.datetime, directory: str) -> None:
    clock = FakeClock(start)
    own = Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{directory}/paperclub.db",
        cache_dir=None,
        shards=1,
    )
    bot = Bot(own, clock, FakeResolver(), World(clock))
    try:
        group = Group(bot)
        await group.set_up()
        told = Story(group, [Plan(start, "Europe/Berlin", 1, dt.time(17))])
        for name, *arguments in story:
            clock.instant += SECOND  # or what was said before a change could not be told apart
            try:
                await getattr(told, str(name))(*arguments)
            except UserError:
                assert name in ("skip", "resume", "pick", "pause", "nominate")
            await told.check()
            await bot.application.tick()
            await told.check()
        await told.wait(24 * 9)
        await told.check()
    finally:
        await bot.stop()
