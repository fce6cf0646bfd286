"""Seeded weeks in which blogs change and fail, requests fail, and the bot dies again and again.

Whatever happens: each experience is posted once, where its feed posts to, as it is in the end.
"""

import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.experiences.model import Delivery
from bot.experiences.sources.fetching import Failed
from tests.effort import Effort
from tests.exactly_once.blogs import Blog, Reader
from tests.exactly_once.club import Snapshot
from tests.exactly_once.test_random import ENOUGH, FAULTS, FEW, MANY, PARTS, faults, settle
from tests.group import DAY, HOUR
from tests.world import Fault, Message, World

log = logging.getLogger(__name__)  # `pytest -rP` shows the counts

STEPS = 3
STORIES, OTHERS, DIGESTS = "stories", "others", "digests"  # the channels of the three blogs
OUTAGES = (
    Failed("The site is overloaded.", 503, timedelta(minutes=10)),
    Failed("It took too long to answer."),
    Failed("There is nothing at that address any more.", 404),
)


@pytest.mark.parametrize("part", range(PARTS))
async def test_weeks_of_blogs_with_crashes_and_faults(
    reader: Reader, world: World, part: int, tmp_path: Path, effort: Effort
) -> None:
    before = await Snapshot.of(reader, world, tmp_path / "before.db")
    happened: Counter[Fault] = Counter()
    counts: Counter[str] = Counter()
    for seed in effort.seeds(FEW, MANY, part=part, parts=PARTS):
        await before.restore()
        chance = Random(seed)
        random.seed(seed)  # the pauses between polls
        world.fault = faults(chance, happened)
        run = Run(reader, world, chance)
        await reader.live(lives(chance))
        await run.live()
        await run.judge(f"seed {seed}")
        counts += run.counts
    faulty = {fault.name.lower(): number for fault, number in happened.items()}
    log.warning("%d weeks, %d crashes, %s, %s", effort.done, reader.crashes, dict(counts), faulty)
    if effort.done >= ENOUGH:
        assert reader.crashes > effort.done
        assert set(happened) == set(FAULTS)
        assert all(counts[what] for what in ("posts", "edits", "outages", "digests"))


def lives(chance: Random) -> Iterator[int]:
    """Most processes die soon, some of them while they mend what the one before has left."""
    ends = [chance.choice((20, 100, 400)) for _ in range(chance.randint(2, 6))]
    return iter([chance.randint(1, end) for end in ends])


