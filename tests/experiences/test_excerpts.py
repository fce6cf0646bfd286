"""The beginning of an experience as Markdown: readable, closed, and harmless."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.experiences.excerpts import excerpt

LETTERS = "In June we began to work on a robot that sorts letters. "
SENTENCE = "We worked on robots all summer long."


def shown(lead: str, limit: int = 700, title: str = "A title") -> str:
    return excerpt(lead, title=title, limit=limit)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (f"<h2>Day <b>one</b></h2><p>{SENTENCE}</p>", f"**Day one**\n\n{SENTENCE}"),
        ("<ul><li>one.</li><li>two<ul><li>three</li></ul></li></ul>", "- one.\n- two\n  - three"),
        ("<ol start='3'><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        (f"<p>{SENTENCE}<br>More.</p>", f"{SENTENCE}\nMore."),
        (f"<p>{SENTENCE}\nMore.</p>", f"{SENTENCE} More."),
        (f"<blockquote><p>{SENTENCE}</p><p>b</p></blockquote>", f"> {SENTENCE}\n>\n> b"),
        ("<p>See <code>a`b</code> and <code>c</code>.</p>", "See ``a`b`` and `c`."),
        ("<pre><code>x = 1\n*y*</code></pre>", "```\nx = 1\n*y*\n```"),
        ("<p><em>So</em> <strong>it <em>is</em></strong>.</p>", "*So* **it *is***."),
        ("<p>x <b> spaced </b>.</p>", "x  **spaced** ."),
        (
            '<p>See <a href="https://a.example/b(c)">the *page*</a>.</p>',
            "See [the \\*page\\*](<https://a.example/b%28c%29>).",
        ),
        (
            "<table><tr><th>이름</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>",
            "```\n이름  b\nc     d\n```",
        ),
        (f"<table><tr><td>{SENTENCE}</td></tr></table>", SENTENCE),
    ],
)
def test_html_becomes_what_discord_shows_right(html: str, markdown: str) -> None:
    assert shown(html) == markdown


@pytest.mark.parametrize(
    ("html", "absent"),
    [
        ("<p>Hey @everyone, come.</p>", r"@everyone"),
        ("<p>Hey &lt;@123456&gt; and &lt;@&amp;7&gt;.</p>", r"(?<!\\)<|@[!&]?\d"),
        ("<pre>@here</pre>", r"@here"),
        ('<p>See <a href="https://a.example/@everyone">it</a>.</p>', r"@everyone"),
        ("<p>Join discord.gg/abc now.</p>", r"discord\.gg"),
        ('<p>Join <a href="https://discord.gg/abc">us</a> now.</p>', r"discord\.gg"),
        ("<p>Join https://discord.com/invite/abc now.</p>", r"discord\.com/invite"),
        ('<p>See <a href="https://evil.example/">bank.example</a>.</p>', r"evil"),
        ('<p>See <a href="https://evil.example/">https://bank.example/</a>.</p>', r"evil"),
        ("<p># Big *bold* ||secret|| [a](https://b.example)</p>", r"^#|(?<!\\)[*|\]]"),
        ("<p>a <b>b</b><br># Big</p>", r"^#"),
        ("<pre>```\n@everyone</pre>", r"```\n```|@everyone"),
        ("<p>&lt;t:0:R&gt; &lt;:a:1&gt; &lt;/b:2&gt;</p>", r"(?<!\\)<"),
    ],
)
def test_text_from_people_does_nothing(html: str, absent: str) -> None:
    assert not re.search(absent, shown(html), re.MULTILINE)


def test_punctuation_after_emphasis_is_not_escaped() -> None:
    assert shown("<p>It is <b>so</b>. And <i>so</i> - on.</p>") == "It is **so**. And *so* - on."


def test_it_ends_with_a_sentence_where_one_fits() -> None:
    assert shown(f"<p>{SENTENCE * 1} {SENTENCE} And then more happened.</p>", 80) == (
        f"{SENTENCE} {SENTENCE}"
    )


def test_a_point_inside_a_name_is_not_the_end_of_a_sentence() -> None:
    found = shown("<p>Styles of both were mixed up in the file main.css of the project.</p>", 56)
    assert not found.endswith("main.")


def test_a_japanese_sentence_ends_without_a_space() -> None:
    text = "東京で夏の間インターンをしました。とても楽しかったです。また行きたいです。"
    assert shown(f"<p>{text}</p>", 30) == "東京で夏の間インターンをしました。とても楽しかったです。"


def test_a_list_ends_with_a_whole_item() -> None:
    items = "".join(f"<li>item number {number} of the list</li>" for number in range(20))
    assert re.fullmatch(r"(- item number \d+ of the list\n?)+", shown(f"<ul>{items}</ul>", 100))


def test_nothing_is_cut_inside_a_construct() -> None:
    """At every length, marks are in pairs and links whole."""
    lead = (
        f'<p><b>{SENTENCE}</b> <i>x y</i> <a href="https://a.example/b">some long label</a> '
        f"<code>some code</code></p><pre>one\ntwo\nthree</pre><p>👩‍👩‍👧 {SENTENCE}</p>"
    )
    for limit in range(12, 250):
        found = shown(lead, limit)
        assert len(found) <= limit
        assert found.count("**") % 2 == found.count("`") % 2 == found.count("```") % 2 == 0
        assert found.count("](<https://a.example/b>)") == found.count("](")
        assert not found.endswith(("\u200d", "\\"))


def test_the_title_is_not_repeated() -> None:
    assert shown(f"<h1>A Title</h1><p>{SENTENCE}</p>") == SENTENCE
    assert shown("<p>A title!</p>") == ""


def test_a_deck_begins_with_what_says_something() -> None:
    lead = "<p>A title</p><p>Ada Lovelace</p><p>Overview</p><ul><li>Why to go.</li></ul>"
    assert shown(lead) == "- Why to go."


def test_a_heading_without_its_text_is_left_out() -> None:
    lead = f"<p>{SENTENCE}</p><h2>What came next</h2><p>{SENTENCE * 10}</p>"
    assert shown(lead, 60) == SENTENCE


def test_words_are_left_where_markup_needs_all_the_room() -> None:
    link = f'<a href="https://a.example/{"x" * 300}">word</a> '
    assert "word" in shown(f"<p>{link * 3}and more.</p>", 60)


PIECES = st.lists(
    st.sampled_from(
        [
            "@everyone ",
            "@here",
            "<@12>",
            "```",
            "`",
            "**",
            "_",
            "discord.gg/a",
            "https://a.example/x ",
            "<b>",
            "</b>",
            "<i>",
            "<p>",
            "</p>",
            "<pre>",
            "</pre>",
            "<code>",
            "</code>",
            "<ul><li>",
            "<a href='https://a.example/@everyone'>",
            "</a>",
            "<h1>",
            "</h1>",
            "<table><tr><td>",
            "👩\u200d👩\u200d👧",
            "é",
            "\n",
            "&lt;",
            SENTENCE,
        ]
    )
    | st.text(max_size=12)
).map("".join)


@given(lead=PIECES, title=st.text(max_size=12), limit=st.integers(0, 300))
@example(lead="<pre>``````", title="", limit=16)
def test_any_lead_gives_a_harmless_excerpt_within_the_limit(
    lead: str, title: str, limit: int
) -> None:
    found = excerpt(lead, title=title, limit=limit)
    assert len(found) <= limit
    assert not re.search(r"@(everyone|here)|<@[!&]?\d", found)
    assert len(re.findall(r"(?<!\\)```", found)) % 2 == 0


@pytest.mark.parametrize(
    "table",
    [
        f"<table><tbody><tr><td><table><tr><td>{LETTERS * 30}</td></tr></table></td></tr></table>",
        f"<table><tr><td>{LETTERS}</td></tr><tr><td>{LETTERS * 20}</td></tr></table>",
    ],
    ids=["nested", "two rows"],
)
def test_a_table_that_only_arranges_text_is_text(table: str) -> None:
    text = excerpt(table, title="", limit=500)
    assert len(text) > 300
    assert text.endswith(".")


def test_a_list_of_long_links_keeps_its_words() -> None:
    items = "".join(
        f'<li><a href="https://example.org/{"x" * 200}/{number}">Item number {number}</a></li>'
        for number in range(20)
    )
    text = excerpt(f"<ul>{items}</ul>", title="", limit=500)
    assert "Item number 5" in text
    assert "- …" not in text
