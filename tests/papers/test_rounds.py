"""The round, from nominations to the meeting, as the people in the channel see it.

The tests begin on Monday 2026-01-05 at 12:00 UTC. The group meets on Tuesdays at 17:00 in Berlin,
which is 16:00 UTC in winter: first on 2026-01-06. Its second meeting is the one looked at, where
nothing else is said.
"""

import logging

import pytest

from bot.core.errors import UserError
from bot.core.post import Status, when
from bot.papers.keys import VOTE
from tests.group import DAY, HOUR, MINUTE, Bot, Group, raised, text_of, utc
from tests.world import Fault

MEETING = utc("2026-01-13 16:00")
AFTER_FIRST = utc("2026-01-06 17:00")
PICK = MEETING - 3 * DAY


@pytest.fixture
async def week(bot: Bot, group: Group) -> Group:
    """The group after its first meeting's time, for which nothing was nominated."""
    await bot.run_until(AFTER_FIRST)
    bot.world.messages.clear()
    return group


async def announced(week: Group) -> Group:
    """Two go, one may come, one can't."""
    await week.nominate("arXiv:1706.03762", "alice", "bob", "carol")
    await week.bot.run_until(PICK)
    (announcement,) = week.announcements()
    round_id = int(announcement.post.buttons[0].argument.split(".")[0])
    for who, answer in {
        "bob": "going",
        "carol": "going",
        "dan": "maybe",
        "erin": "cant",
    }.items():
        await week.app.rsvps.answer(week.member(who), round_id, answer)
    await week.app.tick()
    return week


# The whole of it


async def test_a_week_from_nomination_to_the_end_of_the_meeting(bot: Bot, week: Group) -> None:
    world = bot.world
    await week.app.nominations.nominate(week.member("alice"), "arXiv:1706.03762", "it is *short*")
    await week.nominate("10.1000/182", "bob", "carol")
    await week.app.tick()
    assert len(week.titled("[On 1706.03762]")) == 1

    for voter in ("carol", "dan"):
        await week.vote(1, voter)
    await bot.run_until(PICK - MINUTE)
    assert week.announcements() == []
    (card,) = week.titled("[On 1706.03762]")
    assert "**3 votes**" in text_of(card.post)

    await bot.run_until(PICK)
    (announcement,) = week.announcements()
    said = text_of(announcement.post)
    assert announcement.sent_at == PICK
    assert "On 1706.03762" in said
    assert "Ada Lovelace, Alan Turing · Journal of Tests 2017" in said
    assert "> We test. It works." in said
    assert "<@alice>: it is \\*short\\*" in said
    assert f"<t:{int(MEETING.timestamp())}:F> (<t:{int(MEETING.timestamp())}:R>)" in said
    assert [b.label for b in announcement.post.buttons] == [
        "Going",
        "Maybe",
        "Can't",
        "Ask about this",
        "Paper",
    ]
    assert announcement.post.footnote == ""  # no tie
    assert world.threads == {announcement.ref.split("/")[1]: "On 1706.03762"}
    (entry,) = world.calendar
    assert (entry.event.starts_at, entry.event.ends_at) == (MEETING, MEETING + HOUR)
    assert entry.place == announcement.ref
    (card,) = week.titled("[On 1706.03762]")
    assert "Picked" in text_of(card.post)
    assert VOTE not in [getattr(button, "action", "") for button in card.post.buttons]

    round_id = int(announcement.post.buttons[0].argument.split(".")[0])
    await week.app.rsvps.answer(week.member("bob"), round_id, "maybe")
    await week.app.rsvps.answer(week.member("bob"), round_id, "going")
    await week.app.rsvps.answer(week.member("carol"), round_id, "cant")
    await week.app.tick()
    assert "**1** going · **0** maybe · **1** can't" in text_of(announcement.post)

    await bot.run_until(MEETING - DAY)
    await bot.run_until(MEETING - HOUR)
    in_thread = week.in_thread(announcement)
    assert len(in_thread) == 2
    assert {p.ping_members for p in in_thread} == {("bob",)}
    sent = [m.sent_at for m in world.within(announcement.ref.split("/")[1])]
    assert sent == [MEETING - DAY, MEETING - HOUR]
    assert entry.status is None

    await bot.run_until(MEETING)
    assert week.in_thread(announcement)[2].title == "We're starting"
    assert entry.status == Status.ACTIVE

    await bot.run_until(MEETING + HOUR)
    assert entry.status == Status.COMPLETED
    assert "This meeting is over" in text_of(announcement.post)
    assert [button.label for button in announcement.post.buttons] == ["Ask about this", "Paper"]
    (discussed,) = await week.app.library.history(week.organiser)
    assert discussed.thread_ref == announcement.ref.split("/")[1]
    assert discussed.met_at == MEETING
    # The other nomination carries over, with its vote.
    assert await week.queue() == {"On 10.1000/182": 2}
    assert not any(message.late for message in world.messages)
    assert week.notices() == []
    assert {row.state for row in (await bot.rows()).values()} <= {"sent", "expired"}


