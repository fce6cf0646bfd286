"""A crash at each await of what is decided about an announced meeting, then a restart."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import UserError
from bot.core.post import Status
from tests.effort import Effort
from tests.exactly_once.club import Club, Snapshot, crash_at_each_await
from tests.exactly_once.test_every_await import everything
from tests.group import HOUR, text_of
from tests.world import Fault, World

FIRST, SECOND = "arXiv:1706.03762", "arXiv:1706.03763"
STAGES = ("change", "undo_change", "place", "skip", "undo_skip", "undo_pick")
RECORDS = (
    "SELECT * FROM nomination ORDER BY id",
    "SELECT * FROM round ORDER BY id",
    "SELECT round_id, step, dropped FROM round_step ORDER BY round_id, step",
    "SELECT * FROM schedule",
    "SELECT * FROM schedule_skip",
    "SELECT dedupe_key FROM outbox WHERE state NOT IN ('sent', 'expired')",
)
TABLES = (
    "SELECT * FROM schedule_skip",
    "SELECT * FROM meeting_place ORDER BY day",
    "SELECT dedupe_key, state, action FROM outbox WHERE kind IN ('edit', 'event_edit', 'rename')"
    " AND state <> 'sent' ORDER BY dedupe_key",
)


class Announced:
    """A meeting to which somebody goes, and what organisers do to it.

    Who sees no answer does it again; so does, once, who has seen one.
    """

    def __init__(self, club: Club, *, presses: int = 2) -> None:
        self.club, self.presses = club, presses

    async def nominate(self) -> None:
        await self.club.begin(FIRST)
        await self.club.application.nominations.nominate(self.club.member("905"), SECOND)
        await self.club.tick()
        ((self.round_id,),) = await self.club.read("SELECT id FROM round WHERE state = 'open'")
        (self.first, self.first_paper), (self.second, self.second_paper) = await self.club.read(
            "SELECT id, paper_id FROM nomination ORDER BY id"
        )
        self.day = self.club.meets_at.date()

    async def begin(self) -> None:
        await self.nominate()
        await self.club.pick()
        await self.club.answers()

    async def decide_in_haste(self, world: World) -> None:
        """Nothing of it is out yet when the next comes."""
        world.away(Fault.BUSY)
        await self._press(lambda app, who: app.picks.pick(who, self.first_paper))
        for stage in (self._change, self._skip, self._undo_skip, self._undo_change):
            await stage()
        world.back()
        await self.club.at(self.club.clock.now() + HOUR)

    async def decide(self, stage: str) -> None:
        await getattr(self, f"_{stage}")()
        await self.club.tick()

    async def _change(self) -> None:
        await self._press(lambda app, who: app.picks.change(who, self.second_paper))

    async def _undo_change(self) -> None:
        await self._press(
            lambda app, who: app.undo.change(who, self.round_id, self.first, self.second)
        )

    async def _place(self) -> None:
        await self._press(lambda app, who: app.places.set(who, "<#77>"))
        await self._press(lambda app, who: app.places.set_for(who, self.day.isoformat(), "Room 5"))

    async def _skip(self) -> None:
        await self._press(lambda app, who: app.skips.skip(who, self.day.isoformat(), "Snow"))

    async def _undo_skip(self) -> None:
        await self._press(lambda app, who: app.undo.skip(who, self.day))

    async def _undo_pick(self) -> None:
        await self._press(lambda app, who: app.undo.pick(who, self.round_id, self.first))

    async def _press(self, action: Callable[..., Awaitable[object]]) -> None:
        async def act() -> None:
            with suppress(UserError):  # it is done already
                await action(self.club.application, self.club.organiser)

        for _ in range(self.presses):
            crashes = -1
            while crashes != self.club.crashes:
                crashes = self.club.crashes
                await self.club.do(act)


@pytest.mark.parametrize("stage", STAGES)
async def test_a_crash_at_every_await(
    club: Club, world: World, stage: str, tmp_path: Path, effort: Effort
) -> None:
    meeting = Announced(club)
    await meeting.begin()
    for earlier in STAGES[: STAGES.index(stage)]:
        await meeting.decide(earlier)
    before = await Snapshot.of(club, world, tmp_path / "before.db")
    await crash_at_each_await(
        club, before, partial(meeting.decide, stage), partial(all_there_is, club, world), effort
    )


async def test_a_crash_at_every_await_of_decisions_in_haste(
    club: Club, world: World, tmp_path: Path, effort: Effort
) -> None:
    meeting = Announced(club, presses=1)
    await meeting.nominate()
    before = await Snapshot.of(club, world, tmp_path / "before.db")

    async def seen() -> list[Any]:
        return [
            [(m.place.startswith("papers"), m.post) for m in world.messages],
            list(world.threads.values()),
            [(entry.event, entry.status) for entry in world.calendar],
            *[await club.read(statement) for statement in RECORDS],
        ]

    await crash_at_each_await(club, before, partial(meeting.decide_in_haste, world), seen, effort)
    (announcement,) = world.titled("Paper of the week")
    assert "On 1706.03762" in announcement.post.title
    assert "called off" not in text_of(announcement.post)
    (thread,) = world.threads
    assert world.within(thread) == []  # nobody had read of any of it
    (entry,) = world.calendar
    assert entry.status is None


async def test_the_decisions_that_the_crashes_are_compared_with(club: Club, world: World) -> None:
    """Those who go are told once of each; the place stands everywhere; the thread stays one."""
    meeting = Announced(club)
    await meeting.begin()
    for stage in STAGES:
        await meeting.decide(stage)

    (thread,) = world.threads
    told = world.within(thread)
    assert [m.post.title.split(":")[0] for m in told] == [
        *["We'll read another paper"] * 2,
        "This meeting is called off",
        "This meeting is back on",
        "This pick was taken back",
    ]
    assert {m.post.ping_members for m in told} == {("902",)}
    (announcement,) = world.titled("Paper of the week")
    assert "**This pick was taken back.**" in text_of(announcement.post)
    assert "**Where** Room 5" in text_of(announcement.post)
    assert [entry.status for entry in world.calendar] == [Status.CANCELLED] * 2


async def all_there_is(club: Club, world: World) -> list[Any]:
    seen = await everything(club, world)
    return seen + [await club.read(statement) for statement in TABLES]
