"""Members hand in experiences; organisers decide."""

from dataclasses import replace

import pytest

from bot.core.errors import Repeated, UserError
from bot.core.post import Button
from bot.experiences.archive import Wanted
from tests.experiences.blog import blog_post
from tests.experiences.blogging import CHANNEL
from tests.group import Group, raised, text_of

STORY = (
    "I wrote to twelve professors and **one** answered. We built a robot that sorts post. "
    "The visa took two months; ask early. @everyone should go to Daejeon at least once."
)


@pytest.fixture
async def club(blog):
    """A group with a channel for experiences."""
    await blog.follow(blog_post(1))
    return blog


async def submit(blog, *, who="alice", anonymous=False, **changes):
    told = {"title": "A summer at KAIST", "story": STORY, "link": ""} | changes
    handed_in = await blog.group.app.submissions.submit(
        blog.group.member(who), **told, anonymous=anonymous
    )
    await blog.group.app.tick()
    return handed_in


def review(blog):
    return blog.notices()[-1]


def labels(post):
    return [button.label for button in post.buttons if isinstance(button, Button)]


async def test_an_experience_is_looked_at_before_it_is_posted(club):
    handed_in = await submit(club)
    assert len(club.posts()) == 1
    assert labels(review(club)) == ["Approve", "Edit", "Decline"]
    assert "<@alice>" in text_of(review(club))
    await club.group.app.reviews.approve(club.group.organiser, handed_in.id)
    await club.group.app.tick()
    assert club.titles()[1] == "A summer at KAIST"
    assert "<@alice>" in text_of(club.posts()[1])
    assert "**one** answered" in text_of(club.posts()[1])
    assert "@everyone" not in text_of(club.posts()[1])
    assert labels(review(club)) == []
    assert "Approved by" in text_of(review(club))


async def test_it_can_be_found_once_it_is_approved_and_not_before(club):
    handed_in = await submit(club)
    archive, member = club.group.app.archive, club.group.member()
    assert (await archive.page(member, Wanted("daejeon"), 0)).count == 0
    assert len(await club.latest()) == 1
    await raised(archive.show(member, handed_in.id), UserError)
    await club.group.app.reviews.approve(club.group.organiser, handed_in.id)
    await club.group.app.tick()
    assert (await archive.page(member, Wanted("daejeon"), 0)).count == 1
    assert len(await club.latest()) == 2


async def test_nobody_in_the_chat_learns_who_wrote_an_anonymous_experience(club):
    handed_in = await submit(club, anonymous=True)
    await club.group.app.reviews.approve(club.group.organiser, handed_in.id)
    await club.group.app.tick()
    shown = [text_of(post) for post in (*club.posts(), *club.notices())]
    assert not any("alice" in text for text in shown)


async def test_an_organiser_can_change_it_first(club):
    handed_in = await submit(club)
    reviews, organiser = club.group.app.reviews, club.group.organiser
    await reviews.edit(organiser, handed_in.id, title="Two months at KAIST", story=STORY, link="")
    await club.group.app.tick()
    assert "Two months at KAIST" in text_of(review(club))
    await reviews.approve(organiser, handed_in.id)
    await club.group.app.tick()
    assert club.titles()[1] == "Two months at KAIST"


async def test_of_two_organisers_neither_decides_on_what_the_other_has_changed(club):
    handed_in = await submit(club)
    reviews, olga, otto = (
        club.group.app.reviews,
        club.group.organiser,
        replace(club.group.organiser, member_ref="otto"),
    )
    texts = {"story": STORY, "link": ""}
    await reviews.edit(olga, handed_in.id, 1, title="Two months at KAIST", **texts)
    for late in (
        reviews.edit(otto, handed_in.id, 1, title="Three months", **texts),
        reviews.approve(otto, handed_in.id, 1),
        reviews.decline(otto, handed_in.id, 1),
    ):
        assert "been edited since" in str(await raised(late, UserError))
    await club.group.app.tick()
    (approve, *_) = review(club).buttons
    assert approve.argument.endswith(f".{handed_in.id}.2")
    await reviews.approve(otto, handed_in.id, 2)
    await club.group.app.tick()
    assert club.titles()[1] == "Two months at KAIST"


