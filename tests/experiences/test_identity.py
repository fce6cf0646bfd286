"""An experience is known again, whatever a site does with its ids and addresses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.identity.keys import Fresh, Keys, Known, address_of, is_nearly, keys_of
from bot.experiences.identity.memory import Memory
from tests.experiences.blog import BlogPost, blog_post

SITE = ("https://blog.example.org/",)


def fresh(blog_posts: list[BlogPost], site: tuple[str, ...] = SITE) -> list[Fresh]:
    keys = keys_of(((one.guid, one.link, one.title) for one in blog_posts), site)
    return [Fresh(key, one.text, one.published) for key, one in zip(keys, blog_posts, strict=True)]


def remembered(blog_posts: list[BlogPost], site: tuple[str, ...] = SITE) -> Memory:
    memory = Memory()
    for number, (one, entry) in enumerate(zip(blog_posts, fresh(blog_posts, site), strict=True)):
        memory.add(Known(number, entry.keys, one.published), one.text)
    return memory


def same(before: BlogPost, after: BlogPost) -> bool:
    (entry,) = fresh([after])
    return remembered([before]).find(entry) is not None


ONE, OTHER = blog_post(1), blog_post(2)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another title"},
        {"text": "It was rewritten from the first word to the last, and means the same."},
        {"link": "https://new.example.net/blog/posts/1"},
        {"guid": "https://new.example.net/1", "link": "https://new.example.net/posts/1"},
        {"guid": None},
        {"link": None},
        {"guid": None, "link": None},
        {"guid": "changes-at-every-poll-17"},
        {"guid": "changes-17", "text": ONE.text[:200]},
        {"guid": "moved", "link": "https://blog.example.org/2025/1/", "text": ""},
        {"published": None, "title": "My internship (part 1)"},
        {"link": "https://www.blog.example.org/posts/1/index.html?utm_source=feed#top"},
    ],
    ids=str,
)
def test_it_is_the_same_experience_when_this_changes(changes):
    assert same(ONE, replace(ONE, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": ONE.title},  # "Weekly report"
        {"guid": ONE.guid},  # a site that gives its ids to one experience after the other
        {"link": ONE.link},  # a blog of links, or one page for all
        {"link": ONE.link, "guid": None},
        {"title": ONE.title, "link": None, "guid": None},
        {"title": "", "link": None, "guid": None},
    ],
    ids=str,
)
def test_it_is_another_experience_though_this_is_the_same(changes):
    assert not same(ONE, replace(OTHER, **changes))


def test_ids_that_all_entries_share_say_nothing():
    """A Korean tech blog gives each entry the site's address as its id."""
    before = [blog_post(n, guid="https://blog.example.org/") for n in range(8)]
    after = [blog_post(n, guid="https://blog.example.org/") for n in range(8, 16)]
    memory = remembered(before)
    assert [memory.find(entry) for entry in fresh(after)] == [None] * 8
    assert all(memory.find(entry) for entry in fresh(before))


def test_the_only_entrys_id_says_nothing_if_it_is_the_sites_address():
    before = blog_post(1, guid="https://blog.example.org", link="https://blog.example.org/")
    after = blog_post(2, guid="https://blog.example.org", link="https://blog.example.org/")
    assert not same(before, after)


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=12, unique=True),
    st.sampled_from(["guid", "link", "both", "neither"]),
    st.booleans(),
)
def test_a_site_that_moves_brings_nothing_new(numbers, moved, excerpts):
    before = [blog_post(number) for number in numbers]
    after = [
        replace(
            one,
            guid=f"https://new.example.net/{n}" if moved in ("guid", "both") else one.guid,
            link=f"https://new.example.net/p/{n}" if moved in ("link", "both") else one.link,
            text=one.text[:180] if excerpts else one.text,
        )
        for n, one in zip(numbers, before, strict=True)
    ]
    memory = remembered(before)
    found = [memory.find(entry) for entry in fresh(after)]
    assert [known.id for known in found if known] == list(range(len(numbers)))


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=10, unique=True),
    st.lists(st.integers(31, 60), min_size=1, max_size=10, unique=True),
    st.sampled_from([{}, {"guid": None}, {"link": None}, {"guid": None, "link": None}]),
    st.booleans(),
)
def test_what_is_new_is_never_taken_for_something_known(old, new, missing, one_title):
    changes = missing | ({"title": "Diary"} if one_title else {})
    memory = remembered([blog_post(number, **changes) for number in old])
    for entry in fresh([blog_post(number, **changes) for number in new]):
        assert memory.find(entry) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.org/a/", "example.org/a"),
        ("http://example.org/a/index.html", "example.org/a"),
        ("https://example.org/a?b=2&a=1&utm_source=x&fbclid=y#c", "example.org/a?a=1&b=2"),
        ("https://example.org/?p=12", "example.org?p=12"),
        ("https://example.org/", None),
        ("https://example.org", None),
        ("http://[", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses_are_compared_without_what_tells_no_pages_apart(url, key):
    assert address_of(url) == key


def test_an_excerpt_is_nearly_the_whole_text_and_chance_is_not():
    assert is_nearly(ONE.text, ONE.text[:200])
    assert not is_nearly(ONE.text, OTHER.text)
    assert not is_nearly("", "")
    assert not is_nearly("see you there", "see you there, my friend")


def test_texts_are_asked_for_only_where_keys_contradict_each_other():
    (known,) = fresh([ONE])
    memory = Memory([Known(1, known.keys, ONE.published)])
    assert memory.undecided(known) == set()
    assert memory.undecided(Fresh(Keys(title=known.keys.title))) == {1}
