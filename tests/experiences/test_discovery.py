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


@pytest.mark.parametrize(
    "kind", ["application/xml", "text/xml", "application/rdf+xml", "text/rss+xml"]
)
def test_types_that_sites_use_instead_of_the_right_ones_count(kind: str) -> None:
    assert found(link("/posts.xml", kind)) == ["https://blog.example/posts.xml"]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="feed" href="/feed">',
        '<link rel="alternate" href="/feed">',
        '<a href="/feed">RSS</a>',
        "<A HREF=https://www.blog.example/feed>subscribe</A>",
    ],
)
def test_feeds_without_a_type_and_links_in_the_body_are_found(tag: str) -> None:
    (address,) = found(tag)
    assert address.endswith("blog.example/feed")


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="https://friend.example/feed">a friend</a>',
        '<a href="/2026/about-rss">about RSS</a>',
        '<link rel="alternate" hreflang="de" href="/de/">',
    ],
)
def test_links_to_others_and_to_pages_are_no_feeds(tag: str) -> None:
    assert found(tag) == []


def test_what_the_head_states_comes_before_links_in_the_body() -> None:
    assert found('<a href="/rss">RSS</a>', link("/atom")) == [
        "https://blog.example/atom",
        "https://blog.example/rss",
    ]


def test_a_page_in_an_old_encoding_is_read() -> None:
    page = f"<title>연구실</title>{link('/feed')}".encode("euc-kr")

    assert find_feeds(page, URL, "euc-kr") == ["https://blog.example/feed"]


def test_a_page_of_links_names_a_few() -> None:
    assert len(found(*(link(f"/{number}") for number in range(10_000)))) == 20


def test_usual_places_are_in_the_folder_of_the_page_in_those_above_and_at_the_root() -> None:
    paths = usual_paths("https://lab.example/blog/?page=2#top")

    assert paths[0] == "https://lab.example/blog/feed.xml"
    assert paths.index("https://lab.example/blog/atom.xml") < paths.index(
        "https://lab.example/rss.xml"
    )
    assert len(paths) == len(set(paths)) < 30


def test_the_feed_of_a_site_is_found_from_a_post_that_lies_deep() -> None:
    paths = usual_paths("https://blog.example/posts/my-internship/")[:30]
    for name in ("feed.xml", "atom.xml", "rss", "index.xml", "feed/", "feed.json"):
        assert f"https://blog.example/{name}" in paths


def test_nobody_elses_feed_is_tried_where_many_share_a_host() -> None:
    for url in (
        "https://lab.example/~ann/blog/",
        "https://lab.example/~ann/",
        "https://lab.example/~ann/2026/01/post.html",
    ):
        assert all("/~ann/" in path for path in usual_paths(url))
    assert usual_paths("https://blog.naver.com/PostView.naver?logNo=1") == []
    assert usual_paths("https://medium.com/about") == []


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://velog.io/@ann/posts", "https://v2.velog.io/rss/@ann"),
        ("https://medium.com/@ann/why-123", "https://medium.com/feed/@ann"),
        ("https://blog.naver.com/ann/123", "https://rss.blog.naver.com/ann.xml"),
        (
            "https://m.blog.naver.com/PostView.naver?logNo=7&blogId=ann",
            "https://rss.blog.naver.com/ann.xml",
        ),
        ("https://blog.naver.com/PostList?blogId=ann", "https://rss.blog.naver.com/ann.xml"),
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


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="alternate" type="application/x.atom+xml" href="/feed">',
        '<link rel="alternate" type="text/rss" href="/feed">',
        '<link rel="home" type="application/rss+xml" href="/feed">',
        '<link rel="alternate" type="application/rss+xml" href="http://localhost:4000/feed">',
        '<a href="feed://blog.example/feed">Subscribe</a>',
        '<script>"<link rel=alternate type=application/rss+xml href=/no>"</script><a href="/feed">',
        '<link rel="alternate stylesheet" type="text/xml" href="/no.xsl"><a href="/feed">',
    ],
)
def test_what_names_a_feed_in_another_way_is_found(tag: str) -> None:
    assert found(tag) == ["https://blog.example/feed"]


@pytest.mark.parametrize("path", ["rss2.xml", "rss.php", "?feed=rss2"])
def test_older_names_of_feeds_are_known(path: str) -> None:
    assert found(f'<a href="/{path}">RSS</a>') == [f"https://blog.example/{path}"]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://dev.to/ada/x", "https://dev.to/feed/ada"),
        ("https://zenn.dev/ada/articles/x", "https://zenn.dev/ada/feed"),
        ("https://brunch.example/@ada/1", "https://brunch.example/@ada/feed.xml"),
    ],
)
def test_where_many_share_a_host_nobody_elses_feed_is_tried(page: str, feed: str) -> None:
    paths = usual_paths(page)
    assert feed in paths
    assert all("ada" in path for path in paths)
