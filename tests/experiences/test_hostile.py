"""Sites that mean harm, read by the whole application: nothing stalls, swells, repeats or pings."""

import asyncio
import gzip
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.post import Post
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.sources.documents import MOST_ENTRIES, Content, Document, Entry, Kind
from bot.experiences.sources.fetching import MOST_BYTES, Asked, Failed, Fetcher, FetchResult, Read
from bot.experiences.views import FeedView
from bot.settings import Settings
from tests.conftest import FakeClock, FakeResolver
from tests.experiences.blog import blog_post, rss
from tests.experiences.blogging import Reading
from tests.experiences.sites import Site, answering, endless, fetcher, site, stuck
from tests.group import DAY, Bot, Group, text_of
from tests.web import Web
from tests.world import World

GOOD = rss([blog_post(1)])
CHANNEL = "club-experiences"
ITEM = "<item><title>Number {0}</title><guid>{0}</guid><description>{0}</description></item>"


@pytest.fixture
async def web_client(clock: FakeClock) -> AsyncIterator[Fetcher]:
    async with fetcher(clock) as made:
        yield made


@pytest.fixture
async def bad() -> AsyncIterator[Site]:
    async with site() as made:
        yield made


@pytest.fixture
async def online(
    settings: Settings, clock: FakeClock, migrated: Path, web_client: Fetcher
) -> AsyncIterator[Group]:
    """A group whose bot reads the real web of loopback."""
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    bot = Bot(settings, clock, FakeResolver(), World(clock), feeds=web_client)
    group = Group(bot)
    await group.set_up()
    yield group
    await bot.stop()


async def follow(group: Group, bad: Site, path: str, **wishes: int) -> FeedView:
    """Follow a page that is good for now."""
    url = bad.page(path, GOOD)
    added = await group.app.feeds.add(group.organiser, url, Wishes(CHANNEL, **wishes))
    await group.app.tick()
    return added.feed


async def poll(group: Group) -> None:
    group.bot.clock.advance(days=1.5)
    await group.app.tick()


async def only_feed(group: Group) -> FeedView:
    (feed,) = await group.app.feeds.listed(group.organiser)
    return feed


@pytest.mark.parametrize("kind", ["endless", "stuck"])
async def test_people_are_answered_while_a_site_does_not_come_to_an_end(
    online: Group, bad: Site, kind: str
) -> None:
    """What they ask for is done before the bad read is over, and so are the other feeds."""
    await follow(online, bad, "/bad")
    await follow(online, bad, "/good")
    released, begun = asyncio.Event(), asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        begun.set()
        if kind == "stuck":
            await stuck(b"<rss>", released)(writer)
            return
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
        while not released.is_set():  # a byte now and then, so that no silence gives it away
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0)

    bad.pages["/bad"] = slow
    bad.page("/good", rss([blog_post(2), blog_post(1)]))
    online.bot.clock.advance(days=1.5)
    online.app.scheduler.at_work = True  # what follows is done beside it
    online.app.scheduler.wake("feeds")
    await begun.wait()

    await online.nominate("arXiv:1706.03762")
    assert await online.queue()
    assert len(await online.app.feeds.listed(online.organiser)) == 2
    await until_posted(online, "part 2")
    assert not released.is_set()
    assert "feeds" in online.app.scheduler._running
    released.set()
    await online.app.tick()


async def until_posted(group: Group, words: str) -> None:
    """Wait until the channel has it; what reads documents works in another process."""
    while not any(words in text_of(m.post) for m in group.bot.world.within(CHANNEL)):
        group.app.scheduler.wake("posts")
        await asyncio.sleep(0.01)


async def test_an_endless_body_is_cut_off_at_the_limit(online: Group, bad: Site) -> None:
    await follow(online, bad, "/feed")
    taken: list[int] = []
    bad.pages["/feed"] = endless(b"<rss>", b"x" * 65_536, taken)

    await poll(online)

    assert "larger than 10 MB" in ((await only_feed(online)).last_error or "")
    assert sum(taken) < 2 * MOST_BYTES  # what the sockets hold comes on top


async def test_a_compressed_body_is_cut_off_at_the_limit(online: Group, bad: Site) -> None:
    await follow(online, bad, "/feed")
    bad.page("/feed", gzip.compress(b"<rss>" + b" " * 30_000_000), Content_Encoding="gzip")

    await poll(online)

    assert "larger than 10 MB" in ((await only_feed(online)).last_error or "")


