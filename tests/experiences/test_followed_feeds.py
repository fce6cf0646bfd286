"""A blog is followed: what is posted when, and what the organisers hear."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import UserError
from bot.core.post import Button, Job, LinkButton
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.model import Delivery, FeedState
from bot.experiences.sources.fetching import Failed, Unchanged
from tests.experiences.blog import FIRST_DAY, blog_post, rss
from tests.experiences.blogging import CHANNEL, URL
from tests.group import Group, raised, text_of
from tests.world import Fault

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def named(*numbers):
    return [blog_post(number).title for number in numbers]


async def test_at_first_the_newest_is_posted_and_the_rest_is_remembered(blog):
    added = await blog.follow(*map(blog_post, range(1, 6)))
    assert (added.posted, added.kept) == (1, 4)
    assert blog.titles() == named(5)
    assert [one.title for one in await blog.latest()] == named(5, 4, 3, 2, 1)


@pytest.mark.parametrize("latest", [0, 3, 10])
async def test_how_many_are_posted_at_first_is_a_wish(blog, latest):
    await blog.follow(*map(blog_post, range(1, 6)), latest=latest)
    assert blog.titles() == named(*range(1, 6))[5 - min(latest, 5) :]


async def test_new_experiences_are_posted_oldest_first_and_once(blog):
    await blog.follow(blog_post(1))
    blog.write(blog_post(2), blog_post(3))
    await blog.poll(3)
    assert blog.titles() == named(1, 2, 3)


async def test_a_flood_is_spread_over_polls_and_nothing_is_dropped(blog):
    await blog.follow(blog_post(0))
    blog.write(*map(blog_post, range(1, 13)))
    await blog.poll()
    assert blog.titles() == named(*range(6))
    await blog.poll(2)
    assert blog.titles() == named(*range(13))


async def test_what_waits_when_a_feed_is_followed_is_counted_apart(blog):
    ahead = blog_post(9, published=blog.group.bot.clock.now() + DAY)
    added = await blog.follow(*map(blog_post, range(1, 8)), ahead, latest=7)
    assert (added.posted, added.waiting, added.kept) == (5, 3, 0)


async def test_an_experience_has_a_thread_to_ask_in(blog):
    await blog.follow(blog_post(1))
    (message,) = blog.messages()
    assert blog.group.bot.world.threads == {message.ref.split("/")[1]: f"Ask about: {named(1)[0]}"}


async def test_in_a_forum_each_experience_is_a_post_of_its_own(blog):
    blog.group.bot.world.forums.add(CHANNEL)
    await blog.follow(blog_post(1, tags=("career",)))
    world = blog.group.bot.world
    ((number, forum),) = world.topics.items()
    assert forum == CHANNEL
    assert world.threads == {number: named(1)[0]}
    (message,) = world.within(number)
    assert named(1)[0] in message.post.title


async def test_a_card_says_whose_it_is_and_how_it_begins(blog):
    await blog.follow(blog_post(1, tags=("career",), title="A summer at CERN in Switzerland"))
    (post,) = blog.posts()
    assert post.job is Job.EXPERIENCES
    assert post.title == "[A summer at CERN in Switzerland](https://blog.example.org/posts/1/)"
    assert post.text.startswith("Ada Lovelace · A blog · <t:")
    assert "On day 1 we began." in post.details[0]
    assert "**CERN**" in post.details[1]
    assert "#career" in post.details[1]
    labels = [button.label for button in post.buttons]
    assert labels == ["Ask about this", "Correct", "Read it all"]
    assert isinstance(post.buttons[2], LinkButton)


async def test_an_edit_changes_the_post_and_is_not_posted_again(blog):
    await blog.follow(blog_post(1))
    blog.publish(blog_post(1, title="My internship, revised"))
    await blog.poll()
    assert blog.titles() == ["My internship, revised"]
    assert blog.messages()[0].edits == 1
    await blog.poll(2)
    assert blog.messages()[0].edits == 1


async def test_an_experience_that_is_dated_ahead_waits_for_its_day(blog):
    await blog.follow(blog_post(1))
    now = blog.group.bot.clock.now()
    blog.write(blog_post(2, published=now + 2 * DAY))
    await blog.pass_time(DAY)
    assert blog.titles() == named(1)
    await blog.pass_time(3 * DAY)
    assert blog.titles() == named(1, 2)


async def test_experiences_without_dates_count_from_when_they_are_first_seen(blog):
    await blog.follow(*(blog_post(n, published=None) for n in (1, 2)))
    assert blog.titles() == named(2), "the newest stands first in the document"
    blog.write(blog_post(3, published=None))
    await blog.poll()
    assert blog.titles() == named(2, 3)


async def test_the_same_experience_in_two_feeds_is_posted_once(blog, web):
    await blog.follow(blog_post(1), blog_post(2), latest=5)
    other = blog_post(2, guid="elsewhere:2", text=blog_post(2).text[:200])
    web.pages["https://blog.example.org/career.xml"] = rss([blog_post(3), other])
    feeds, organiser = blog.group.app.feeds, blog.group.organiser
    added = await feeds.add(
        organiser, "https://blog.example.org/career.xml", Wishes(CHANNEL, latest=5)
    )
    await blog.group.app.tick()
    assert added.posted == 1
    assert blog.titles() == named(1, 2, 3)


async def test_a_site_that_moves_brings_nothing_new_and_edits_go_on(blog):
    await blog.follow(*map(blog_post, range(1, 9)), latest=10)
    blog.publish(
        *(
            blog_post(n, guid=f"https://new.example.net/{n}", link=f"https://new.example.net/{n}")
            for n in range(8, 0, -1)
        )
    )
    await blog.poll(3)
    assert blog.titles() == named(*range(1, 9))
    assert blog.posts()[0].title.endswith("(https://new.example.net/1)")


async def test_only_what_the_filter_lets_through_is_posted(blog):
    await blog.follow(
        blog_post(1, tags=("career",)),
        blog_post(2, tags=("slides",)),
        blog_post(3, tags=("career",), title="We are hiring: an internship"),
        categories="career",
        excluded='"we are hiring"',
        latest=10,
    )
    assert blog.titles() == named(1)
    assert [one.title for one in await blog.latest()] == named(1)


async def test_wishes_can_be_changed_and_what_waits_goes_to_the_new_channel(blog):
    await blog.follow(blog_post(1))
    blog.group.bot.world.closed.add(CHANNEL)
    blog.write(blog_post(2))
    await blog.poll()
    changed = await blog.follow(channel_ref="elsewhere", latest=0)
    assert changed.changed
    assert [m.post.title for m in blog.group.bot.world.within("elsewhere")] != []
    assert blog.titles() == named(1)


async def test_what_is_not_given_stays_as_it_is(blog):
    wishes = {"categories": "a", "keywords": '"b c" d', "excluded": "e"}
    await blog.follow(blog_post(1), delivery=Delivery.WEEKLY, **wishes)
    before = await blog.feed()
    again = await blog.group.app.feeds.add(
        blog.group.organiser, URL, Wishes(here_ref="a channel that the command is given in")
    )
    assert (again.known, again.changed) == (True, False)
    assert await blog.feed() == before
    changed = await blog.follow(channel_ref=None, keywords="-")
    assert changed.changed
    assert await blog.feed() == replace(before, keywords=())


@pytest.mark.parametrize(
    ("wishes", "then"),
    [
        ({"channel_ref": "elsewhere"}, {"channel_ref": "elsewhere"}),
        ({"categories": "x"}, {"categories": ("x",)}),
        ({"categories": " - "}, {"categories": ()}),
        ({"keywords": '"x y" z'}, {"keywords": ("x y", "z")}),
        ({"excluded": "-"}, {"excluded": ()}),
        ({"delivery": Delivery.WEEKLY}, {"delivery": Delivery.WEEKLY}),
    ],
)
async def test_an_edit_changes_one_wish_and_no_other(blog, wishes, then):
    await blog.follow(blog_post(1), categories="a", keywords="b", excluded="c")
    before = await blog.feed()
    feeds = blog.group.app.feeds
    await feeds.edit(blog.group.organiser, before.id, Wishes(**wishes))
    assert await blog.feed() == replace(before, **then)
    await raised(feeds.edit(blog.group.organiser, before.id, Wishes()), UserError)
    await raised(feeds.edit(blog.group.organiser, before.id + 1, Wishes("x")), UserError)


async def test_a_digest_that_is_wanted_again_waits_for_its_monday(blog):
    await blog.follow(blog_post(1), delivery=Delivery.WEEKLY, latest=0)
    await blog.follow(delivery=Delivery.AT_ONCE)
    await blog.pass_time(20 * DAY)
    await blog.follow(delivery=Delivery.WEEKLY)
    blog.write(blog_post(2))
    await blog.poll()
    assert blog.posts() == []
    await blog.pass_time(8 * DAY)
    assert len(blog.posts()) == 1


async def test_a_new_feed_posts_where_experiences_go(blog, web):
    await blog.follow(blog_post(1), latest=0)
    other = "https://other.example.org/feed.xml"
    web.pages[other] = rss([blog_post(2)], title="Another")
    feeds = blog.group.app.feeds
    added = await feeds.add(blog.group.organiser, other, Wishes(here_ref="here"))
    assert added.feed.channel_ref == CHANNEL
    listed = b"<opml><body><outline xmlUrl='https://x.example.org/feed'/></body></opml>"
    imported = await blog.group.app.feed_lists.import_list(
        blog.group.organiser, listed, Wishes(here_ref="here")
    )
    assert [feed.channel_ref for feed in imported.added] == [CHANNEL]


async def test_what_waits_for_a_channel_can_go_to_a_forum_instead(blog):
    await blog.follow(blog_post(1))
    world = blog.group.bot.world
    world.closed.add(CHANNEL)
    world.forums.add("forum")
    blog.write(blog_post(2))
    await blog.poll()
    await blog.follow(channel_ref="forum", latest=0)
    assert list(world.topics.values()) == ["forum"]
    (number,) = world.topics
    assert world.threads[number] == blog_post(2).title


async def test_setting_the_papers_channel_does_not_move_experiences(blog):
    await blog.follow(blog_post(1))
    blog.group.bot.world.away(Fault.REFUSED)
    blog.write(blog_post(2))
    await blog.poll()
    blog.group.bot.world.back()
    await blog.group.set_up(papers_channel_ref="new-papers")
    await blog.group.app.communities.problems.retry("test", blog.group.name)
    await blog.group.app.tick()
    assert blog.titles() == named(1, 2)


async def test_a_weekly_digest_gathers_what_came(blog):
    await blog.follow(blog_post(1), delivery=Delivery.WEEKLY, latest=1)
    assert blog.posts() == []
    await blog.pass_time(8 * DAY)
    blog.write(*map(blog_post, range(2, 16)))
    await blog.pass_time(8 * DAY)
    assert [len(post.details) for post in blog.posts()] == [1, 10, 4]
    assert [post.title for post in blog.posts()[1:]] == [
        "This week: A blog (1 of 2)",
        "This week: A blog (2 of 2)",
    ]
    shown = "\n".join(text_of(post) for post in blog.posts())
    assert all(shown.count(f"[{title}]") == 1 for title in named(*range(1, 16)))
    first = blog.group.bot.world.within(CHANNEL)[0].sent_at
    assert (first.weekday(), first.hour) == (0, 8), "nine o'clock in Berlin"


async def test_an_unchanged_document_is_not_read_again(blog):
    await blog.follow(blog_post(1))
    _, answer = await blog.group.app.feeds.check(blog.group.organiser, (await blog.feed()).id)
    assert answer == Unchanged()


async def test_a_blog_that_fails_is_asked_ever_less_often_and_told_once(blog):
    await blog.follow(blog_post(1))
    blog.fail()
    asked = len(blog.web.asked)
    await blog.pass_time(10 * HOUR)
    assert blog.notices() == []
    await blog.pass_time(5 * DAY)
    (notice,) = blog.notices()
    assert "It does not answer." in notice.text
    assert [b.label for b in notice.buttons if isinstance(b, Button)] == ["Retry", "Pause"]
    assert 10 < len(blog.web.asked) - asked < 25
    blog.write(blog_post(2), blog_post(3))
    blog.recover()
    await blog.pass_time(2 * DAY)
    assert blog.titles() == named(1, 2, 3)
    (_, recovered) = blog.notices()
    assert "can be read again" in recovered.title
    await blog.pass_time(5 * DAY)
    assert len(blog.notices()) == 2


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_is_likely_to_last_is_told_at_once(blog, status):
    await blog.follow(blog_post(1))
    blog.fail("There is nothing at that address any more.", status)
    await blog.poll(3)
    assert len(blog.notices()) == 1


async def test_a_blog_that_is_gone_for_good_is_paused_and_comes_back_on_request(blog):
    await blog.follow(blog_post(1))
    blog.fail("The site says that it is gone for good.", 410)
    await blog.poll()
    assert (await blog.feed()).state is FeedState.PAUSED
    assert "I've stopped checking it." in blog.notices()[0].text
    assert await blog.group.app.polling.next_due() is None
    blog.write(blog_post(2))
    blog.recover()
    await blog.group.app.feeds.resume(blog.group.organiser, (await blog.feed()).id)
    await blog.group.app.tick()
    assert blog.titles() == named(1, 2)
    assert len(blog.notices()) == 2


@pytest.mark.parametrize("delivery", Delivery)
async def test_what_a_blog_had_before_it_was_gone_is_posted(blog, delivery):
    await blog.follow(blog_post(1), delivery=delivery, latest=0)
    blog.write(*map(blog_post, range(2, 14)))
    await blog.poll()
    blog.fail("The site says that it is gone for good.", 410)
    await blog.poll()
    assert (await blog.feed()).state is FeedState.PAUSED
    shown = "\n".join(text_of(post) for post in blog.posts())
    assert all(shown.count(f"[{title}]") == 1 for title in named(*range(2, 14)))


async def test_three_days_away_lose_nothing_that_is_still_there(blog):
    await blog.follow(blog_post(1))
    await blog.group.bot.sleep_until(blog.group.bot.clock.now() + 3 * DAY)
    blog.write(blog_post(2), blog_post(3))
    await blog.poll()
    assert blog.titles() == named(1, 2, 3)


async def test_a_paused_feed_is_not_asked_and_catches_up_when_it_is_resumed(blog):
    await blog.follow(blog_post(1))
    feed = await blog.feed()
    await blog.group.app.feeds.pause(blog.group.organiser, feed.id)
    blog.write(blog_post(2))
    await blog.pass_time(3 * DAY)
    assert blog.titles() == named(1)
    await blog.group.app.feeds.resume(blog.group.organiser, feed.id)
    await blog.group.app.tick()
    assert blog.titles() == named(1, 2)


async def test_a_removed_feed_leaves_its_experiences_and_following_it_again_repeats_nothing(blog):
    await blog.follow(blog_post(1), blog_post(2), latest=2)
    await blog.group.app.feeds.remove(blog.group.organiser, (await blog.feed()).id)
    assert [one.title for one in await blog.latest()] == named(2, 1)
    await blog.follow(blog_post(3), latest=5)
    assert blog.titles() == named(1, 2, 3)


async def test_a_removed_feed_comes_back_as_it_was(blog):
    await blog.follow(blog_post(1), keywords="internship", latest=0)
    blog.write(*map(blog_post, range(2, 9)))
    await blog.poll()
    before, posted = await blog.feed(), blog.titles()
    assert posted == named(*range(2, 7))
    feeds, organiser = blog.group.app.feeds, blog.group.organiser
    await feeds.remove(organiser, before.id)
    assert await feeds.listed(organiser) == []
    assert await blog.group.app.polling.next_due() is None
    await blog.pass_time(23 * HOUR)
    assert blog.titles() == posted
    for _ in range(2):
        assert (await feeds.restore(organiser, before.id)).keywords == before.keywords
    await blog.group.app.tick()
    await blog.poll(2)
    assert blog.titles() == named(*range(2, 9))


async def test_a_removed_feed_that_was_paused_comes_back_paused(blog):
    await blog.follow(blog_post(1))
    feed, feeds = await blog.feed(), blog.group.app.feeds
    await feeds.pause(blog.group.organiser, feed.id)
    await feeds.remove(blog.group.organiser, feed.id)
    restored = await feeds.restore(blog.group.organiser, feed.id)
    assert (restored.state, restored.next_poll_at) == (FeedState.PAUSED, None)


async def test_a_removed_feed_is_forgotten_after_a_day(blog):
    await blog.follow(*map(blog_post, range(1, 8)), latest=7)
    feed, feeds = await blog.feed(), blog.group.app.feeds
    await feeds.remove(blog.group.organiser, feed.id)
    await blog.pass_time(DAY)
    refused = await raised(feeds.restore(blog.group.organiser, feed.id), UserError)
    assert "That was more than a day ago" in str(refused)
    await blog.follow(blog_post(8), latest=5)
    assert blog.titles() == named(*range(1, 6), 8)


async def test_following_a_removed_feed_repeats_nothing_and_keeps_no_filter(blog):
    await blog.follow(blog_post(1), blog_post(2), keywords="internship")
    feed, feeds = await blog.feed(), blog.group.app.feeds
    await feeds.remove(blog.group.organiser, feed.id)
    added = await blog.follow(blog_post(3))
    assert (added.known, added.posted, added.feed.keywords) == (False, 1, ())
    assert blog.titles() == named(2, 3)
    await feeds.restore(blog.group.organiser, feed.id)
    assert (await blog.feed()).keywords == ()


async def test_two_groups_that_follow_one_blog_see_nothing_of_each_other(blog, bot):
    await blog.follow(blog_post(1))
    other = Group(bot, "other")
    await other.set_up()
    added = await other.app.feeds.add(other.organiser, URL, Wishes("other-experiences"))
    await other.app.tick()
    assert added.posted == 1
    assert len(bot.world.within("other-experiences")) == 1
    feed = await blog.feed()
    for use in (other.app.feeds.pause, other.app.feeds.remove, other.app.feeds.check):
        error = await raised(use(other.organiser, feed.id), UserError)
        assert "I don't follow that feed" in str(error)
    assert len(await other.app.feeds.listed(other.organiser)) == 1


async def test_feeds_are_for_organisers(blog):
    await blog.follow(blog_post(1))
    feeds, member = blog.group.app.feeds, blog.group.member()
    feed = await blog.feed()
    for refused in (
        feeds.add(member, URL, Wishes(CHANNEL)),
        feeds.listed(member),
        blog.group.app.feed_inspection.look(member, URL),
        feeds.pause(member, feed.id),
        feeds.resume(member, feed.id),
        feeds.remove(member, feed.id),
        feeds.check(member, feed.id),
        blog.group.app.feed_lists.export_list(member),
        blog.group.app.feed_lists.import_list(member, b"", Wishes(CHANNEL)),
        feeds.restore(member, feed.id),
        feeds.edit(member, feed.id, Wishes("mine")),
    ):
        assert "Only organisers" in str(await raised(refused, UserError))


async def test_a_look_stores_nothing_and_says_what_would_become_of_each_entry(blog, web):
    web.pages[URL] = rss([blog_post(2), blog_post(1)])
    look = await blog.group.app.feed_inspection.look(blog.group.organiser, URL)
    assert [(d.entry.title, str(d.verdict)) for d in look.decisions] == [
        (named(2)[0], "post"),
        (named(1)[0], "earlier"),
    ]
    assert await blog.group.app.feeds.listed(blog.group.organiser) == []
    assert await blog.latest() == []


async def test_a_look_says_what_became_of_the_entries_that_are_known(blog, web):
    feeds, organiser = blog.group.app.feeds, blog.group.organiser
    await blog.follow(blog_post(2), blog_post(3), keywords="part")
    other = "https://other.example.org/feed.xml"
    web.pages[other] = rss([blog_post(9, guid="another", link="https://other.example.org/9/")])
    await feeds.add(organiser, other, Wishes(CHANNEL, latest=0))
    ahead = blog.group.bot.clock.now() + 30 * DAY
    blog.write(blog_post(4, title="A poem"), blog_post(9), blog_post(5, published=ahead))
    await blog.poll(2)
    later = blog_post(6, published=ahead)
    web.pages[URL] = rss([later, *blog.blog_posts])
    look = await blog.group.app.feed_inspection.look(organiser, URL)
    assert {d.entry.title: d.reason for d in look.decisions} == {
        later.title: "It is new, and its date lies ahead.",
        "A poem": "When it came, your filter kept it out.",
        named(9)[0]: "When it came, the same experience was here already.",
        named(5)[0]: "It waits for its turn, its date or a digest.",
        named(3)[0]: "I have posted it.",
        named(2)[0]: "It was there before you followed the feed.",
    }


async def test_a_bad_address_leaves_nothing_behind(blog):
    feeds, organiser = blog.group.app.feeds, blog.group.organiser
    error = await raised(
        feeds.add(organiser, "https://nobody.example/", Wishes(CHANNEL)), UserError
    )
    assert "no feed" in str(error)
    assert await feeds.listed(organiser) == []


async def test_a_list_of_feeds_is_followed_and_written(blog):
    lists, organiser = blog.group.app.feed_lists, blog.group.organiser
    await blog.follow(blog_post(1))
    listed = (await lists.export_list(organiser)).replace(b"feed.xml", b"other.xml")
    imported = await lists.import_list(organiser, listed, Wishes(CHANNEL))
    again = await lists.import_list(organiser, listed, Wishes(CHANNEL))
    assert [feed.url for feed in imported.added] == ["https://blog.example.org/other.xml"]
    assert (again.added, again.known) == ((), 1)


async def test_one_feed_that_stumbles_holds_up_no_other(blog, web, monkeypatch):
    await blog.follow(blog_post(1))
    broken = "https://broken.example.org/feed.xml"
    web.pages[broken] = rss([blog_post(7)], "Broken")
    await blog.group.app.feeds.add(blog.group.organiser, broken, Wishes("elsewhere"))
    ask = web.ask

    async def ask_or_break(asked):
        if asked.url == broken:
            raise RuntimeError("a bug")
        return await ask(asked)

    monkeypatch.setattr(web, "ask", ask_or_break)
    blog.write(blog_post(2))
    await blog.pass_time(DAY)
    assert blog.titles() == named(1, 2)


async def test_what_a_site_fails_with_is_a_value(blog):
    await blog.follow(blog_post(1))
    blog.fail("It is away.", 503)
    _, answer = await blog.group.app.feeds.check(blog.group.organiser, (await blog.feed()).id)
    assert answer == Failed("It is away.", 503)
    feed = await blog.feed()
    assert (feed.failing_since, feed.last_error) == (blog.group.bot.clock.now(), "It is away.")


def test_the_blog_of_these_tests_was_written_in_the_past(clock):
    assert blog_post(20).published == FIRST_DAY + timedelta(days=20)
    assert blog_post(20).published < clock.now()
