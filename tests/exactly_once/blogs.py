"""Blogs in memory that go on writing, and a bot that follows them and dies on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from bot.core.errors import UserError
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.identity.keys import hashed
from bot.experiences.sources.documents import Content, Document, Entry, Kind, identified
from bot.experiences.sources.fetching import Asked, Failed, FetchResult, Found, Read, Unchanged
from tests.exactly_once.club import Club
from tests.exactly_once.crashes import Process

T = TypeVar("T")
STAMP = "%Y-%m-%d %H:%M:%S.%f"
WORDS = (
    *("lab", "robot", "winter", "visa", "supervisor", "dataset", "bicycle", "seminar", "advice"),
    *("housing", "paper", "river", "coffee", "tram", "mentor", "office", "review", "night"),
    *("model", "laptop", "stipend", "summer", "group", "interview", "library", "train"),
)


@dataclass(frozen=True)
class BlogPost:
    """What somebody writes on a blog. It is the same experience whatever else of it changes."""

    name: str
    address: str
    published_at: datetime | None
    version: int = 1

    @property
    def title(self) -> str:
        return f"My internship {self.name}"

    @property
    def text(self) -> str:
        """Long enough, and each experience's own, to be told from the others."""
        words = Random(self.name).choices(WORDS, k=60)
        return f"{self.said}. I was there in {' '.join(words)}."

    @property
    def said(self) -> str:
        """What only this version of this experience says."""
        return f"Draft {self.version} of {self.name}"

    def edited(self) -> "BlogPost":
        return replace(self, version=self.version + 1)


@dataclass
class Blog:
    """A site with a feed of all its experiences, the newest first."""

    prefix: str
    blog_posts: list[BlogPost] = field(default_factory=list)

    @property
    def feed(self) -> str:
        return f"{self.prefix.split('.example')[0]}.example/feed.xml"

    def write(self, name: str, at: datetime | None) -> None:
        self.blog_posts.insert(0, BlogPost(name, f"{self.prefix}/{name}.html", at))

    def repeat(self, blog_post: BlogPost) -> None:
        self.blog_posts.insert(0, blog_post)

    def edit(self, name: str) -> None:
        self.blog_posts = [a.edited() if a.name == name else a for a in self.blog_posts]

    def move(self, prefix: str) -> None:
        """The site is built anew at another address; its ids are addresses, too."""
        self.blog_posts = [
            replace(a, address=a.address.replace(self.prefix + "/", prefix + "/"))
            for a in self.blog_posts
        ]
        self.prefix = prefix

    def document(self) -> Document:
        entries = identified([_entry(blog_post) for blog_post in self.blog_posts], (self.feed,))
        return Document(Kind.RSS, f"Blog at {self.feed}", self.prefix, self.feed, entries)


def _entry(blog_post: BlogPost) -> Entry:
    return Entry(
        guid=blog_post.address,
        link=blog_post.address,
        title=blog_post.title,
        author="Ada",
        published_at=blog_post.published_at,
        content=Content(f"<p>{blog_post.text}</p>", blog_post.text),
    )


@dataclass
class Blogs:
    """The web: blogs at their feeds' addresses. `failure` is asked what goes wrong."""

    blogs: dict[str, Blog] = field(default_factory=dict)
    failure: Callable[[str], Failed | None] = lambda url: None
    asked: int = 0

    def add(self, prefix: str) -> Blog:
        blog = Blog(prefix)
        self.blogs[blog.feed] = blog
        return blog

    async def ask(self, asked: Asked) -> FetchResult:
        self.asked += 1
        if failed := self.failure(asked.url):
            return failed
        document = self.blogs[asked.url].document()
        body_hash = hashed(repr(document))
        if body_hash == asked.body_hash:
            return Unchanged()
        return Read(document, None, None, body_hash)

    async def find(self, address: str) -> Found:
        answer = await self.ask(Asked(address))
        if isinstance(answer, Read):
            return Found(address, answer)
        raise UserError("I found no feed there.")


class Connection:
    """The way to the web of one process; it ends with it, while asking or when the answer came."""

    def __init__(self, blogs: Blogs, process: Process) -> None:
        self._blogs, self._process = blogs, process

    async def ask(self, asked: Asked) -> FetchResult:
        return await self._there_and_back(lambda: self._blogs.ask(asked))

    async def find(self, address: str) -> Found:
        return await self._there_and_back(lambda: self._blogs.find(address))

    async def _there_and_back(self, ask: Callable[[], Awaitable[T]]) -> T:
        await asyncio.sleep(0)
        self._process.check()
        answer = await ask()
        await asyncio.sleep(0)
        return answer


@dataclass
class Reader(Club):
    """A community that follows blogs."""

    web: Blogs = field(default_factory=Blogs)

    def _parts(self) -> dict[str, Any]:
        return {"feeds": Connection(self.web, self.process)}

    async def follow(self, blog: Blog, channel: str, **wishes: Any) -> None:
        """An organiser follows a blog, and again if the bot dies of it and does not follow it."""
        wished = Wishes(channel, **wishes)
        while blog.feed not in await self.feeds():
            await self.do(lambda: self.application.feeds.add(self.organiser, blog.feed, wished))
        await self.tick()

    async def feeds(self) -> dict[str, int]:
        """The feeds that are followed, by their addresses."""
        feeds = await self.application.feeds.listed(self.organiser)
        return {feed.url: feed.id for feed in feeds}

    async def check(self, blog: Blog) -> None:
        """An organiser has a feed asked now."""
        feed_id = (await self.feeds())[blog.feed]
        await self.do(lambda: self.application.feeds.check(self.organiser, feed_id))

    async def after(self, time: timedelta) -> None:
        await self.at(self.clock.now() + time)

    async def is_behind(self, since: datetime) -> bool:
        """Whether a feed has not been read since then, or an experience waits to be posted."""
        unread = await self.read(f"SELECT id FROM feed WHERE read_at < '{since:{STAMP}}'")
        waiting = await self.read("SELECT id FROM experience WHERE state = 'waiting'")
        return bool(unread or waiting)
