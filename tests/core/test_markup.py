"""Code in people's texts looks like code, and nothing else of theirs formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markup import cut_rich, rich, without_fences
from tests.core.test_text import PIECES
from tests.markup import render

CODE = "This:\n```py\ndef f():\n    return `1`  # @everyone\n# done\n```\nand `x_y` **not** bold"
FENCES = ("```py\n", "\n```\n", "```\n", "`x`", "a line\n")
PARTS = st.sampled_from((*PIECES, *FENCES)) | st.text(max_size=3)
texts = st.lists(PARTS, max_size=12).map("".join)


def test_a_closed_fence_is_kept_and_all_else_is_plain() -> None:
    shown = rich(CODE, 3000)
    assert "```py\ndef f():\n    return `1`  # @\u200beveryone\n# done\n```" in shown
    assert "and `x_y` \\*\\*not\\*\\* bold" in shown
    assert set(render(shown).formats) == {"code block", "code"}


@pytest.mark.parametrize("text", ["```py\nnever closed", "a ```b``` c", "```\n```", "\\`a`"])
def test_what_opens_and_does_not_close_is_text(text: str) -> None:
    assert "code block" not in render(rich(text, 500)).formats


@given(texts, st.integers(20, 300))
def test_no_fence_stays_open_and_it_fits(text: str, limit: int) -> None:
    shown = rich(text, limit)
    assert len(shown) <= limit
    assert shown.count("```") % 2 == 0
    assert set(render(shown).formats) <= {"code block", "code"}
    assert "@everyone" not in shown
    assert cut_rich(shown, 15).count("```") % 2 == 0


def test_what_is_cut_is_closed() -> None:
    shown = rich("```py\n" + "line = 1\n" * 100 + "```", 200)
    assert len(shown) <= 200
    assert shown.startswith("```py\nline = 1")
    assert shown.endswith("…\n```")
    assert "```" not in without_fences(CODE)