async def test_what_was_not_picked_is_picked_the_next_week(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762", "alice", "x", "y")
    await week.nominate("arXiv:1810.04805", "bob", "x")
    await bot.run_until(MEETING + 7 * DAY)
    first, second = week.announcements()
    assert "1706.03762" in first.post.title
    assert "1810.04805" in second.post.title
    assert second.sent_at == PICK + 7 * DAY


async def test_the_meeting_role_is_pinged_and_nobody_else(bot: Bot, group: Group) -> None:
    await group.set_up(ping_role_ref="77")
    await group.app.nominations.nominate(group.member("@everyone"), "arXiv:1706.03762", "<@&1>")
    await bot.run_until(MEETING)
    (announcement,) = group.announcements()
    assert announcement.post.ping_roles == ("77",)
    assert announcement.post.ping_members == ()
    assert announcement.post.pinged == "<@&77>"


async def test_more_people_than_one_post_can_ping_are_all_pinged_once(
    bot: Bot, week: Group
) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK)
    (announcement,) = week.announcements()
    round_id = int(announcement.post.buttons[0].argument.split(".")[0])
    for number in range(170):
        await week.app.rsvps.answer(week.member(f"m{number}"), round_id, "going")
    await bot.run_until(MEETING - DAY)

    pinged = [ref for post in week.in_thread(announcement) for ref in post.ping_members]
    assert sorted(pinged) == sorted(f"m{number}" for number in range(170))
    assert len(week.in_thread(announcement)) == 3


# Ties


async def test_a_tie_goes_to_the_older_nomination_and_the_announcement_says_so(
    bot: Bot, week: Group
) -> None:
    await week.nominate("arXiv:1706.03762", "alice", "x", "y")
    bot.clock.advance(minutes=1)
    await week.nominate("arXiv:1810.04805", "bob", "x", "y")
    await bot.run_until(PICK)
    (announcement,) = week.announcements()
    assert "1706.03762" in announcement.post.title
    assert announcement.post.footnote == (
        "It was a tie at 3 votes. I picked this paper because it was nominated first."
    )


