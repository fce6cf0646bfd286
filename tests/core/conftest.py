"""An outbox on a migrated file, a platform in memory, and somebody who hears of trouble."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.courier import Courier, Problem
from bot.core.database import Database
from bot.core.outbox import Delivered, Outbox, OutboxRow, Queued
from bot.core.post import Action, Post
from tests.conftest import START, FakeClock
from tests.world import World, WorldSender, make_quick


@dataclass
class Listener:
    """The courier's ledger: remembers what it was told."""

    problems: list[Problem] = field(default_factory=list)
    deliveries: list[str] = field(default_factory=list)

    async def report(self, session: AsyncSession, problem: Problem, now: datetime) -> None:
        self.problems.append(problem)

    async def delivered(
        self, session: AsyncSession, community_id: int, destination: str, now: datetime
    ) -> None:
        self.deliveries.append(destination)


@dataclass
class PostOffice:
    """What the tests of outbox and courier need at hand."""

    database: Database
    outbox: Outbox
    courier: Courier
    world: World
    clock: FakeClock
    ledger: Listener
    community_id: int

    def queued(self, key: str, action: Action | None = None, **options: Any) -> Queued:
        options = {"community_id": self.community_id, "destination": "papers"} | options
        return Queued(key=key, action=action or Post(key), **options)

    async def put(self, key: str, action: Action | None = None, **options: Any) -> bool:
        """Queue something; tell whether it was."""
        row = self.queued(key, action, **options)
        async with self.database.transaction() as session:
            return await self.outbox.put(session, row, now=self.clock.now()) == 1

    async def edit(self, key: str, title: str) -> None:
        async with self.database.transaction() as session:
            await self.outbox.put_edit(session, key, Post(title), now=self.clock.now())

    async def cancel(self, *keys: str) -> None:
        async with self.database.transaction() as session:
            await self.outbox.cancel(session, keys, now=self.clock.now())

    async def revive(self, **where: Any) -> int:
        async with self.database.transaction() as session:
            return await self.outbox.revive(session, now=self.clock.now(), **where)

    async def redirect(self, new: str) -> None:
        async with self.database.transaction() as session:
            await self.outbox.redirect(
                session, community_id=self.community_id, new=new, now=self.clock.now()
            )

    async def find(self, key: str) -> Delivered:
        async with self.database.reading() as session:
            found = await self.outbox.find(session, key)
        assert found is not None, key
        return found

    async def row(self, key: str) -> OutboxRow:
        async with self.database.reading() as session:
            found = await session.execute(select(OutboxRow).where(OutboxRow.dedupe_key == key))
            return found.scalar_one()

    async def deliver(self, **later: float) -> datetime | None:
        """What the courier does when it is woken, after some time."""
        self.clock.advance(**later)
        return await self.courier.run()

    def titles(self, place: str = "papers") -> list[str]:
        return [message.post.title for message in self.world.within(place)]


@pytest.fixture
async def database(tmp_path, migrated: Path) -> AsyncIterator[Database]:
    shutil.copy(migrated, tmp_path / "core.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'core.db'}")
    make_quick(database)
    yield database
    await database.close()


async def add_community(database: Database, name: str) -> int:
    async with database.transaction() as session:
        community = Community(platform="test", external_id=name, created_at=START)
        session.add(community)
        await session.flush()
        return community.id


@pytest.fixture
async def office(database: Database, clock: FakeClock) -> PostOffice:
    world, outbox, ledger = World(clock), Outbox(), Listener()
    courier = Courier(database, WorldSender(world), clock, ledger, first_pause=timedelta(minutes=1))
    return PostOffice(
        database, outbox, courier, world, clock, ledger, await add_community(database, "club")
    )
