"""Organisers take posted experiences down, and put them back."""

import pytest

from bot.core.errors import UserError
from bot.experiences.archive import Wanted
from tests.experiences.blog import blog_post
from tests.experiences.test_submissions import submit
from tests.group import Group, raised, text_of

TAKEN_DOWN = "Taken down by an organiser"


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
async def posted(blog, request):
    """A group, and what Alice handed in there, which is posted."""
    await blog.follow(blog_post(1))
    number = (await submit(blog, anonymous=request.param)).id
    await blog.group.app.reviews.approve(blog.group.organiser, number)
    await blog.group.app.tick()
    return blog, number


async def found(blog, word="daejeon"):
    return (await blog.group.app.archive.page(blog.group.member(), Wanted(word), 0)).count


async def test_what_is_taken_down_is_nowhere_and_comes_back_as_it_was(posted):
    blog, number = posted
    app, organiser = blog.group.app, blog.group.organiser
    before, threads = blog.posts()[1], dict(blog.group.bot.world.threads)
    for _ in range(2):
        await app.takedowns.hide(organiser, number)
        await app.tick()
    assert blog.titles()[1] == TAKEN_DOWN
    assert "KAIST" not in text_of(blog.posts()[1])
    assert TAKEN_DOWN in blog.group.bot.world.threads.values()
    assert (await found(blog), len(await blog.latest())) == (0, 1)
    await raised(app.archive.show(blog.group.member(), number), UserError)
    assert [one.id for one in await app.takedowns.hidden(organiser)] == [number]
    for _ in range(2):
        await app.takedowns.show_again(organiser, number)
        await app.tick()
    assert blog.posts()[1] == before
    assert blog.group.bot.world.threads == threads
    assert (await found(blog), len(await blog.latest())) == (1, 2)
    assert await app.takedowns.hidden(organiser) == []
    assert blog.group.bot.world.within("user:alice") == []


async def test_its_author_deletes_what_was_taken_down(posted):
    blog, number = posted
    await blog.group.app.takedowns.hide(blog.group.organiser, number)
    await blog.group.app.own_experiences.delete(blog.group.member("alice"), number)
    await blog.group.app.tick()
    assert blog.titles()[1] == "Deleted by its author"
    again = blog.group.app.takedowns.show_again(blog.group.organiser, number)
    assert "isn't posted" in str(await raised(again, UserError))


async def test_an_edit_that_is_approved_meanwhile_stays_hidden(posted):
    blog, number = posted
    app = blog.group.app
    alice, story = blog.group.member("alice"), "We went to Busan instead. " * 5
    await app.own_experiences.edit(alice, number, title="Busan", story=story, link="")
    await app.takedowns.hide(blog.group.organiser, number)
    await app.reviews.approve(blog.group.organiser, number)
    await app.tick()
    assert blog.titles()[1] == TAKEN_DOWN
    assert await found(blog, "busan") == 0
    await app.takedowns.show_again(blog.group.organiser, number)
    await app.tick()
    assert (blog.titles()[1], await found(blog, "busan")) == ("Busan", 1)


async def test_only_organisers_of_this_community_and_only_what_is_posted(posted, bot):
    blog, number = posted
    other = Group(bot, "other")
    await other.set_up()
    waiting = (await submit(blog, who="bob")).id
    takedowns = blog.group.app.takedowns
    for actor, one in (
        (blog.group.member("alice"), number),
        (other.organiser, number),
        (blog.group.organiser, waiting),
        (blog.group.organiser, 99),
    ):
        await raised(takedowns.hide(actor, one), UserError)
        await raised(takedowns.show_again(actor, one), UserError)
    await blog.group.app.tick()
    assert blog.titles()[1] == "A summer at KAIST"