async def test_a_tie_goes_to_the_nominator_who_was_picked_less_often(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762", "alice", "x")
    await bot.run_until(MEETING + HOUR)
    await week.nominate("arXiv:1810.04805", "alice", "x")
    bot.clock.advance(minutes=1)
    await week.nominate("arXiv:2005.14165", "bob", "x")
    await bot.run_until(PICK + 7 * DAY)
    announcement = week.announcements()[-1]
    assert "2005.14165" in announcement.post.title
    assert announcement.post.footnote == (
        "It was a tie at 2 votes. I picked this paper because its nominator has been picked less "
        "often."
    )


# Nothing nominated


async def test_without_nominations_the_bot_asks_then_says_the_week_is_open(
    bot: Bot, week: Group
) -> None:
    await bot.run_until(MEETING - 5 * DAY)
    (call,) = week.posts()
    assert call.post.title == "What shall we read next?"
    assert call.sent_at == MEETING - 5 * DAY

    await bot.run_until(PICK)
    _, open_week = week.posts()
    assert open_week.post.title == "No paper is picked yet"
    assert "/schedule pick" in open_week.post.text

    await week.nominate("arXiv:1706.03762")
    await bot.run_until(MEETING - 2 * HOUR)
    assert week.announcements() == []
    await week.pick()
    await bot.run_until(MEETING + HOUR)
    (announcement,) = week.announcements()
    assert not announcement.late
    titles = [post.title for post in week.in_thread(announcement)]
    assert titles == [f"We meet {when(MEETING)}", "We're starting"]


async def test_with_a_nomination_nobody_is_asked_for_one(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK - MINUTE)
    assert week.titled("What shall we read") == []


async def test_an_open_week_lapses_in_silence_and_its_nominations_stay(
    bot: Bot, week: Group
) -> None:
    await bot.run_until(PICK + HOUR)
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(MEETING)
    assert [m.post.title for m in week.posts()] == [
        "What shall we read next?",
        "No paper is picked yet",
        "[On 1706.03762](https://arxiv.org/abs/1706.03762)",
    ]
    assert await week.queue() == {"On 1706.03762": 1}
    await bot.run_until(MEETING + 7 * DAY)
    assert len(week.announcements()) == 1


async def test_after_the_meetings_time_a_pick_is_for_the_next_meeting(
    bot: Bot, week: Group
) -> None:
    await bot.run_until(PICK + HOUR)
    await week.nominate("arXiv:1706.03762")
    bot.clock.instant = MEETING + MINUTE  # the timer has not fired yet
    picked = await week.pick()
    assert picked.meets_at == MEETING + 7 * DAY


async def test_pick_by_hand_takes_the_paper_that_was_named(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762", "alice", "x", "y")
    lesser = await week.nominate("arXiv:1810.04805", "bob")
    picked = await week.pick(lesser.paper.id)
    await week.app.tick()
    assert picked.nomination.paper.title == "On 1810.04805"
    (announcement,) = week.announcements()
    assert "1810.04805" in announcement.post.title
    assert announcement.post.footnote == ""
    assert not announcement.late

    again = await raised(week.pick(), UserError)
    assert "already announced" in str(again)


async def test_pick_by_hand_refuses_what_is_not_up(week: Group) -> None:
    assert "Nothing is up for vote" in str(await raised(week.pick(), UserError))
    assert "n't up for vote" in str(await raised(week.pick(99), UserError))
    with pytest.raises(UserError, match="Only organisers"):
        await week.app.picks.pick(week.member())


# Twelve rounds


async def test_a_nomination_that_nobody_else_votes_for_expires_after_twelve_rounds(
    bot: Bot, week: Group
) -> None:
    await week.nominate("arXiv:1706.03762", "alice")
    for number in range(20):
        await week.nominate(f"arXiv:2001.{number:05}", f"m{number}", "x")
    twelfth = utc("2026-03-31 15:00")  # summer time has begun
    await bot.run_until(twelfth + HOUR - MINUTE)
    assert "On 1706.03762" in await week.queue()
    assert week.titled("A nomination has expired") == []

    await bot.run_until(twelfth + HOUR)
    assert "On 1706.03762" not in await week.queue()
    (told,) = week.titled("A nomination has expired")
    assert told.post.ping_members == ("alice",)
    (card,) = week.titled("[On 1706.03762]")
    assert "Expired" in text_of(card.post)


async def test_weeks_without_a_meeting_do_not_count_towards_expiry(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762", "alice")
    await week.app.schedules.pause(week.organiser)
    await bot.run_until(MEETING + 30 * 7 * DAY)
    assert await week.queue() == {"On 1706.03762": 1}


# Late


async def test_down_before_the_pick_until_the_day_before(bot: Bot, week: Group, caplog) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK - HOUR)
    with caplog.at_level(logging.WARNING):
        await bot.sleep_until(MEETING - DAY)
    (announcement,) = week.announcements()
    assert announcement.late
    assert "announce went out late" in caplog.text

    await bot.run_until(MEETING + HOUR)
    assert [p.title for p in week.in_thread(announcement)][1:] == ["We're starting"]
    assert announcement.late  # after all the edits


async def test_down_until_after_the_meeting_posts_nothing_and_keeps_the_nominations(
    bot: Bot, week: Group, caplog
) -> None:
    await week.nominate("arXiv:1706.03762", "alice", "bob")
    await bot.run_until(PICK - HOUR)
    said = len(bot.world.messages)
    with caplog.at_level(logging.WARNING):
        await bot.sleep_until(MEETING + 2 * MINUTE)
    assert len(bot.world.messages) == said
    assert bot.world.calendar == []
    assert "too late for pick" in caplog.text
    assert await week.queue() == {"On 1706.03762": 2}
    shown = await week.app.schedules.show(week.organiser)
    assert [dropped.step for dropped in shown.dropped] == ["pick"]

    await bot.run_until(PICK + 7 * DAY)
    (announcement,) = week.announcements()
    assert not announcement.late


async def test_a_year_of_standstill_is_not_made_up_for(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.tick()
    said = len(bot.world.messages)
    await bot.sleep_until(utc("2027-01-14 12:00"))
    assert len(bot.world.messages) == said
    await bot.run_until(utc("2027-01-19 16:00"))
    (announcement,) = week.announcements()
    assert announcement.sent_at == utc("2027-01-16 16:00")


async def test_reminders_older_than_the_meeting_are_dropped(bot: Bot, week: Group) -> None:
    await announced(week)
    await bot.sleep_until(MEETING + MINUTE)
    (announcement,) = week.announcements()
    (started,) = week.in_thread(announcement)
    assert started.title == "We're starting"
    assert {row.state for key, row in (await bot.rows()).items() if "remind" in key} <= {"expired"}


async def test_of_two_reminders_that_are_due_at_once_only_the_later_goes_out(
    bot: Bot, week: Group
) -> None:
    await announced(week)
    await bot.sleep_until(MEETING - 50 * MINUTE)
    (announcement,) = week.announcements()
    (reminder,) = week.in_thread(announcement)
    assert reminder.title.startswith("We meet")
    await bot.run_until(MEETING)
    assert len(week.in_thread(announcement)) == 2


async def test_a_late_start_says_so_and_after_the_end_it_is_not_said(bot: Bot, week: Group) -> None:
    await announced(week)
    await bot.run_until(MEETING - 30 * MINUTE)
    await bot.sleep_until(MEETING + 30 * MINUTE)
    (announcement,) = week.announcements()
    thread = bot.world.within(announcement.ref.split("/")[1])
    assert (thread[-1].post.title, thread[-1].late) == ("We're starting", True)

    await bot.run_until(MEETING + 2 * DAY)
    await week.nominate("arXiv:1810.04805")
    await bot.run_until(MEETING + 7 * DAY - 30 * MINUTE)
    await bot.sleep_until(MEETING + 7 * DAY + 2 * HOUR)
    second = week.announcements()[-1]
    assert "We're starting" not in [post.title for post in week.in_thread(second)]
    assert "This meeting is over" in text_of(second.post)


async def test_an_announcement_in_the_last_minute_has_a_thread_and_no_event(
    bot: Bot, week: Group
) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK - HOUR)
    await bot.sleep_until(MEETING - MINUTE / 2)
    (announcement,) = week.announcements()
    assert announcement.late
    assert bot.world.calendar == []
    await bot.run_until(MEETING)
    assert [post.title for post in week.in_thread(announcement)] == ["We're starting"]


async def test_an_announcement_that_never_got_out_leaves_its_paper_in_the_queue(
    bot: Bot, week: Group
) -> None:
    await week.nominate("arXiv:1706.03762", "alice", "bob")
    await bot.run_until(PICK - HOUR)
    bot.world.away()
    await bot.run_until(MEETING + 2 * HOUR)
    bot.world.back()
    await bot.run_until(MEETING + 4 * HOUR)
    assert week.announcements() == []
    assert bot.world.threads == {}
    assert await week.queue() == {"On 1706.03762": 2}
    (card,) = week.titled("[On 1706.03762]")
    assert "Upvote" in [button.label for button in card.post.buttons]
    assert await week.app.library.history(week.organiser) == []

    await bot.run_until(PICK + 7 * DAY)
    assert len(week.announcements()) == 1


# Skipped


async def test_skipping_an_announced_meeting_tells_those_who_go(bot: Bot, week: Group) -> None:
    await announced(week)
    await week.skip("2026-01-13", "the room is *taken*")
    await week.app.tick()
    (announcement,) = week.announcements()
    assert "called off" in text_of(announcement.post)
    assert all(not hasattr(button, "action") for button in announcement.post.buttons)
    (told,) = week.in_thread(announcement)
    assert told.ping_members == ("bob", "carol")
    assert "the room is \\*taken\\*" in told.text
    (entry,) = bot.world.calendar
    assert entry.status == Status.CANCELLED
    assert await week.queue() == {"On 1706.03762": 3}
    (card,) = week.titled("[On 1706.03762]")
    assert "Upvote" in [button.label for button in card.post.buttons]

    await bot.run_until(MEETING + HOUR)
    assert len(week.in_thread(announcement)) == 1  # no reminder, no start
    await bot.run_until(PICK + 7 * DAY)
    assert len(week.announcements()) == 2


async def test_skipping_what_is_announced_but_not_out_yet_says_nothing(
    bot: Bot, week: Group
) -> None:
    """The platform is away when it is picked, and the organisers call it off meanwhile."""
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK - HOUR)
    bot.world.away()
    await bot.run_until(PICK + HOUR)
    await week.skip("2026-01-13")
    bot.world.back()
    await bot.run_until(MEETING + HOUR)
    assert week.announcements() == []
    assert bot.world.threads == {}
    assert bot.world.calendar == []
    assert await week.queue() == {"On 1706.03762": 1}


async def test_skipping_what_may_be_out_says_that_it_is_off(bot: Bot, week: Group) -> None:
    """As before, but the announcement did arrive: only its answer was lost."""
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK - HOUR)
    bot.world.away(Fault.LOST)
    await bot.run_until(PICK)
    bot.world.away()
    await week.skip("2026-01-13")
    bot.world.back()
    await bot.run_until(MEETING + HOUR)
    (announcement,) = week.announcements()
    assert "called off" in text_of(announcement.post)
    assert [p.title for p in week.in_thread(announcement)] == ["This meeting is called off"]
    assert bot.world.calendar == []


