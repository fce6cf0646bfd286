"""Feeds of real sites, read as if they had been fetched."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.experiences.sources.documents import Document, Kind
from bot.experiences.sources.parser_pool import Readers
from bot.experiences.sources.reading import read
from tests.real import feeds_table
from tests.real.feeds_table import NOW, Outcome

SITE = "https://intern.example.org"
FORMATS = {"rss": {Kind.RSS, Kind.RDF}, "rdf": {Kind.RDF}, "atom": {Kind.ATOM}, "json": {Kind.JSON}}
WONA = "Watch Out News Agency"
POSTS = [  # title, author, day in Korea, tags, picture
    ("Why I want to do research", WONA, "2024-01-02", {"thoughts"}, "/assets/img/ironman.jpg"),
    ("PhD Internships", "Ondrej Bohdal", "2023-06-15", {"slides"}, None),
    (
        "SIA 연구팀 인턴 3개월 소장정 (a.k.a. 맛집 추천)",
        "SIA",
        "2021-11-30",
        {"people", "인턴", "인터뷰"},
        None,
    ),
    (
        "Research Diary 2: Machine Learning",
        "Ashish Sinha",
        "2020-05-03",
        {"career", "wona"},
        "/ashish1.jpeg",
    ),
    (
        "Summer Diaries: GIST,South Korea",
        "Kunal Pratap Singh",
        "2019-08-12",
        {"summer2019", "wona"},
        "/kps1.png",
    ),
]
KOREA = ZoneInfo("Asia/Seoul")


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> list[Outcome]:
    return [feeds_table.outcome(*each) for each in feeds_table.files(shared)]


def seed_feed(shared: Path, name: str) -> Document:
    body = (shared / "feeds" / "seed-site" / name).read_bytes()
    return read(body, url=f"{SITE}/{name}", charset="utf-8", now=NOW)


def test_every_feed_gives_entries_or_a_reason(outcomes: list[Outcome]) -> None:
    assert outcomes
    for each in outcomes:
        assert each.document or each.reason.endswith(".")
        assert each.reason == "" or each.document is None


def test_the_only_files_without_entries_are_no_feeds(outcomes: list[Outcome]) -> None:
    refused = {each.file: each.reason for each in outcomes if each.reason}

    assert set(refused.values()) <= {"That is JSON, but not a feed."}


def test_formats_are_known(outcomes: list[Outcome]) -> None:
    for each in outcomes:
        if each.document and each.kind in FORMATS and "DaringFireball.rss" not in each.file:
            assert each.document.kind in FORMATS[each.kind], each.file


def test_texts_are_plain_and_addresses_are_of_the_web(outcomes: list[Outcome]) -> None:
    for document in (each.document for each in outcomes if each.document):
        for entry in document.entries:
            for text in (entry.title, entry.author, *entry.tags):
                assert text.isprintable() or "\u3000" in text or "\xa0" in text
                text.encode()
            for url in (entry.link, entry.content.image_url, document.site_url):
                assert url is None or url.startswith(("http://", "https://"))
                assert url is None or "://localhost" not in url


async def test_workers_read_them_all(shared: Path) -> None:
    """None takes a worker over its limit, and the way through another process changes nothing."""
    async with Readers() as readers:
        for path, kind in feeds_table.files(shared):
            expected = feeds_table.outcome(path, kind).document
            if expected is not None:
                body = path.read_bytes()
                found = await readers.read(body, url=feeds_table.URL, charset=None, now=NOW)
                assert found == expected


def test_the_seed_site_gives_its_five_experiences(shared: Path) -> None:
    document = seed_feed(shared, "feed.xml")

    assert (document.kind, document.title) == (Kind.ATOM, "Internship Diaries")
    assert (document.site_url, document.feed_url) == (f"{SITE}/", f"{SITE}/feed.xml")
    assert document.notes == ()
    assert [
        (
            entry.title,
            entry.author,
            entry.published_at and f"{entry.published_at.astimezone(KOREA):%Y-%m-%d}",
            {*entry.tags},
            entry.content.image_url and entry.content.image_url.removeprefix(SITE),
        )
        for entry in document.entries
    ] == POSTS
    for entry in document.entries:
        assert entry.link == f"{entry.guid}/"
        assert entry.content.text


@pytest.mark.parametrize("name", ["rss.xml", "feed-excerpt.xml"])
def test_the_same_experiences_are_in_its_other_feeds(shared: Path, name: str) -> None:
    entries, others = seed_feed(shared, "feed.xml").entries, seed_feed(shared, name).entries

    assert [entry.title for entry in others] == [entry.title for entry in entries]
    assert [entry.link for entry in others] == [entry.link for entry in entries]
    assert [entry.published_at for entry in others] == [entry.published_at for entry in entries]


@pytest.mark.parametrize("name", ["summer2019", "thoughts", "slides", "people", "by_tag/wona"])
def test_its_feeds_of_a_category_give_some_of_them(shared: Path, name: str) -> None:
    links = {entry.link for entry in seed_feed(shared, "feed.xml").entries}
    found = {entry.link for entry in seed_feed(shared, f"feed/{name}.xml").entries}

    assert found
    assert found < links


def test_every_moment_of_a_feeds_history_can_be_read(shared: Path) -> None:
    paths = sorted(path for path in (shared / "feeds" / "history").rglob("*") if path.is_file())

    assert paths
    for path in paths:
        document = read(path.read_bytes(), url=feeds_table.URL, charset=None, now=NOW)
        assert all(entry.guid or entry.link or entry.title for entry in document.entries), path


def test_the_page_says_what_the_feeds_give(outcomes: list[Outcome]) -> None:
    page = feeds_table.page(outcomes)

    assert feeds_table.PAGE.read_text(encoding="utf-8") == page, (
        "run `python -m tests.real.feeds_table`"
    )
