"""Text from people neither pings nor formats, and what is cut stays whole."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.text import cut, escape, excerpt, link, one_line, plain, shown, web_address
from tests.markup import render

# Pieces that mean something to Discord, so that random text runs into its rules.
PIECES = (
    *("@everyone", "@here", "@Everyone", "<@1>", "<@!12>", "<@&1>", "<#5>", "<t:1:F>", "<:a:1>"),
    *("[click](https://evil.example)", "[", "](", ")", "<https://evil.example>", "](https://a.bc)"),
    *("*", "**", "_", "__", "~~", "||", "`", "```", "```py\n", "\\", ">", ">>> ", "<", "> "),
    *("# ", "## ", "-# ", "- ", "* ", "+ ", "1. ", "42.", "=", "#", "-", ":smile:", ":", "8:30:00"),
    *("https://example.org/a_b_(c)", "http://x.yz", "https://", "https://a.bc/**d**", "\n", " "),
    *("\u202e", "\u2066", "\u200b", "\u0000", "\ud800", "\r\n", "\t", "word", "Ünïcödé", "이름"),
    *("</help:1>", "<id:home>", "@", "&", "!"),
)
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


@given(hostile)
@example("**https://a.bc/** b**")
@example("\\https://a.bc/_b_")
@example("1\n. x")
@example("https://>")
@example("%40")
def test_what_people_type_is_shown_as_it_is(text: str) -> None:
    rendered = render(escape(text))
    # What was typed as an address may have its @ written otherwise.
    assert rendered.text.replace("%40", "@") == plain(text).replace("%40", "@")
    assert not rendered.formats


@given(hostile)
def test_nothing_turns_the_direction_or_hides_in_a_text(text: str) -> None:
    assert not set(plain(text)) & set("\u0000\u200b\u202e\u2066\r\ufeff")
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "@everyone",
        "@here",
        "<@123456789012345678>",
        "<@&1>",
        "<@!7>",
        "\\@everyone",
        "https://a.bc/@here",
    ],
)
def test_what_looks_like_a_mention_is_none(text: str) -> None:
    escaped = escape(text)
    assert not any(mark in escaped for mark in ("@everyone", "@here", "<@1", "<@&1", "<@!7"))


def test_an_address_in_a_text_leads_where_it_says() -> None:
    text = "see https://example.org/some_page_(draft) and *that*"
    assert render(escape(text)).links == ["https://example.org/some_page_(draft"]


@pytest.mark.parametrize("before", ["", "see ", "*see* "])
def test_an_address_that_was_cut_is_no_link(before: str) -> None:
    text = before + "https://example.org/" + "a_b/" * 50
    rendered = render(shown(text, 100))
    assert not rendered.links
    assert not rendered.formats
    assert rendered.text.endswith("…")
    assert text.startswith(rendered.text.removesuffix("…"))


def test_a_title_that_is_a_long_address_leads_to_all_of_it() -> None:
    url = "https://papers.example.org:8080/" + "a/" * 200
    assert link(url, url, 100) == f"[papers.example.org:8080…]({url})"
    assert link(f"Draft: {url}", url, 100) == f"[Draft: papers.example.org:8080…]({url})"
    assert link(url, url, 1000) == f"<{url}>"
    assert not render(link(url, None, 100)).links


@given(hostile, st.integers(20, 60))
def test_a_label_fits(title: str, limit: int) -> None:
    linked = link(title, "https://" + "long." * 20 + "example/_(x)", limit)
    assert len(linked.partition("](")[0].removeprefix("[")) <= limit


@given(hostile, st.integers(10, 300))
def test_shown_text_fits_with_its_markup_and_keeps_the_beginning(text: str, limit: int) -> None:
    line = shown(text, limit)
    rendered = render(line)
    assert len(line) <= limit
    assert not rendered.formats
    assert one_line(text).startswith(rendered.text.removesuffix("…").replace("%40", "@"))


@given(hostile, st.sampled_from(["https://example.org/a", "https://example.org/a_(b)", None]))
def test_a_title_stays_inside_its_link(title: str, url: str | None) -> None:
    linked = link(title, url, 200)
    label = shown(title, 200)
    if url is None or ("://" in label and not label.endswith("…")):
        assert linked == label
    elif "://" in label:
        assert linked == label or linked.endswith(f"…]({web_address(url)})")
    else:
        before, _, address = linked.rpartition("](")
        assert before == f"[{label}"
        assert address.rstrip(")") == url.replace("(", "%28").replace(")", "%29")


@pytest.mark.parametrize(
    "url",
    [
        *("", "javascript:alert(1)", "https://", "https://a b.example", "ftp://example.org"),
        *("https://example.org/>", "https://arxiv.org@evil.example/", "https://localhost/x"),
        *("https://example.org/" + "x" * 500, "https://example.org/" + "(" * 170),
        *("https://example.org/\n", "//example.org", "https://example.org|x"),
    ],
)
def test_an_address_that_discord_would_refuse_is_not_linked(url: str) -> None:
    assert web_address(url) is None
    assert link("A title", url, 100) == "A title"


@given(hostile, st.integers(5, 50))
def test_cut_text_is_short_enough(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit
    assert len(excerpt(text, limit)) <= limit


def test_a_flag_or_a_family_is_not_cut_in_two() -> None:
    assert cut("x" * 8 + "👩\u200d🔬👩\u200d🔬", 11) in ("x" * 8 + "…", "x" * 8 + "👩\u200d🔬…")
    assert cut("xxxxx🇩🇪🇫🇷", 8) in ("xxxxx…", "xxxxx🇩🇪…")


def test_an_excerpt_ends_with_a_sentence_where_it_can() -> None:
    text = "First sentence here. Second sentence there. Third"
    assert excerpt(text, 45) == "First sentence here. Second sentence there."
