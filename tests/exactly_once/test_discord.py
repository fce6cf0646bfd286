"""The same through discord.py: weeks with crashes, on the simulated server and its real history."""

import logging
import random
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.adapters.discord.sender import DiscordSender
from bot.app import Application
from bot.core.courier import Delivery, Sender, Sent
from bot.core.errors import DeliveryDelayed
from bot.settings import Settings
from tests.conftest import START, FakeClock
from tests.effort import Effort
from tests.exactly_once.club import Club
from tests.exactly_once.crashes import crashes_possible
from tests.exactly_once.test_random import lives, settle
from tests.people import buttons_of, text_of

log = logging.getLogger(__name__)  # `pytest -rP` shows the counts

FEW_WEEKS, MANY_WEEKS = 4, 60
COMPLETED = 3


@dataclass
class ServerClock:
    """The simulated server reads the tests' clock."""

    clock: FakeClock

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def elapsed(self) -> float:
        return (self.clock.now() - START).total_seconds()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)


class Unlucky:
    """A connection that sometimes loses an answer, or the request."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.chance: random.Random | None = None
        self.lost = 0

    async def find(self, delivery: Delivery) -> Sent | None:
        return await self._sender.find(delivery)

    async def send(self, delivery: Delivery) -> Sent:
        luck = self.chance.random() if self.chance else 1.0
        if luck < 0.1:
            raise DeliveryDelayed("the request was lost")
        sent = await self._sender.send(delivery)
        if luck < 0.25:
            self.lost += 1
            raise DeliveryDelayed("the answer was lost")
        return sent


@dataclass
class OnDiscord:
    club: Club
    connection: Unlucky
    env: Env
    guild: GuildHandle
    papers: ChannelHandle

    def assert_one_of_each(self, link: str, week: int) -> None:
        """What this week has left on the server, which still has all the weeks before."""
        title = link.removeprefix("arXiv:")
        mine = [m for m in self.papers.history() if title in text_of(m) and m.components]
        (announcement,) = (m for m in mine if "Paper of the week" in text_of(m))
        (card,) = (m for m in mine if m.id != announcement.id)
        assert "**1** going · **0** maybe · **1** can't" in text_of(announcement)
        assert "This meeting is over" in text_of(announcement)
        assert "Going" not in buttons_of(announcement)
        assert "**3 votes** · Discussed" in text_of(card)
        (thread,) = (t for t in self.papers.threads if t.id == announcement.id)
        assert len(self.papers.threads) == week
        said = [text_of(m) for m in thread.history() if m.components]
        assert len(said) == 3
        assert [("We're starting" in text, "We meet" in text) for text in said] == [
            (False, True),
            (False, True),
            (True, False),
        ]
        assert all("<@902>" in text and "904" not in text for text in said)
        events = self.env.backend.guilds[self.guild.id].scheduled_events.values()
        assert len(events) == week
        (event,) = (e for e in events if str(announcement.id) in str(e.entity_metadata))
        assert event.status == COMPLETED


@pytest.fixture
async def server(
    application: Application, settings: Settings, clock: FakeClock, migrated: Path
) -> AsyncIterator[OnDiscord]:
    """The application's client lends its connection; the bot that dies has a file of its own."""
    file = settings.database_url.removeprefix("sqlite+aiosqlite:///") + ".crashes"
    shutil.copy(migrated, file)
    env = Env(application.client)
    env.backend.clock = ServerClock(clock)  # type: ignore[assignment]
    await env.start()
    with crashes_possible():
        guild = env.create_guild("Reading group")
        papers, organisers = (guild.create_text_channel(n) for n in ("papers", "organisers"))
        connection = Unlucky(DiscordSender(application.client, clock))
        club = Club(
            settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{file}"}),
            clock,
            connection,
            ref=str(guild.id),
            channel=str(papers.id),
            organisers=str(organisers.id),
        )
        await club.set_up()
        await club.at(await club.next_meeting())
        yield OnDiscord(club, connection, env, guild, papers)
        await club.close()
    await env.shutdown()


async def test_weeks_with_a_crash_each(server: OnDiscord, effort: Effort) -> None:
    club = server.club
    await club.live(iter(()))
    await club.week("arXiv:2001.00000")
    for crash_at in effort.instants(club.process.awaits, few=FEW_WEEKS):
        await club.live(iter((crash_at,)))
        await club.week(link := f"arXiv:2001.{crash_at:05}")
        server.assert_one_of_each(link, effort.done + 1)
    log.warning("%d weeks, %d crashes", effort.done, club.crashes)
    assert club.crashes >= effort.done - 2


async def test_weeks_with_crashes_and_lost_answers(server: OnDiscord, effort: Effort) -> None:
    club = server.club
    for seed in effort.seeds(FEW_WEEKS, MANY_WEEKS):
        server.connection.chance = chance = random.Random(seed)
        await club.live(lives(chance))
        stages = club.stages(link := f"arXiv:2001.{effort.done:05}")
        for stage in stages.values():
            await stage()
            await settle(club)
        server.assert_one_of_each(link, effort.done)
    log.warning(
        "%d weeks, %d crashes, %d lost answers", effort.done, club.crashes, server.connection.lost
    )
    assert server.connection.lost
