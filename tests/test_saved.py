"""A database that an earlier version made opens, and all that was under way in it goes on.

`tests/saved/2026-11.db.gz` was made by version 0.1.0 as it was in November 2026: a round is
announced, a nomination and a question had not gone out, an experience and an anonymous question
wait for the organisers. The JSON beside it has what its platform showed.
"""

import gzip
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.communities.service import Actor
from bot.core.database.migrate import migrate
from bot.core.post import Event, Post
from bot.core.reply import Reply
from bot.settings import Settings
from tests.calls import FakeCall
from tests.conftest import FakeClock, FakeResolver
from tests.group import HOUR, Bot, text_of
from tests.web import Web
from tests.world import CalendarEntry, Message, World

SAVED = Path(__file__).parent / "saved"
KEY = "saved by an earlier version"
SHOWN: dict[str, Any] = json.loads((SAVED / "2026-11.json").read_text())
ORGANISER = Actor("discord", "1000", "900", organiser=True)
MEMBER = Actor("discord", "1000", "905")
# Pressed by whoever may: authors alone accept, and whoever asked has no Me too of their own.
BY = {"answer_accept": Actor("discord", "1000", "901")}


@dataclass
class Earlier:
    bot: Bot

    @property
    def world(self) -> World:
        return self.bot.world

    async def press(self, action: str, argument: str) -> Reply:
        default = ORGANISER if argument.startswith("1000.") else MEMBER
        handler = self.bot.application.client.handlers[action]
        return await handler(FakeCall(BY.get(action, default)), argument)


@pytest.fixture
async def earlier(tmp_path: Path, clock: FakeClock, resolver: FakeResolver, web: Web):
    file = tmp_path / "paperclub.db"
    file.write_bytes(gzip.decompress((SAVED / "2026-11.db.gz").read_bytes()))
    url = f"sqlite+aiosqlite:///{file}"
    migrate(url)
    settings = Settings(_env_file=None, database_url=url, cache_dir=None, shards=1, secret_key=KEY)
    clock.instant = datetime.fromisoformat(SHOWN["now"])
    world = World(clock, threads=dict(SHOWN["threads"]), _numbers=900)
    for ref, place, mark, title in SHOWN["messages"]:
        world.messages.append(Message(ref, place, mark, Post(title), False, clock.instant))
    meeting = Event("Paper of the week", "", clock.instant + 72 * HOUR, clock.instant + 73 * HOUR)
    world.calendar.append(CalendarEntry("event 2", "2001/115", meeting))
    bot = Bot(settings, clock, resolver, world, feeds=web)
    yield Earlier(bot)
    await bot.stop()


async def test_what_had_not_gone_out_goes_out_once(earlier: Earlier) -> None:
    await earlier.bot.run_until(earlier.bot.clock.instant + HOUR)
    (card,) = earlier.world.titled("[On 1412.6980]")
    assert "**1 vote**" in text_of(card.post)
    (question,) = earlier.world.titled("Which thesis topic is best?")
    assert question.place == "2004"
    announcement = earlier.world.message("2001/115")
    assert "**1** going · **1** maybe" in text_of(announcement.post)


async def test_its_round_goes_on_to_the_end_of_the_meeting(earlier: Earlier) -> None:
    await earlier.bot.run_until(earlier.bot.clock.instant + 74 * HOUR)
    said = [m.post.title for m in earlier.world.within("115")]
    assert [title[:8] for title in said] == ["We meet ", "We meet ", "We're st"]
    assert "This meeting is over" in text_of(earlier.world.message("2001/115").post)


@pytest.mark.parametrize(("action", "argument"), SHOWN["buttons"], ids=lambda value: value)
async def test_its_buttons_do_what_they_did(earlier: Earlier, action: str, argument: str) -> None:
    """Each is known, takes its argument, and answers with something other than a refusal."""
    reply = await earlier.press(action, argument)
    assert reply.text or reply.card or reply.form
