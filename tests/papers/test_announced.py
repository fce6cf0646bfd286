"""A meeting whose paper is announced: who goes, who is reminded, another paper, an upgrade.

The group meets on Tuesdays at 17:00 in Berlin; the meeting looked at is on 2026-01-13.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from bot.communities.service import Actor
from bot.core.database.migrate import FOLDER
from bot.core.errors import UserError
from bot.core.post import Status
from bot.papers.schedule.reminders import describe_reminders, offsets_of, parse_reminders
from tests.group import DAY, HOUR, MINUTE, Bot, Group, raised, text_of, utc

MEETING = utc("2026-01-13 16:00")
PICK = MEETING - 3 * DAY
DAY_OF_IT = "2026-01-13"


@pytest.fixture
async def week(bot: Bot, group: Group) -> Group:
    """A paper is announced, another one is up, and nobody has answered yet."""
    await bot.run_until(utc("2026-01-06 17:00"))
    bot.world.messages.clear()
    await group.nominate("arXiv:1706.03762", "alice", "bob", "carol")
    await group.nominate("arXiv:1706.03763", "dan", "erin")
    await bot.run_until(PICK)
    return group


async def go(week: Group, *names: str, answer: str = "going") -> None:
    for name in names:
        week.bot.clock.advance(seconds=1)
        actor = Actor("test", week.name, name, name=name.title())
        await week.app.rsvps.answer(actor, 2, answer)
    await week.app.tick()


def card_of(week: Group) -> str:
    (announcement,) = week.announcements()
    return text_of(announcement.post)


def going_line(week: Group) -> str:
    found = [line for line in card_of(week).splitlines() if line.startswith("**Going:**")]
    return found[0] if found else ""


# Names on the card


async def test_ten_names_stand_on_the_card_and_then_how_many_others(week: Group) -> None:
    names = [f"member{number}" for number in range(1, 13)]
    assert going_line(week) == ""
    await go(week, *names[:10])
    first_ten = "**Going:** " + ", ".join(name.title() for name in names[:10])
    assert going_line(week) == first_ten
    await go(week, names[10])
    assert going_line(week) == f"{first_ten} and 1 other"
    await go(week, names[11])
    assert going_line(week) == f"{first_ten} and 2 others"
    await go(week, "member1", answer="cant")  # whoever comes next moves up
    assert going_line(week).endswith("Member10, Member11 and 1 other")
    await go(week, "member1")  # and stands last after coming back
    assert going_line(week).endswith("Member11 and 2 others")


async def test_a_name_formats_and_pings_nothing(week: Group) -> None:
    for ref, name in {"1": "**@everyone**", "2": "<@5> [x](https://a.example)", "3": " "}.items():
        await week.app.rsvps.answer(Actor("test", week.name, ref, name=name), 2, "going")
    await week.app.tick()
    line = going_line(week)
    assert "@everyone" not in line
    assert "<@5>" not in line
    assert r"\[x\]" in line
    assert line.endswith("<@3>")  # no name at all: a mention, of which nobody is notified
    (announcement,) = week.announcements()
    assert announcement.post.ping_members == ()


# Reminders


@pytest.mark.parametrize(
    ("typed", "minutes", "spelt"),
    [
        ("1 day, 1 hour", [1440, 60], "a day and an hour before"),
        ("2h and 30 min", [120, 30], "2 hours and 30 minutes before"),
        ("an hour; half an hour", [60, 30], "an hour and 30 minutes before"),
        ("1 week + 2 days & 5 minutes before", [10080, 2880, 5], ""),
        ("60 minutes, 1 hour", [60], "an hour before"),
        ("٣ days", [4320], "3 days before"),
        ("NONE", [], ""),
        ("off", [], ""),
    ],
)
def test_times_before_a_meeting_are_read(typed: str, minutes: list[int], spelt: str) -> None:
    assert parse_reminders(typed) == minutes
    if spelt or not minutes:
        assert describe_reminders(offsets_of(minutes)) == spelt


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "I can't read “” as a time before the meeting."),
        ("soon", "I can't read “soon” as a time before the meeting."),
        ("1", "I can't read “1” as a time before the meeting."),
        ("1.5 h", r"I can't read “1\.5 h” as a time before the meeting."),
        ("-1 hour", r"I can't read “\-1 hour” as a time before the meeting."),
        ("1 day,", "I can't read “” as a time before the meeting."),
        ("one day", "I can't read “one day” as a time before the meeting."),
        ("1 day @everyone", "I can't read “1 day @\u200beveryone” as a time before the meeting."),
        ("4 minutes", "Please give up to 5 reminders, from 5 minutes to 7 days before."),
        ("0 min", "Please give up to 5 reminders, from 5 minutes to 7 days before."),
        ("8 days", "Please give up to 5 reminders, from 5 minutes to 7 days before."),
        ("99999 weeks", "Please give up to 5 reminders, from 5 minutes to 7 days before."),
        (
            "1h, 2h, 3h, 4h, 5h, 6h",
            "Please give up to 5 reminders, from 5 minutes to 7 days before.",
        ),
    ],
)
async def test_times_that_cannot_be_read_are_refused_and_change_nothing(
    week: Group, typed: str, sentence: str
) -> None:
    before = await week.app.schedules.show(week.organiser)
    error = await raised(week.app.schedules.set(week.organiser, reminders=typed), UserError)
    assert str(error).startswith(sentence)
    assert "Write it like `1 day, 1 hour` or `30 minutes`, or `none`." in str(error)
    assert await week.app.schedules.show(week.organiser) == before


async def test_changed_reminders_hold_for_the_announced_meeting(bot: Bot, week: Group) -> None:
    """None is made up for, none comes twice; without any, only the start is said."""
    await go(week, "bob")
    await bot.run_until(MEETING - 5 * HOUR)  # the one a day before is out
    (announcement,) = week.announcements()
    assert len(week.in_thread(announcement)) == 1
    await week.app.schedules.set(week.organiser, reminders="1 day, 6 hours, 2 hours, 10 min")
    await bot.run_until(MEETING - 3 * HOUR)
    assert len(week.in_thread(announcement)) == 1
    await bot.run_until(MEETING - MINUTE)
    assert len(week.in_thread(announcement)) == 3
    await week.app.schedules.set(week.organiser, reminders="none")
    await bot.run_until(MEETING + HOUR)
    titles = [post.title for post in week.in_thread(announcement)]
    assert len(titles) == 4
    assert titles[-1] == "We're starting"


async def test_each_member_turns_their_own_reminders_off(bot: Bot, week: Group) -> None:
    await go(week, "bob", "carol", "dan")
    await week.app.reminders.turn(week.member("bob"), on=False)
    await week.app.reminders.turn(week.member("bob"), on=False)
    await bot.run_until(MEETING - 2 * HOUR)
    await week.app.reminders.turn(week.member("bob"), on=True)
    bot.world.away()
    await bot.run_until(MEETING - HOUR)  # the reminder waits, and its post is worded already
    await week.app.reminders.turn(week.member("carol"), on=False)
    bot.world.back()
    await bot.run_until(MEETING + HOUR)
    (announcement,) = week.announcements()
    pinged = [set(post.ping_members) for post in week.in_thread(announcement)]
    assert pinged == [{"carol", "dan"}, {"bob", "dan"}, {"bob", "dan"}]
    assert "**3** going" in card_of(week)  # they still go


async def test_whoever_wants_no_reminders_is_still_told_that_it_is_off(
    bot: Bot, week: Group
) -> None:
    await go(week, "bob")
    await week.app.reminders.turn(week.member("bob"), on=False)
    await week.skip(DAY_OF_IT)
    await week.app.tick()
    (announcement,) = week.announcements()
    (told,) = week.in_thread(announcement)
    assert told.ping_members == ("bob",)


# Another paper


async def test_another_paper_takes_the_place_of_the_announced_one(bot: Bot, week: Group) -> None:
    """Card, thread's name, event and what is still to be said follow; those who go hear it once."""
    await go(week, "bob", "carol")
    await go(week, "frank", answer="maybe")
    assert await week.queue() == {"On 1706.03763": 2}
    (up,) = await week.app.queue.nominations(week.organiser)
    await week.app.picks.change(week.organiser, up.paper.id)
    error = await raised(week.app.picks.change(week.organiser, up.paper.id), UserError)
    assert str(error) == "That's already this week's paper."
    await bot.run_until(PICK + HOUR)

    assert await week.queue() == {"On 1706.03762": 3}  # with its votes
    (announcement,) = week.announcements()
    assert "On 1706.03763" in announcement.post.title
    assert "Bob, Carol" in card_of(week)
    assert list(bot.world.threads.values()) == ["On 1706.03763"]
    (entry,) = bot.world.calendar
    assert entry.event.name == "Paper of the week: On 1706.03763"
    assert entry.status is None
    (told,) = week.in_thread(announcement)
    assert told.title.startswith("We'll read another paper: [On 1706.03763]")
    assert "It replaces [On 1706.03762]" in told.text
    assert told.ping_members == ("bob", "carol")

    await bot.run_until(MEETING + HOUR)
    _, *later = week.in_thread(announcement)
    assert ["On 1706.03763" in text_of(post) for post in later] == [True] * 3
    (read,) = await week.app.library.history(week.organiser)
    assert read.paper.title == "On 1706.03763"


