"""What becomes of a write while another program holds the database, or its disk is full."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bot.core.database import Database
from bot.core.database import engine as module
from bot.core.errors import NotSavedError
from tests.core.conftest import add_community
from tests.core.test_database import communities


@contextmanager
def held(database: Database) -> Iterator[sqlite3.Connection]:
    """Another program holds the lock for writing."""
    with closing(sqlite3.connect(str(database.url.database))) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)


async def test_a_held_database_is_said_after_a_while_and_nothing_was_done(
    database: Database, impatient: None
) -> None:
    await add_community(database, "early")
    with held(database), pytest.raises(NotSavedError, match=r"^I couldn't save that: .*try again"):
        await add_community(database, "late")
    assert await communities(database) == ["early"]
    await add_community(database, "again")
    assert await communities(database) == ["again", "early"]


async def test_a_queue_waits_no_longer_than_its_first(database: Database, impatient: None) -> None:
    """Each gives up when its own time is over, not that of all before it."""
    loop = asyncio.get_running_loop()
    await add_community(database, "early")
    with held(database):
        began = loop.time()
        ends = await asyncio.gather(
            *(add_community(database, str(number)) for number in range(50)),
            return_exceptions=True,
        )
        assert loop.time() - began < 50 * module.PATIENCE / 2
    assert {type(end) for end in ends} == {NotSavedError}
    assert await communities(database) == ["early"]
    await add_community(database, "again")


async def test_who_is_cut_off_in_the_queue_holds_up_nobody(database: Database) -> None:
    await add_community(database, "early")
    with held(database):
        tasks = [asyncio.create_task(add_community(database, str(n))) for n in range(5)]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await add_community(database, "again")
    assert await communities(database) == ["again", "early"]


def fill(database: Database, pages: str) -> None:
    """Let the database grow no further, or give it all the room again."""
    engine = database._engine.sync_engine

    def limit(connection: object, record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.close()

    event.listen(engine, "checkout", lambda connection, record, proxy: limit(connection, record))


async def test_a_full_disk_is_said_and_logged_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await add_community(database, "early")
    fill(database, "1")
    big = text(
        "INSERT INTO community (platform, external_id, zone, created_at) "
        "VALUES ('t', hex(zeroblob(2000000)), 'UTC', '2026-01-01 00:00:00.000000')"
    )

    async def grow() -> None:
        async with database.transaction() as session:
            await session.execute(big)

    with caplog.at_level(logging.WARNING, "bot.core.database"):
        for _ in range(3):
            with pytest.raises(NotSavedError, match="my disk is full or broken"):
                await grow()
        assert [r.message for r in caplog.records] == [
            "nothing can be saved: database or disk is full"
        ]
        assert database.failing is not None
        fill(database, "1000000")
        await grow()
    assert caplog.records[-1].message == "the database can be written again"
    assert database.failing is None
    assert database.unreported is not None, "until organisers were told"


async def test_a_database_that_takes_nothing_does_not_answer(
    database: Database, impatient: None
) -> None:
    await database.ping()
    with held(database), pytest.raises(NotSavedError):
        await database.ping()
    await database.ping()
    event.listen(
        database._engine.sync_engine,
        "begin",
        lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON"),
    )
    with pytest.raises(NotSavedError, match="disk is full or broken"):
        await database.ping()


def size(file: Path) -> int:
    return file.stat().st_size


async def test_a_probe_writes(database: Database) -> None:
    """Or a full disk would go unnoticed."""
    log = Path(f"{database.url.database}-wal")
    await add_community(database, "x")
    before = size(log)
    await database.ping()
    assert size(log) > before
