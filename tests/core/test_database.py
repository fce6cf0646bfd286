"""The database under those who use it."""

import asyncio
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.communities.model import Community
from bot.core.database import Database, after_commit, insert_many
from bot.core.outbox import OutboxRow, State
from tests.conftest import START
from tests.core.conftest import add_community


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


def test_the_end_of_the_event_loop_in_a_commit_does_not_end_the_process(tmp_path):
    """The loop cancels every task at its end, also those that wait for a thread."""
    process = get_context("spawn").Process(target=_cut_off_writers, args=(tmp_path / "db",))
    process.start()
    process.join()
    assert process.exitcode == 0


def _cut_off_writers(file: Path) -> None:
    chance = random.Random(1)

    async def write(database: Database, statement: str) -> None:
        async with database.transaction() as session:
            await session.execute(text(statement))

    async def write_on(database: Database) -> None:
        while True:
            await write(database, "INSERT INTO page VALUES (randomblob(200000))")

    async def be_cut_off() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await write(database, "CREATE TABLE IF NOT EXISTS page (content BLOB)")
        writers = [asyncio.create_task(write_on(database)) for _ in range(4)]
        await asyncio.sleep(chance.uniform(0.005, 0.02))
        assert not any(writer.done() for writer in writers)

    for _ in range(100):
        asyncio.run(be_cut_off())


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_end_of_the_event_loop_while_connecting_leaves_no_thread_behind_that_fails(tmp_path):
    async def read(database: Database) -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))

    async def cut_off(turns: int) -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'db'}")
        reading = asyncio.create_task(read(database))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait((reading,))
        await database.close()

    for turns in (*range(20), *range(20)):
        asyncio.run(cut_off(turns))
    time.sleep(0.1)  # for the threads to end


async def communities(database: Database) -> list[str]:
    async with database.reading() as session:
        return sorted((await session.execute(select(Community.external_id))).scalars())


async def test_fifty_writers_at_once_lose_nothing_and_lock_nobody_out(database: Database) -> None:
    """Each reads what is there and writes what follows from it, with a pause in between."""
    await add_community(database, "0")

    async def one_more() -> None:
        async with database.transaction() as session:
            known = (await session.execute(select(func.count(Community.id)))).scalar_one()
            await asyncio.sleep(0)
            session.add(Community(platform="test", external_id=str(known), created_at=START))

    await asyncio.gather(*(one_more() for _ in range(50)))
    assert await communities(database) == sorted(str(number) for number in range(51))


async def test_writers_of_two_processes_take_turns(database: Database) -> None:
    other = Database(database.url.render_as_string())

    async def write(which: Database, name: str) -> None:
        async with which.transaction() as session:
            session.add(Community(platform="test", external_id=name, created_at=START))

    await asyncio.gather(
        *(write((database, other)[number % 2], f"{number}") for number in range(40))
    )
    assert len(await communities(database)) == 40
    await other.close()


async def test_a_writer_that_waits_for_another_process_holds_up_nobody(database: Database) -> None:
    await add_community(database, "early")
    with closing(sqlite3.connect(str(database.url.database))) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(add_community(database, "late"))
        await asyncio.sleep(0.05)
        assert await communities(database) == ["early"]
        assert not writing.done()
        other.rollback()
    await writing
    assert await communities(database) == ["early", "late"]


async def test_a_reader_sees_one_state_throughout_and_waits_for_no_writer(
    database: Database,
) -> None:
    await add_community(database, "before")
    async with database.reading() as session:
        count = select(func.count(Community.id))
        assert (await session.execute(count)).scalar_one() == 1
        await add_community(database, "meanwhile")
        assert (await session.execute(count)).scalar_one() == 1
    assert await communities(database) == ["before", "meanwhile"]


async def test_a_crowd_of_readers_makes_do_with_the_connections_there_are(
    database: Database,
) -> None:
    made: list[object] = []
    engine = database._engine.sync_engine
    event.listen(engine, "connect", lambda connection, record: made.append(connection))

    async def read() -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))

    await read()
    made.clear()
    await asyncio.gather(*(read() for _ in range(50)))
    assert made == []


def outbox_row(community_id: int, key: str, due_at: datetime) -> dict[str, Any]:
    return {
        "community_id": community_id,
        "dedupe_key": key,
        "destination": "papers",
        "lane": "papers",
        "kind": "post",
        "action": "{}",
        "revision": 0,
        "due_at": due_at,
        "not_before": START,
        "state": State.PENDING,
        "attempts": 0,
    }


