"""What the quick way to read a feed reads, it reads as feedparser does; the rest it leaves alone.

`tests/real/test_plain_xml.py` compares the two on real feeds.
"""

from datetime import UTC, datetime

import pytest

from bot.experiences.sources.items import document
from bot.experiences.sources.plain_xml import parse_plain
from bot.experiences.sources.xml_feed import declared_once, parse_thoroughly

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://site.example/feed.xml"
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
LINK = '<link rel="alternate" href="posts/1"/><id>posts/1</id>'
CONTENT = '<content type="html">&lt;a href="a"&gt;An account&lt;/a&gt; of my summer.</content>'


def rss(item: str, *, beside: str = "") -> str:
    channel = f"<channel><title>Blog</title><item>{item}</item></channel>"
    return f'<rss version="2.0" {MEDIA} {DC}>{beside}{channel}</rss>'


def atom(entry: str, *, feed: str = "", attributes: str = "") -> str:
    inside = f"<title>Blog</title>{feed}<entry {attributes}>{entry}</entry>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {MEDIA}>{inside}</feed>'


def rdf(item: str) -> str:
    """RSS 1, which has items beside the channel."""
    spaces = (
        'xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" ' + DC
    )
    items = '<items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/></rdf:Seq></items>'
    channel = f"<channel><title>Blog</title><link>https://a.example/</link>{items}</channel>"
    image = "<image><title>Logo</title><url>https://a.example/logo.png</url></image>"
    item = f'<item rdf:about="https://a.example/1">{item}</item>'
    return f"<rdf:RDF {spaces}>{channel}{image}{item}</rdf:RDF>"


def film(
    title: str = "", description: str = "<media:description>It is so.</media:description>"
) -> str:
    picture = '<media:thumbnail url="https://site.example/1.jpg"/>'
    return f"<media:group>{title}{picture}{description}</media:group>"


ALIKE = {
    "a title with a name for a character": rss("<title>Fish &amp;amp; chips&amp;nbsp;2</title>"),
    "a title with a number for a character": rss("<title>It&amp;#39;s mine</title>"),
    "a title with a name that is none": rss("<title>AT&amp;T; and &amp;lt;b&amp;gt;</title>"),
    "a title that is escaped twice": rss("<title>A &amp;amp;lt;b&amp;amp;gt; c</title>"),
    "an entry with a base": atom(LINK + CONTENT, attributes='xml:base="https://a.example/b/"'),
    "an id that is an address": atom(
        f"<id>posts/1</id><title>A day</title>{CONTENT}",
        attributes='xml:base="https://a.example/b/"',
    ),
    "a base in the content": atom(
        LINK + CONTENT.replace("type", 'xml:base="https://a.example/c/" type')
    ),
    "a base within a base": atom(
        LINK + CONTENT.replace("type", 'xml:base="c/" type'),
        attributes='xml:base="https://a.example/b/"',
    ),
    "a base of the feed": atom(
        LINK + CONTENT, feed='<link href="/"/>', attributes='xml:base="b/"'
    ).replace("<feed", '<feed xml:base="https://a.example/"'),
    "a film that is described": rss(f"<title>A film</title>{film()}"),
    "a film in Atom": atom(f"<title>A film</title>{film()}"),
    "a film whose title comes first": rss(
        f"{film('<media:title>Another</media:title>')}<title>A film</title>"
    ),
    "a picture with a title": rss(
        "<title>A day</title><description>It was long.</description>"
        '<media:content url="https://site.example/1.jpg" medium="image">'
        "<media:title>Me</media:title></media:content>"
    ),
    "an item of RSS 1": rdf(
        "<title> A day\n</title><link>https://a.example/1?a=1&amp;b=2</link>"
        "<dc:title>A day</dc:title>"
        "<description>It &lt;b&gt;was&lt;/b&gt; long.</description><dc:creator>Ann</dc:creator>"
        "<dc:date>2026-11-01T08:00:00+09:00</dc:date><dc:publisher>Press</dc:publisher>"
    ),
    "an item with a date of Dublin Core": rss("<title>A day</title><dc:date>2026-11-01</dc:date>"),
    "something beside the channel": rss(
        "<title>A day</title>", beside='<sharing xmlns="https://other.example/"/>'
    ),
}
LEFT_ALONE = {
    "a title with an element": rss("<title>A &lt;b&gt;day&lt;/b&gt;</title>"),
    "a title with an element and a character": rss("<title>&lt;p&gt;A &amp;amp; b</title>"),
    "a relative base in the content": atom(LINK + CONTENT.replace("type", 'xml:base="c/" type')),
    "a relative base": atom(LINK + CONTENT, attributes='xml:base="/b/"'),
    "a link that leads nowhere": atom(
        '<link rel="related"/><id>1</id>', attributes='xml:base="https://a.example/b/"'
    ),
    "a base that is no address": atom(LINK + CONTENT, attributes='xml:base="https://["'),
    "two titles": rdf("<title>A day</title><dc:title>Another</dc:title>"),
    "two identities": rdf("<title>A day</title><guid>1</guid>"),
    "two dates of the same kind": rss(
        "<title>A day</title><dc:date>2026-11-01</dc:date><dc:date>2026-11-02</dc:date>"
    ),
    "a subject of Dublin Core": rss("<title>A day</title><dc:subject>Work</dc:subject>"),
    "a film that has the only title": rss(film("<media:title>A film</media:title>")),
    "a film beside an account": rss(f"<title>A</title><description>B</description>{film()}"),
    "a film beside a summary": atom(f"<title>A</title><summary>B</summary>{film()}"),
    "a description that is no HTML": rss(
        "<title>A</title>"
        + film(description='<media:description type="plain">B</media:description>')
    ),
    "an item beside the channel": rss("<title>A</title>", beside="<item><title>B</title></item>"),
}


@pytest.mark.parametrize("text", ALIKE.values(), ids=ALIKE)
def test_both_ways_give_the_same_document(text: str) -> None:
    text = declared_once(text)
    plain, thorough = parse_plain(text), parse_thoroughly(text, [])
    assert plain is not None
    assert thorough is not None
    assert document(plain, URL, NOW) == document(thorough, URL, NOW)


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_unusual_is_left_alone(text: str) -> None:
    assert parse_plain(declared_once(text)) is None
