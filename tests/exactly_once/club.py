"""A reading group's week, lived through by a bot that dies on the way."""

import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from bot.app import Application, build
from bot.communities.service import Actor
from bot.core.courier import Sender
from bot.core.errors import Repeated
from bot.core.post import Status
from bot.papers.schedule.setup import Wanted
from bot.settings import Settings
from tests.conftest import FakeClock, FakeResolver
from tests.effort import Effort
from tests.exactly_once.crashes import Crash, Mortal, Process
from tests.group import DAY, HOUR, text_of
from tests.world import World, make_quick

log = logging.getLogger(__name__)  # `pytest -rP` shows the counts

T = TypeVar("T")

AWAITS = 4  # how many of a step are tried in `make test`


@dataclass
class Club:
    """A community with a bot; `lives` says at which await each of its processes ends."""

    settings: Settings
    clock: FakeClock
    sender: Sender
    ref: str = "club"
    channel: str = "papers"
    organisers: str = "organisers"
    process: Process = field(default_factory=Process)
    crashes: int = 0
    application: Application = field(init=False)
    meets_at: datetime = field(init=False)
    lives: Iterator[int] = field(default_factory=lambda: iter(()))
    _presses: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._build()

    def _build(self) -> None:
        self.application = build(
            self.settings,
            clock=self.clock,
            resolver=FakeResolver(),
            sender=Mortal(self.sender, self.process),
            **self._parts(),
        )
        make_quick(self.application.database)
        # What is asked of the bot and what that wakes run side by side, as they do for real.
        self.application.scheduler.at_work = True

    def _parts(self) -> dict[str, Any]:
        """What else each process is built with, which ends with it."""
        return {}

    @property
    def organiser(self) -> Actor:
        return self.member("900", organiser=True)

    async def close(self) -> None:
        await self.application.scheduler.stop()
        await self.application.database.close()

    async def live(self, lives: Iterator[int]) -> None:
        """Begin a new process; it and those after it end as `lives` says."""
        self.lives = lives
        await self._restart()

    async def _restart(self) -> None:
        await self.close()
        self.process = Process(next(self.lives, None))
        self._build()

    async def do(self, action: Callable[[], Awaitable[T]]) -> T | None:
        """What the bot is asked for; None if it dies of it, and is then started again."""
        try:
            return await self.process.run(action)
        except Crash:
            self.crashes += 1
            await self._restart()
            return None

    async def tick(self) -> None:
        """Everything that is due; a bot that dies of it goes on after its restart."""
        while True:
            crashes = self.crashes
            await self.do(lambda: self.application.tick())
            if crashes == self.crashes:
                return

    async def at(self, instant: datetime) -> None:
        self.clock.instant = max(self.clock.instant, instant)
        await self.tick()

    def member(self, name: str, *, organiser: bool = False) -> Actor:
        return Actor("discord", self.ref, name, organiser)

    async def set_up(self, **changes: Any) -> None:
        await self.application.setup.start(
            self.organiser,
            Wanted(
                zone="Europe/Berlin",
                papers_channel_ref=self.channel,
                organisers_channel_ref=self.organisers,
                weekday=1,
                at="17:00",
                **changes,
            ),
        )

    async def press(self, who: str, act: Callable[[Application, Actor], Awaitable[object]]) -> None:
        """A member presses. It arrives until the bot has lived to answer it, and once more."""
        actor = replace(self.member(who), request=f"press {next(self._presses)}")
        with suppress(Repeated):
            crashes = -1
            while crashes != self.crashes:
                crashes = self.crashes
                await self.do(lambda: act(self.application, actor))
        with pytest.raises(Repeated):
            await act(self.application, actor)

    async def nominate(self, link: str) -> int:
        await self.press("901", lambda app, actor: app.nominations.nominate(actor, link))
        return max(await self.queue())

    async def vote(self, nomination_id: int, voter: str) -> None:
        await self.press(voter, lambda app, actor: app.queue.toggle_vote(actor, nomination_id))

    async def queue(self) -> dict[int, int]:
        up = await self.application.queue.nominations(self.member("901"))
        return {nomination.id: nomination.votes for nomination in up}

    async def answer(self, round_id: int, who: str, answer: str) -> None:
        await self.press(who, lambda app, actor: app.rsvps.answer(actor, round_id, answer))

    async def next_meeting(self) -> datetime:
        shown = await self.application.schedules.show(self.member("901"))
        return shown.meetings[0].meets_at

    async def begin(self, link: str) -> None:
        """A nomination and two more votes, until the card shows them."""
        self.meets_at = await self.next_meeting()
        nomination = await self.nominate(link)
        for voter in ("902", "903"):
            await self.vote(nomination, voter)
        await self.tick()

    async def pick(self) -> None:
        await self.at(self.meets_at - 3 * DAY)

    async def answers(self) -> None:
        round_id = await self.round_id()
        for who, answer in (("902", "maybe"), ("904", "cant"), ("902", "going")):
            await self.answer(round_id, who, answer)
        await self.tick()

    async def remind_day(self) -> None:
        await self.at(self.meets_at - DAY)

    async def remind_hour(self) -> None:
        await self.at(self.meets_at - HOUR)

    async def start(self) -> None:
        await self.at(self.meets_at)

    async def end(self) -> None:
        await self.at(self.meets_at + HOUR)

    def stages(self, link: str) -> dict[str, Callable[[], Awaitable[None]]]:
        """A week from the nomination to the end of the meeting."""
        return {
            "begin": lambda: self.begin(link),
            "pick": self.pick,
            "answers": self.answers,
            "remind_day": self.remind_day,
            "remind_hour": self.remind_hour,
            "start": self.start,
            "end": self.end,
        }

    async def week(self, link: str) -> None:
        for stage in self.stages(link).values():
            await stage()

    async def round_id(self) -> int:
        """The meeting that is announced, which its buttons name."""
        return int((await self.read("SELECT id FROM round WHERE state = 'announced'"))[0][0])

    async def read(self, statement: str) -> list[tuple[Any, ...]]:
        async with self.application.database.reading() as session:
            return [tuple(row) for row in await session.execute(text(statement))]


