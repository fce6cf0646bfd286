"""Real feeds, followed: each experience once, in order, readable."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.experiences.cards import experience_card
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.model import ExperienceState
from bot.experiences.sources.reading import read
from tests.experiences.blogging import CHANNEL
from tests.group import text_of

SITE = "https://intern.example.org"
EXPERIENCES = [
    ("Summer Diaries: GIST,South Korea", "Kunal Pratap Singh", 2019, "summer2019", "kps1.png"),
    ("Research Diary 2: Machine Learning", "Ashish Sinha", 2020, "career", "ashish1.jpeg"),
    ("SIA 연구팀 인턴 3개월 소장정 (a.k.a. 맛집 추천)", "SIA", 2021, "people", None),
    ("PhD Internships", "Ondrej Bohdal", 2023, "slides", None),
    ("Why I want to do research", "Watch Out News Agency", 2024, "thoughts", "ironman.jpg"),
]
OTHER_FEEDS = (
    "rss.xml",
    "feed-excerpt.xml",
    "feed/career.xml",
    "feed/people.xml",
    "feed/slides.xml",
    "feed/summer2019.xml",
    "feed/thoughts.xml",
    "feed/by_tag/wona.xml",
)


@pytest.fixture
async def seed(blog, shared):
    """The seed site is followed, with all that it has."""
    blog.url = f"{SITE}/feed.xml"
    blog.web.pages[blog.url] = (shared / "feeds" / "seed-site" / "feed.xml").read_bytes()
    wishes = Wishes(CHANNEL, latest=5)
    await blog.group.app.feeds.add(blog.group.organiser, blog.url, wishes)
    await blog.group.app.tick()
    return blog


async def test_the_seed_sites_experiences_are_posted_in_order(seed):
    shown = list(reversed(await seed.latest()))
    assert seed.titles() == [title for title, *_ in EXPERIENCES]
    for experience, (title, author, year, category, picture) in zip(
        shown, EXPERIENCES, strict=True
    ):
        assert (experience.title, experience.author) == (title, author)
        assert experience.published_at.year == year
        assert category in experience.tags
        assert (experience.image_url or "").endswith(picture or "")
        assert (experience.image_url is None) == (picture is None)


async def test_each_excerpt_says_something(seed):
    for experience, (title, author, *_) in zip(
        reversed(await seed.latest()), EXPERIENCES, strict=True
    ):
        excerpt = experience_card(experience).details[0]
        assert len(excerpt) > 100
        first = excerpt.splitlines()[0]
        assert title not in first
        assert first.strip() not in (author, "People", "Overview")
        for leftover in ("{:", "{%", "â€", "본문 바로가기"):
            assert leftover not in text_of(experience_card(experience))


@pytest.mark.parametrize("feed", OTHER_FEEDS)
async def test_the_same_site_by_another_feed_adds_nothing(seed, shared, feed):
    url = f"{SITE}/{feed}"
    seed.web.pages[url] = (shared / "feeds" / "seed-site" / feed).read_bytes()
    wishes = Wishes(CHANNEL, latest=5)
    await seed.group.app.feeds.add(seed.group.organiser, url, wishes)
    await seed.group.app.tick()
    assert len(seed.posts()) == len(await seed.latest()) == 5


@pytest.mark.parametrize("first", OTHER_FEEDS[:2])
async def test_the_full_feed_after_another_one_adds_nothing_either(blog, shared, first):
    for feed in (first, "feed.xml"):
        url = f"{SITE}/{feed}"
        blog.web.pages[url] = (shared / "feeds" / "seed-site" / feed).read_bytes()
        wishes = Wishes(CHANNEL, latest=5)
        await blog.group.app.feeds.add(blog.group.organiser, url, wishes)
        await blog.group.app.tick()
    assert len(blog.posts()) == len(await blog.latest()) == 5


async def test_a_rebuild_of_the_site_adds_nothing(seed):
    before = [text_of(post) for post in seed.posts()]
    document = seed.web.pages[seed.url]
    rebuilt = document.replace(b"2026-11-22T11:04:56", b"2026-11-29T23:59:59")
    assert rebuilt != document
    seed.web.pages[seed.url] = rebuilt
    await seed.poll(3)
    assert [text_of(post) for post in seed.posts()] == before
    assert all(message.edits == 0 for message in seed.messages())


def _whole(guid):
    return guid


def _file(guid):
    """This blog moved its posts from folder to folder, and its ids with them; the files stayed."""
    return guid.rpartition("/")[2]


@pytest.mark.parametrize(
    ("series", "name_of"),
    [("aisi.xml", _whole), ("jekyll-ko/_site/feed.xml", _file), ("velog.xml", _whole)],
)
async def test_a_feeds_history_is_posted_once_and_whole(blog, shared, series, name_of):
    """Replayed poll by poll: what was ever in it is there once, as it was last seen."""
    polls = sorted((shared / "feeds" / "history" / series).glob("*.xml"))
    newest = {}
    for poll in polls:
        now = datetime.fromtimestamp(int(poll.stem.split("_")[1]), UTC)
        blog.group.bot.clock.instant = now
        blog.web.pages[blog.url] = poll.read_bytes()
        for entry in read(poll.read_bytes(), url=blog.url, charset=None, now=now).entries:
            newest[name_of(entry.guid)] = entry.title
        if poll == polls[0]:
            wishes = Wishes(CHANNEL, latest=10)
            await blog.group.app.feeds.add(blog.group.organiser, blog.url, wishes)
        else:
            await blog.group.app.polling.ask_now((await blog.feed()).id)
    for _ in newest:
        await blog.group.app.polling.ask_now((await blog.feed()).id)  # what waited for its turn
    await blog.group.app.tick()
    there = await blog.latest()
    assert Counter(one.title for one in there) == Counter(newest.values())
    posted = [one for one in there if one.state is ExperienceState.POSTED]
    assert len(blog.posts()) == len(posted) > 10
