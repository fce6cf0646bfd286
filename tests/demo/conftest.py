"""The demo in process: the real bot, simcord's server, and the requests that its page makes."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.core.database.migrate import migrate
from bot.demo.serve import Demo, opened
from tests.demo.page import Page


@pytest.fixture
async def demo(tmp_path) -> AsyncIterator[Demo]:
    migrate(f"sqlite+aiosqlite:///{tmp_path / 'demo.db'}")
    async with opened(tmp_path) as opened_demo:
        yield opened_demo


@pytest.fixture
async def page(demo: Demo) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        page = Page(session, demo.url)
        await page.open()
        yield page
