"""A club on a platform in memory."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.settings import Settings
from tests.conftest import FakeClock
from tests.exactly_once.blogs import Reader
from tests.exactly_once.club import Club
from tests.exactly_once.crashes import crashes_possible
from tests.exactly_once.questions import Circle
from tests.world import World, WorldSender


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """The database is in memory where the machine has a place for that: there are many copies."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as directory:
        yield Settings(
            _env_file=None,
            database_url=f"sqlite+aiosqlite:///{directory}/paperclub.db",
            cache_dir=None,
            shards=1,
        )


@pytest.fixture
def world(clock: FakeClock) -> World:
    return World(clock)


@pytest.fixture
async def club(
    settings: Settings, clock: FakeClock, world: World, migrated: Path
) -> AsyncIterator[Club]:
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    club = Club(settings, clock, WorldSender(world))
    await club.set_up()
    await club.at(await club.next_meeting())  # the first round, which opened late, is over
    with crashes_possible():
        yield club
    await club.close()


@pytest.fixture
async def reader(
    settings: Settings, clock: FakeClock, world: World, migrated: Path
) -> AsyncIterator[Reader]:
    """A club that will follow blogs; it has no meetings, so that nothing else is said."""
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    reader = Reader(settings, clock, WorldSender(world))
    await reader.set_up()
    await reader.application.schedules.pause(reader.organiser)
    with crashes_possible():
        yield reader
    await reader.close()


@pytest.fixture
async def circle(
    settings: Settings, clock: FakeClock, world: World, migrated: Path
) -> AsyncIterator[Circle]:
    """A club that asks and answers. A meeting is over, its thread stays, and no other follows."""
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    circle = Circle(settings, clock, WorldSender(world))
    await circle.set_up()
    await circle.at(await circle.next_meeting())
    await circle.week("arXiv:1706.03762")
    await circle.application.schedules.pause(circle.organiser)
    await circle.set_questions()
    for helper in ("906", "907"):
        await circle.help_with(helper, "Papers")
    with crashes_possible():
        yield circle
    await circle.close()
