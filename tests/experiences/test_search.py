"""Words are found as they stand in a text, whatever stands around them."""

import pytest

from bot.experiences.archive import Wanted
from tests.experiences.blog import blog_post


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("DAAD에서 인턴십을 했다", "daad"),
        ("DAAD에서 인턴십을 했다", "인턴"),
        ("DAAD에서 인턴십을 했다", "턴십"),
        ("東京大学の研究室（RIKEN）で", "riken"),
        ("東京大学の研究室（RIKEN）で", "研究"),
        ("lab-work/field_work: C++, R.", "field"),
        ("lab-work/field_work: C++, R.", "c++"),
        ("a naïve café", "cafe"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("the word x̃yz has a mark", "x̃yz"),
        ("हिन्दी में लिखा", "हिन्दी"),
        ("후\n기", "후"),
    ],
)
async def test_a_word_is_found_between_others(blog, text, asked):
    await blog.follow(blog_post(1), blog_post(2, text=text))
    page = await blog.group.app.archive.page(blog.group.member(), Wanted(asked), 0)
    assert page.experience is not None
    assert page.experience.title == blog_post(2).title


@pytest.mark.parametrize("asked", ["AAD에", "십하", "work field", "하기"])
async def test_what_is_not_together_in_a_text_is_not_found(blog, asked):
    await blog.follow(blog_post(1), blog_post(2, text="DAAD에서 인턴십 하면서, 후 기"))
    page = await blog.group.app.archive.page(blog.group.member(), Wanted(asked), 0)
    assert page.experience is None
