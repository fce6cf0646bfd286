"""A group that follows blogs, on a platform and a web in memory."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.conftest import FakeClock, FakeResolver
from tests.experiences.blogging import Reading
from tests.group import Bot, Group
from tests.web import Web
from tests.world import World


@pytest.fixture
async def bot(
    settings: Settings, clock: FakeClock, resolver: FakeResolver, migrated: Path, web: Web
) -> AsyncIterator[Bot]:
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    bot = Bot(settings, clock, resolver, World(clock), feeds=web)
    yield bot
    await bot.stop()


@pytest.fixture
async def group(bot: Bot) -> Group:
    group = Group(bot)
    await group.set_up()
    return group


@pytest.fixture
def blog(group: Group, web: Web) -> Reading:
    return Reading(group, web)
