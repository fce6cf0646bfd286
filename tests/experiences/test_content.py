"""What is kept of an entry's body, by tables of cases, and bounded for what is hostile."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.sources.content import clean, repair
from bot.experiences.sources.documents import LONGEST_LEAD, LONGEST_TEXT, Content
from bot.experiences.sources.text_repair import unescaped_once, without_leftovers

BASE = "https://blog.example/posts/one/"
SENTENCE = "We worked on robots all summer long."


def cleaned(html: str, title: str = "A title", summary: str = "") -> Content:
    return clean(html, base_url=BASE, title=title, summary=summary)


@pytest.mark.parametrize(
    ("html", "lead"),
    [
        (f"<p>{SENTENCE}</p>", f"<p>{SENTENCE}</p>"),
        (f"<div><section>{SENTENCE}</section></div>", f"<p>{SENTENCE}</p>"),
        (f"{SENTENCE}\n\nAnd robots worked on us.", None),
        (f"<script>alert(1)</script><style>p{{}}</style><p>{SENTENCE}</p>", f"<p>{SENTENCE}</p>"),
        (f"<p onclick='x()' style='a'>{SENTENCE}</p>", f"<p>{SENTENCE}</p>"),
        (f"<p>{SENTENCE} <a href='/x?a=1&b=2'>It</a></p>", None),
        ("<p>Left open <b>for ever.", "<p>Left open <b>for ever.</b></p>"),
        (f"<a href='https://a.example'><p>{SENTENCE}</p></a>", None),
    ],
)
def test_the_lead_is_well_formed_and_keeps_only_what_a_text_needs(
    html: str, lead: str | None
) -> None:
    found = cleaned(html).lead
    assert lead is None or found == lead
    assert found.count("<p") == found.count("</p>")
    assert found.count("<a") == found.count("</a>")
    assert not any(word in found for word in ("script", "style", "onclick", "<div"))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("/about", "https://blog.example/about"),
        ("../two/", "https://blog.example/posts/two/"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:someone@example.org", None),
        ("http://[broken", None),
    ],
)
def test_links_are_absolute_and_lead_to_the_web(address: str, kept: str | None) -> None:
    lead = cleaned(f'<p>{SENTENCE} <a href="{address}">there</a></p>').lead
    assert (f'<a href="{kept}">there</a>' in lead) if kept else ("href" not in lead)


def test_relative_addresses_without_a_base_are_dropped() -> None:
    html = f'<p>{SENTENCE} <a href="/x">there</a><img src="/pic.png"></p>'
    content = clean(html, base_url=None, title="")
    assert "href" not in content.lead
    assert content.image_url is None


@pytest.mark.parametrize(
    "line",
    [
        "본문 바로가기",
        "Skip to main content",
        "コンテンツへスキップ",
        "A title",
        "A TITLE!",
        "People",
        "Ondrej Bohdal",
        "By Jane Doe",
        "Posted on June 5, 2020",
        "2020.06.05",
        "2021년 3월 2일",
        "5 min read",
        "3분 소요",
        "Share this on Twitter",
        "Table of Contents",
        "목차",
        "Introduction",
        "&nbsp;",
        '<a href="/">Home</a> | <a href="/about">About me</a>',
    ],
)
def test_the_lead_begins_with_the_experience(line: str) -> None:
    html = f"<p>{line}</p><h1>{line}</h1><p>{SENTENCE}</p>"
    if line in ("People", "Ondrej Bohdal"):  # as a heading they may be what follows is about
        html = f"<p>{line}</p><p>{SENTENCE}</p>"
    assert cleaned(html).lead == f"<p>{SENTENCE}</p>"


@pytest.mark.parametrize(
    "line",
    [
        "Skip the introduction if you know what an internship is.",
        "By the end of the summer I had learned three things about myself.",
        "It was May 2019 when I wrote the first mail.",
        "What I did at CERN?",
        "저는 인턴을 했습니다.",
        "Share this feeling with nobody: I was lost.",
    ],
)
def test_sentences_that_begin_like_boilerplate_stay(line: str) -> None:
    assert line in cleaned(f"<p>{line}</p><p>{SENTENCE}</p>").lead


def test_a_list_of_links_into_the_page_is_left_out_wherever_it_stands() -> None:
    contents = '<ul><li><a href="#one">One</a></li><li><a href="#two">Two</a></li></ul>'
    assert "One" not in cleaned(f"<p>{SENTENCE}</p>{contents}<p>{SENTENCE}</p>").lead


def test_a_short_line_is_the_lead_where_there_is_nothing_else() -> None:
    assert cleaned("<p>Just landed in Berlin</p>").lead == "<p>Just landed in Berlin</p>"


def test_the_summary_serves_where_the_body_is_empty() -> None:
    content = cleaned("<p> </p>", summary=f"<p>{SENTENCE}</p>")
    assert content.text == SENTENCE


def test_the_text_has_a_block_a_line() -> None:
    html = "<h2>Day  one</h2><p>Up\nat <b>si</b>x.</p><ul><li>a &amp; b<li>c</ul>x<br>y"
    assert cleaned(html).text == "Day one\nUp at six.\na & b\nc\nx\ny"


@pytest.mark.parametrize(
    ("html", "url", "says"),
    [
        ('<img src="/a.png" alt="The lab">', "https://blog.example/a.png", "The lab"),
        ('<img src="data:x" data-src="https://a.example/b.jpg">', "https://a.example/b.jpg", ""),
        ('<img src="/t.gif" width="1"><img src="/b.png">', "https://blog.example/b.png", ""),
        ('<img src="https://img.shields.io/x"><img src="b.png">', f"{BASE}b.png", ""),
        ('<img class="emoji" src="https://s.w.example/1.png">', None, ""),
        ('<img src="https://www.gravatar.com/avatar/1">', None, ""),
        ('<img src="http://localhost:4000/a.png">', None, ""),
        ('<img src="/logo.svg">', None, ""),
    ],
)  # fmt: skip
def test_the_picture_is_the_first_that_shows_something(
    html: str, url: str | None, says: str
) -> None:
    content = cleaned(f"<p>{SENTENCE}</p>{html}")
    assert (content.image_url, content.image_text) == (url, says)


def test_an_emoji_that_is_a_picture_says_itself() -> None:
    html = f'<p>{SENTENCE} <img class="emoji" alt="🎉" src="https://s.example/1.png"></p>'
    assert "🎉" in cleaned(html).lead


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p>a</p>{: style="width:80%;height:auto;"}', "<p>a</p>"),
        ("<p>a {:.class .other}</p>", "<p>a</p>"),
        ("<p>a {:toc}</p>", "<p>a</p>"),
        ("<p>{::nomarkdown}a{:/}</p>", "<p>a</p>"),
        ('<p>a {% include figure.html path="x" %}</p>', "<p>a </p>"),
        ('<img src="{{ site.baseurl }}/x.png">', '<img src="/x.png">'),
        ("<img src=\"{{ '/x.png' | relative_url }}\">", '<img src="/x.png">'),
        ("<code>{% raw %} {{ x }} {:a}</code> {{ y }}", "<code>{% raw %} {{ x }} {:a}</code> "),
        ("<p>{:ok, value}</p>", "<p>{:ok, value}</p>"),
        ("<p>a {b: c} 100%}</p>", "<p>a {b: c} 100%}</p>"),
    ],
)
def test_what_site_generators_left_is_removed_outside_of_code(html: str, left: str) -> None:
    assert without_leftovers(html) == left


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("wellâ€”after all", "well—after all"),
        ("itâ€™s", "it’s"),
        ("â€œhiâ€\x9d", "“hi”"),
        ("â€œhiâ€", "“hi”"),
        ("paid ðŸ¤‘, but", "paid 🤑, but"),
        ("cafÃ©", "café"),
        ("í•œêµ\xadì–´", "한국어"),
        ("한글â€”한글", "한글—한글"),
    ],
)
def test_characters_that_were_read_wrongly_are_put_right(broken: str, right: str) -> None:
    assert repair(broken) == right


@pytest.mark.parametrize(
    "honest",
    [
        "été…”, dit-il",
        "«ENCHANTÉ»",
        "MANHÃ…",
        "IRMÃ»",
        "à côté, âgé, Ça, naïve, Ô",
        "한국어와 English, 日本語",
        "Ångström â la carte, 5 €",
        "São Paulo — Århus",
    ],
)
def test_honest_text_is_left_alone(honest: str) -> None:
    assert repair(honest) == honest


def test_invisible_and_direction_characters_are_removed() -> None:
    content = cleaned("<p>Safe\u202e\u200b text&#x202e; that is\x00 here.</p>")
    assert content.text == "Safe text that is here."


def test_a_long_lead_ends_with_a_whole_block() -> None:
    content = cleaned(f"<p>{SENTENCE}</p>" * 1000)
    assert LONGEST_LEAD - 100 < len(content.lead) <= LONGEST_LEAD
    assert content.lead.endswith("</p>")


def test_one_block_that_is_too_long_is_cut_and_closed() -> None:
    content = cleaned(f"<blockquote><p><b>{SENTENCE * 1000}</b></p></blockquote>")
    assert len(content.lead) <= LONGEST_LEAD
    assert content.lead.endswith("</b></p></blockquote>")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<ul><li>" * 50_000,
        "<div>" * 50_000 + "</div>" * 50_000,
        "".join(f"<font color={number}>" for number in range(20_000)),
        "<p " + " ".join(f"a{number}=1" for number in range(40_000)) + ">x",
        "{{" * 150_000,
        "{: a=b " * 50_000,
        "{%" * 150_000,
        "Ã©" * 150_000,
        " " * 300_000,
        "<" * 300_000,
        '<img src="data:image/png;base64,' + "A" * 3_000_000,
        "x" * 5_000_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_html_costs_a_bounded_time(html: str) -> None:
    """Each of them took seconds without the limits; the bound has room for a busy machine."""
    begun = time.process_time()
    content = cleaned(html)
    assert time.process_time() - begun < 2.5
    assert len(content.lead) <= LONGEST_LEAD
    assert len(content.text) <= LONGEST_TEXT


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<b>",
            "</a>",
            "<a href='",
            "<img src=",
            "<table><tr>",
            "{: x}",
            "{%",
            "%}",
            "<!--",
            "&#x",
            "&nbsp;",
            "<pre>",
            "</div>",
            "â€",
            "<br><br>",
            "\ud800",
            "\x00",
            SENTENCE,
        ]
    )
    | st.text(max_size=20)
).map("".join)


@given(html=FRAGMENTS | st.text(), title=st.text(max_size=20), summary=FRAGMENTS)
def test_any_text_is_accepted(html: str, title: str, summary: str) -> None:
    content = clean(html, base_url=BASE, title=title, summary=summary)
    assert len(content.lead) <= LONGEST_LEAD
    assert content.text == content.text.strip()


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="data:image/gif;base64,R0lGOD" data-lazy-src="/r.jpg">',
        '<img src="data:image/gif;base64,R0lGOD" data-srcset="/r.jpg 300w, /l.jpg 900w">',
        '<NOSCRIPT><IMG SRC="/r.jpg"></NOSCRIPT>',
        '<picture><source srcset="/r.webp"><img src="/r.jpg"></picture>',
        '<picture><source srcset="/r.jpg 300w"><img src="data:,"></picture>',
        '<img src="/placeholder.png" srcset="/r.jpg 300w, /l.jpg 600w">',
        '<amp-img src="/r.jpg" width="600"></amp-img>',
        '<img src="data:," data-actualsrc="/r.jpg">',
        "<!-- <div> -->" * 3_000 + '<img src="/r.jpg">',
    ],
)
def test_a_picture_that_is_loaded_late_is_found(picture: str) -> None:
    content = clean(f"{picture}<p>Hello.</p>", base_url="https://a.example.org/b/", title="")
    assert content.image_url == "https://a.example.org/r.jpg"


def test_thousands_of_elements_without_an_end_are_not_nested() -> None:
    html = "<p>A <b>bold</b> word<br/>" * 3_000
    assert "<b>bold</b>" in clean(html, base_url=None, title="").lead


@pytest.mark.parametrize(
    "html",
    [
        "&lt;strong&gt;We&lt;/strong&gt; did a lot.&lt;br&gt;And more.",
        "<div>&lt;p&gt;&lt;b&gt;We&lt;/b&gt; did a lot.&lt;/p&gt;</div>",
    ],
)
def test_a_body_that_was_escaped_twice_has_its_markup(html: str) -> None:
    lead = clean(unescaped_once(html), base_url=None, title="").lead
    assert "We</" in lead
    assert "&lt;" not in lead
