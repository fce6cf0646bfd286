"""From the bytes of a feed to a document: what is odd is put right, what is no feed is named."""

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.sources.documents import (
    LONGEST_TITLE,
    MOST_ENTRIES,
    Document,
    Entry,
    Kind,
    NotAFeed,
)
from bot.experiences.sources.reading import read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://blog.example/sub/feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"


def reading(body: str | bytes, *, url: str = URL, charset: str | None = None) -> Document:
    data = body if isinstance(body, bytes) else body.encode()
    return read(data, url=url, charset=charset, now=NOW)


def rss(*items: str, head: str = "<title>Blog</title><link>https://blog.example/</link>") -> str:
    names = (
        f'xmlns:media="{MEDIA}" xmlns:atom="{ATOM}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    inside = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?><rss version="2.0" {names}><channel>{head}{inside}</channel></rss>'
    )


def atom(
    *entries: str, head: str = '<title>Blog</title><link href="https://blog.example/"/>'
) -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<?xml version="1.0"?><feed xmlns="{ATOM}" xmlns:media="{MEDIA}">{head}{inside}</feed>'


def json_feed(*items: dict[str, Any], **more: Any) -> str:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": items}
    return json.dumps({**feed, **more})


def only(document: Document) -> Entry:
    (entry,) = document.entries
    return entry


class TestFormats:
    def test_rss(self) -> None:
        document = reading(
            rss(
                "<title>One</title><link>https://blog.example/1</link><guid>tag:1</guid>"
                "<pubDate>Mon, 01 Jan 2024 10:00:00 KST</pubDate><dc:creator>Ann</dc:creator>"
                "<category>lab</category><description>Short</description>"
                "<content:encoded><![CDATA[<p>A long body.</p>]]></content:encoded>"
            )
        )

        entry = only(document)
        assert (document.kind, document.title) == (Kind.RSS, "Blog")
        assert document.site_url == "https://blog.example/"
        assert (entry.guid, entry.link, entry.title) == ("tag:1", "https://blog.example/1", "One")
        assert (entry.author, entry.tags) == ("Ann", ("lab",))
        assert entry.published_at == datetime(2024, 1, 1, 1, tzinfo=UTC)
        assert "A long body." in entry.content.text

    def test_atom(self) -> None:
        document = reading(
            atom(
                '<title>One</title><link href="/1"/><id>urn:1</id>'
                "<published>2024-01-01T00:00:00Z</published><updated>2024-02-01T00:00:00Z</updated>"
                '<author><name>Ann</name></author><category term="lab"/><content>Text</content>',
                head='<title>Blog</title><link rel="self" href="https://blog.example/feed"/>'
                '<link href="https://blog.example/"/>',
            )
        )

        entry = only(document)
        assert (document.kind, document.feed_url) == (Kind.ATOM, "https://blog.example/feed")
        assert (entry.guid, entry.link) == ("urn:1", "https://blog.example/1")
        assert entry.updated_at == datetime(2024, 2, 1, tzinfo=UTC)

    def test_rdf(self) -> None:
        document = reading(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<channel><title>Blog</title><link>https://blog.example/</link></channel>"
            "<item><title>One</title><link>https://blog.example/1</link>"
            "<dc:date>2024-01-01T00:00:00Z</dc:date></item></rdf:RDF>"
        )

        assert document.kind is Kind.RDF
        assert only(document).published_at == datetime(2024, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize("named", [{"author": {"name": "Ann"}}, {"authors": [{"name": "Ann"}]}])
    @pytest.mark.parametrize("by_the_feed", [True, False])
    def test_json_feed(self, named: dict[str, Any], by_the_feed: bool) -> None:
        item = {
            "id": 7,
            "url": "/1",
            "title": "A < B",
            "content_html": "<p>Text</p>",
            "date_published": "2024-01-01T00:00:00+09:00",
            "image": "/1.png",
            "tags": ["lab", 3],
        }
        home = {"home_page_url": "https://blog.example/"}

        document = reading(
            json_feed(item, **home, **named)
            if by_the_feed
            else json_feed({**item, **named}, **home)
        )

        entry = only(document)
        assert document.kind is Kind.JSON
        assert (entry.guid, entry.link, entry.title) == ("7", "https://blog.example/1", "A < B")
        assert (entry.author, entry.tags) == ("Ann", ("lab",))
        assert entry.published_at == datetime(2023, 12, 31, 15, tzinfo=UTC)
        assert entry.content.image_url == "https://blog.example/1.png"

    @pytest.mark.parametrize("items", [[None, 1, "x", []], [{"id": None, "tags": "x", "url": []}]])
    def test_json_of_the_wrong_types_is_read_as_far_as_it_goes(self, items: Any) -> None:
        assert all(not entry.title for entry in reading(json_feed(*items)).entries)


class TestNotAFeed:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "The document is empty."),
            (b" \r\n ", "The document is empty."),
            (b"<!DOCTYPE html><html><body>Hi</body></html>", "That is a web page, not a feed."),
            (
                b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="y"></html>',
                "That is a web page, not a feed.",
            ),
            (b"<!-- a --><head><title>x</title></head>", "That is a web page, not a feed."),
            (b"%PDF-1.7\n<rss>", "That is a PDF file, not a feed."),
            (b"\x89PNG\r\n\x1a\n\0\0", "That is a picture, not a feed."),
            (b"PK\x03\x04\0\0", "That is an archive or office file, not a feed."),
            (bytes(range(256)), "That is neither XML nor JSON, so it is not a feed."),
            (b"Not found", "That is neither XML nor JSON, so it is not a feed."),
            (b"{}", "That is JSON, but not a feed."),
            (b'{"items": []}', "That is JSON, but not a feed."),
            (b"[" * 100_000, "That is JSON, but not a feed."),
            (b"{" + b"9" * 10_000, "That is JSON, but not a feed."),
            (b"<note><to>x</to></note>", "That is XML, but not a feed."),
            (b'<opml version="2.0"/>', "That is a list of feeds (OPML), not a feed."),
            (b"<urlset></urlset>", "That is a sitemap, not a feed."),
            (b"\x1f\x8bnothing", "That is a compressed file that can't be unpacked."),
        ],
    )
    def test_the_reason_says_what_it_is(self, body: bytes, reason: str) -> None:
        with pytest.raises(NotAFeed) as refused:
            reading(body)

        assert str(refused.value) == reason

    def test_a_bomb_is_not_unpacked(self) -> None:
        with pytest.raises(NotAFeed, match="more in it"):
            reading(gzip.compress(b" " * 50_000_000))


