"""Groups on a platform in memory."""

import pytest

from tests.group import Bot, Group


@pytest.fixture
async def group(bot: Bot) -> Group:
    group = Group(bot)
    await group.set_up()
    return group
