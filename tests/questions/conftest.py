"""A group with a channel for questions, on a platform in memory."""

import pytest

from tests.group import Bot, Group


@pytest.fixture
async def group(bot: Bot) -> Group:
    """It has no meetings, so that nothing else is said; its questions go to `club-questions`."""
    group = Group(bot)
    await group.set_up()
    await bot.application.schedules.pause(group.organiser)
    await bot.application.question_settings.set(group.organiser, channel_ref="club-questions")
    return group