class TestBroken:
    def test_a_compressed_document_is_unpacked(self) -> None:
        assert only(reading(gzip.compress(rss("<title>One</title>").encode()))).title == "One"

    def test_broken_xml_gives_the_entries_that_can_be_read_and_a_note(self) -> None:
        document = reading(rss("<title>Fish & Chips</title>", "<title>Two</title>")[:-23])

        assert [entry.title for entry in document.entries] == ["Fish & Chips", "Two"]
        assert document.notes[0].startswith("It is not well-formed XML (line 1)")

    def test_entities_of_html_are_read_as_what_they_mean(self) -> None:
        document = reading(rss("<title>Caf&eacute;&nbsp;&amp;&nbsp;Bar</title>"))

        assert only(document).title == "Café & Bar"

    @pytest.mark.parametrize(
        "spoiled",
        ["a\0b", "a\x0bb", "a\x1fb", "a&#0;b", "a&#x1F;b", "a&#xD800;b", "a&#55296;b", "a\ufffeb"],
    )
    def test_what_xml_forbids_is_left_out(self, spoiled: str) -> None:
        document = reading(rss(f"<title>{spoiled}</title><description>{spoiled}</description>"))

        assert only(document).title == "ab"
        assert document.notes == ()

    def test_lone_surrogates_are_left_out(self) -> None:
        body = rss("<title>aXb</title>").encode().replace(b"X", b"\xed\xa0\x80")

        assert only(reading(body)).title.strip("\ufffd").startswith("a")
        assert only(reading(json_feed({"title": "a\ud800b"}))).title == "a?b"

    def test_two_halves_of_a_character_are_joined(self) -> None:
        assert only(reading(rss("<title>a&#xD83D;&#xDE00;</title>"))).title == "a😀"

    @pytest.mark.parametrize(
        "before", ["\ufeff\n\n", "<br />\n<b>Warning</b>: mysql\n", "Notice: x\n"]
    )
    def test_what_stands_before_it_is_skipped(self, before: str) -> None:
        assert only(reading(before + rss("<title>One</title>"))).title == "One"

    def test_a_wrong_encoding_is_noted(self) -> None:
        title = "대학원 인턴 경험을 적어 봅니다"
        body = rss(f"<title>{title}</title>").replace('"1.0"', '"1.0" encoding="utf-8"', 1)

        document = reading(body.encode("euc-kr"))

        assert only(document).title == title
        assert document.notes == ("It says that it is in UTF-8, but it was read as CP949.",)

    def test_entities_do_not_multiply(self) -> None:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        body = f'<!DOCTYPE rss [<!ENTITY e0 "lol">{entities}]>'
        body += "<rss><channel><item><title>&e11;</title></item></channel></rss>"

        assert len(only(reading(body)).title) < 100

    def test_files_are_not_read(self) -> None:
        body = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        body += "<rss><channel><item><title>a&x;b</title></item></channel></rss>"

        assert "root" not in only(reading(body)).title

    def test_a_feed_without_entries_is_a_feed(self) -> None:
        document = reading(rss())

        assert document.entries == ()
        assert document.notes == ("It has no entries.",)


