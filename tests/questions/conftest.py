"""A group with a channel for questions, on a platform in memory."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.conftest import FakeClock, FakeResolver
from tests.group import Bot, Group
from tests.world import World


@pytest.fixture
async def bot(
    settings: Settings, clock: FakeClock, resolver: FakeResolver, migrated: Path
) -> AsyncIterator[Bot]:
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    bot = Bot(settings, clock, resolver, World(clock))
    yield bot
    await bot.stop()


@pytest.fixture
async def group(bot: Bot) -> Group:
    """It has no meetings, so that nothing else is said; its questions go to `club-questions`."""
    group = Group(bot)
    await group.set_up()
    await bot.application.schedules.pause(group.organiser)
    await bot.application.preferences.set(group.organiser, channel_ref="club-questions")
    return group
