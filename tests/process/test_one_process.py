"""A SQLite database has one process that serves it, whatever became of the one before."""

import asyncio
import signal
import sqlite3
from contextlib import closing

from bot.core.database.lock import lock_file
from tests.process.harness import RUN, command_alone, in_days, text_of

HOME = ("alice", "#general")


async def refused(stage):
    """Start a second process on the same database; returns its status and what it said."""
    env = stage.environment | {"DISCORD_TOKEN": "a.b.c"}
    return await command_alone(*RUN[3:], folder=stage.folder, env=env)


async def test_a_second_process_on_one_database_says_which_one_holds_it(stage):
    bot = await stage.run(wait="commands")
    status, _, err = await refused(stage)
    assert status == 2
    assert f"(process {bot.process.pid})" in err
    assert str(stage.file) in err
    assert "Traceback" not in err
    answer = await stage.wire.slash(*HOME, "setup start", zone="UTC", papers="papers", **in_days(4))
    assert "Paperclub is ready" in text_of(answer.message), "the first one goes on"
    await stage.stop()
    await stage.run(wait="commands")
    stage.clean()


async def test_another_name_of_the_same_database_is_the_same(stage):
    bot = await stage.run(wait="commands")
    other = stage.folder / "other.db"
    other.symlink_to(stage.file)
    env = {"DISCORD_TOKEN": "a.b.c", "PAPERCLUB_DATABASE_URL": f"sqlite+aiosqlite:///{other}"}
    status, _, err = await command_alone("run", folder=stage.folder, env=env)
    assert (status, f"(process {bot.process.pid})" in err) == (2, True)


async def test_a_process_that_was_killed_holds_nothing(stage, tmp_path):
    """Neither what it wrote nor its children, which outlive it for a moment, are in the way."""
    feed = tmp_path / "feed.xml"
    feed.write_text("<rss version='2.0'><channel><title>x</title></channel></rss>")
    await stage.run(wait="commands")
    await stage.wire.slash(*HOME, "setup start", zone="UTC", papers="papers", **in_days(4))
    address = stage.library.url.replace("/api/query", "/feed")  # no feed, but workers read it
    await stage.wire.slash(*HOME, "feed preview", url=address)
    killed = stage.wire.bot.process.pid
    await stage.wire.kill_bot(signal.SIGKILL)
    assert lock_file(stage.file).read_text().startswith(f"{killed} ")
    await stage.run(wait="commands")
    stage.clean()


async def test_beside_a_bot_a_current_database_is_up_to_date(stage):
    await stage.run(wait="commands")
    env = {"PAPERCLUB_DATABASE_URL": stage.url}
    assert await command_alone("migrate", folder=stage.folder, env=env) == (0, "up to date\n", "")


async def test_nothing_is_migrated_under_a_running_bot(stage):
    """What an older program runs on isn't taken away from it."""
    bot = await stage.run(wait="commands")
    with closing(sqlite3.connect(stage.file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    env = {"PAPERCLUB_DATABASE_URL": stage.url}
    status, _, err = await command_alone("migrate", folder=stage.folder, env=env)
    assert (status, f"(process {bot.process.pid})" in err) == (2, True)
    assert list(stage.folder.glob("*before*")) == []


async def test_two_that_start_at_once_are_one(stage):
    await stage.run(wait="commands")  # so that there is nothing to migrate
    await stage.stop()
    bots = [stage.wire.start_bot(RUN, env=stage.environment, cwd=stage.folder, wait=None)]
    bots.append(stage.wire.start_bot(RUN, env=stage.environment, cwd=stage.folder, wait=None))
    first, second = await asyncio.gather(*bots)
    done, _ = await asyncio.wait(
        [asyncio.ensure_future(bot.process.wait()) for bot in (first, second)],
        return_when=asyncio.FIRST_COMPLETED,
    )
    assert [one.result() for one in done] == [2]
    assert first.running != second.running
