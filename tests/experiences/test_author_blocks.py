"""Organisers block the anonymous author of what was handed in, and don't learn who that is."""

import pytest

from bot.core.errors import UserError
from bot.questions.submissions import Asked, Draft
from tests.experiences.blog import blog_post
from tests.experiences.test_own import decide, edit
from tests.experiences.test_submissions import submit
from tests.group import Group, raised


async def left_as_it_is(blog, number):
    """It waits."""


async def posted(blog, number):
    await decide(blog, number)


async def taken_down(blog, number):
    await decide(blog, number)
    await blog.group.app.takedowns.hide(blog.group.organiser, number)


async def declined(blog, number):
    await decide(blog, number, "decline")


async def deleted(blog, number):
    await blog.group.app.own_experiences.delete(blog.group.member("alice"), number)


@pytest.mark.parametrize("became", [left_as_it_is, posted, taken_down, declined, deleted])
async def test_the_author_writes_on_unseen_and_an_unblocked_one_is_seen(blog, became):
    app, organiser, alice = blog.group.app, blog.group.organiser, blog.group.member("alice")
    await blog.follow(blog_post(1))
    await app.question_settings.set(organiser, channel_ref="club-questions", cooldown_minutes=0)
    number = (await submit(blog, anonymous=True)).id
    await became(blog, number)
    assert [one.id for one in await app.author_blocks.blockable(organiser)] == [number]
    for _ in range(2):
        await app.author_blocks.block(organiser, number)
    assert [one.id for one in await app.author_blocks.blocking(organiser)] == [number]
    assert await app.author_blocks.blockable(organiser) == []
    await app.tick()
    before = len(blog.notices())
    seemed = await submit(blog, anonymous=True)
    draft = Draft(title="Does anybody read this?", anonymous=True)
    assert isinstance(await app.question_submissions.ask(alice, draft, "k"), Asked)
    if became is left_as_it_is:
        await edit(blog, number)
        (waiting,) = await app.reviews.waiting(organiser)
        assert waiting.title == "A summer at KAIST"
    await app.tick()
    assert len(blog.notices()) == before
    assert not blog.group.bot.world.within("club-questions")
    unseen = app.author_blocks.block(organiser, seemed.id)
    assert "don't know" in str(await raised(unseen, UserError))
    await submit(blog, who="bob", anonymous=True)
    await app.author_blocks.unblock(organiser, number)
    await submit(blog, anonymous=True)
    assert len(blog.notices()) == before + 2
    again = app.author_blocks.unblock(organiser, number)
    assert "Nobody is blocked" in str(await raised(again, UserError))


async def test_who_and_what_is_refused(blog, bot):
    await blog.follow(blog_post(1))
    (from_blog,) = await blog.latest()
    named, anonymous = (await submit(blog)).id, (await submit(blog, anonymous=True)).id
    other = Group(bot, "other")
    await other.set_up()
    blocks = blog.group.app.author_blocks
    for actor, number, why in (
        (blog.group.organiser, named, "Its author isn't anonymous."),
        (blog.group.organiser, from_blog.id, "It comes from a blog."),
        (blog.group.organiser, 99, "don't know"),
        (other.organiser, anonymous, "don't know"),
        (blog.group.member("alice"), anonymous, "Only organisers"),
    ):
        assert why in str(await raised(blocks.block(actor, number), UserError))
    assert await blocks.blocking(blog.group.organiser) == []
    assert await blocks.blockable(other.organiser) == []
