"""One seeded run: a reading group follows blogs that go on writing, while everything goes wrong.

    day       the blogs have something new; the process starts into faults, is killed, starts again
    evening   Discord and the sites are well again; the process works off what is left, is stopped
    night     time passes until the feeds are due again

At the end each experience is counted: it was posted once, where its feed posts to, as it is now.
"""

import asyncio
import random
import re
import signal
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from math import ceil
from typing import Any, Self

from aiohttp import web

from bot.core.time.clock import SystemClock
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.model import Delivery
from bot.papers.schedule.setup import Wanted
from tests.process.harness import PATIENCE, STAMP, Stage, group, mark_of, text_of
from tests.web import Web

DAYS = 2
POST, THREAD = "POST /channels/*/messages", "POST /channels/*/messages/*/threads"
TOPIC = "POST /channels/*/threads"
OUTAGES = ("503", "500", "404", "reset", "page", "cut", "slow")
WAITING = "SELECT id FROM experience WHERE state = 'waiting'"
NAME = re.compile(r"My internship (\w+)")
ROUTES = (POST, THREAD, TOPIC, "PATCH /channels/*/messages/*", "GET /channels/*/messages*")
WORDS = ("lab", "robot", "winter", "visa", "dataset", "bicycle", "seminar", "advice", "housing")

FAULTS: tuple[tuple[str | int, dict[str, Any]], ...] = (
    (503, {}),
    (503, {"when": "after"}),
    (502, {"when": "after"}),
    ("reset", {}),
    ("reset", {"when": "after"}),
    ("reset", {"when": "after"}),
    ("hang", {"when": "after", "seconds": 0.4}),
    ("slow", {"when": "after", "seconds": 0.6}),
    (429, {"seconds": 0.4}),
    (429, {"seconds": 0.4, "everywhere": True}),
)


@dataclass(frozen=True)
class BlogPost:
    name: str
    published_at: datetime
    version: int = 1

    @property
    def said(self) -> str:
        return f"Draft {self.version} of {self.name}"

    @property
    def text(self) -> str:
        return f"{self.said}. There was {' '.join(random.Random(self.name).choices(WORDS, k=50))}."


@dataclass
class Blog:
    """A feed of all its experiences, the newest first. `entry` is where each of them lives."""

    title: str
    blog_posts: list[BlogPost]
    prefix: str = "posts"

    def rss(self, home: str) -> str:
        items = "".join(
            f"<item><title>My internship {a.name}</title><author>Ada</author>"
            f"<link>{home}/{self.prefix}/{a.name}</link><guid>{home}/{self.prefix}/{a.name}</guid>"
            f"<pubDate>{format_datetime(a.published_at)}</pubDate>"
            f"<description>&lt;p&gt;{a.text}&lt;/p&gt;</description></item>"
            for a in self.blog_posts
        )
        head = f"<title>{self.title}</title><link>{home}</link>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'


