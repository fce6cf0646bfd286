"""Pages whose feed was not found, and addresses as people and programs give them."""

import csv
from pathlib import Path

import pytest

from bot.core.time.clock import SystemClock
from bot.experiences.sources.discovery import find_feeds
from bot.experiences.sources.opml import parse_opml
from bot.experiences.sources.urls import typed
from tests.experiences.sites import fetcher, site

FEED = b"""<rss version="2.0"><channel><title>A blog</title><item><title>A report</title>
<description>In June we began.</description></item></channel></rss>"""


def test_a_type_that_sites_use_instead_of_the_right_one(shared: Path) -> None:
    page = (shared / "cases/feed-discovery/application-xml.html").read_bytes()
    found = find_feeds(page, "https://blog.example.org/people/", None)
    assert found == ["https://blog.example.org/p/posts.xml"]


@pytest.mark.parametrize("name", ["/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json"])
async def test_the_sites_feed_is_found_from_a_deep_page(shared: Path, name: str) -> None:
    page = (shared / "cases/feeds-deep-pages/page.html").read_bytes()
    async with site() as blog, fetcher(SystemClock()) as feeds:
        address = blog.page("/posts/my-internship/", page)
        feed = blog.page(name, FEED)
        assert (await feeds.find(address)).url == feed
        assert (await feeds.find(f"feed:{address}")).url == feed


def test_addresses_are_taken_as_people_give_them(shared: Path) -> None:
    with (shared / "cases/feed-addresses/addresses.tsv").open() as table:
        for given, expected, *_ in list(csv.reader(table, delimiter="\t"))[1:]:
            assert typed(given) == expected.split()[0]


def test_all_feeds_of_a_list_are_found(shared: Path) -> None:
    listed = parse_opml((shared / "cases/feed-addresses/list.opml").read_bytes())
    assert [one.title for one in listed.outlines] == ["Ada", "Bob", "Cem"]
    assert listed.left_out == ()
