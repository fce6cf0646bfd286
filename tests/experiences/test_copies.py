"""What an author has deleted is nowhere in the database, and on no message that can be edited."""

import pytest

from bot.questions.submissions import Draft
from tests.experiences.blog import blog_post
from tests.experiences.test_anonymous_authors import file_of, values_in
from tests.experiences.test_own import decide, edit
from tests.experiences.test_submissions import submit
from tests.group import text_of

TEXTS = ("KAIST", "Daejeon", "Busan", "Zirkelschmied", "tremble", "quaver")


def kept(blog) -> list[str]:
    """The texts that are stored. The index for searches is none: its blocks hold single words."""
    found = [value for value in values_in(file_of(blog)) if not value.startswith("b'")]
    return [value for value in found if any(text in value for text in TEXTS)]


def shown(blog) -> list[str]:
    """What anybody can read, apart from messages to authors."""
    messages = [m for m in blog.group.bot.world.messages if not m.place.startswith("user:")]
    return [text_of(m.post) for m in messages if any(t in text_of(m.post) for t in TEXTS)]


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
@pytest.mark.parametrize("takes_messages", [False, True], ids=["closed", "open"])
async def test_of_a_deleted_experience(blog, anonymous, takes_messages):
    app, organiser, world = blog.group.app, blog.group.organiser, blog.group.bot.world
    if not takes_messages:
        world.closed = {"user:alice"}
    await blog.follow(blog_post(1))
    number = (await submit(blog, anonymous=anonymous)).id
    await decide(blog, number, "decline")
    await app.reviews.reopen(organiser, number)
    await decide(blog, number)
    await edit(blog, number)
    await decide(blog, number, "decline")
    bob = blog.group.member("bob")
    made = await app.corrections.correct(bob, number, "role", "Zirkelschmied")
    await app.tick()
    assert len(shown(blog)) >= 2
    await app.takedowns.hide(organiser, number)
    await app.tick()
    assert not [text for text in shown(blog) if "Zirkelschmied" in text]
    await app.takedowns.show_again(organiser, number)
    await app.tick()
    assert [text for text in shown(blog) if "Role: Zirkelschmied" in text]
    await app.own_experiences.delete(blog.group.member("alice"), number)
    await app.tick()
    assert shown(blog) == []
    assert kept(blog) == []
    assert made is not None


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
async def test_of_a_deleted_question_and_answer(blog, anonymous):
    app, group, alice = blog.group.app, blog.group, blog.group.member("alice")
    await app.question_settings.set(
        group.organiser,
        channel_ref="club-questions",
        approval=True,
        anonymous_answers=True,
        cooldown_minutes=0,
    )
    draft = Draft(title="Does Daejeon tremble?", anonymous=anonymous)
    await app.question_submissions.ask(alice, draft, "key")
    await app.tick()
    if anonymous:
        await app.question_reviews.approve(group.organiser, 1)
        await app.tick()
    await app.revisions.edit_question(alice, 1, title="Does Busan tremble?", details="KAIST")
    await app.tick()
    bob = group.member("bob")
    await app.answers.answer(bob, 1, "They quaver.", anonymous=anonymous, key="answer")
    await app.tick()
    assert len(shown(blog)) >= 2 + anonymous
    await app.revisions.delete_answer(bob, 1)
    await app.revisions.delete_question(alice, 1)
    await app.tick()
    assert shown(blog) == []
    assert kept(blog) == []