class Server:
    """Serves blogs, and fails as servers do."""

    def __init__(self) -> None:
        self.blogs: dict[str, Blog] = {}
        self.failure: Callable[[], str | None] = lambda: None
        self.asked: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{name}/feed.xml", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def address(self, name: str) -> str:
        return f"{self.url}/{name}/feed.xml"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked[name] += 1
        failure = self.failure()
        body = self.blogs[name].rss(f"{self.url}/{name}")
        etag = f'"{hash(body):x}"'
        if failure is not None:
            self.failed[failure] += 1
        match failure:
            case "503" | "500" | "404":
                return web.Response(status=int(failure), headers={"Retry-After": "1"})
            case "reset":
                request.transport.abort()
            case "page":
                return web.Response(text="<!doctype html><html>", content_type="text/html")
            case "cut":
                cut = web.StreamResponse(headers={"Content-Length": str(len(body) + 10)})
                await cut.prepare(request)
                await cut.write(body[: len(body) // 2].encode())
                request.transport.close()
                return cut
            case "slow":
                await asyncio.sleep(0.5)
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": etag})


class Run:
    """Everything about it follows from the seed, but for the instants at which things happen."""

    def __init__(self, wire: Any, folder: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.in_forum = self.chance.random() < 0.5
        here = group()
        kind = "forum" if self.in_forum else "text"
        here["channels"] += [{"name": "stories", "type": kind}, "others", "digests"]
        self.stage = Stage(wire, folder, here, seed=seed)
        self.server = Server()
        self.counts: Counter[str] = Counter()
        self.names: set[str] = set()

    async def live(self) -> Counter[str]:
        async with self.stage, self.server:
            await self._begin()
            for _ in range(DAYS):
                await self._day()
                await self._evening()
            await self._the_week_ends()
            self._judge()
        self.counts["runs"] += 1
        return self.counts

    async def _begin(self) -> None:
        """An organiser follows three blogs; their first experiences are posted when it runs."""
        now = self.stage.now()
        for name in ("stories", "others", "digests"):
            blog_posts = [
                BlogPost(f"{name[0]}{age}", now - timedelta(days=age)) for age in (30, 60)
            ]
            self.server.blogs[name] = Blog(f"About {name}", blog_posts)
            self.names.add(blog_posts[0].name)
        self.server.blogs["others"].blog_posts.append(self.server.blogs["stories"].blog_posts[1])
        blogs = {
            self.server.address(n): b.rss(f"{self.server.url}/{n}").encode()
            for n, b in self.server.blogs.items()
        }
        async with self.stage.seed(feeds=Web(SystemClock(), {**blogs})) as application:
            organiser = self.stage.actor("alice", organiser=True)
            channel = self.stage.wire.channel("papers").id
            staff = self.stage.wire.channel("staff").id
            at = now + timedelta(days=4)
            await application.setup.start(
                organiser,
                Wanted(
                    zone="UTC",
                    papers_channel_ref=channel,
                    organisers_channel_ref=staff,
                    weekday=at.weekday(),
                    at=f"{at:%H:%M}",
                ),
            )
            await application.schedules.pause(organiser)
            for name in self.server.blogs:
                wishes = Wishes(
                    self.stage.wire.channel(name).id,
                    delivery=Delivery.WEEKLY if name == "digests" else Delivery.AT_ONCE,
                )
                await application.feeds.add(organiser, self.server.address(name), wishes)

    # -- time ------------------------------------------------------------------------------------

    async def _day(self) -> None:
        """The blogs go on; the process meets faults, and may be killed."""
        self._sleep_until("SELECT max(next_poll_at) FROM feed")
        for _ in range(self.chance.randint(2, 4)):
            change = self.chance.choice(self._changes())
            self._note(change.__name__)
            change()
        for _ in range(self.chance.choice((0, 1, 1))):
            self._break_things()
            await self._run()
            await self._kill()
            self._mend_things()
        self._break_things()
        await self._run()
        await self._is_at_work()
        await asyncio.sleep(self.chance.uniform(0, 1))

    async def _evening(self) -> None:
        """Discord and the sites are well again, and nothing is left to do."""
        self._mend_things()
        await self.stage.wire.wait_for(self._is_quiet, PATIENCE, poll=0.1)
        how = self.chance.choice((signal.SIGKILL, signal.SIGTERM))
        status = await self.stage.wire.kill_bot(how)
        assert how == signal.SIGKILL or status == 0, self.stage.wire.bot.log[-3000:]

    async def _the_week_ends(self) -> None:
        """The digest is due; then what still waits has its turn."""
        self._sleep_until("SELECT max(digest_at) FROM feed")
        while True:
            await self._run()
            await self._is_at_work()
            await self._evening()
            failing = self.stage.query("SELECT id FROM feed WHERE failures > 0")
            if not failing and not self.stage.query(WAITING):
                return
            self._sleep_until("SELECT max(next_poll_at) FROM feed")

    def _sleep_until(self, query: str) -> None:
        """Time passes, for the dates that the blogs state, too."""
        left = self.stage.instant(query) - self.stage.now() + timedelta(seconds=1)
        time = timedelta(seconds=ceil(left.total_seconds()))  # feeds state no fractions
        self.stage.sleep(time)
        for blog in self.server.blogs.values():
            blog.blog_posts = [
                replace(a, published_at=a.published_at - time) for a in blog.blog_posts
            ]
        self._note(f"{time} later")

    def _is_quiet(self) -> bool:
        now = self.stage.now().strftime(STAMP)
        due = self.stage.query("SELECT id FROM feed WHERE next_poll_at <= ?", now)
        return not due and not self.stage.unfinished()

    # -- what happens to the blogs ---------------------------------------------------------------

    def _changes(self) -> list[Callable[[], None]]:
        return [
            self._write,
            self._write,
            self._write_six,
            self._repeat,
            self._edit,
            self._edit,
            self._move,
        ]

    def _write(self) -> None:
        self._add(self.chance.choice(list(self.server.blogs)))

    def _write_six(self) -> None:
        for _ in range(6):
            self._add("stories")

    def _repeat(self) -> None:
        here = self.server.blogs["others"].blog_posts
        others = [a for a in self.server.blogs["stories"].blog_posts if a not in here]
        if others:
            here.insert(0, self.chance.choice(others))

    def _edit(self) -> None:
        name = self.chance.choice(sorted(self.names))
        for blog in self.server.blogs.values():
            blog.blog_posts = [
                replace(a, version=a.version + 1) if a.name == name else a for a in blog.blog_posts
            ]

    def _move(self) -> None:
        self.server.blogs["stories"].prefix += "/moved"

    def _add(self, blog: str) -> None:
        name = f"n{len(self.names)}"
        self.names.add(name)
        self.server.blogs[blog].blog_posts.insert(0, BlogPost(name, self.stage.now()))

    # -- what goes wrong -------------------------------------------------------------------------

    async def _run(self) -> None:
        self.counts["starts"] += 1
        await self.stage.run(env={"PAPERCLUB_RETRY_SECONDS": "0.2"})

    def _break_things(self) -> None:
        for _ in range(self.chance.choice((1, 2, 3))):
            kind, how = self.chance.choice(FAULTS)
            route, times = self.chance.choice(ROUTES), self.chance.choice((1, 1, 2))
            self.stage.wire.faults.add(route, kind, times=times, **how)
            self._note(f"{kind} {how} for {route}, {times} times")
        self.server.failure = lambda: (
            self.chance.choice(OUTAGES) if self.chance.random() < 0.3 else None
        )

    def _mend_things(self) -> None:
        for fault in self.stage.wire.faults.active:
            lost = fault.when == "after" and fault.kind != "slow"
            self.counts["lost answers" if lost else "other faults"] += fault.hits
        self.stage.wire.faults.clear()
        self.server.failure = lambda: None
        self.counts["outages of sites"] += self.server.failed.total()
        self.server.failed.clear()

    async def _kill(self) -> None:
        """SIGKILL: while it starts, as a feed is asked, as a post arrives, or at any instant."""
        wire, when = self.stage.wire, self.chance.choice(("start", "feed", "post", "post", "work"))
        asked, seen = self.server.asked.total(), len(wire.requests)
        if when == "start":
            await asyncio.sleep(self.chance.uniform(0, 1.5))
        elif when == "feed":
            await self._happens(lambda: self.server.asked.total() > asked)
        elif when == "post":
            wanted = self.chance.choice(("POST /channels/[^/]+/(messages|threads)", "PATCH"))
            await self._happens(
                lambda: any(re.match(wanted, f"{r.method} {r.path}") for r in wire.requests[seen:])
            )
        else:
            await self._is_at_work()
        await asyncio.sleep(self.chance.choice((0, 0.005, 0.02, self.chance.uniform(0, 0.6))))
        self._note(f"kill: {when}")
        self.counts["kills"] += 1
        await self.stage.crash()

    async def _happens(self, condition: Callable[[], bool]) -> None:
        """Wait for it, though not for ever: it may have happened in an earlier life."""
        await self.stage.wire.wait_for(condition, 5, fail=False, poll=0.005)

    async def _is_at_work(self) -> None:
        """discord.py waits two seconds for more servers before it says that it is ready."""
        bot = self.stage.wire.bot
        await self.stage.until(lambda: "ready in" in bot.log)

    # -- what there is in the end ----------------------------------------------------------------

    def _judge(self) -> None:
        self._everything_is_said_once()
        self._each_experience_is_posted_once()
        self._the_organisers_heard()
        self.stage.clean()

    def _everything_is_said_once(self) -> None:
        """Each row of the outbox is one message, and each message is such a row."""
        rows = dict(
            self.stage.query("SELECT id, state FROM outbox WHERE kind IN ('post', 'topic')")
        )
        there = Counter(mark_of(message) for message in self.stage.posted(""))
        assert None not in there, "every message bears the mark of its row"
        assert [row for row, times in there.items() if times > 1] == [], "nothing is posted twice"
        sent = {row for row, state in rows.items() if state == "sent"}
        assert sent == set(there), "what was sent is there, and nothing else"
        assert set(rows.values()) <= {"sent", "expired"}, rows

    def _each_experience_is_posted_once(self) -> None:
        """As it is now, and with a thread to ask in; in a forum it is one."""
        digests = self.stage.posted("This week", "digests")
        digested = [name for m in digests for name in NAME.findall(text_of(m))]
        cards = [m for m in self.stage.posted("My internship") if m not in digests]
        posted = {NAME.findall(text_of(m))[0]: m for m in cards}
        assert len(posted) == len(cards), "no experience has two cards"
        assert Counter([*posted, *digested]) == Counter(self.names)
        blog_posts = {a.name: a for b in self.server.blogs.values() for a in b.blog_posts}
        for name, message in posted.items():
            assert blog_posts[name].said in text_of(message)
        threads = [t.id for place in ("stories", "others") for t in self.stage.wire.threads(place)]
        assert sorted(threads) == sorted(m.id for m in cards), "each has one thread"
        self.counts["accounts"] += len(self.names)
        self.counts["digests"] += len(digests)
        self.counts["in a forum"] += self.in_forum

    def _the_organisers_heard(self) -> None:
        """Of each trouble once, and then once that it is over."""
        keys = "SELECT dedupe_key FROM outbox WHERE dedupe_key LIKE 'notice:feed:%' ORDER BY id"
        heard: dict[str, list[str]] = {}
        for (key,) in self.stage.query(keys):
            _, _, feed, what, _ = key.split(":")
            heard.setdefault(feed, []).append(what)
        for whats in heard.values():
            assert whats == ["trouble", "back"] * (len(whats) // 2), whats
        self.counts["troubles"] += sum(len(whats) // 2 for whats in heard.values())

    def report(self, failure: BaseException) -> str:
        """What a failed run tells whoever looks into it."""
        where = "".join(traceback.format_exception(failure)[-3:])
        told = "\n".join(bot.log[-3000:] for bot in self.stage.wire.bots[-2:])
        return f"{where}\n{self.stage.wire.transcript()}\n\nthe last logs:\n{told}"

    def _note(self, what: str) -> None:
        self.stage.wire.line(f"-- {what}")
