"""What arrives twice is done once: the table's key decides, in the deciding transaction."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.core.database import Database
from bot.core.errors import Repeated, UserError
from bot.core.ids import chosen, pressed
from bot.core.requests import KEPT, HandledRequest, Requests, is_new, once

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Stopped:
    """A clock that stands."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, when: datetime) -> None:
        raise NotImplementedError


async def count(database: Database) -> int:
    async with database.reading() as session:
        found = await session.execute(select(func.count()).select_from(HandledRequest))
        return found.scalar_one()


async def test_the_second_time_a_step_is_refused_and_other_steps_are_not(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await once(session, "1", "vote", NOW)
        assert await is_new(session, "1", "ask", NOW)
    with pytest.raises(Repeated):
        async with database.transaction() as session:
            await once(session, "1", "vote", NOW)
    assert await count(database) == 2


async def test_what_was_refused_may_be_sent_again(database: Database) -> None:
    async def send_too_much() -> None:
        async with database.transaction() as session:
            await once(session, "form:1", "ask", NOW)
            raise UserError("That is too long.")

    with pytest.raises(UserError):
        await send_too_much()
    async with database.transaction() as session:
        await once(session, "form:1", "ask", NOW)


async def test_of_many_that_come_at_once_one_goes_on(database: Database) -> None:
    async def deliver() -> bool:
        async with database.transaction() as session:
            return await is_new(session, "1", "vote", NOW)

    assert sum(await asyncio.gather(*(deliver() for _ in range(20)))) == 1


async def test_without_a_request_nothing_is_kept(database: Database) -> None:
    for _ in range(2):
        async with database.transaction() as session:
            await once(session, "", "vote", NOW)
    assert await count(database) == 0


async def test_old_requests_are_forgotten(database: Database) -> None:
    async with database.transaction() as session:
        await once(session, "old", "vote", NOW - KEPT - timedelta(seconds=1))
        await once(session, "new", "vote", NOW)
    requests = Requests(database, Stopped(NOW))
    assert await requests.was_handled("old")
    assert await requests.forget() > NOW
    assert not await requests.was_handled("old")
    assert await requests.was_handled("new")


@pytest.mark.parametrize("parse", [chosen, pressed])
@pytest.mark.parametrize(
    "text", ["", " ", "-1", "+1", "1.5", "1.", ".", "1_0", "٣", "²", "9" * 19, "1\n", "x", "0x1"]
)
def test_what_is_no_id_of_ours_is_refused(parse, text: str) -> None:
    with pytest.raises(UserError):
        parse(text)
    assert parse("12") == 12
