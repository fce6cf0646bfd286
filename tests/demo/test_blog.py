"""The blog that the demo follows."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import UserError
from bot.demo.blog import FEED, SITE, DemoBlog, blog_pictures
from bot.demo.timekeeper import DemoClock
from bot.experiences.sources.fetching import Asked, Failed, Read, Unchanged

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
A_MONTH = timedelta(days=30).total_seconds()


@pytest.fixture
def clock() -> DemoClock:
    return DemoClock(BEGIN)


@pytest.fixture
def blog(clock: DemoClock) -> DemoBlog:
    return DemoBlog(clock)


async def test_each_experience_has_something_to_show(blog, clock):
    clock.advance(A_MONTH)
    document = (await blog.find(SITE)).read.document
    assert not document.notes
    assert len(document.entries) == 5
    pictures = blog_pictures()
    for entry in document.entries:
        assert entry.author
        assert entry.tags
        assert {"organisation", "field"} <= entry.facts.keys() or "programme" in entry.facts
        assert "{" not in entry.content.text
        if entry.content.image_url:
            assert entry.content.image_url in pictures
            assert entry.content.image_text
    shown = [entry.content.image_url for entry in document.entries]
    assert set(pictures) == {url for url in shown if url}


async def test_experiences_come_out_one_after_the_other(blog, clock):
    known = await blog.ask(Asked(FEED))
    assert isinstance(known, Read)
    arrived = []
    while (at := blog.next_at()) is not None:
        clock.advance((at - clock.now()).total_seconds())
        news = await blog.ask(Asked(FEED, body_hash=known.body_hash))
        assert isinstance(news, Read)
        assert len(news.document.entries) == len(known.document.entries) + 1
        arrived.append(news.document.entries[0].title)
        known = news
    assert len(arrived) == 2
    clock.advance(A_MONTH)
    assert isinstance(await blog.ask(Asked(FEED, body_hash=known.body_hash)), Unchanged)


async def test_it_tells_of_the_last_summer(blog):
    """In March that is the year before's."""
    document = (await blog.find(SITE)).read.document
    assert {entry.facts.get("season") for entry in document.entries} == {None, "Summer 2025"}


@pytest.mark.parametrize("address", [SITE, FEED, "summers.example", " http://summers.example/x "])
async def test_it_is_found_by_any_address_of_its_own(blog, address):
    assert (await blog.find(address)).url == FEED


@pytest.mark.parametrize("address", ["https://blog.example.org/", "", "https://"])
async def test_other_blogs_are_out_of_reach_without_a_network(blog, address):
    with pytest.raises(UserError, match=SITE):
        await blog.find(address)
    assert isinstance(await blog.ask(Asked(address)), Failed)
