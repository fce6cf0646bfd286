"""Authors edit and delete what they handed in."""

import pytest
from sqlalchemy import text

from bot.core.errors import UserError
from bot.experiences.archive import Wanted
from bot.questions.submissions import Draft
from tests.experiences.blog import blog_post
from tests.experiences.test_submissions import STORY, labels, review, submit
from tests.group import raised, text_of

NEW = STORY.replace("Daejeon", "Busan")


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
async def handed_in(blog, request):
    """A group, and what Alice handed in there."""
    await blog.follow(blog_post(1))
    return blog, (await submit(blog, anonymous=request.param)).id


async def edit(blog, number, *, who="alice", title="A summer in Busan"):
    own = blog.group.app.own_experiences
    edited = await own.edit(blog.group.member(who), number, title=title, story=NEW, link="")
    await blog.group.app.tick()
    return edited


async def decide(blog, number, how="approve", version=None):
    decided = await getattr(blog.group.app.reviews, how)(blog.group.organiser, number, version)
    await blog.group.app.tick()
    return decided


async def test_what_waits_is_edited_and_what_is_approved_is_what_was_seen(handed_in):
    blog, number = handed_in
    await edit(blog, number)
    assert "Busan" in text_of(review(blog))
    assert "been edited since" in str(await raised(decide(blog, number, version=1), UserError))
    await decide(blog, number, version=2)
    assert blog.titles()[1] == "A summer in Busan"


async def test_an_edit_of_what_is_posted_is_looked_at_first(handed_in):
    blog, number = handed_in
    await decide(blog, number)
    await edit(blog, number)
    assert blog.titles()[1] == "A summer at KAIST"
    assert labels(review(blog)) == ["Approve", "Edit", "Decline"]
    waiting = await blog.group.app.reviews.waiting(blog.group.organiser)
    assert [one.title for one in waiting] == ["A summer in Busan"]
    await decide(blog, number, version=2)
    assert blog.titles()[1] == "A summer in Busan"
    assert "Ask about: A summer in Busan" in blog.group.bot.world.threads.values()
    archive, member = blog.group.app.archive, blog.group.member()
    assert (await archive.page(member, Wanted("busan"), 0)).count == 1
    assert (await archive.page(member, Wanted("daejeon"), 0)).count == 0
    assert "already been decided" in str(await raised(decide(blog, number), UserError))


async def test_an_edit_that_is_declined_leaves_what_is_posted(handed_in):
    blog, number = handed_in
    await decide(blog, number)
    await edit(blog, number)
    await decide(blog, number, "decline")
    assert blog.titles()[1] == "A summer at KAIST"
    (told,) = blog.group.bot.world.within("user:alice")
    assert told.post.title == "Your edit was not posted"
    assert "the old version stays posted" in told.post.text
    assert labels(review(blog)) == []
    await edit(blog, number, title="Once more")
    await decide(blog, number)
    assert blog.titles()[1] == "Once more"


async def test_a_declined_edit_is_undone_until_its_author_writes_another(handed_in):
    blog, number = handed_in
    organiser, reviews = blog.group.organiser, blog.group.app.reviews
    await decide(blog, number)
    refused = reviews.reopen(organiser, number)
    assert "can't be undone any more" in str(await raised(refused, UserError))
    await edit(blog, number)
    await decide(blog, number, "decline", 2)
    refused = reviews.reopen(blog.group.member("bob"), number)
    assert "Only organisers" in str(await raised(refused, UserError))
    reopened = await reviews.reopen(organiser, number)
    assert reopened.title == "A summer in Busan"
    again = reviews.reopen(organiser, number)
    assert "already waiting for a decision" in str(await raised(again, UserError))
    await blog.group.app.tick()
    assert labels(review(blog)) == ["Approve", "Edit", "Decline"]
    assert "Busan" in text_of(review(blog))
    assert blog.titles()[1] == "A summer at KAIST"
    told = [message.post.title for message in blog.group.bot.world.within("user:alice")]
    assert told == ["Your edit was not posted", "Your edit is waiting again"]
    assert "is posted" not in str(await raised(decide(blog, number, "approve", 2), UserError))
    await decide(blog, number, "approve", 3)
    assert blog.titles()[1] == "A summer in Busan"
    await edit(blog, number, title="Once more")
    await decide(blog, number, "decline", 4)
    await edit(blog, number, title="And again")
    waits = reviews.reopen(organiser, number)
    assert "already waiting for a decision" in str(await raised(waits, UserError))
    await decide(blog, number, "decline", 5)
    await blog.group.app.own_experiences.delete(blog.group.member("alice"), number)
    gone = reviews.reopen(organiser, number)
    assert "can't be undone any more" in str(await raised(gone, UserError))
    async with blog.group.app.database.reading() as session:
        kept = await session.execute(text("SELECT declined, revision FROM experience WHERE id = 2"))
        assert kept.all() == [(None, None)]


