"""Lists of feeds, in and out."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.sources.opml import (
    MOST_OUTLINES,
    NotAList,
    Outline,
    parse_opml,
    write_opml,
)


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{body}</body></opml>'.encode()


def outline(url: str, text: str = "Blog", more: str = "") -> str:
    return f'<outline type="rss" text="{text}" xmlUrl="{url}" {more}/>'


def test_feeds_in_folders_are_found_with_their_categories() -> None:
    body = f"""<outline text="연구"><outline text="Labs">{outline("https://a.example/feed")}
        </outline></outline>{outline("https://b.example/feed", "B &amp; C", 'category="x,y"')}"""

    assert [*parse_opml(opml(body)).outlines] == [
        Outline("Blog", "https://a.example/feed", ("연구", "Labs")),
        Outline("B & C", "https://b.example/feed", ("x", "y")),
    ]


def test_an_address_in_two_folders_is_one_feed() -> None:
    feed = outline("https://a.example/feed")
    body = f'<outline text="one">{feed}</outline><outline text="two">{feed}</outline>'

    assert [*parse_opml(opml(body)).outlines] == [
        Outline("Blog", "https://a.example/feed", ("one", "two"))
    ]


def test_what_cannot_be_followed_is_named() -> None:
    found = parse_opml(
        opml(
            outline("feed:https://ann.example/feed", "Ann")
            + outline("feed://ben.example/feed", "Ben")
            + outline("cem.example/feed", "Cem")
            + outline("ftp://dan.example/feed", "Dan")
            + outline("", "Eva")
        )
    )
    assert [one.url for one in found.outlines] == [
        "https://ann.example/feed",
        "https://ben.example/feed",
        "https://cem.example/feed",
    ]
    assert set(found.left_out) >= {"Dan"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "feed.xml"])
def test_addresses_that_are_not_of_the_web_are_left_out(url: str) -> None:
    assert not parse_opml(opml(outline(url))).outlines


def test_an_old_encoding_is_read() -> None:
    text = opml(outline("https://a.example/", "연구실")).decode()
    body = text.replace('"1.0"', '"1.0" encoding="euc-kr"', 1).encode("euc-kr")

    assert parse_opml(body).outlines[0].title == "연구실"


def test_a_long_list_is_cut() -> None:
    body = "".join(outline(f"https://a.example/{number}") for number in range(MOST_OUTLINES + 5))

    assert len(parse_opml(opml(body)).outlines) == MOST_OUTLINES


@pytest.mark.parametrize(
    "body", [b"", b"\xff\0\1", b"<rss/>", b"https://a.example/list.opml", b"<html></html>"]
)
def test_other_files_are_refused(body: bytes) -> None:
    with pytest.raises(NotAList, match="OPML"):
        parse_opml(body)


def test_broken_lists_give_what_can_be_read_or_are_refused() -> None:
    assert (
        parse_opml(opml(outline("https://a.example/"))[:-10]).outlines[0].url
        == "https://a.example/"
    )
    with pytest.raises(NotAList, match="broken"):
        parse_opml(opml("<![x[ ]]>"))


def test_what_is_written_can_be_read_back() -> None:
    outlines = [
        Outline("A <b> & \"c\" 'd'", "https://a.example/feed?a=1&b=2", ("인턴", "lab")),
        Outline("연구실\x00\n2", "https://b.example/"),
    ]

    written = write_opml("Our blogs", outlines)

    assert ElementTree.fromstring(written).findtext("head/title") == "Our blogs"
    assert [*parse_opml(written).outlines] == [
        outlines[0],
        Outline("연구실 2", "https://b.example/"),
    ]


@given(st.lists(st.tuples(st.text(max_size=20), st.lists(st.text(max_size=10), max_size=3))))
def test_any_names_can_be_written(named: list[tuple[str, list[str]]]) -> None:
    outlines = [
        Outline(title, f"https://a.example/{number}", tuple(categories))
        for number, (title, categories) in enumerate(named)
    ]

    assert [each.url for each in parse_opml(write_opml("x", outlines)).outlines] == [
        each.url for each in outlines
    ]
