"""A group that follows blogs, on a platform and a web in memory."""

import pytest

from tests.experiences.blogging import Reading
from tests.group import Bot, Group
from tests.web import Web


@pytest.fixture
async def group(bot: Bot) -> Group:
    group = Group(bot)
    await group.set_up()
    return group


@pytest.fixture
def blog(group: Group, web: Web) -> Reading:
    return Reading(group, web)