BODIES = {
    "html": answering(b"<!doctype html><html><body>Hello</body></html>"),
    "empty": answering(b""),
    "too long": answering(GOOD, Content_Length="9" * 9),
    "negative length": answering(GOOD, Content_Length="-5"),
    "no length": answering(GOOD, Content_Length="many"),
    "not gzip": answering(GOOD, Content_Encoding="gzip"),
    "cut gzip": answering(gzip.compress(GOOD)[:-20], Content_Encoding="gzip"),
    "not chunked": answering(GOOD, Transfer_Encoding="chunked"),
    "no status": answering(GOOD, status="abc"),
    "long header": answering(GOOD, X="y" * 100_000),
    "bad cookie": answering(b"", status="500 No", Set_Cookie="\x01=\xff; a[]=b; Expires=never"),
    "bomb in a bomb": answering(gzip.compress(gzip.compress(b" " * 50_000_000))),
    "redirect to nowhere": answering(b"", status="302 Found", Location="http://[::1"),
    "redirect elsewhere": answering(b"", status="302 Found", Location="file:///etc/passwd"),
    "redirect with name": answering(b"", status="302 Found", Location="http://a:b@127.0.0.2/"),
    "redirect in a loop": answering(b"", status="302 Found", Location="/feed"),
    "entities": answering(
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]><rss><channel><title>&a11;</title></channel></rss>"
    ),
    "attributes": answering(
        b"<rss><channel><item "
        + b" ".join(b'a%d="1"' % n for n in range(50_000))
        + b"><title>t</title></item></channel></rss>"
    ),
    "deep": answering(b"<rss><channel><item><description>" + b"<b>" * 100_000),
}


@pytest.mark.parametrize("kind", BODIES)
async def test_whatever_a_site_answers_is_an_answer(
    web_client: Fetcher, bad: Site, kind: str
) -> None:
    """Never an exception; and the next document is read."""
    bad.pages["/feed"] = BODIES[kind]
    good = bad.page("/good", GOOD)

    answer = await web_client.ask(Asked(bad.url + "/feed"))

    assert isinstance(answer, Failed | Read)
    if isinstance(answer, Failed):
        assert answer.reason
    assert len(bad.asked) <= 7
    assert isinstance(await web_client.ask(Asked(good)), Read)


async def test_a_stuck_body_ends_with_the_time_that_a_request_may_take(
    clock: FakeClock, bad: Site
) -> None:
    released = asyncio.Event()
    url = bad.page("/feed", stuck(b"<rss>", released))

    async with fetcher(clock, total=timedelta(seconds=0.2)) as impatient:
        answer = await impatient.ask(Asked(url))

    released.set()
    assert isinstance(answer, Failed)
    assert "took too long" in answer.reason


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Moved", "308 Moved"])
async def test_no_private_address_is_touched(online: Group, bad: Site, status: str) -> None:
    """Neither by a redirect, nor by an address that is given, nor by one that a page names."""
    async with site("127.0.0.1") as private:
        port = private.url.rpartition(":")[2]
        private.page("/", GOOD)
        await follow(online, bad, "/feed")
        for host in ("127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::ffff:127.0.0.1]"):
            target = f"http://{host}:{port}/"
            bad.page("/feed", b"", status=status, Location=target)
            await poll(online)
            assert (await only_feed(online)).last_error
            bad.page(
                "/page",
                f'<html><link rel="alternate" type="application/rss+xml" href="{target}">'.encode(),
            )
            for given in (target, bad.url + "/page"):
                with pytest.raises(Exception, match=r"isn't on the public|found no feed"):
                    await online.app.feeds.add(online.organiser, given, Wishes(CHANNEL))

        assert private.asked == []
        assert private.connections == 0
    assert (await only_feed(online)).url == bad.url + "/feed"


async def test_ids_that_change_at_every_poll_repeat_nothing(blog: Reading) -> None:
    await blog.follow(*(blog_post(n) for n in range(1, 6)), latest=5)
    for poll_number in range(1, 8):
        changed = [replace(blog_post(n), guid=f"{poll_number}-{n}") for n in range(5, 0, -1)]
        blog.publish(*changed)
        await blog.poll()

    assert len(blog.group.bot.world.within(CHANNEL)) == 5
    assert await count(blog.group, "feed_entry") == 5