async def test_what_is_deleted_is_gone_and_questions_about_it_stay(handed_in):
    blog, number = handed_in
    app, alice = blog.group.app, blog.group.member("alice")
    await decide(blog, number)
    await app.question_settings.set(blog.group.organiser, channel_ref="club-questions")
    subject = (await app.subject_lookup.like(alice, "kaist"))[0]
    await app.question_submissions.ask(
        blog.group.member("bob"), Draft(title="How was it?", about=subject), "k"
    )
    await app.tick()
    for _ in range(2):
        await app.own_experiences.delete(alice, number)
        await app.tick()
    assert blog.titles()[1] == "Deleted by its author"
    assert "Deleted by its author" in blog.group.bot.world.threads.values()
    assert blog.group.bot.world.titled("How was it?")
    assert (await app.archive.page(alice, Wanted("daejeon"), 0)).count == 0
    assert len(await blog.latest()) == 1
    assert await app.own_experiences.listed(alice, editable=False) == []
    assert not any("KAIST" in text_of(post) for post in (*blog.posts(), *blog.notices()))


async def test_what_waits_can_be_deleted(handed_in):
    blog, number = handed_in
    await blog.group.app.own_experiences.delete(blog.group.member("alice"), number)
    await blog.group.app.tick()
    assert review(blog).title == "Deleted by its author"
    assert "already been decided" in str(await raised(decide(blog, number), UserError))


async def test_nobody_else_edits_or_deletes_it(handed_in):
    blog, number = handed_in
    own = blog.group.app.own_experiences
    for who in ("bob", "900"):
        actor = blog.group.member(who)
        for refused in (own.read(actor, number), own.delete(actor, number), own.read(actor, 99)):
            assert "of yours" in str(await raised(refused, UserError))
        assert "of yours" in str(await raised(edit(blog, number, who=who), UserError))
        assert await own.listed(actor, editable=True) == []


async def test_a_decline_is_undone(handed_in):
    blog, number = handed_in
    await decide(blog, number, "decline")
    await blog.group.app.reviews.reopen(blog.group.organiser, number)
    await blog.group.app.tick()
    again = blog.group.app.reviews.reopen(blog.group.organiser, number)
    assert "already waiting for a decision" in str(await raised(again, UserError))
    assert labels(review(blog)) == ["Approve", "Edit", "Decline"]
    await decide(blog, number, "decline", 2)
    told = [message.post.title for message in blog.group.bot.world.within("user:alice")]
    assert told == [
        "Your experience was not posted",
        "Your experience is waiting again",
        "Your experience was not posted",
    ]
    await blog.group.app.reviews.reopen(blog.group.organiser, number)
    await decide(blog, number)
    refused = blog.group.app.reviews.reopen(blog.group.organiser, number)
    assert "can't be undone any more" in str(await raised(refused, UserError))
    assert len(blog.posts()) == 2


async def test_a_blocked_authors_edit_of_what_is_posted_reaches_nobody(blog):
    await blog.follow(blog_post(1))
    app, organiser, alice = blog.group.app, blog.group.organiser, blog.group.member("alice")
    number = (await submit(blog, anonymous=True)).id
    await decide(blog, number)
    await app.question_settings.set(organiser, channel_ref="club-questions")
    await app.question_submissions.ask(alice, Draft(title="Is this spam?", anonymous=True), "a key")
    await app.moderation.block(organiser, question_id=1)
    before = len(blog.notices())
    assert (await edit(blog, number)).state == "posted"
    assert len(blog.notices()) == before
    assert await app.reviews.waiting(organiser) == []
