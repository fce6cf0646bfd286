"""The reading group that the tests of the commands talk to."""

import pytest
from simcord.builders import ChannelHandle

from tests.people import Club, make_club


@pytest.fixture
def newcomers(simcord_env, application) -> Club:
    """A server on which nobody has set the bot up."""
    return make_club(simcord_env, application)


@pytest.fixture
async def club(newcomers) -> Club:
    """A reading group that meets on Mondays at noon, Berlin time."""
    await newcomers.set_up()
    return newcomers


@pytest.fixture
def questions(club: Club) -> ChannelHandle:
    """The channel for questions, once `ready` has made it so."""
    return club.guild.create_text_channel("questions")


@pytest.fixture
async def ready(club: Club, questions: ChannelHandle) -> Club:
    """A reading group with a channel for questions."""
    await club.set_up(questions=questions)
    return club
