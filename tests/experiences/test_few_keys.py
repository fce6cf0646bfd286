"""Feeds whose entries have few keys, or whose keys change: nothing twice, nothing swallowed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.experiences.feeds.replies import checked
from bot.experiences.model import Delivery, FeedEntry, FeedState
from tests.experiences.blog import FIRST_DAY, blog_post
from tests.group import DAY, HOUR

BARE = {"title": "", "link": None, "guid": None, "published": None}
FRONT = "https://elsewhere.example.net/"
TEASER = (
    "Each spring our students tell what became of their time abroad: what they worked on, whom "
    "they asked, what went wrong first, and what they would pack the next time."
)
SHARED = [
    BARE,
    {"guid": None, "link": None},
    {"guid": None, "link": None, "published": None},
    {"guid": FRONT, "link": FRONT},
    {"guid": "feed", "link": "https://blog.example.org/diary", "title": ""},
    {"guid": "feed", "link": FRONT, "text": "", "published": None},
    {"guid": None, "link": FRONT, "title": "", "published": None},
]


@pytest.mark.parametrize("delivery", list(Delivery))
@pytest.mark.parametrize("changes", SHARED, ids=str)
async def test_entries_that_share_their_keys_are_posted_once(blog, changes, delivery):
    await blog.follow(*(blog_post(n, **changes) for n in range(1, 4)), delivery=delivery, latest=3)
    for number in range(4, 7):
        blog.write(blog_post(number, **changes))
        await blog.poll()
        await blog.pass_time(HOUR)
    await blog.pass_time(8 * DAY if delivery is Delivery.WEEKLY else DAY)
    there = [one.text + one.title for one in await blog.latest()]
    assert len(there) == len(set(there)) == 6
    if delivery is Delivery.AT_ONCE:
        assert len(blog.posts()) == 6


@pytest.mark.parametrize("changes", SHARED[:2], ids=str)
async def test_their_order_says_nothing(blog, changes):
    await blog.follow(*(blog_post(n, **changes) for n in range(1, 6)), latest=5)
    blog.publish(*blog.blog_posts[2:], *blog.blog_posts[:2])
    await blog.poll()
    assert len(blog.posts()) == 5


async def test_a_text_without_keys_that_is_edited_a_little_is_an_edit(blog):
    await blog.follow(blog_post(1, **BARE), blog_post(2, **BARE), latest=2)
    edited = replace(blog.blog_posts[0], text=blog.blog_posts[0].text + " Postscript: it was cold.")
    blog.publish(edited, blog.blog_posts[1])
    await blog.poll()
    assert len(blog.posts()) == 2
    assert any("Postscript" in one.text for one in await blog.latest())


async def test_a_title_that_counts_up_is_another_entry(blog):
    def week(n):
        return blog_post(n, title=f"Week {n}", text=TEASER, guid=None, link=None, published=None)

    await blog.follow(week(1))
    for number in (2, 3):
        blog.publish(week(number))
        await blog.poll()
    assert blog.titles() == ["Week 1", "Week 2", "Week 3"]


async def test_json_feeds_without_ids(blog, group):
    def write(numbers):
        items = [{"content_text": blog_post(n).text} for n in numbers]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Diary", "items": items}
        blog.web.pages[blog.url] = json.dumps(feed).encode()

    await blog.follow()
    write([3, 2, 1])
    await blog.poll()
    for numbers in ([4, 3, 2, 1], [5, 4, 3], [3, 4, 5]):
        write(numbers)
        await blog.poll()
    assert len(blog.posts()) == len({post.details for post in blog.posts()})
    assert len(await blog.latest()) == 5


@pytest.mark.parametrize("missing", [{}, {"guid": None}])
async def test_series_with_one_title_and_teaser_are_different_people(blog, missing):
    def report(n, name):
        return blog_post(n, title="Internship report", text=f"{TEASER} {name}.", **missing)

    await blog.follow(report(1, "Mina built grippers"))
    blog.write(report(2, "Jonas measured muons"))
    await blog.poll()
    blog.publish(report(3, "Aiko wrote parsers"))  # the others have left
    await blog.poll()
    assert len(blog.posts()) == len(await blog.latest()) == 3
    assert all(message.edits == 0 for message in blog.messages())


async def test_side_by_side_under_own_ids_the_same_text_is_two_entries(blog):
    await blog.follow(blog_post(1), blog_post(1, guid="7", link=f"{FRONT}7"), latest=2)
    assert len(blog.posts()) == 2


async def test_what_a_document_lists_twice_is_one_entry(blog):
    await blog.follow(
        blog_post(1), blog_post(1), blog_post(2, **BARE), blog_post(2, **BARE), latest=10
    )
    await blog.poll(2)
    assert len(blog.posts()) == 2


async def test_a_draft_that_is_filled_in_under_another_address_is_an_edit(blog):
    draft = blog_post(1, text="", guid="draft", link="https://blog.example.org/?p=1")
    await blog.follow(draft)
    blog.publish(replace(blog_post(1), published=draft.published))
    await blog.poll()
    assert len(blog.posts()) == 1
    (there,) = await blog.latest()
    assert there.text == blog_post(1).text


async def test_an_item_with_nothing_in_it_is_posted_once_it_is_written(blog):
    await blog.follow(blog_post(1), blog_post(2, title="", text=""), latest=2)
    assert len(blog.posts()) == 1
    blog.publish(blog_post(2), blog_post(1))
    await blog.poll()
    assert blog.titles() == ["My internship, part 1", "My internship, part 2"]


async def test_what_is_older_than_the_following_is_archived_and_feed_why_says_so(blog):
    await blog.follow(blog_post(30), blog_post(31))
    old = blog_post(2, published=FIRST_DAY - timedelta(days=900))
    blog.publish(*blog.blog_posts, old)
    await blog.poll(2)
    assert len(blog.posts()) == 1
    look = await blog.group.app.feed_inspection.look(blog.group.organiser, blog.url)
    assert "more than a week before you followed the feed" in look.decisions[-1].reason
    assert len(await blog.latest()) == 3


def _renewed(poll, text=True):
    """All entries of a feed as one poll gives them; with `text`, even their texts are others."""
    for n in range(1, 5):
        number = 100 * poll + n
        yield blog_post(
            number,
            title=f"Report {number if text else n}",
            text=blog_post(number if text else n).text,
        )


async def test_a_feed_that_is_new_at_each_poll_is_stopped_and_told_of_once(blog):
    await blog.follow(*_renewed(0))
    for poll in range(1, 8):
        blog.publish(*_renewed(poll))
        await blog.group.app.polling.ask_now((await blog.feed()).id)
        await blog.group.app.tick()
    assert len(blog.posts()) <= 1 + 2 * 4
    (notice,) = [one for one in blog.notices() if "stopped posting" in one.title]
    blog.publish(*_renewed(8))
    result = await blog.group.app.feeds.check(blog.group.organiser, (await blog.feed()).id)
    assert "posted nothing. Each time I look" in checked(*result).text
    feed = await blog.feed()
    assert feed.state is FeedState.PAUSED
    assert feed.last_error in notice.text
    look = await blog.group.app.feed_inspection.look(blog.group.organiser, blog.url)
    assert feed.last_error in look.notes[0]
    await blog.group.app.feeds.resume(blog.group.organiser, feed.id)
    blog.write(blog_post(9_999))
    await blog.poll()
    assert (await blog.feed()).state is FeedState.FOLLOWED


async def test_ids_links_and_dates_that_all_change_repeat_nothing(blog):
    await blog.follow(*_renewed(0, text=False))
    for poll in (1, 2):
        blog.publish(*_renewed(poll, text=False))
        await blog.poll()
    assert len(blog.posts()) == 1


async def test_a_busy_week_is_no_fault(blog):
    await blog.follow(blog_post(1), blog_post(2))
    for number in range(3, 15, 2):
        blog.publish(blog_post(number), blog_post(number + 1))
        await blog.poll()
        await blog.pass_time(DAY)
    assert len(blog.posts()) == 1 + 12
    assert (await blog.feed()).state is FeedState.FOLLOWED


@pytest.mark.parametrize("changes", SHARED, ids=str)
async def test_what_is_known_from_before_the_upgrade_is_not_posted_again(blog, changes):
    await blog.follow(*(blog_post(n, **changes) for n in range(1, 4)))
    async with blog.group.app.database.transaction() as session:
        await session.execute(update(FeedEntry).values(content_key=None))
    blog.write(blog_post(4, **changes))
    await blog.poll(2)
    assert len(blog.posts()) == 2
    async with blog.group.app.database.reading() as session:
        keys = (await session.execute(select(FeedEntry.content_key))).scalars().all()
    assert len(set(keys)) == len(keys) == 4
    assert None not in keys