async def test_nobody_who_goes_is_nobody_who_is_told(bot: Bot, week: Group) -> None:
    (up,) = await week.app.queue.nominations(week.organiser)
    await week.app.picks.change(week.organiser, up.paper.id)
    await week.app.tick()
    (announcement,) = week.announcements()
    assert week.in_thread(announcement) == []


@pytest.mark.parametrize(("paper_id", "sentence"), [(99, "n't up for vote"), (1, "already")])
async def test_only_what_is_up_takes_its_place(
    bot: Bot, week: Group, paper_id: int, sentence: str
) -> None:
    error = await raised(week.app.picks.change(week.organiser, paper_id), UserError)
    assert sentence in str(error)
    assert "On 1706.03762" in card_of(week)


async def test_the_paper_stays_once_the_meeting_has_begun(bot: Bot, week: Group) -> None:
    (up,) = await week.app.queue.nominations(week.organiser)
    await bot.run_until(MEETING)
    error = await raised(week.app.picks.change(week.organiser, up.paper.id), UserError)
    assert str(error) == "That meeting has started, so its paper can't change any more."


# An upgrade


async def test_an_upgrade_finds_an_announced_meeting_and_goes_on_with_it(
    bot: Bot, week: Group
) -> None:
    """As a version before places and names had left it."""
    await go(week, "bob", "carol")
    await bot.stop()
    file = Path(bot.settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.set_main_option("sqlalchemy.url", bot.settings.database_url)
    await asyncio.to_thread(command.downgrade, alembic, "0008")
    with closing(sqlite3.connect(file)) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(schedule)")}
        assert not {"place", "reminders"} & columns
    await asyncio.to_thread(command.upgrade, alembic, "head")
    bot.start()

    shown = await week.app.schedules.show(week.organiser)
    assert (shown.place, shown.reminders) == (None, offsets_of([1440, 60]))
    await week.app.places.set(week.organiser, "Room 5")
    await go(week, "dan")
    assert "**Where** Room 5" in card_of(week)
    assert going_line(week) == "**Going:** <@bob>, <@carol>, Dan"
    await bot.run_until(MEETING + HOUR)
    (announcement,) = week.announcements()
    assert [post.ping_members for post in week.in_thread(announcement)] == [
        ("bob", "carol", "dan")
    ] * 3
    (entry,) = bot.world.calendar
    assert (entry.event.place, entry.status) == ("Room 5", Status.COMPLETED)
    assert await week.queue() == {"On 1706.03763": 2}