async def test_a_feed_that_is_all_new_at_every_poll_is_bounded(group: Group, web: Web) -> None:
    """100,000 entries at each poll: no more rows than a document counts for, five posts."""
    for number in range(3):
        items = "".join(ITEM.format(f"{number}-{n}") for n in range(number * 10, 100_000))
        web.pages["https://a.example/"] = f"<rss><channel>{items}</channel></rss>".encode()
        if number == 0:
            await group.app.feeds.add(
                group.organiser, "https://a.example/", Wishes(CHANNEL, latest=0)
            )
        else:
            group.bot.clock.advance(days=1.5)
        await group.app.tick()
        assert await count(group, "feed_entry") == MOST_ENTRIES * (number + 1)
        assert len(group.bot.world.within(CHANNEL)) == 5 * number


async def count(group: Group, table: str) -> int:
    async with group.app.database.reading() as session:
        found = await session.execute(text(f"SELECT count(*) FROM {table}"))
        return int(found.scalar_one())


TRICKS = (
    "@everyone @here <@123456789012345678> <@&123456789012345678> <#123456789012345678>",
    "@\u200beveryone \u202e@here\u202c \uff20everyone",
    "**bold** __under__ ||spoiler|| `code` ```block``` ~~gone~~ # heading\n> quote\n- list",
    "[click](https://evil.example) [a](javascript:alert(1)) <https://evil.example> <:emoji:1>",
    "<t:0:R> </command:123456789012345678> <id:guide> <a:b:123456789012345678>",
    "https://discord.gg/invite discord.gg/invite discord.com/invite/abc",
    "\x00\x07\x1b[31m\u2028\u2066\ufeff\udc80\ud83d" + "\u0301" * 5_000,
    "&lt;@123456789012345678&gt; &amp;lt;@&amp;123456789012345678&gt; &#64;everyone",
    "](https://evil.example) [", "x" * 3_000, "```", "\\", "|" * 300,
)  # fmt: skip
NOTIFIES = re.compile(r"@(everyone|here)|<(@[!&]?|#)\d|<id:|</\w|<a?:\w+:\d")
INVITES = re.compile(r"(discord\.gg|discord\.com/invite)/\w", re.IGNORECASE)
# Ours are the dates and nothing else.
TOKENS = re.compile(r"<t:\d{9,}:[DFR]>")


@pytest.mark.parametrize("in_forum", [False, True])
@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
async def test_no_text_pings_or_formats(group: Group, web: Web, trick: str, in_forum: bool) -> None:
    """In the title, the author, the tags, the text, and the name of the blog."""
    said = trick.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    wrapped = said.replace("]]>", "")
    item = (
        f"<item><title><![CDATA[{wrapped}]]></title><link>https://a.example/1</link>"
        f"<author><![CDATA[{wrapped}]]></author><category><![CDATA[{wrapped}]]></category>"
        f"<description><![CDATA[<p>{wrapped} {wrapped}</p><p>and more {wrapped}</p>]]>"
        "</description></item>"
    )
    page = f"<rss><channel><title><![CDATA[{wrapped}]]></title>{item}</channel></rss>"
    web.pages["https://a.example/"] = page.encode("utf-8", "surrogatepass")
    world = group.bot.world
    world.forums |= {CHANNEL} if in_forum else set()
    await group.app.feeds.add(group.organiser, "https://a.example/", Wishes(CHANNEL))
    await group.app.tick()

    (message,) = (m for m in world.messages if world.topics.get(m.place, m.place) == CHANNEL)
    assert_harmless(message.post)
    assert all(len(name) <= 100 for name in world.threads.values())


def assert_harmless(post: Post) -> None:
    shown = text_of(post)
    assert (post.ping_members, post.ping_roles, post.pinged) == ((), (), "")
    bare = re.sub(r"\\.", "", TOKENS.sub("", shown))  # without what is escaped
    assert not NOTIFIES.search(bare), shown
    assert not INVITES.search(bare), shown
    assert "javascript:" not in bare.replace(r"\:", ":") or "](javascript" not in bare, shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert len(shown) < 4_000
    for mark in ("**bold**", "||spoiler||", "~~gone~~", "```"):
        assert mark not in TOKENS.sub("", post.title + post.text), shown