async def test_rows_in_bulk_are_what_single_rows_are(database: Database) -> None:
    community_id = await add_community(database, "club")
    in_seoul = START.astimezone(ZoneInfo("Asia/Seoul"))
    rows = [outbox_row(community_id, f"'; --{number}", in_seoul) for number in range(3)]
    async with database.transaction() as session:
        await insert_many(session, OutboxRow, rows)
        await insert_many(session, OutboxRow, [])
        session.add(OutboxRow(**outbox_row(community_id, "single", in_seoul)))
    async with database.reading() as session:
        found = (await session.execute(select(OutboxRow).order_by(OutboxRow.id))).scalars().all()
    assert [row.dedupe_key for row in found] == ["'; --0", "'; --1", "'; --2", "single"]
    for row in found:
        stored = {column.name: getattr(row, column.name) for column in OutboxRow.__table__.c}
        single = {column.name: getattr(found[-1], column.name) for column in OutboxRow.__table__.c}
        assert stored | {"id": 0, "dedupe_key": ""} == single | {"id": 0, "dedupe_key": ""}
        assert row.due_at == START


async def test_rows_in_bulk_state_what_sqlalchemy_would_fill_in(database: Database) -> None:
    row = outbox_row(await add_community(database, "club"), "a", START)
    del row["state"]
    async with database.transaction() as session:
        with pytest.raises(AssertionError, match="defaults"):
            await insert_many(session, OutboxRow, [row])
    async with database.transaction() as session:
        with pytest.raises(ValueError, match="naive datetime"):
            await insert_many(session, OutboxRow, [outbox_row(1, "a", datetime(2026, 1, 1))])


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        async with database.transaction() as session:
            session.add(Community(platform="t", external_id="x", created_at=datetime(2026, 1, 1)))
    assert await communities(database) == []


async def test_an_instant_comes_back_as_it_was_whatever_its_zone(database: Database) -> None:
    instant = datetime(2026, 7, 1, 17, 30, 5, 123456, tzinfo=ZoneInfo("Asia/Kolkata"))
    async with database.transaction() as session:
        session.add(Community(platform="t", external_id="x", created_at=instant))
    async with database.reading() as session:
        found = (await session.execute(select(Community.created_at))).scalar_one()
    assert found == instant
    assert found.tzinfo is UTC


async def test_an_error_undoes_everything_and_calls_nobody(database: Database) -> None:
    called = []

    async def fail() -> None:
        async with database.transaction() as session:
            session.add(Community(platform="test", external_id="x", created_at=START))
            await session.flush()
            after_commit(session, lambda: called.append("after the commit"))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await fail()
    assert await communities(database) == []
    assert called == []
    await add_community(database, "y")  # and nobody holds the lock


async def test_what_is_to_follow_a_commit_follows_it_once(database: Database) -> None:
    seen = []
    path = database.url.database or ""

    def look() -> None:
        with closing(sqlite3.connect(path)) as connection:
            seen.append(connection.execute("SELECT count(*) FROM community").fetchone())

    async with database.transaction() as session:
        session.add(Community(platform="test", external_id="x", created_at=START))
        after_commit(session, look)
        after_commit(session, look)
    assert seen == [(1,)]


async def test_foreign_keys_are_kept(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            session.add(
                OutboxRow(
                    community_id=99,
                    dedupe_key="a",
                    destination="x",
                    lane="x",
                    kind="post",
                    action="{}",
                    due_at=START,
                    not_before=START,
                )
            )


async def test_a_committed_post_survives_a_power_cut(tmp_path: Path, migrated: Path) -> None:
    shutil.copy(migrated, tmp_path / "p.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'p.db'}")
    async with database.reading() as session:
        pragmas = [
            (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]  # 2 is FULL
    await database.close()


def remove(file: Path) -> None:
    file.unlink()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def spoil(file: Path) -> None:
    """Write nonsense over all of it; those who have it open go on with what they remember."""
    file.write_bytes(b"nonsense" * (file.stat().st_size // 8))


@pytest.mark.parametrize("harm", [remove, empty, spoil])
async def test_a_file_that_is_gone_or_spoiled_does_not_answer(
    database: Database, harm: Callable[[Path], None]
) -> None:
    file = Path(database.url.database or "")
    await database.ping()
    await add_community(database, "x")
    harm(file)
    with pytest.raises(sqlite3.Error):
        await database.ping()
