"""A club's life with questions, which can be lived again with two members exchanged in all that
they do without their names. What anybody else sees of it is kept, to be compared."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text

from bot.core.errors import UserError
from bot.core.outbox import PRIVATE
from bot.papers.schedule.setup import Wanted
from bot.settings import Settings
from tests.conftest import FakeClock, FakeResolver
from tests.questions.club import OneByOne, Places
from tests.questions.doings import ANNA, CHANNEL, ZOE, Doings, Step

THEIRS = (f"user:{ANNA}", f"user:{ZOE}")  # where only the two read


class Log(logging.Handler):
    """What is logged at INFO and above."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Life:
    """`seen` is what anybody but the two can see, step by step."""

    def __init__(self, bot: OneByOne, exchanged: frozenset[str] = frozenset()) -> None:
        self.bot, self.world = bot, bot.world
        self.doings = Doings(bot, exchanged)
        self.seen: list[Any] = []
        self.log = Log()

    async def set_up(self) -> None:
        app, organiser = self.bot.application, self.doings.organiser
        await app.scheduler.stop()
        await app.setup.start(
            organiser,
            Wanted(
                zone="Europe/Berlin",
                papers_channel_ref="club-papers",
                experiences_channel_ref="club-experiences",
                organisers_channel_ref="club-organisers",
                weekday=1,
                at="17:00",
            ),
        )
        await app.schedules.pause(organiser)
        await app.question_settings.set(
            organiser, channel_ref=CHANNEL, anonymous_answers=True, cooldown_minutes=0
        )

    async def live(self, *steps: Step) -> None:
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(self.log)
        root.setLevel(logging.INFO)
        try:
            for step in steps:
                await self._live(step)
        finally:
            root.removeHandler(self.log)
            root.setLevel(level)
        self.seen.append(("in the end", await self.doings.look(Step("look")), self._there()))
        self.seen.append(("stored", await self._stored()))

    async def _live(self, step: Step) -> None:
        sent, logged = len(self.world.sends), len(self.log.lines)
        try:
            outcome = await self.doings.do(step)
        except UserError as error:
            outcome = str(error)
        await self.bot.settle()
        requests = [
            (one.id, one.destination, one.action, one.late)
            for one in self.world.sends[sent:]
            if one.destination not in THEIRS
        ]
        self.seen.append((step, outcome, requests, self.log.lines[logged:]))

    async def _stored(self) -> Any:
        """What the outbox and incidents hold; of messages to the two without their names, no more
        than what they are about: whether they arrived, their row tells the host."""
        async with self.bot.application.database.reading() as session:
            outbox = await session.execute(text("SELECT * FROM outbox ORDER BY id"))
            rows = [row._asdict() for row in outbox]
            incidents = await session.execute(text("SELECT * FROM incident ORDER BY id"))
            return (
                [
                    row["dedupe_key"] if row["destination"].startswith(PRIVATE) else row
                    for row in rows
                ],
                [tuple(row) for row in incidents],
            )

    def _there(self) -> Any:
        """All messages except those to the two, in each place in their order, and the threads."""
        places = sorted({message.place for message in self.world.messages} - {*THEIRS})
        messages = {place: self.world.within(place) for place in places}
        return messages, self.world.threads, self.world.topics


@asynccontextmanager
async def beginning(
    settings: Settings, exchanged: frozenset[str] = frozenset()
) -> AsyncIterator[Life]:
    """A life from its beginning, on a database that is new."""
    clock = FakeClock()
    bot = OneByOne(settings, clock, FakeResolver(), Places(clock))
    try:
        life = Life(bot, exchanged)
        await life.set_up()
        yield life
    finally:
        await bot.stop()
