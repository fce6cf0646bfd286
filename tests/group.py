"""A reading group at the level of the services, on a platform in memory."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from bot.app import Application, build
from bot.communities.service import Actor
from bot.core.outbox import OutboxRow
from bot.core.post import Post
from bot.experiences.sources.fetching import FeedSource
from bot.papers.outcomes import (
    Nominated,
)
from bot.papers.schedule.setup import Wanted
from bot.papers.views import NominationView, RoundView
from bot.questions.reminders.reminders import Threads
from bot.settings import Settings
from tests.conftest import FakeClock, FakeResolver
from tests.world import Message, World, WorldSender, make_quick

T = TypeVar("T")


class Silence:
    """Threads in which nobody has written."""

    async def has_reply(self, *_: object) -> bool:
        return False


@dataclass
class Bot:
    """The running application, which can be killed and started again on the same file."""

    settings: Settings
    clock: FakeClock
    resolver: FakeResolver
    world: World
    feeds: FeedSource | None = None
    threads: Threads = field(default_factory=Silence)
    application: Application = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.application = build(
            self.settings,
            clock=self.clock,
            resolver=self.resolver,
            sender=WorldSender(self.world),
            feeds=self.feeds,
            threads=self.threads,
        )
        make_quick(self.application.database)

    async def stop(self) -> None:
        for end in self.application.client.when_closing:
            await end()

    async def next_due(self) -> datetime | None:
        """When the application would wake next."""
        app = self.application
        instants = [
            await app.rounds.next_due(),
            await app.courier.run(),
            await app.library.complete_due(),
            await app.polling.next_due(),
        ]
        return min((at for at in instants if at is not None), default=None)

    async def run_until(self, end: datetime) -> None:
        """Let time pass, waking at every instant at which something is due."""
        await self.application.tick()
        while (at := await self.next_due()) is not None and at <= end:
            self.clock.instant = max(self.clock.instant, at)
            await self.application.tick()
        self.clock.instant = max(self.clock.instant, end)
        await self.application.tick()

    async def sleep_until(self, end: datetime) -> None:
        """The machine is off until then, and is then switched on."""
        await self.stop()
        self.clock.instant = end
        self.start()
        await self.application.tick()

    async def rows(self) -> dict[str, OutboxRow]:
        async with self.application.database.reading() as session:
            found = await session.execute(select(OutboxRow).order_by(OutboxRow.id))
            return {row.dedupe_key: row for row in found.scalars()}


@dataclass
class Group:
    """A community whose people are names, and whose channel is `<name>-papers`."""

    bot: Bot
    name: str = "club"

    @property
    def app(self) -> Application:
        return self.bot.application

    @property
    def channel(self) -> str:
        return f"{self.name}-papers"

    @property
    def organiser(self) -> Actor:
        return Actor("test", self.name, f"{self.name}-olga", organiser=True)

    def member(self, name: str = "alice") -> Actor:
        return Actor("test", self.name, name)

    async def set_up(self, **changes: Any) -> None:
        """Meetings on Tuesdays at 17:00 in Berlin."""
        options: dict[str, Any] = {
            "zone": "Europe/Berlin",
            "papers_channel_ref": self.channel,
            "weekday": 1,
            "at": "17:00",
            "organisers_channel_ref": f"{self.name}-organisers",
        }
        await self.app.setup.start(self.organiser, Wanted(**(options | changes)))

    async def nominate(self, link: str, who: str = "alice", *voters: str) -> NominationView:
        """Nominate something new, with these votes."""
        outcome = await self.app.nominations.nominate(self.member(who), link)
        assert isinstance(outcome, Nominated), outcome
        for voter in voters:
            await self.vote(outcome.nomination.id, voter)
        return outcome.nomination

    async def vote(self, nomination_id: int, voter: str) -> None:
        await self.app.queue.toggle_vote(self.member(voter), nomination_id)

    async def queue(self) -> dict[str, int]:
        up = await self.app.queue.nominations(self.organiser)
        return {nomination.paper.title: nomination.votes for nomination in up}

    async def pick(self, paper_id: int | None = None) -> RoundView:
        return await self.app.picks.pick(self.organiser, paper_id)

    async def skip(self, day: str, reason: str | None = None) -> None:
        await self.app.skips.skip(self.organiser, day, reason)

    def posts(self) -> list[Message]:
        return self.bot.world.within(self.channel)

    def titled(self, beginning: str) -> list[Message]:
        """What stands in the channel, apart from threads."""
        return [m for m in self.posts() if m.post.title.startswith(beginning)]

    def announcements(self) -> list[Message]:
        return self.titled("Paper of the week")

    def notices(self) -> list[Message]:
        return self.bot.world.within(f"{self.name}-organisers")

    def in_thread(self, announcement: Message) -> list[Post]:
        thread = announcement.ref.split("/")[1]
        return [message.post for message in self.bot.world.within(thread)]


def utc(text: str) -> datetime:
    """An instant from `2026-01-13 16:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def text_of(post: Post) -> str:
    return "\n".join((post.title, post.text, *post.details, post.footnote))


async def raised(awaitable: Awaitable[T], kind: type[BaseException]) -> BaseException:
    """The error that it ends with."""
    try:
        await awaitable
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