def assert_one_of_each(world: World, run: str = "") -> None:
    """One card, one announcement, one thread with its three posts, one event; counts are right."""
    # What organisers are told, in their channel or by a count in everybody's, is not of the week.
    said = [m for m in world.messages if "for an organiser" not in m.post.title]
    by_title = [(m.place, m.post.title) for m in said if m.place != "organisers"]
    assert len(by_title) == len(set(by_title)) + 1, run  # the reminders' titles are the same
    (announcement,) = world.titled("Paper of the week")
    (card,) = world.titled("[On")
    papers = {m.ref for m in said if m.place == "papers"}
    assert papers == {card.ref, announcement.ref}, run
    assert "**1** going · **0** maybe · **1** can't" in text_of(announcement.post), run
    assert "This meeting is over" in text_of(announcement.post), run
    assert "**3 votes** · Discussed" in text_of(card.post), run
    (thread,) = world.threads
    assert announcement.ref == f"papers/{thread}", run
    day, hour, start = world.within(thread)
    assert day.post.title == hour.post.title != start.post.title == "We're starting", run
    assert {m.post.ping_members for m in (day, hour, start)} == {("902",)}, run
    (entry,) = world.calendar
    assert (entry.place, entry.status) == (announcement.ref, Status.COMPLETED), run


class Snapshot:
    """The database and the world at an instant, to come back to."""

    def __init__(self, club: Club, world: World, file: Path) -> None:
        self._club, self._world, self._file = club, world, file
        self._seen = deepcopy(self._places())
        self._numbers, self._now = world._numbers, club.clock.instant

    @classmethod
    async def of(cls, club: Club, world: World, file: Path) -> "Snapshot":
        await club.close()
        shutil.copy(_path(club), file)
        return cls(club, world, file)

    async def restore(self) -> None:
        await self._club.close()
        shutil.copy(self._file, _path(self._club))
        vars(self._world).update(deepcopy(self._seen))
        self._world._numbers, self._club.clock.instant = self._numbers, self._now

    def _places(self) -> dict[str, Any]:
        names = ("messages", "threads", "locked", "topics", "forums", "calendar")
        return {name: getattr(self._world, name) for name in names}


async def crash_at_each_await(
    club: Club,
    before: Snapshot,
    act: Callable[[], Awaitable[None]],
    seen: Callable[[], Awaitable[list[Any]]],
    effort: Effort,
) -> None:
    """After a crash at any await of `act` and a restart, all that is `seen` is as without one.

    Which awaits are tried is for `effort` to say.
    """
    await club.live(iter(()))
    await act()
    awaits, wanted = club.process.awaits, await seen()
    for crash_at in effort.instants(awaits, few=AWAITS):
        await before.restore()
        # Every fourth time, the next process dies too, while it mends what it has found.
        lives = (crash_at, 1 + crash_at % 19) if crash_at % 4 == 0 else (crash_at,)
        await club.live(iter(lives))
        await act()
        assert await seen() == wanted, f"a crash at await {lives}"
    log.warning("%d of %d awaits, %d crashes", effort.done, awaits, club.crashes)
    assert (
        club.crashes >= effort.done - 2
    )  # the last awaits may be gone when a crash has come before


def _path(club: Club) -> Path:
    return Path(club.settings.database_url.removeprefix("sqlite+aiosqlite:///"))
