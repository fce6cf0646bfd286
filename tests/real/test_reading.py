"""Feeds that are odd in ways that many are."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.experiences.sources.dates import parse
from bot.experiences.sources.documents import MOST_ENTRIES, Document
from bot.experiences.sources.encodings import decode
from bot.experiences.sources.reading import read

NOW = datetime(2026, 1, 10, tzinfo=UTC)
URL = "https://blog.example.org/feed.xml"
STORY = "In June we began to work on a robot that sorts letters, and then built a gripper for it."


def feed(body: str | bytes) -> Document:
    data = body.encode() if isinstance(body, str) else body
    return read(data, url=URL, charset=None, now=NOW)


def case(shared: Path, name: str) -> Document:
    return feed((shared / "cases" / name).read_bytes())


def rss(item: str, attributes: str = "") -> str:
    channel = f"<channel><title>A blog</title><link>https://blog.example.org/</link>{item}"
    return f'<rss version="2.0" {attributes}>{channel}</channel></rss>'


def post(title: str = "A report", body: str = STORY, more: str = "") -> str:
    return f"<item><title>{title}</title><description>{body}</description>{more}</item>"


def test_relative_bases(shared):
    (entry,) = case(shared, "feeds-relative-bases/feed.xml").entries

    assert entry.link == "https://blog.example.org/people/2026/report/"


def test_a_relative_base_of_rss():
    body = f"&lt;p&gt;{STORY} &lt;a href='b'&gt;More&lt;/a&gt;&lt;/p&gt;"
    (entry,) = feed(rss(post(body=body, more="<link>a</link>"), 'xml:base="/posts/"')).entries

    assert entry.link == "https://blog.example.org/posts/a"
    assert 'href="https://blog.example.org/posts/b"' in entry.content.lead


def test_bases_within_bases():
    content = (
        '<content type="html" xml:base="c/">&lt;a href="d"&gt;It&lt;/a&gt; was good.</content>'
    )
    entry = f'<entry xml:base="b/"><title>A</title><id>x</id><link href="e"/>{content}</entry>'
    start = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/a/"><title>T</title>'
    (found,) = feed(f"{start}{entry}</feed>").entries

    assert found.link == "https://blog.example.org/a/b/e"
    assert 'href="https://blog.example.org/a/b/c/d"' in found.content.lead


def test_bare_ampersands(shared):
    (entry,) = case(shared, "feeds-bare-ampersands/feed.xml").entries

    assert entry.title == "R&D at AT&T"
    assert entry.content.text.startswith("We did R&D at AT&T.")
    assert entry.link == "https://blog.example.org/?a=1&b=2"


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("R & D &amp; x", "R & D & x"),
        ("Fish&nbsp;& chips", "Fish & chips"),
        ("AT&T; and &eacute;t&#233;", "AT&T; and été"),
        ("a &lt; b & c", "a < b & c"),
        ("<![CDATA[R&D]]> & more", "R&D & more"),
    ],
)
def test_ampersands_of_many_kinds(stated, title):
    document = feed(rss(post(stated, more="<link>https://blog.example.org/?a&copy=1</link>")))

    assert document.entries[0].title == title
    assert document.entries[0].link == "https://blog.example.org/?a&copy=1"


def test_bodies_escaped_twice(shared):
    (entry,) = case(shared, "feeds-escaped-twice/feed.xml").entries

    assert entry.content.text.startswith("We did a lot.")
    assert "<a href" in entry.content.lead


def test_a_sample_of_code_is_not_unescaped():
    (entry,) = feed(rss(post(body=f"{STORY} Write &amp;lt;b&amp;gt;so&amp;lt;/b&amp;gt;."))).entries

    assert "<b>so</b>" in entry.content.text


def test_late_beginnings(shared):
    (entry,) = case(shared, "feeds-late-beginnings/comment.xml").entries

    assert entry.title == "A report"


@pytest.mark.parametrize(
    "front",
    [
        f"<!--{'x' * 50_000}--><?xml version='1.0'?><!-- <html> -->",
        f"<?xml version='1.0'?>{'<?style x?>' * 3_000}",
        f"<?xml version='1.0'?>\n<!DOCTYPE rss PUBLIC 'a' 'b'>{' ' * 20_000}<!-- a > b -->",
        "<html><head><script>'<rss version=2>'</script></head><body><pre>",
    ],
)
def test_what_stands_in_front_of_a_feed(front):
    (entry,) = feed(
        front + rss(post()) + ("</pre></body></html>" if "<pre" in front else "")
    ).entries

    assert entry.title == "A report"


def test_items_within_the_channel(shared):
    (entry,) = case(shared, "feeds-two-ways-differ/items-in-channel.rdf").entries

    assert entry.title == "A report"


def test_keywords_and_a_title_in_an_enclosure():
    more = "<keywords>robots</keywords><enclosure url='x.mp3'><title>Not this</title></enclosure>"
    (entry,) = feed(rss(post(more=more))).entries

    assert (entry.title, entry.tags) == ("A report", ("robots",))


def test_short_and_encoded(shared):
    document = case(shared, "feeds-short-and-encoded/gb2312.xml")

    assert document.entries[0].title == "不归移民漫画系列：专业工作"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("机器人实验室暑期实习报告", "gb2312"),
        ("研究室のインターンシップ体験記", "shift_jis"),
        ("研究室のインターンシップ体験記", "euc_jp"),
        ("여름 인턴 이야기와 연구실 생활", "euc-kr"),
        ("Лето в лаборатории", "cp1251"),
        ("Лето в лаборатории", "koi8-r"),
        ("Καλοκαίρι στο εργαστήριο", "cp1253"),
        ("Un été à Genève", "cp1252"),
    ],
)
def test_single_titles(text, codec):
    assert text in decode(rss(post(text)).encode(codec), None).text


def test_dates_of_one_meaning(shared):
    for line in (shared / "cases/feed-dates/dates.tsv").read_text().splitlines()[1:]:
        raw, expected = line.split("\t")
        found = parse(raw, NOW)
        assert (found.isoformat() if found else "none") == expected.partition(" (")[0], raw


def test_a_note_does_not_call_readable_dates_wrong():
    (note,) = feed(rss(post(more="<pubDate>03/04/2025</pubDate>"))).notes

    assert "can mean two days" in note


def test_a_json_feed_of_very_many_items_is_thinned():
    day = "2025-11-{:02}T00:00:00Z"
    items = [
        {"id": str(n), "title": f"t {n}", "date_published": day.format(n % 28 + 1)}
        for n in range(200_000)
    ]
    document = feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))

    assert len(document.entries) == MOST_ENTRIES
    assert "200,000" in document.notes[0]


@pytest.mark.parametrize("name", ["x" * 50_000, f"<![CDATA[{'x' * 50_000}]]>", "a b " * 12_500])
def test_an_author_of_very_many_letters(name):
    assert len(feed(rss(post(more=f"<author>{name}</author>"))).entries) == 1


def test_markup_and_invisible_hyphens_go():
    more = "<category>&lt;b&gt;ro&amp;shy;bots&lt;/b&gt;</category><author>An\u00adn</author>"
    (entry,) = feed(rss(post("in\u00adtern\u200bship", "A sum\u00admer.", more))).entries

    assert (entry.title, entry.tags, entry.author) == ("internship", ("robots",), "Ann")
    assert entry.content.text == "A summer."
