"""Experiences are found, corrected and asked about."""

import pytest

from bot.communities.subjects import EXPERIENCE
from bot.core.errors import UserError
from bot.experiences.archive import Wanted
from bot.experiences.labels import label_of
from bot.questions.submissions import Draft
from tests.experiences.blog import blog_post
from tests.group import Group, raised, text_of

KOREAN = blog_post(
    1,
    title="네이버 인턴 후기",
    text="서울에서 여름 인턴십을 했습니다. 연구실은 정말 좋았어요.",
    tags=("인턴",),
)
JAPANESE = blog_post(
    2, title="夏のインターン", text="東京の研究室で機械学習を学びました。楽しかったです。"
)
ENGLISH = blog_post(
    3,
    title="A summer at CERN",
    text="I spent the summer of 2019 in Geneva, Switzerland.",
    tags=("Career",),
)


@pytest.fixture
async def full(blog):
    await blog.follow(KOREAN, JAPANESE, ENGLISH, latest=3)
    return blog


async def found(blog, text="", *labels):
    """The titles of all experiences that have this, page by page."""
    titles, wanted = [], Wanted(text, tuple(labels))
    while True:
        page = await blog.group.app.archive.page(blog.group.member(), wanted, len(titles))
        if page.experience is None or page.count == len(titles):
            return titles
        titles.append(page.experience.title)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("인턴", [KOREAN]),
        ("턴십", [KOREAN]),  # inside of a word
        ("여름 인턴십", [KOREAN]),
        ("네이버", [KOREAN]),
        ("研究", [JAPANESE]),
        ("機械学習", [JAPANESE]),
        ("インターン", [JAPANESE]),
        ("イン", [JAPANESE]),
        ("習機", []),
        ("summer", [ENGLISH]),
        ("SUMM", [ENGLISH]),
        ("ummer", []),
        ("summer Geneva", [ENGLISH]),
        ("summer Berlin", []),
        ("career", [ENGLISH]),
        ("Lovelace", [ENGLISH, JAPANESE, KOREAN]),
        ('sum" OR "x', []),
        ("!?", []),
        ("", [ENGLISH, JAPANESE, KOREAN]),
    ],
)
async def test_words_are_found_in_any_script(full, text, expected):
    assert await found(full, text) == [one.title for one in expected]


async def test_facts_and_tags_narrow_what_is_found(full):
    assert await found(full, "", label_of("tag", "career")) == [ENGLISH.title]
    assert await found(full, "", label_of("country", "switzerland")) == [ENGLISH.title]
    assert await found(full, "summer", label_of("country", "Germany")) == []
    values = await full.group.app.archive.values(full.group.member(), "tag", "car")
    assert values == ["Career"]


async def test_a_correction_counts_for_the_post_for_searches_and_after_edits(full):
    corrections, member = full.group.app.corrections, full.group.member()
    (page,) = [one for one in await full.latest() if one.title == ENGLISH.title]
    corrected = await corrections.correct(member, page.id, "country", "France")
    await full.group.app.tick()
    assert corrected.experience.facts["country"] == "France"
    assert "**France**" in text_of(full.posts()[2])
    full.publish(
        blog_post(3, title="A summer at CERN, told again", text=ENGLISH.text, tags=ENGLISH.tags)
    )
    await full.poll()
    assert "**France**" in text_of(full.posts()[2])
    assert await found(full, "", label_of("country", "France")) == ["A summer at CERN, told again"]
    assert await found(full, "", label_of("country", "Switzerland")) == []
    removed = await corrections.correct(member, page.id, "country", "")
    assert "country" not in removed.experience.facts


@pytest.mark.parametrize(("kind", "value"), [("country", "x" * 61), ("price", "100")])
async def test_a_bad_correction_is_refused(full, kind, value):
    (page, *_) = await full.latest()
    await raised(
        full.group.app.corrections.correct(full.group.member(), page.id, kind, value), UserError
    )


async def ask_about(group, number, text="How?", key="1"):
    """Somebody of the group asks about an experience."""
    member = group.member()
    subject = await group.app.subject_lookup.find(member, f"{EXPERIENCE}.{number}")
    draft = Draft(title=text, about=subject)
    return await group.app.question_submissions.ask(member, draft, key=key)


async def test_a_question_goes_into_the_thread_of_the_experience(full):
    (newest, *_) = await full.latest()
    asked = await ask_about(full.group, newest.id)
    await ask_about(full.group, newest.id)  # the same asking once more
    await full.group.app.tick()
    card = next(one for one in full.messages() if ENGLISH.title in one.post.title)
    assert asked.place == card.ref.split("/")[1]
    (message,) = full.group.bot.world.within(asked.place)
    assert message.post.title == "How?"
    assert f"About the experience [{ENGLISH.title}]({ENGLISH.link})" in text_of(message.post)
    assert message.post.ping_members == ()


async def test_a_question_for_the_channel_of_questions_is_pointed_to_in_the_experiences_thread(
    full,
):
    (newest, *_) = await full.latest()
    await full.group.app.question_settings.set(full.group.organiser, channel_ref="club-questions")
    await ask_about(full.group, newest.id)
    await full.group.app.tick()
    world = full.group.bot.world
    assert [one.post.title for one in world.within("club-questions")] == ["How?"]
    card = next(one for one in full.messages() if ENGLISH.title in one.post.title)
    (line,) = world.within(card.ref.split("/")[1])
    assert line.post.title == "Someone asked about this"
    assert "How?" in line.post.text
    assert line.post.ping_members == ()


async def test_asking_about_an_experience_that_was_never_posted_posts_it(blog):
    await blog.follow(blog_post(1), blog_post(2), latest=1)
    (_, older) = await blog.latest()
    await ask_about(blog.group, older.id)
    await blog.group.app.tick()
    assert blog.titles() == [blog_post(2).title, blog_post(1).title]
    thread = blog.messages()[1].ref.split("/")[1]
    assert len(blog.group.bot.world.within(thread)) == 1


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "x" * 201])
async def test_a_bad_question_is_refused(full, text):
    (newest, *_) = await full.latest()
    await raised(ask_about(full.group, newest.id, text), UserError)
    await full.group.app.tick()
    (card, *_) = [one for one in full.messages() if ENGLISH.title in one.post.title]
    assert full.group.bot.world.within(card.ref.split("/")[1]) == []


async def test_a_community_sees_its_own_experiences_only(full, bot):
    other = Group(bot, "other")
    await other.set_up()
    (newest, *_) = await full.latest()
    page = await other.app.archive.page(other.member(), Wanted("summer"), 0)
    assert page.experience is None
    archive, member = other.app.archive, other.member()
    for refused in (
        archive.show(member, newest.id),
        other.app.corrections.correct(member, newest.id, "country", "France"),
    ):
        assert "I don't know that experience" in str(await raised(refused, UserError))
    refusal = str(await raised(ask_about(other, newest.id), UserError))
    assert "I don't know what that's about" in refusal
    assert await other.app.subject_lookup.like(member, "") == []
    assert await archive.like(member, "") == []
    assert await archive.values(member, "country", "") == []


async def test_pages_stay_within_what_there_is(full):
    archive, member = full.group.app.archive, full.group.member()
    assert (await archive.page(member, Wanted(), 99)).number == 2
    assert (await archive.page(member, Wanted(), -1)).number == 0
    empty = await archive.page(member, Wanted("nobody has this"), 3)
    assert (empty.experience, empty.count) == (None, 0)
