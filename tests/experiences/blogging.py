"""A group that follows one blog, and what its channel has of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.core.post import Post
from bot.experiences.archive import Wanted
from bot.experiences.feeds.service import Added
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.sources.fetching import Failed
from bot.experiences.views import ExperienceView, FeedView
from tests.experiences.blog import BlogPost, rss
from tests.group import Group
from tests.web import Web
from tests.world import Message

URL = "https://blog.example.org/feed.xml"
CHANNEL = "club-experiences"


@dataclass
class Reading:
    """`experiences` are on the blog, the newest first."""

    group: Group
    web: Web
    url: str = URL
    blog_posts: list[BlogPost] = field(default_factory=list)

    async def follow(self, *blog_posts: BlogPost, **wishes: Any) -> Added:
        self.write(*blog_posts)
        wanted = Wishes(**({"channel_ref": CHANNEL} | wishes))
        added = await self.group.app.feeds.add(self.group.organiser, self.url, wanted)
        await self.group.app.tick()
        return added

    def write(self, *blog_posts: BlogPost) -> None:
        """The blog has these, too."""
        self.blog_posts = [*reversed(blog_posts), *self.blog_posts]
        self.publish(*self.blog_posts)

    def publish(self, *blog_posts: BlogPost) -> None:
        """The blog has these and no others."""
        self.blog_posts = list(blog_posts)
        self.web.pages[self.url] = rss(blog_posts)

    def fail(self, reason: str = "It does not answer.", status: int | None = None) -> None:
        self.web.pages[self.url] = Failed(reason, status)

    def recover(self) -> None:
        self.web.pages[self.url] = rss(self.blog_posts)

    async def poll(self, times: int = 1) -> None:
        """Time passes until the feed has been asked."""
        for _ in range(times):
            at = await self.group.app.polling.next_due()
            assert at is not None
            self.group.bot.clock.instant = max(at, self.group.bot.clock.instant)
            await self.group.app.tick()

    async def pass_time(self, time: timedelta) -> None:
        await self.group.bot.run_until(self.group.bot.clock.now() + time)

    async def feed(self) -> FeedView:
        feeds = await self.group.app.feeds.listed(self.group.organiser)
        (feed,) = [feed for feed in feeds if feed.url == self.url]
        return feed

    def messages(self) -> list[Message]:
        return self.group.bot.world.within(CHANNEL)

    def posts(self) -> list[Post]:
        return [message.post for message in self.messages()]

    def titles(self) -> list[str]:
        """The titles of the experiences that were posted, in the order in which they were."""
        return [post.title.split("]")[0].lstrip("[") for post in self.posts()]

    def notices(self) -> list[Post]:
        return [message.post for message in self.group.notices()]

    async def latest(self) -> list[ExperienceView]:
        """All experiences that members can see."""
        found: list[ExperienceView] = []
        while True:
            page = await self.group.app.archive.page(self.group.member(), Wanted(), len(found))
            if page.experience is None or len(found) == page.count:
                return found
            found.append(page.experience)