class TestLimits:
    def test_the_newest_entries_stay_in_their_order(self) -> None:
        days = [*range(2, 29), 1] * (MOST_ENTRIES // 28 + 2)
        items = [
            f"<guid>{number}</guid><pubDate>2024-01-{day:02}T00:00:00Z</pubDate>"
            for number, day in enumerate(days)
        ]

        document = reading(rss(*items))

        kept = [int(entry.guid or "") for entry in document.entries]
        assert len(kept) == MOST_ENTRIES
        assert kept == sorted(kept)
        left_out = set(range(len(days))) - set(kept)
        assert max(days[number] for number in left_out) <= min(days[number] for number in kept)
        assert f"only the newest {MOST_ENTRIES:,} were read" in document.notes[0]

    def test_the_last_ones_stay_where_a_feed_begins_with_the_oldest(self) -> None:
        items = [
            {"id": str(number), "date_published": 1_600_000_000 + number * 1000}
            for number in range(MOST_ENTRIES + 5)
        ]

        assert reading(json_feed(*items)).entries[0].guid == "5"

    def test_without_dates_the_first_ones_stay(self) -> None:
        document = reading(atom(*(f"<id>{number}</id>" for number in range(MOST_ENTRIES + 5))))

        assert [entry.guid for entry in document.entries][-1] == str(MOST_ENTRIES - 1)

    def test_titles_are_cut(self) -> None:
        assert len(only(reading(rss(f"<title>{'word ' * 1000}</title>"))).title) <= LONGEST_TITLE


class TestTitles:
    @pytest.mark.parametrize(
        ("stated", "shown"),
        [
            ("<title>A &amp;amp; B</title>", "A & B"),
            ("<title>A &amp;#8217; B</title>", "A ’ B"),
            ("<title>&lt;b&gt;Bold&lt;/b&gt; move</title>", "Bold move"),
            ("<title><![CDATA[<i>A</i>\n  B]]></title>", "A B"),
            ("<title>1 &lt; 2</title>", "1 < 2"),
            ("<title>a &amp;amp;lt;b&amp;amp;gt; c</title>", "a <b> c"),
            ("<title>A\u202eB</title>", "AB"),
            ("<description>No title</description>", ""),
        ],
    )
    def test_in_rss_they_are_made_plain(self, stated: str, shown: str) -> None:
        assert only(reading(rss(stated))).title == shown

    @pytest.mark.parametrize(
        ("stated", "shown"),
        [
            ('<title type="text">Use &lt;b&gt; here</title>', "Use <b> here"),
            ('<title type="html">Use &lt;b&gt;this&lt;/b&gt;</title>', "Use this"),
            ('<title type="html">&lt;script&gt;alert(1)&lt;/script&gt;x</title>', "x"),
        ],
    )
    def test_in_atom_they_say_what_they_are(self, stated: str, shown: str) -> None:
        assert only(reading(atom(stated))).title == shown


class TestAddresses:
    @pytest.mark.parametrize(
        ("stated", "link"),
        [
            ("<link>/1</link>", "https://blog.example/1"),
            ("<link>1</link>", "https://blog.example/1"),
            ("<link>//other.example/1</link>", "https://other.example/1"),
            ("<link>\n https://blog.example/1 \n</link>", "https://blog.example/1"),
            ("<link>https://blog.example/a b</link>", "https://blog.example/a%20b"),
            ("<link>http://localhost:4000/1</link>", "https://blog.example/1"),
            ("<link>http://127.0.0.1/1</link>", "https://blog.example/1"),
            ("<link>http://localhost.example/1</link>", "http://localhost.example/1"),
            ("<link>javascript:alert(1)</link>", None),
            ("<link>mailto:a@b.example</link>", None),
            ("<link>http://[/</link>", None),
            ("<guid>https://blog.example/1</guid>", "https://blog.example/1"),
            ('<guid isPermaLink="false">https://blog.example/1</guid>', None),
        ],
    )
    def test_links_are_whole_and_of_the_web(self, stated: str, link: str | None) -> None:
        assert only(reading(rss(stated))).link == link

    def test_the_entrys_own_base_comes_first(self) -> None:
        body = atom('<link href="1"/>').replace(
            "<entry>", '<entry xml:base="https://other.example/x/">'
        )

        assert only(reading(body)).link == "https://other.example/x/1"

    def test_without_the_feeds_link_its_own_address_is_the_base(self) -> None:
        assert only(reading(rss("<link>1</link>", head=""))).link == "https://blog.example/sub/1"

    def test_a_site_on_this_machine_keeps_its_addresses(self) -> None:
        head = "<link>http://localhost:4000/</link>"
        body = rss("<link>http://localhost:4000/1</link>", head=head)

        assert only(reading(body, url="http://127.0.0.1:8000/f")).link == "http://localhost:4000/1"
        assert only(reading(body)).link == "https://blog.example/1"

    def test_addresses_of_the_authors_machine_in_a_body_lead_to_the_site(self) -> None:
        body = '<p>Text <a href="http://localhost:4000/a">link</a></p>'
        document = reading(rss(f"<description><![CDATA[{body}]]></description>"))

        assert "https://blog.example/a" in only(document).content.lead


class TestPeopleAndTags:
    @pytest.mark.parametrize(
        ("stated", "author"),
        [
            ("<author>ann@blog.example (Ann)</author>", "Ann"),
            ("<author>Ann &lt;ann@blog.example&gt;</author>", "Ann"),
            ("<author>ann@blog.example</author>", "The Lab"),
            ("<dc:creator><![CDATA[ Ann\n Lee ]]></dc:creator>", "Ann Lee"),
            ("<title>x</title>", "The Lab"),
        ],
    )
    def test_the_author_is_a_name_or_the_feeds(self, stated: str, author: str) -> None:
        head = "<managingEditor>lab@blog.example (The Lab)</managingEditor>"

        assert only(reading(rss(stated, head=head))).author == author

    def test_several_authors_are_named(self) -> None:
        entry = "<author><name>Ann</name></author><author><name>Bo</name></author>"

        assert only(reading(atom(entry))).author == "Ann, Bo"

    def test_tags_are_each_there_once_and_not_too_many(self) -> None:
        tags = ["Lab", " lab ", "", "인턴", *map(str, range(100))]
        found = only(reading(rss("".join(f"<category>{tag}</category>" for tag in tags)))).tags

        assert found[:3] == ("Lab", "인턴", "0")
        assert len(found) == 20


class TestPictures:
    @pytest.mark.parametrize(
        "stated",
        [
            '<media:thumbnail url="/p.png"/>',
            '<media:content url="/p.png" medium="image"/>',
            '<media:content url="/film.mp4" type="video/mp4"/><media:content url="/p.png"/>',
            '<enclosure url="/p.png" type="image/png" length="1"/>',
            '<itunes:image href="/p.png"/>',
            '<description>&lt;p&gt;x&lt;/p&gt;&lt;img src="/p.png"&gt;</description>',
        ],
    )
    def test_a_picture_is_found(self, stated: str) -> None:
        entry = only(reading(rss(f"<link>https://blog.example/a/1</link>{stated}")))

        assert entry.content.image_url == "https://blog.example/p.png"

    def test_other_files_are_no_pictures(self) -> None:
        entry = only(reading(rss('<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>')))

        assert entry.content.image_url is None


class TestBodies:
    def test_the_longest_text_is_the_body(self) -> None:
        long = "This is the longer one of both texts, and it says more."
        stated = f"<description>{long}</description><content:encoded>Short</content:encoded>"

        assert long in only(reading(rss(stated))).content.text

    def test_plain_text_is_not_taken_for_markup(self) -> None:
        plain = atom('<content type="text">We found that a &lt;b&gt; c holds always.</content>')

        assert "a <b> c" in only(reading(plain)).content.text
        assert (
            "a <b> c"
            in only(reading(json_feed({"content_text": "So a <b> c holds."}))).content.text
        )

    def test_plain_text_keeps_its_lines(self) -> None:
        entry = only(reading(json_feed({"content_text": "First of two.\nSecond.\n\nThird."})))

        assert entry.content.text.splitlines()[-1] == "Third."
        assert "two.Second" not in entry.content.text

    def test_elements_within_the_text_are_read(self) -> None:
        body = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Hello <em>there</em>, you.</p></div>'

        assert (
            "Hello there, you."
            in only(reading(atom(f'<content type="xhtml">{body}</content>'))).content.text
        )


class TestTimes:
    def test_dates_that_cannot_be_right_are_none_and_noted(self) -> None:
        document = reading(
            rss("<pubDate>Mon, 01 Jan 9999 00:00:00 GMT</pubDate>", "<title>none stated</title>")
        )

        assert [entry.published_at for entry in document.entries] == [None, None]
        assert document.notes == (
            "The dates of 1 of its entries were ignored: "
            "they can't be read, can mean two days, or can't be right.",
        )

    def test_a_date_that_can_be_read_is_used_where_another_cannot(self) -> None:
        stated = "<pubDate>soon</pubDate><dc:date>2024-01-01</dc:date>"

        assert only(reading(rss(stated))).published_at == datetime(2024, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("head", "minutes"),
        [
            ("<ttl>60</ttl>", 60),
            ("<ttl>0</ttl>", None),
            ("<ttl>-5</ttl>", None),
            ("<ttl>often</ttl>", None),
            ("<ttl>99999999999</ttl>", None),
            ("<sy:updatePeriod>daily</sy:updatePeriod>", 1440),
            (
                "<sy:updatePeriod> hourly </sy:updatePeriod>"
                "<sy:updateFrequency>2</sy:updateFrequency>",
                30,
            ),
            ("", None),
        ],
    )
    def test_how_often_it_wants_to_be_asked(self, head: str, minutes: int | None) -> None:
        assert reading(rss(head=head)).every_minutes == minutes

    def test_hours_to_skip(self) -> None:
        head = "<skipHours><hour>0</hour><hour> 7 </hour><hour>24</hour><hour>99</hour></skipHours>"

        assert reading(rss(head=head)).skip_hours == {0, 7}


@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_are_refused(body: bytes) -> None:
    for start in (b"", b"<rss><channel><item>", b"{", b"<feed><entry>"):
        with suppress(NotAFeed):
            reading(start + body)


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_json_text_is_read(title: str, body: str) -> None:
    entry = only(reading(json_feed({"title": title, "content_html": body, "tags": [title]})))

    entry.title.encode()
    entry.content.text.encode()


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "Blog", "items": [{"id": "1", "content_text": "one\ntwo"}]}',
        '{"title": "Blog", "items": [{"id": "1", "content_text": "one, ]",},]}',
        '{"title": "Blog", "items": [{"id": "1", "content_text": "one"}, {"id": "2", "cont',
    ],
)
def test_broken_json_gives_what_can_be_read(text: str) -> None:
    assert only(reading(text)).content.text.startswith("one")
