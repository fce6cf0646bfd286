"""People's texts look as Discord shows them, and nothing in them misleads or spills over."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.markup import cut_rich, rich, rich_line, without_fences
from bot.core.text import harmless
from tests.core.test_text import PIECES
from tests.markup import render

CODE = "This:\n```py\ndef f():\n    return `1`  # @everyone\n# done\n```\nand `x_y` **not** bold"
FENCES = ("```py\n", "\n```\n", "```\n", "`x`", "a line\n")
MARKS = (
    "**",
    "*",
    "_",
    "~~",
    "$",
    "$x_1$",
    "\\(",
    "\\)",
    "word",
    " ",
    "a",
    "- b\n",
    "discord.gg/x",
)
FORMATS = {"code block", "code", "bold", "italics", "underline", "strike", "list", "quote"}
PARTS = st.sampled_from((*PIECES, *FENCES, *MARKS)) | st.text(max_size=3)
texts = st.lists(PARTS, max_size=12).map("".join)


def test_a_closed_fence_is_kept_and_all_else_is_plain() -> None:
    shown = rich(CODE, 3000)
    assert "```py\ndef f():\n    return `1`  # @\u200beveryone\n# done\n```" in shown
    assert "and `x_y` **not** bold" in shown
    assert set(render(shown).formats) == {"code block", "code", "bold"}


@pytest.mark.parametrize("text", ["```py\nnever closed", "a ```b``` c", "```\n```", "\\`a`"])
def test_what_opens_and_does_not_close_is_text(text: str) -> None:
    assert "code block" not in render(rich(text, 500)).formats


@given(texts, st.integers(20, 300))
@example("`x`$x_1$", 20)  # two codes side by side
@example("\n```\n@here\n```\n@everyone", 20)  # a block that ends just before the cut
def test_no_fence_stays_open_and_it_fits(text: str, limit: int) -> None:
    shown = rich(text, limit)
    assert len(shown) <= limit
    assert shown.count("```") % 2 == 0
    assert set(render(shown).formats) <= FORMATS
    assert harmless(shown) == shown
    _nothing_misleads(shown)
    assert cut_rich(shown, 15).count("```") % 2 == 0
    assert len(cut_rich(shown, 15)) <= 15
    line = rich_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    _nothing_misleads(line)


def _nothing_misleads(shown: str) -> None:
    """Without code, escapes, addresses and marks in pairs, there is no sign that Discord reads."""
    words = re.sub(r"```\w*\n.*?\n```|(?<!\\)(`+)[^`\n]+\1(?!`)", "x", shown, flags=re.DOTALL)
    words = re.sub(r"\\.|<https?://[^\s<>]*>", "x", words, flags=re.DOTALL)
    assert not re.search(r"[\[\]<|`]|^\s*#", words, re.MULTILINE), shown
    assert not re.search(r"^\s*-#", words, re.MULTILINE), shown
    for mark in ("**", "__", "~~", "*"):
        assert words.count(mark) % 2 == 0, (mark, shown)
        words = words.replace(mark, "")


def test_what_is_cut_is_closed() -> None:
    shown = rich("```py\n" + "line = 1\n" * 100 + "```", 200)
    assert len(shown) <= 200
    assert shown.startswith("```py\nline = 1")
    assert shown.endswith("…\n```")
    assert "```" not in without_fences(CODE)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**b** *i* _i_ __u__ ~~s~~ ***both***", "**b** *i* *i* __u__ ~~s~~ ***both***"),
        ("snake_case_name, 2 * 3 * 4", "snake\\_case\\_name, 2 \\* 3 \\* 4"),
        ("**never closed", "\\*\\*never closed"),
        ("\\*as typed\\*", "\\*as typed\\*"),
        ("* one\n- **two**\n  - three\n1. four", "- one\n- **two**\n  - three\n1. four"),
        ("> said *so*\nI think", "> said *so*\nI think"),
        ("# Loud", "\\# Loud"),
        ("> # Loud\n- -# small", "> \\# Loud\n- \\-# small"),
        ("||hidden||", "\\|\\|hidden\\|\\|"),
        ("[bank](https://evil.example)", "\\[bank\\](<https://evil.example>)"),
        ("see **https://a.bc/d_e_f**", "see **<https://a.bc/d_e_f>**"),
        ("*a***b**", "*a*\u200b**b**"),
        ("**@everyone** discord.gg/x", "**@\u200beveryone** discord\u200b.gg/x"),
    ],
)
def test_marks_that_close_are_kept(typed: str, shown: str) -> None:
    assert rich(typed, 500) == shown


@pytest.mark.parametrize(
    "formula",
    ["$x_1$", "$a*b*c$", r"$$\sum_i a_i^2$$", r"\(x_1 * y_2 * z\)", r"\[\{a_b\}\]"],
)
def test_a_formula_shows_as_typed(formula: str) -> None:
    shown = rich(f"So {formula} and *this*", 500)
    said = shown.removeprefix("So ").partition(" and ")[0]
    text = said[1:-1] if said.startswith("`") else render(said).text
    assert text == formula


def test_a_formula_of_several_lines_shows_as_typed() -> None:
    formula = "$$\n\\sum_i a_i \\\\\n*b* _c_\n$$"
    rendered = render(rich(formula, 500))
    assert rendered.text == formula
    assert rendered.formats == []


def test_money_is_no_formula() -> None:
    assert rich("From $5 to $10, or $5/mo, 6$.", 500) == "From $5 to $10, or $5/mo, 6$."


def test_marks_that_are_cut_are_closed() -> None:
    long = "**~~" + "many words " * 30 + "~~**"
    assert rich("**" + "many words " * 30 + "end**", 100).endswith("…**")
    assert cut_rich(rich(long, 500), 60).count("**") in (0, 2)
    assert cut_rich("a **bold words and *more words*** x", 25).count("**") == 2
    assert rich_line("**Yes.**\n- a\n```py\n# b\n```", 99) == "**Yes.** - a # b"