@dataclass
class Run:
    """What is done to the blogs, and what people should have read in the end."""

    reader: Reader
    world: World
    chance: Random
    expected: dict[str, str] = field(
        default_factory=dict
    )  # experiences, and the text that is shown
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        web, now = self.reader.web, self.reader.clock.now()
        web.blogs, web.failure = {}, lambda url: None
        self.first, self.second, self.weekly = (
            web.add(f"https://{name}.example") for name in ("first", "second", "weekly")
        )
        self.in_forum = self.chance.random() < 0.5
        for blog, letter in ((self.first, "f"), (self.weekly, "w")):
            for age in (60, 30):
                blog.write(f"{letter}{age}", now - age * DAY)
        self.second.repeat(self.first.blog_posts[-1])
        self.second.write("s40", now - 40 * DAY)
        self.names = {"f30", "s40", "w30"}  # of each the newest one

    async def live(self) -> None:
        reader = self.reader
        if self.in_forum:
            self.world.forums |= {STORIES, DIGESTS}
        await reader.follow(self.first, STORIES)
        await reader.follow(self.second, OTHERS)
        await reader.follow(self.weekly, DIGESTS, delivery=Delivery.WEEKLY)
        reader.web.failure = self._outage
        for _ in range(STEPS):
            for _ in range(self.chance.randint(1, 2)):
                self.chance.choice(self._changes())()
            if self.chance.random() < 0.2:
                await reader.check(self.chance.choice((self.first, self.second)))
            await reader.after(self.chance.randint(1, 30) * HOUR)
        reader.web.failure = lambda url: None
        await self._come_to_rest()

    async def _come_to_rest(self) -> None:
        """Time passes until nothing waits any more."""
        since = self.reader.clock.now()
        await self.reader.after(DAY)
        for _ in range(30):
            await settle(self.reader)
            if not await self.reader.is_behind(since):
                return
            await self.reader.after(4 * DAY)
        raise AssertionError("something waits for ever")

    # -- what happens ----------------------------------------------------------------------------

    def _changes(self) -> list[Callable[[], None]]:
        return [
            lambda: self._write(self.first),
            lambda: self._write(self.second),
            lambda: self._write(self.weekly),
            lambda: self._write(self.first, how_many=6),
            lambda: self._write(self.first, ahead=self.chance.randint(1, 60) * HOUR),
            lambda: self._write(self.second, dated=False),
            self._repeat,
            self._repeat,
            self._edit,
            self._edit,
            lambda: self.first.move(f"https://first.example/{self.chance.choice('xyz')}"),
        ]

    def _write(
        self,
        blog: Blog,
        *,
        how_many: int = 1,
        ahead: timedelta = timedelta(0),
        dated: bool = True,
    ) -> None:
        at = self.reader.clock.now() + ahead
        for _ in range(how_many):
            name = f"n{len(self.names)}"
            self.names.add(name)
            blog.write(name, at if dated else None)

    def _repeat(self) -> None:
        """An experience of the first blog shows up in the second one, too."""
        here = {blog_post.name for blog_post in self.second.blog_posts}
        if new := [blog_post for blog_post in self.first.blog_posts if blog_post.name not in here]:
            self.second.repeat(self.chance.choice(new))

    def _edit(self) -> None:
        name = self.chance.choice(sorted(self.names))
        self.counts["edits"] += 1
        for blog in self.reader.web.blogs.values():
            blog.edit(name)

    def _outage(self, url: str) -> Failed | None:
        if self.chance.random() < 0.75:
            return None
        self.counts["outages"] += 1
        return self.chance.choice(OUTAGES)

    # -- what there is in the end ----------------------------------------------------------------

    async def judge(self, run: str) -> None:
        self._everything_is_posted_once(run)
        self._each_has_its_thread(run)
        await self._the_organisers_heard(run)

    def _everything_is_posted_once(self, run: str) -> None:
        shown = [(self._channel(m), m) for m in self.world.messages if m.place != "organisers"]
        feeds = {STORIES: self.first, OTHERS: self.second}
        posted = {channel: self._cards(shown, channel) for channel in feeds}
        rows = [row for where, m in shown if where == DIGESTS for row in m.post.details]
        digested = Counter(_name(row) for row in rows)
        names = Counter(name for found in posted.values() for name in found) + digested
        assert names == Counter(self.names), run
        assert set(digested) == self.names & {a.name for a in self.weekly.blog_posts}, run
        for channel, blog in feeds.items():
            now = {blog_post.name: blog_post for blog_post in blog.blog_posts}
            for name, message in posted[channel].items():
                assert now[name].said in message.post.details[0], run
                assert message.sent_at >= (now[name].published_at or message.sent_at), run
        self.counts["posts"] += len(names)
        self.counts["digests"] += sum(where == DIGESTS for where, _ in shown)

    def _cards(self, shown: list[tuple[str, Message]], channel: str) -> dict[str, Message]:
        mine = [(_name(m.post.title), m) for where, m in shown if where == channel]
        assert len(mine) == len(dict(mine)), "something is posted twice"
        return dict(mine)

    def _each_has_its_thread(self, run: str) -> None:
        """A thread to ask in; in a forum the post itself is one."""
        threads = dict(self.world.threads)
        for message in self.world.messages:
            channel, number = self._channel(message), message.ref.split("/")[1]
            if channel in (STORIES, OTHERS):
                in_forum = channel == STORIES and self.in_forum
                assert (message.place == number) == in_forum, run
                begins = "My internship" if in_forum else "Ask about: My internship"
                assert threads.pop(number).startswith(begins), run
            elif channel == DIGESTS and self.in_forum:
                assert threads.pop(number).startswith("This week"), run
        assert threads == {}, run

    async def _the_organisers_heard(self, run: str) -> None:
        """Of each trouble once, and then once that it is over."""
        keys = "SELECT dedupe_key, state FROM outbox WHERE dedupe_key LIKE 'notice:feed:%'"
        heard: dict[str, list[str]] = {}
        for key, _ in await self.reader.read(f"{keys} ORDER BY id"):
            _, _, feed, what, _ = key.split(":")
            heard.setdefault(feed, []).append(what)
        for whats in heard.values():
            assert whats == ["trouble", "back"] * (len(whats) // 2), run
        self.counts["troubles"] += sum(len(whats) // 2 for whats in heard.values())

    def _channel(self, message: Message) -> str:
        return self.world.topics.get(message.place, message.place)


def _name(text: str) -> str:
    found = re.search(r"My internship (\w+)", text)
    assert found, text
    return found[1]