async def test_what_is_sent_again_by_one_form_is_done_once(club):
    submissions, own = club.group.app.submissions, club.group.app.own_experiences
    reviews = club.group.app.reviews
    texts = {"title": "A summer at KAIST", "story": STORY, "link": ""}
    alice, olga = (
        replace(one, request="a form") for one in (club.group.member("alice"), club.group.organiser)
    )
    for send in (
        lambda: submissions.submit(alice, **texts, anonymous=True),
        lambda: own.edit(alice, 2, **texts | {"title": "Two months"}),
        lambda: reviews.edit(olga, 2, **texts | {"title": "Three months"}),
    ):
        await send()
        await raised(send(), Repeated)
    (waiting,) = await reviews.waiting(olga)
    assert (waiting.title, waiting.version) == ("Three months", 3)


async def test_organisers_read_which_author_takes_no_messages(club):
    handed_in = await submit(club)
    club.group.bot.world.closed = {"user:alice"}
    await club.group.app.reviews.decline(club.group.organiser, handed_in.id)
    await club.group.app.tick()
    titles = [post.title for post in club.notices()]
    assert "I can't write to <@alice>" in titles
    assert "I can't write to you" not in titles


async def test_whoever_wrote_what_is_declined_is_told(club):
    handed_in = await submit(club)
    await club.group.app.reviews.decline(club.group.organiser, handed_in.id)
    await club.group.app.tick()
    assert len(club.posts()) == 1
    (message,) = club.group.bot.world.within("user:alice")
    assert "A summer at KAIST" in text_of(message.post)
    assert "Declined by" in text_of(review(club))


async def test_what_is_decided_is_decided(club):
    handed_in = await submit(club)
    reviews, organiser = club.group.app.reviews, club.group.organiser
    await reviews.approve(organiser, handed_in.id)
    for again in (
        reviews.approve(organiser, handed_in.id),
        reviews.decline(organiser, handed_in.id),
        reviews.edit(organiser, handed_in.id, title="x", story=STORY, link=""),
    ):
        assert "already been decided" in str(await raised(again, UserError))
    await club.group.app.tick()
    assert len(club.posts()) == 2


async def test_only_organisers_of_this_community_decide(club, bot):
    handed_in = await submit(club)
    other = Group(bot, "other")
    await other.set_up()
    reviews = club.group.app.reviews
    for actor in (club.group.member(), other.organiser):
        for decide in (reviews.approve, reviews.decline, reviews.read):
            await raised(decide(actor, handed_in.id), UserError)
    await club.group.app.tick()
    assert len(club.posts()) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": " "}, "title is missing"),
        ({"title": "x" * 201}, "keep the title to 200"),
        ({"story": "Too short."}, "100 to 3,000 characters; you wrote 10."),
        ({"story": "x" * 4001}, "you wrote 4,001."),
        ({"link": "javascript:alert(1)"}, "can't show that link"),
        ({"link": "nowhere"}, "can't show that link"),
    ],
    ids=str,
)
async def test_bad_input_is_refused_in_a_sentence(club, changes, reason):
    assert reason in str(await raised(submit(club, **changes), UserError))
    assert club.notices() == []


async def test_a_member_cannot_flood_the_organisers(club):
    for number in range(5):
        await submit(club, title=f"Experience {number}")
    error = await raised(submit(club), UserError)
    assert "waiting for the organisers" in str(error)
    await submit(club, who="bob")


async def test_without_a_channel_an_approval_says_what_to_do(blog):
    handed_in = await submit(blog)
    approved = blog.group.app.reviews.approve(blog.group.organiser, handed_in.id)
    assert "no channel for experiences" in str(await raised(approved, UserError))
    await blog.follow(blog_post(1))
    await blog.group.app.reviews.approve(blog.group.organiser, handed_in.id)
    await blog.group.app.tick()
    assert [message.place for message in blog.messages()] == [CHANNEL, CHANNEL]
