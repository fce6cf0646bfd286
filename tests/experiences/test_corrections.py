"""What members correct is kept, told to organisers, and can be taken back."""

import pytest

from bot.core.errors import UserError
from bot.core.post import Button
from tests.experiences.blog import blog_post
from tests.experiences.test_submissions import submit
from tests.group import Group, raised, text_of


@pytest.fixture
async def posted(blog):
    """A group with one experience that Alice handed in by name; what comes of corrections."""
    await blog.follow(blog_post(1))
    handed_in = await submit(blog)
    await blog.group.app.reviews.approve(blog.group.organiser, handed_in.id)
    await blog.group.app.tick()
    return blog, handed_in.id, blog.group.app.corrections


def labels(post):
    return [button.label for button in post.buttons if isinstance(button, Button)]


async def facts(blog, number):
    return (await blog.group.app.archive.show(blog.group.member(), number)).facts


async def test_a_revert_restores_what_was_there_before_and_works_once(blog):
    await blog.follow(blog_post(1))
    (one,) = await blog.latest()
    corrections, bob = blog.group.app.corrections, blog.group.member("bob")
    first = await corrections.correct(bob, one.id, "role", "Cook")
    second = await corrections.correct(bob, one.id, "role", "Baker")
    assert "corrected again since" in str(
        await raised(corrections.revert(bob, first.correction.id), UserError)
    )
    await blog.group.app.tick()
    assert labels(blog.notices()[-1]) == ["Revert"]
    assert "<@bob>" in text_of(blog.notices()[-1])
    await corrections.revert(blog.group.organiser, second.correction.id)
    assert (await facts(blog, one.id))["role"] == "Cook"
    for actor in (bob, blog.group.organiser):
        again = corrections.revert(actor, second.correction.id)
        assert "already been undone" in str(await raised(again, UserError))
    await corrections.revert(bob, first.correction.id)
    assert await facts(blog, one.id) == one.facts
    await blog.group.app.tick()
    assert all(not labels(notice) for notice in blog.notices()[-2:])


async def test_others_corrections_of_a_members_experience_wait(posted):
    blog, number, corrections = posted
    before = await facts(blog, number)
    made = await corrections.correct(blog.group.member("bob"), number, "role", "Cook")
    await blog.group.app.tick()
    assert await facts(blog, number) == before
    (asked,) = blog.group.bot.world.within("user:alice")
    assert labels(asked.post) == labels(blog.notices()[-1]) == ["Accept", "Decline"]
    for stranger in ("bob", "carl"):
        refused = corrections.accept(blog.group.member(stranger), made.correction.id)
        assert "Only the author" in str(await raised(refused, UserError))
    await corrections.accept(blog.group.member("alice"), made.correction.id)
    await blog.group.app.tick()
    assert (await facts(blog, number))["role"] == "Cook"
    again = corrections.decline(blog.group.organiser, made.correction.id)
    assert "already been decided" in str(await raised(again, UserError))
    assert labels(blog.notices()[-1]) == ["Revert"]
    assert "**Cook**" in text_of(blog.posts()[1])


async def test_a_correction_that_waits_is_declined_or_taken_back(posted):
    blog, number, corrections = posted
    before, bob = await facts(blog, number), blog.group.member("bob")
    declined = await corrections.correct(bob, number, "role", "Cook")
    await corrections.decline(blog.group.organiser, declined.correction.id)
    assert "already been decided" in str(
        await raised(corrections.revert(bob, declined.correction.id), UserError)
    )
    taken_back = await corrections.correct(bob, number, "role", "Baker")
    await corrections.revert(bob, taken_back.correction.id)
    late = corrections.accept(blog.group.member("alice"), taken_back.correction.id)
    assert "already been decided" in str(await raised(late, UserError))
    assert await facts(blog, number) == before


async def test_a_decline_is_undone_by_whoever_may_decide(posted):
    blog, number, corrections = posted
    bob, alice = blog.group.member("bob"), blog.group.member("alice")
    waits = (await corrections.correct(bob, number, "role", "Cook")).correction.id
    undone = corrections.reconsider(alice, waits)
    assert "already waiting for a decision" in str(await raised(undone, UserError))
    await corrections.decline(alice, waits)
    refused = corrections.reconsider(bob, waits)
    assert "Only the author" in str(await raised(refused, UserError))
    await corrections.reconsider(blog.group.organiser, waits)
    await blog.group.app.tick()
    (asked,) = blog.group.bot.world.within("user:alice")
    assert labels(asked.post) == labels(blog.notices()[-1]) == ["Accept", "Decline"]
    assert "Declined" not in text_of(asked.post)
    await corrections.accept(alice, waits)
    assert (await facts(blog, number))["role"] == "Cook"
    late = corrections.reconsider(alice, waits)
    assert "can't be undone any more" in str(await raised(late, UserError))


async def test_authors_and_organisers_need_not_wait(posted):
    blog, number, corrections = posted
    for actor, value in ((blog.group.member("alice"), "Cook"), (blog.group.organiser, "Baker")):
        await corrections.correct(actor, number, "role", value)
        assert (await facts(blog, number))["role"] == value


async def test_whose_an_anonymous_experience_is_makes_no_difference(blog):
    await blog.follow(blog_post(1))
    handed_in = await submit(blog, anonymous=True)
    await blog.group.app.reviews.approve(blog.group.organiser, handed_in.id)
    for who in ("alice", "bob"):
        made = await blog.group.app.corrections.correct(
            blog.group.member(who), handed_in.id, "role", f"Cook of {who}"
        )
        assert made.correction.state == "applied"
    await blog.group.app.tick()
    assert not blog.group.bot.world.within("user:alice")


async def test_what_says_so_already_is_no_correction(blog):
    await blog.follow(blog_post(1))
    (one,) = await blog.latest()
    before = len(blog.notices())
    corrections, bob = blog.group.app.corrections, blog.group.member("bob")
    assert await corrections.correct(bob, one.id, "season", one.facts.get("season", "")) is None
    await blog.group.app.tick()
    assert len(blog.notices()) == before


async def test_a_correction_is_its_communitys(posted, bot):
    blog, number, corrections = posted
    made = await corrections.correct(blog.group.member("alice"), number, "role", "Cook")
    other = Group(bot, "other")
    await other.set_up()
    decide = (corrections.accept, corrections.decline, corrections.reconsider)
    for act in (corrections.revert, *decide):
        for correction_id in (made.correction.id, 99):
            error = await raised(act(other.organiser, correction_id), UserError)
            assert "I don't know that correction" in str(error)
