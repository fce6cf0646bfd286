"""A clock that goes back: what it wrote while it was ahead holds up nothing."""

from datetime import timedelta

from bot.core.time.clock import elapsed, has_come
from bot.questions.rules import require_pause
from tests.conftest import START
from tests.core.conftest import PostOffice


def test_an_instant_that_is_too_far_off_has_come() -> None:
    day = timedelta(days=1)
    assert has_come(START, START, day)
    assert not has_come(START + day, START, day)
    assert has_come(START + 2 * day, START, day)
    assert elapsed(START + day, START) == timedelta(0)


def test_nobody_is_locked_out_of_asking() -> None:
    require_pause(START + timedelta(hours=1), START, 5)


async def test_what_waits_to_be_posted_is_posted(office: PostOffice) -> None:
    await office.put("announce")
    office.clock.advance(days=-2)
    await office.deliver()
    assert office.titles() == ["announce"]


async def test_what_was_tried_before_is_tried_again(office: PostOffice) -> None:
    office.world.away()
    await office.put("announce")
    await office.deliver()
    office.world.back()
    office.clock.advance(days=-300)
    await office.deliver()
    assert office.titles() == ["announce"]
