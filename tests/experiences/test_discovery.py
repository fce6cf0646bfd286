"""Where a page's feeds are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.sources.discovery import find_feeds, usual_paths

URL = "https://blog.example/posts/one"


def link(href: str, kind: str = "application/rss+xml", **more: str) -> str:
    attributes = {"rel": "alternate", "type": kind, "href": href, **more}
    return "<link " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + ">"


def found(*tags: str, url: str = URL) -> list[str]:
    return find_feeds(f"<html><head>{''.join(tags)}</head></html>".encode(), url, None)


@pytest.mark.parametrize("kind", ["rss+xml", "atom+xml", "feed+json", "json", "RSS+XML; charset=x"])
def test_every_kind_of_feed_is_found(kind: str) -> None:
    assert found(link("/feed", f"application/{kind}")) == ["https://blog.example/feed"]


def test_the_order_is_the_pages_each_is_there_once_and_comments_come_last() -> None:
    assert found(
        link("/comments/feed"),
        link("/b"),
        link("/c", title="One &raquo; 댓글"),
        link("/a"),
        link("/b"),
    ) == [f"https://blog.example/{path}" for path in ("b", "a", "comments/feed", "c")]


@pytest.mark.parametrize(
    "tag",
    [
        "<link type=application/rss+xml rel=alternate href=/feed>",
        "<LINK REL='Alternate' TYPE='application/rss+xml' HREF='/feed' />",
        '<link title="a > b" rel="alternate" type="application/rss+xml" href="/feed">',
        '<link\nrel="home alternate"\ntype="application/rss+xml"\nhref="/&#102;eed">',
        '<base href="https://blog.example/"><link rel=feed type=application/rss+xml href=feed>',
    ],
)
def test_links_are_read_however_they_are_written(tag: str) -> None:
    assert found(tag) == ["https://blog.example/feed"]


@pytest.mark.parametrize(
    "tag",
    [
        link("javascript:alert(1)"),
        link("ftp://blog.example/feed"),
        link("http://[/"),
        link(""),
        link("/print", "text/html"),
        link("/style.css", rel="stylesheet"),
        link("/wp-json/wp/v2/posts/1", "application/json"),
        f"<!-- {link('/feed')} -->",
        f"<!-- {link('/feed')}",
    ],
)
def test_other_links_are_no_feeds(tag: str) -> None:
    assert found(tag) == []


def test_a_page_in_an_old_encoding_is_read() -> None:
    page = f"<title>연구실</title>{link('/feed')}".encode("euc-kr")

    assert find_feeds(page, URL, "euc-kr") == ["https://blog.example/feed"]


def test_a_page_of_links_names_a_few() -> None:
    assert len(found(*(link(f"/{number}") for number in range(10_000)))) == 20


def test_usual_places_are_in_the_folder_of_the_page_in_those_above_and_at_the_root() -> None:
    paths = usual_paths("https://lab.example/~ann/blog/?page=2#top")

    assert paths[0] == "https://lab.example/~ann/blog/feed.xml"
    assert paths.index("https://lab.example/~ann/atom.xml") < paths.index(
        "https://lab.example/rss.xml"
    )
    assert len(paths) == len(set(paths)) < 30


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://velog.io/@ann/posts", "https://v2.velog.io/rss/@ann"),
        ("https://medium.com/@ann/why-123", "https://medium.com/feed/@ann"),
        ("https://blog.naver.com/ann/123", "https://rss.blog.naver.com/ann.xml"),
        ("https://blog.example/index.html", "https://blog.example/feed.xml"),
        ("https://blog.example", "https://blog.example/feed.xml"),
    ],
)
def test_the_likeliest_place_comes_first(url: str, path: str) -> None:
    assert usual_paths(url)[0] == path


@pytest.mark.parametrize("url", ["", "ftp://x/", "http://[", "no address"])
def test_what_is_no_address_has_no_places(url: str) -> None:
    assert usual_paths(url) == []


@given(st.text(alphabet="<>\"'=- linkbaserhft/!x", max_size=300))
def test_any_page_can_be_searched(text: str) -> None:
    assert len(found(text)) <= 20
