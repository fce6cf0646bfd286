"""The database under those who use it."""

import asyncio
import random

from sqlalchemy import text

from bot.core.database import Database


async def test_being_cut_off_in_a_commit_does_not_end_the_process(tmp_path):
    """A connection that is closed while its thread still commits: SQLite crashed the process."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'paperclub.db'}")
    chance = random.Random(1)

    async def write() -> None:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO page VALUES (randomblob(200000))"))

    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE page (content BLOB)"))
    for _ in range(150):
        tasks = [asyncio.create_task(write()) for _ in range(3)]
        await asyncio.sleep(chance.uniform(0, 0.01))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await write()
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM page"))).scalar_one() >= 1
    await database.close()