async def test_a_skipped_week_posts_nothing_and_the_next_goes_on(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.tick()
    said = len(bot.world.messages)
    await week.skip("2026-01-13", "holidays")
    await bot.run_until(MEETING + HOUR)
    assert len(bot.world.messages) == said
    shown = await week.app.schedules.show(week.organiser)
    assert shown.meetings[0].meets_at == MEETING + 7 * DAY
    await bot.run_until(PICK + 7 * DAY)
    assert len(week.announcements()) == 1


async def test_a_week_that_is_skipped_ahead_of_time(bot: Bot, week: Group) -> None:
    await week.skip("2026-01-20")
    for link in ("arXiv:1706.03762", "arXiv:1810.04805"):
        await week.nominate(link)
    await bot.run_until(MEETING + 14 * DAY)
    assert [m.sent_at for m in week.announcements()] == [PICK, PICK + 14 * DAY]


async def test_skipping_tells_what_is_wrong(week: Group) -> None:
    await week.skip("2026-01-13")
    assert "already called off" in str(await raised(week.skip("2026-01-13"), UserError))
    assert "No meeting is planned for" in str(await raised(week.skip("2026-01-14"), UserError))


async def test_a_meeting_that_is_over_cannot_be_called_off(bot: Bot, week: Group) -> None:
    await announced(week)
    await bot.run_until(MEETING)
    bot.clock.instant = MEETING + 2 * HOUR  # the timer has not fired yet
    await week.skip("2026-01-13")
    await week.app.tick()
    (announcement,) = week.announcements()
    assert "called off" not in text_of(announcement.post)
    assert len(await week.app.library.history(week.organiser)) == 1


# Paused


async def test_a_pause_posts_nothing_until_it_is_over(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.tick()
    said = len(bot.world.messages)
    pause = await week.app.schedules.pause(week.organiser, "2026-02-01")
    assert (pause.mark, pause.announced) == ("2026-02-01", False)
    await bot.run_until(utc("2026-01-31 15:59"))
    assert len(bot.world.messages) == said
    await bot.run_until(utc("2026-02-03 16:00"))
    (announcement,) = week.announcements()
    assert announcement.sent_at == utc("2026-01-31 16:00")


async def test_a_pause_without_end_lasts_until_resumed(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.schedules.pause(week.organiser)
    await bot.run_until(MEETING + 70 * DAY)
    assert week.announcements() == []
    shown = (await week.app.schedules.resume(week.organiser)).schedule
    first = shown.meetings[0].meets_at
    await bot.run_until(first)
    (announcement,) = week.announcements()
    assert not announcement.late
    with pytest.raises(UserError, match="isn't paused"):
        await week.app.schedules.resume(week.organiser)


async def test_a_pause_without_end_can_be_given_an_end(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.schedules.pause(week.organiser)
    await bot.run_until(MEETING)
    await week.app.schedules.pause(week.organiser, "2026-02-01")
    await bot.run_until(utc("2026-02-03 16:00"))
    (announcement,) = week.announcements()
    assert announcement.sent_at == utc("2026-01-31 16:00")


async def test_an_announced_meeting_stays_in_a_pause(bot: Bot, week: Group) -> None:
    await announced(week)
    pause = await week.app.schedules.pause(week.organiser)
    assert pause.announced
    await bot.run_until(MEETING + 30 * DAY)
    (announcement,) = week.announcements()
    assert len(week.in_thread(announcement)) == 3


async def test_a_pause_that_is_taken_back_asks_for_nothing_twice(bot: Bot, week: Group) -> None:
    await bot.run_until(MEETING - 5 * DAY)
    assert len(week.titled("What shall we read next?")) == 1
    await week.app.schedules.pause(week.organiser)
    await bot.run_until(MEETING - 4 * DAY)
    await week.app.schedules.resume(week.organiser)
    await bot.run_until(MEETING)
    assert len(week.titled("What shall we read next?")) == 1
    (open_week,) = week.titled("No paper is picked yet")
    assert open_week.sent_at == PICK


# Changed


async def test_a_change_before_the_announcement_moves_the_round(bot: Bot, week: Group) -> None:
    await bot.run_until(MEETING - 4 * DAY)
    await week.nominate("arXiv:1706.03762")
    await week.app.schedules.set(week.organiser, weekday=2, at="18:30")
    await bot.run_until(MEETING + 2 * DAY)
    moved = utc("2026-01-14 17:30")
    (announcement,) = week.announcements()
    assert announcement.sent_at == moved - 3 * DAY
    assert not announcement.late
    assert bot.world.calendar[0].event.starts_at == moved
    assert len(week.titled("What shall we read next?")) == 1  # asked before the change


@pytest.mark.parametrize("at", ["17:30", "16:30"])
async def test_a_moved_round_does_not_ask_twice(bot: Bot, week: Group, at: str) -> None:
    await bot.run_until(MEETING - 5 * DAY)
    await week.app.schedules.set(week.organiser, weekday=1, at=at)
    await bot.run_until(MEETING + HOUR)
    assert len(week.titled("What shall we read next?")) == 1
    assert len(week.titled("No paper is picked yet")) == 1


async def test_a_pause_that_is_taken_back_does_not_ask_twice(bot: Bot, week: Group) -> None:
    """Meanwhile the next meeting was one in two weeks."""
    await week.skip("2026-01-20")
    await bot.run_until(MEETING - 5 * DAY)
    await week.app.schedules.pause(week.organiser, "2026-01-14")
    await bot.run_until(MEETING - 4 * DAY)
    await week.app.schedules.resume(week.organiser)
    await bot.run_until(MEETING + HOUR)
    assert len(week.titled("What shall we read next?")) == 1


async def test_an_open_week_that_is_moved_a_little_stays_open(bot: Bot, week: Group) -> None:
    await bot.run_until(PICK + HOUR)
    await week.app.schedules.set(week.organiser, weekday=1, at="16:00")
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(MEETING - HOUR)
    assert len(week.titled("No paper is picked yet")) == 1
    assert week.announcements() == []


async def test_a_round_that_is_moved_close_takes_votes_and_is_not_called_late(
    bot: Bot, week: Group
) -> None:
    """On Friday, the meeting of next Tuesday becomes one of tomorrow."""
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(utc("2026-01-09 16:00"))
    await week.app.schedules.set(week.organiser, weekday=5, at="17:00")
    await week.app.tick()
    assert week.announcements() == []
    await bot.run_until(utc("2026-01-10 16:00"))
    (announcement,) = week.announcements()
    assert announcement.sent_at == utc("2026-01-10 04:00")
    assert not announcement.late


async def test_an_announced_round_does_not_move(bot: Bot, week: Group) -> None:
    await announced(week)
    shown = await week.app.schedules.set(
        week.organiser, weekday=4, at="09:00", zone="America/New_York"
    )
    assert shown.meetings[0].meets_at == MEETING
    assert shown.meetings[1].meets_at == utc("2026-01-16 14:00")
    await bot.run_until(MEETING)
    (announcement,) = week.announcements()
    sent = [m.sent_at for m in bot.world.within(announcement.ref.split("/")[1])]
    assert sent == [MEETING - DAY, MEETING - HOUR, MEETING]


async def test_another_zone_moves_the_open_round(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.schedules.set(week.organiser, weekday=1, at="17:00", zone="Asia/Kolkata")
    await bot.run_until(MEETING)
    (entry,) = bot.world.calendar
    assert entry.event.starts_at == utc("2026-01-13 11:30")


async def test_every_two_weeks_from_a_given_day(bot: Bot, week: Group) -> None:
    for number in range(3):
        await week.nominate(f"arXiv:2001.{number:05}")
    await week.app.schedules.set(
        week.organiser, weekday=1, at="17:00", cadence="fortnightly", starting="2026-01-20"
    )
    await bot.run_until(utc("2026-02-17 17:00"))
    assert [entry.event.starts_at for entry in bot.world.calendar] == [
        utc("2026-01-20 16:00"),
        utc("2026-02-03 16:00"),
        utc("2026-02-17 16:00"),
    ]


# Another channel


async def test_set_up_again_moves_what_waits(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.tick()
    bot.world.closed.add(week.channel)
    await bot.run_until(PICK + HOUR)
    assert week.announcements() == []
    assert len(week.notices()) == 1

    await week.set_up(papers_channel_ref="lounge")
    await bot.run_until(MEETING + HOUR)
    (announcement,) = [m for m in bot.world.within("lounge") if "Paper of" in m.post.title]
    assert announcement.late
    assert [p.title for p in week.in_thread(announcement)][-1] == "We're starting"
    assert len(week.notices()) == 1  # nothing about the old channel, or the new one


# Two groups, and one that leaves


async def test_two_groups_know_nothing_of_each_other(bot: Bot, week: Group) -> None:
    other = Group(bot, "other")
    await other.set_up(weekday=2, zone="Asia/Seoul", at="19:00")
    await week.nominate("arXiv:1706.03762", "alice", "x")
    theirs = await other.nominate("arXiv:1706.03762", "alice", "y")
    await other.nominate("arXiv:1810.04805", "alice")
    assert await week.queue() == {"On 1706.03762": 2}
    for attempt in (
        week.app.queue.toggle_vote(week.member("x"), theirs.id),
        week.app.queue.withdraw(week.organiser, theirs.id),
        week.app.library.show(week.organiser, theirs.paper.id),
        week.pick(theirs.paper.id),
    ):
        assert isinstance(await raised(attempt, UserError), UserError)
    await week.skip("2026-01-13")
    await bot.run_until(utc("2026-01-14 10:00"))
    assert week.announcements() == []
    first, second = other.announcements()  # set up on Tuesday, it meets on Wednesday
    assert first.sent_at < utc("2026-01-07 10:00")
    assert second.sent_at == utc("2026-01-11 10:00")


async def test_one_groups_trouble_is_not_the_others(bot: Bot, week: Group) -> None:
    other = Group(bot, "other")
    await other.set_up()
    for group in (week, other):
        await group.nominate("arXiv:1706.03762")
    bot.world.closed.add(week.channel)
    await bot.run_until(MEETING)
    assert week.announcements() == []
    assert len(other.announcements()) == 1
    assert (len(week.notices()), len(other.notices())) == (1, 0)


async def test_removed_and_added_again(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await week.app.tick()
    said = len(bot.world.messages)
    await week.app.communities.left("test", "club")
    bot.world.closed |= {week.channel, "club-organisers", "community:club"}
    await week.app.nominations.nominate(week.member(), "arXiv:1810.04805")
    await bot.run_until(PICK + HOUR)
    assert len(bot.world.messages) == said

    bot.world.closed.clear()
    await week.app.communities.joined("test", "club")
    await bot.run_until(MEETING + HOUR)
    (announcement,) = week.announcements()
    assert announcement.late
    assert len(week.titled("[On 1810.04805]")) == 1
    assert week.notices() == []


async def test_removed_over_the_meeting_keeps_everything(bot: Bot, week: Group) -> None:
    await announced(week)
    await week.app.communities.left("test", "club")
    await bot.run_until(MEETING + 3 * DAY)
    (announcement,) = week.announcements()
    assert week.in_thread(announcement) == []
    await week.app.communities.joined("test", "club")
    await bot.run_until(MEETING + 4 * DAY)
    assert week.in_thread(announcement) == []
    assert "over" in text_of(announcement.post)
    assert len(await week.app.library.history(week.organiser)) == 1


async def test_only_members_of_a_meeting_that_is_ahead_can_answer(bot: Bot, week: Group) -> None:
    await announced(week)
    (announcement,) = week.announcements()
    round_id = int(announcement.post.buttons[0].argument.split(".")[0])
    stranger = Group(bot, "stranger")
    await stranger.set_up()
    with pytest.raises(UserError, match="can't find that meeting"):
        await week.app.rsvps.answer(stranger.member(), round_id, "going")
    bot.clock.instant = MEETING + HOUR
    with pytest.raises(UserError, match="over"):
        await week.app.rsvps.answer(week.member(), round_id, "going")


# What changes must not lose or double


async def test_a_call_that_never_got_out_is_said_in_the_channel_that_replaces_the_lost_one(
    bot: Bot, week: Group
) -> None:
    bot.world.closed.add(week.channel)
    await bot.run_until(MEETING - 5 * DAY + HOUR)
    assert week.titled("What shall we read next?") == []
    await week.set_up(papers_channel_ref="elsewhere", at="18:00")
    await week.app.tick()
    asked = [m for m in bot.world.within("elsewhere") if m.post.title.startswith("What shall")]
    assert len(asked) == 1


async def test_setting_the_same_again_changes_nothing(bot: Bot, week: Group) -> None:
    bot.world.away()
    await bot.run_until(MEETING - 5 * DAY)
    await week.set_up()
    bot.world.back()
    await bot.run_until(MEETING - 4 * DAY)
    assert len(week.titled("What shall we read next?")) == 1


async def test_a_changed_time_makes_no_second_meeting_on_the_day_of_an_announced_one(
    bot: Bot, week: Group
) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK)
    shown = await week.app.schedules.set(week.organiser, weekday=1, at="19:00")
    assert [meeting.day.day for meeting in shown.meetings[:2]] == [13, 20]
    await week.nominate("arXiv:1512.03385")
    await bot.run_until(MEETING + 4 * HOUR)
    assert len(week.announcements()) == 1
    assert len(week.titled("What shall we read next?")) == 0


async def test_a_zone_that_is_put_right_makes_no_second_meeting(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(PICK)
    await week.app.schedules.set(week.organiser, weekday=1, at="17:00", zone="America/New_York")
    await week.nominate("arXiv:1512.03385")
    await bot.run_until(MEETING + 12 * HOUR)
    assert len(week.announcements()) == 1


async def test_calling_off_a_meeting_that_has_begun_is_said(bot: Bot, week: Group) -> None:
    await week.nominate("arXiv:1706.03762")
    await bot.run_until(MEETING + 10 * MINUTE)
    await week.skip("2026-01-13", "nobody is here")
    await week.app.tick()
    (announcement,) = week.announcements()
    assert week.in_thread(announcement)[-1].title == "This meeting is called off"


async def test_a_pause_that_is_over_is_not_shown(bot: Bot, week: Group) -> None:
    await week.app.schedules.pause(week.organiser, "2026-01-20")
    assert (await week.app.schedules.show(week.organiser)).paused
    await bot.run_until(utc("2026-01-20 12:00"))
    assert not (await week.app.schedules.show(week.organiser)).paused
    with pytest.raises(UserError, match="isn't paused"):
        await week.app.schedules.resume(week.organiser)


async def test_a_pause_until_today_is_none(week: Group) -> None:
    with pytest.raises(UserError, match="tomorrow or later"):
        await week.app.schedules.pause(week.organiser, "today")


async def test_another_weekday_keeps_the_beginning_that_was_set(week: Group) -> None:
    await week.app.schedules.set(week.organiser, weekday=1, at="17:00", starting="2026-04-07")
    shown = await week.app.schedules.set(week.organiser, weekday=2, at="17:00")
    assert shown.meetings[0].day.isoformat() == "2026-04-08"
