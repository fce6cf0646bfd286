"""A crash at each await between the fetch of a feed and the recorded post, then a restart.

Whatever the instant: after the restart everything is as if there had been no crash, for the people
and in the database.
"""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from bot.experiences.model import Delivery
from bot.experiences.sources.fetching import Failed
from tests.effort import Effort
from tests.exactly_once.blogs import Reader
from tests.exactly_once.club import Snapshot, crash_at_each_await
from tests.group import DAY, HOUR, text_of
from tests.world import World

STAGES = ("follow", "news", "move", "trouble", "recovery", "digest")
TABLES = (
    "SELECT dedupe_key, state, sent_at FROM outbox WHERE kind <> 'edit' ORDER BY id",
    "SELECT dedupe_key FROM outbox WHERE claimed_at IS NOT NULL OR state <> 'sent'",
    "SELECT id, url, state, digest_at, read_at, newest_at, failures, failing_since, last_error,"
    " told_at FROM feed ORDER BY id",
    "SELECT * FROM feed_entry ORDER BY id",
    "SELECT * FROM experience ORDER BY id",
)


@pytest.fixture(autouse=True)
def _forum(world: World) -> None:
    world.forums.add("forum")


class Story:
    """What happens to a community that follows three blogs, one of them in a forum."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.now = reader, reader.clock.now()
        names = ("channel", "forum", "weekly")
        self.channel, self.forum, self.weekly = (
            reader.web.add(f"https://{name}.example") for name in names
        )
        for blog, letter in ((self.channel, "c"), (self.forum, "f"), (self.weekly, "w")):
            for age in (9, 6, 3):
                blog.write(f"{letter}{age}", self.now - age * DAY)

    def stages(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {name: getattr(self, f"_{name}") for name in STAGES}

    def write(self, stage: str) -> None:
        """The blogs change; what a crash leads to is compared on the same blogs."""
        if stage == "news":
            self.channel.edit("c3")
            for number in range(6):
                self.channel.write(f"new{number}", self.now + HOUR)
            self.channel.write("ahead", self.now + 12 * HOUR)
        elif stage == "move":
            self.forum.move("https://forum.example/moved")
            self.forum.repeat(self.channel.blog_posts[-1])
            self.forum.repeat(self.channel.blog_posts[3])
            self.forum.write("undated", None)
        elif stage == "trouble":
            gone = Failed("There is nothing at that address any more.", 404)
            self.reader.web.failure = lambda url: gone if url == self.channel.feed else None
        elif stage == "recovery":
            self.reader.web.failure = lambda url: None
            self.channel.write("late", self.now + 36 * HOUR)
        elif stage == "digest":
            self.weekly.write("w1", self.now + 40 * HOUR)

    async def _follow(self) -> None:
        for blog, wishes in (
            (self.channel, {}),
            (self.forum, {}),
            (self.weekly, {"delivery": Delivery.WEEKLY}),
        ):
            await self.reader.follow(blog, blog.prefix[8:].partition(".")[0], **wishes)

    async def _news(self) -> None:
        await self.reader.at(self.now + 10 * HOUR)

    async def _move(self) -> None:
        await self.reader.at(self.now + 11 * HOUR)

    async def _trouble(self) -> None:
        await self.reader.at(self.now + 25 * HOUR)

    async def _recovery(self) -> None:
        await self.reader.at(self.now + 50 * HOUR)

    async def _digest(self) -> None:
        await self.reader.at(self.now + 7 * DAY)


@pytest.mark.parametrize("stage", STAGES)
async def test_a_crash_at_every_await(
    reader: Reader,
    world: World,
    stage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    effort: Effort,
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)  # pauses are the same each time
    story = Story(reader)
    stages = story.stages()
    for earlier in STAGES[: STAGES.index(stage)]:
        story.write(earlier)
        await stages[earlier]()
    story.write(stage)
    before = await Snapshot.of(reader, world, tmp_path / "before.db")
    await crash_at_each_await(
        reader, before, stages[stage], partial(everything, reader, world), effort
    )


async def test_the_weeks_that_the_crashes_are_compared_with(reader: Reader, world: World) -> None:
    """Oldest first, five at most in one poll, one digest, one notice of trouble, one of its end."""
    story = Story(reader)
    for name, stage in story.stages().items():
        story.write(name)
        await stage()

    texts = [(m.place, text_of(m.post)) for m in world.messages]
    said = {
        where: [text for place, text in texts if world.topics.get(place, place) == where]
        for where in ("channel", "forum", "weekly", "organisers")
    }
    names = ("c3", "new0", "new1", "new2", "new3", "new4", "new5", "ahead", "late")
    assert len(said["channel"]) == len(names)
    assert all(f"My internship {n}]" in t for n, t in zip(names, said["channel"], strict=True))
    assert "Draft 2 of c3" in said["channel"][0]
    assert ["f3" in said["forum"][0], "undated" in said["forum"][1]] == [True, True]
    assert len(said["forum"]) == 2
    (digest,) = said["weekly"]
    assert [name in digest for name in ("w6", "w3", "w1")] == [False, True, True]
    trouble, recovery = said["organisers"]
    assert "I can't read" in trouble
    assert "can be read again" in recovery


async def test_a_feed_that_is_away_for_three_days_loses_nothing(
    reader: Reader, world: World
) -> None:
    """What is still in it afterwards is posted; of the trouble the organisers hear once."""
    blog, now = reader.web.add("https://away.example"), reader.clock.now()
    blog.write("before", now - DAY)
    await reader.follow(blog, "stories")
    failures = [Failed("It took too long to answer."), Failed("It is overloaded.", 503)]
    reader.web.failure = lambda url: failures[reader.web.asked % 2]
    for hour in range(1, 72):
        if hour % 9 == 0:
            blog.write(f"n{hour // 9}", reader.clock.now())
        await reader.after(HOUR)
    asked = reader.web.asked

    reader.web.failure = lambda url: None
    for _ in range(48):
        await reader.after(HOUR)

    names = [text_of(m.post).partition("]")[0].split()[-1] for m in world.within("stories")]
    assert names == ["before", *(f"n{number}" for number in range(1, 8))]
    titles = [m.post.title for m in world.within("organisers")]
    assert [t.startswith("I can't read") for t in titles] == [True, False]
    assert titles[1].endswith("can be read again")
    assert asked < 20, "a site that is away is asked ever less"


async def test_a_digest_that_is_due_does_not_have_a_site_asked_that_is_away(
    reader: Reader, world: World
) -> None:
    """It goes out with what is known, and the site is left alone."""
    blog, now = reader.web.add("https://away.example"), reader.clock.now()
    blog.write("before", now - DAY)
    await reader.follow(blog, "stories", delivery=Delivery.WEEKLY)
    reader.web.failure = lambda url: Failed("It took too long to answer.")
    await reader.at(now + 7 * DAY - 4 * HOUR)
    asked = reader.web.asked

    for _ in range(60):
        await reader.after(timedelta(minutes=1))

    assert reader.web.asked - asked <= 5
    assert "before" in text_of(world.within("stories")[0].post)


async def everything(reader: Reader, world: World) -> list[Any]:
    """What there is to see, and what is stored. Channels don't wait for each other."""
    seen = [(m.mark, world.topics.get(m.place, m.place), m.post, m.sent_at) for m in world.messages]
    threads = [(m.mark, world.threads.get(m.ref.split("/")[1])) for m in world.messages]
    opened = len(world.threads)
    stored = [await reader.read(statement) for statement in TABLES]
    return [sorted(seen, key=itemgetter(0)), sorted(threads), opened, *stored]