async def test_dates_that_cannot_be_are_none(group: Group, web: Web, clock: FakeClock) -> None:
    """What lies ahead waits until then; what can't be true counts from when it was seen."""
    dates = {
        "ahead": "Fri, 09 Jan 2026 12:00:00 GMT",
        "year9999": "Fri, 31 Dec 9999 23:59:59 GMT",
        "year-1": "Mon, 01 Jan -001 00:00:00 GMT",
        "feb31": "Tue, 31 Feb 2026 00:00:00 GMT",
        "huge": "9" * 400,
        "zero": "1970-01-01T00:00:00Z",
        "zone": "2026-01-04T00:00:00+99:99",
        "words": "the day before yesterday",
    }
    web.pages["https://a.example/"] = b"<rss><channel><title>A</title></channel></rss>"
    await group.app.feeds.add(group.organiser, "https://a.example/", Wishes(CHANNEL))
    items = "".join(
        f"<item><title>{name}</title><guid>{name}</guid><pubDate>{date}</pubDate></item>"
        for name, date in dates.items()
    )
    web.pages["https://a.example/"] = f"<rss><channel>{items}</channel></rss>".encode()

    await group.bot.run_until(clock.now() + 3 * DAY)
    posted = {re.findall(r"\w+-?\d*", m.post.title)[0] for m in group.bot.world.within(CHANNEL)}
    assert posted == set(dates) - {"ahead"}
    await group.bot.run_until(clock.now() + 3 * DAY)
    assert len(group.bot.world.within(CHANNEL)) == len(dates)


@dataclass
class Poisoned:
    """Feeds whose documents nobody foresaw: asking raises, or the database refuses a text."""

    web: Web
    raising: bool

    async def ask(self, asked: Asked) -> FetchResult:
        if "bad" not in asked.url:
            return await self.web.ask(asked)
        if self.raising:
            raise RuntimeError("a bug")
        poison = Entry(guid="1", title="\udc80", content=Content("\udc80", "\udc80"))
        return Read(Document(Kind.RSS, "Bad", None, None, (poison,)), None, None, "1")


@pytest.mark.parametrize("raising", [True, False])
async def test_a_feed_that_brings_a_bug_to_light_holds_up_no_other(
    group: Group, web: Web, raising: bool
) -> None:
    """It is asked ever less, and the organisers hear of it."""
    for name in ("a", "bad", "c"):
        web.pages[f"https://{name}.example/"] = rss([blog_post(1)], name)
        await group.app.feeds.add(
            group.organiser, f"https://{name}.example/", Wishes(f"{CHANNEL}-{name}", latest=0)
        )
    group.app.polling._source = Poisoned(web, raising)
    for name, number in (("a", 2), ("c", 3)):
        web.pages[f"https://{name}.example/"] = rss([blog_post(number), blog_post(1)], name)

    await group.bot.run_until(group.bot.clock.now() + 3 * DAY)

    for name in ("a", "c"):
        assert len(group.bot.world.within(f"{CHANNEL}-{name}")) == 1
    (notice,) = group.notices()
    assert "https://bad.example/" in notice.post.title
    feeds = await group.app.feeds.listed(group.organiser)
    (bad,) = (feed for feed in feeds if "bad" in feed.url)
    assert bad.failing_since is not None


async def test_a_feed_that_is_read_twice_at_once_is_posted_once(blog: Reading) -> None:
    """By the clock, and by an organiser who is in a hurry."""
    await blog.follow(blog_post(1))
    blog.write(*(blog_post(n) for n in range(2, 5)))
    feeds, organiser = blog.group.app.feeds, blog.group.organiser
    feed = await only_feed(blog.group)
    blog.group.bot.clock.advance(days=1.5)

    await asyncio.gather(
        *(feeds.check(organiser, feed.id) for _ in range(3)), blog.group.app.tick()
    )
    await blog.group.app.tick()

    assert len(blog.group.bot.world.within(CHANNEL)) == 4
    assert await count(blog.group, "experience") == 4


async def test_two_feeds_that_bring_the_same_experience_at_once_post_it_once(
    group: Group, web: Web
) -> None:
    urls = ("https://a.example/", "https://b.example/")
    for url in urls:
        web.pages[url] = rss([blog_post(1)])
        await group.app.feeds.add(group.organiser, url, Wishes(CHANNEL, latest=0))
        web.pages[url] = rss([blog_post(2), blog_post(1)])
    feeds = await group.app.feeds.listed(group.organiser)

    await asyncio.gather(*(group.app.feeds.check(group.organiser, feed.id) for feed in feeds))
    await group.app.tick()

    assert len(group.bot.world.within(CHANNEL)) == 1
