"""A crash at each await of what happens to an experience that a member hands in, then a restart."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import UserError
from tests.effort import Effort
from tests.exactly_once.club import Club, Snapshot, crash_at_each_await
from tests.world import World

STAGES = (
    *("submit", "decline", "reopen", "approve", "edit", "decline_edit", "reopen_edit"),
    *("approve_edit", "take_down", "put_back", "delete"),
)
STORY = "I asked around until somebody took me, and learned a lot there. " * 3
TABLES = (
    "SELECT dedupe_key, destination, state FROM outbox ORDER BY dedupe_key",
    "SELECT dedupe_key FROM outbox WHERE claimed_at IS NOT NULL",
    "SELECT id, state, title, story, revision, declined, review, version, pseudonym"
    " FROM experience",
    "SELECT rowid, * FROM experience_search ORDER BY rowid",
)


class Life:
    """An anonymous experience, from the form to its end. Who sees no answer presses again."""

    def __init__(self, club: Club) -> None:
        self.club = club

    async def submit(self) -> None:
        while not await self.club.read("SELECT id FROM experience"):
            await self._press(
                lambda app: app.submissions.submit(
                    self.club.member("901"),
                    title="A summer",
                    story=STORY,
                    link="",
                    anonymous=True,
                )
            )
        await self.club.tick()

    async def decline(self) -> None:
        await self._repeat(lambda app: app.reviews.decline(self.club.organiser, 1))

    async def reopen(self) -> None:
        await self._repeat(lambda app: app.reviews.reopen(self.club.organiser, 1))

    async def approve(self) -> None:
        await self._repeat(lambda app: app.reviews.approve(self.club.organiser, 1))

    async def edit(self) -> None:
        await self._repeat(
            lambda app: app.own_experiences.edit(
                self.club.member("901"), 1, title="A winter", story=STORY, link=""
            )
        )

    decline_edit, reopen_edit, approve_edit = decline, reopen, approve

    async def take_down(self) -> None:
        await self._repeat(lambda app: app.takedowns.hide(self.club.organiser, 1))

    async def put_back(self) -> None:
        await self._repeat(lambda app: app.takedowns.show_again(self.club.organiser, 1))

    async def delete(self) -> None:
        await self._repeat(lambda app: app.own_experiences.delete(self.club.member("901"), 1))

    async def _repeat(self, action: Callable[[Any], Awaitable[object]]) -> None:
        """Press twice; a crash is a press without an answer."""
        for _ in range(2):
            crashes = -1
            while crashes != self.club.crashes:
                crashes = self.club.crashes
                await self._press(action)
        await self.club.tick()

    async def _press(self, action: Callable[[Any], Awaitable[object]]) -> None:
        async def act() -> None:
            with suppress(UserError):  # it is done already
                await action(self.club.application)

        await self.club.do(act)


@pytest.mark.parametrize("stage", STAGES)
async def test_a_crash_at_every_await(
    club: Club, world: World, stage: str, tmp_path: Path, effort: Effort
) -> None:
    await club.application.schedules.pause(club.organiser)
    await club.set_up(experiences_channel_ref="experiences")
    life = Life(club)
    for earlier in STAGES[: STAGES.index(stage)]:
        await getattr(life, earlier)()
    before = await Snapshot.of(club, world, tmp_path / "before.db")
    await crash_at_each_await(
        club, before, getattr(life, stage), partial(everything, club, world), effort
    )


async def everything(club: Club, world: World) -> list[Any]:
    seen = [(m.mark, m.place, m.post) for m in sorted(world.messages, key=attrgetter("mark"))]
    return [seen, world.threads, *[await club.read(statement) for statement in TABLES]]
