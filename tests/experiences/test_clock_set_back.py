"""A clock that was ahead, by an hour or a month, and is set back: what it wrote holds nobody up.

The group meets on Tuesdays at 17:00 in Berlin; it is Wednesday, 2026-01-07.
"""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import FetchFailed
from bot.core.http.rate_limit import Pacer
from bot.core.post import Status
from bot.experiences.model import Delivery
from bot.questions.submissions import MOST_WAITING, Draft
from tests.conftest import UNAVAILABLE, FakeClock, FakeResolver
from tests.experiences.blog import blog_post
from tests.experiences.blogging import Reading
from tests.group import DAY, HOUR, MINUTE, text_of, utc

MEETING = utc("2026-01-13 16:00")


class TimeOff:
    """Acts while the clock is ahead, then sets it back."""

    def __init__(self, blog: Reading, ahead: timedelta) -> None:
        self.blog, self.ahead = blog, ahead
        self.group, self.app, self.world = blog.group, blog.group.app, blog.group.bot.world

    def ahead_now(self) -> None:
        self.blog.group.bot.clock.instant += self.ahead

    async def set_back(self) -> None:
        self.blog.group.bot.clock.instant -= self.ahead
        await self.app.tick()

    async def pass_days(self, days: float) -> None:
        for _ in range(int(days * 4)):
            self.blog.group.bot.clock.advance(hours=6)
            await self.app.tick()

    async def ask(self, title: str, **typed: Any) -> None:
        member = self.group.member("anna")
        await self.app.question_submissions.ask(
            member, Draft(title=title, topic="Papers", **typed), title
        )
        await self.app.tick()

    def titled(self, beginning: str) -> list[str]:
        return [text_of(m.post) for m in self.world.titled(beginning)]


@pytest.fixture(params=[HOUR, 30 * DAY], ids=["an hour", "a month"])
def ahead(request: pytest.FixtureRequest) -> timedelta:
    return request.param


@pytest.fixture
async def off(blog: Reading, ahead: timedelta) -> TimeOff:
    await blog.group.bot.run_until(utc("2026-01-07 12:00"))  # after the first Tuesday
    blog.group.bot.world.messages.clear()
    return TimeOff(blog, ahead)


async def test_a_paper_is_looked_up_again(off: TimeOff, resolver: FakeResolver) -> None:
    resolver.default = UNAVAILABLE
    off.ahead_now()
    await off.group.nominate("arXiv:1706.03762")
    await off.set_back()
    resolver.default = None
    await off.pass_days(1)
    assert list(await off.group.queue()) == ["On 1706.03762"]


async def test_members_ask_again_and_questions_are_offered_in_time(off: TimeOff) -> None:
    settings = {"channel_ref": "club-questions", "cooldown_minutes": 30, "digest": False}
    await off.app.question_settings.set(off.group.organiser, **settings)
    await off.app.helpers.help_with(off.group.member("hal"), "Papers")
    off.ahead_now()
    await off.ask("How do I find a lab?")
    await off.set_back()
    await off.ask("How do I find a flat?")
    await off.pass_days(1.5)
    offered = "".join(off.titled("Can you help?"))
    assert "find a lab?" in offered
    assert "find a flat?" in offered
    await off.pass_days(40)
    assert len(off.titled("Can you help?")) == 2


async def test_nobody_has_too_many_questions_that_wait(off: TimeOff) -> None:
    settings = {"channel_ref": "club-questions", "cooldown_minutes": 0, "approval": True}
    await off.app.question_settings.set(off.group.organiser, **settings)
    off.ahead_now()
    for number in range(MOST_WAITING):
        await off.ask(f"Question {number} of mine?", anonymous=True)
    await off.set_back()
    await off.ask("May I ask one more?", anonymous=True)


async def test_digests_come_on_monday_and_once(off: TimeOff) -> None:
    settings = {"channel_ref": "club-questions", "cooldown_minutes": 0, "digest": True}
    await off.app.question_settings.set(off.group.organiser, **settings)
    await off.blog.follow(blog_post(1), delivery=Delivery.WEEKLY)
    off.blog.write(blog_post(2))
    off.ahead_now()
    await off.app.tick()
    await off.set_back()
    off.world.messages.clear()
    off.blog.write(blog_post(3))
    await off.ask("How do I find a lab?")
    await off.pass_days(8)
    (digest,) = off.world.titled("This week's questions")
    assert digest.sent_at.date().isoformat() == "2026-01-12"
    posted = "".join(map(text_of, off.blog.posts()))
    assert posted.count("part 3") == 1


async def test_experiences_without_a_date_do_not_wait(off: TimeOff) -> None:
    await off.blog.follow(blog_post(1))
    off.ahead_now()
    later = [blog_post(number, published=None) for number in range(2, 14)]
    off.blog.write(*later)
    await off.app.tick()
    await off.set_back()
    await off.pass_days(4)
    assert len(off.blog.titles()) == len(set(off.blog.titles())) == 13


async def test_organisers_hear_of_a_blog_that_fails(off: TimeOff) -> None:
    await off.blog.follow(blog_post(1))
    off.ahead_now()
    off.blog.fail()
    await off.app.tick()
    await off.set_back()
    await off.pass_days(3)
    assert len([n for n in off.blog.notices() if "I can't read" in n.title]) == 1


async def test_the_next_meeting_is_held_all_the_same(off: TimeOff) -> None:
    await off.group.nominate("arXiv:1706.03762", "alice", "bob")
    off.ahead_now()
    await off.app.tick()
    await off.set_back()
    shown = await off.app.schedules.show(off.group.organiser)
    assert shown.meetings[0].day.isoformat() == "2026-01-13"
    bot = off.group.bot
    await bot.run_until(MEETING + 10 * MINUTE)
    bot.clock.advance(hours=-1)  # once more, as the meeting has begun
    await bot.run_until(MEETING + 2 * HOUR)
    (announcement,) = off.group.announcements()
    assert "This meeting is over" in text_of(announcement.post)
    titles = [post.title for post in off.group.in_thread(announcement)]
    assert [title.split(" <")[0] for title in titles] == ["We meet", "We meet", "We're starting"]
    (entry,) = off.world.calendar
    assert entry.status is Status.COMPLETED
    await off.group.nominate("arXiv:1706.03763", "alice", "bob")
    await bot.run_until(MEETING + 7 * DAY + 2 * HOUR)
    assert len(off.group.announcements()) == 2


async def test_a_site_that_asked_for_a_pause_is_asked_after_it(ahead: timedelta) -> None:
    clock = FakeClock()
    pacer = Pacer(clock, {}, longest_wait=MINUTE)
    clock.instant += ahead
    with pytest.raises(FetchFailed):
        pacer.note_answer("example.org", 429, "60")
    clock.instant -= ahead
    with pytest.raises(FetchFailed):
        async with pacer.turn("example.org"):
            pass
    clock.advance(seconds=61)
    async with pacer.turn("example.org"):
        pass
