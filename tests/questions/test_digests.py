"""The week's digest: on Mondays at nine by the clock on the wall, if there is something to say."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from simcord.env import Env

from bot.settings import Settings
from tests.conftest import FakeClock
from tests.exactly_once.questions import QUESTIONS, Circle
from tests.group import DAY, HOUR, text_of, utc
from tests.people import make_club
from tests.world import Fault, Message, World, WorldSender

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Sydney",
    "America/Santiago",  # its clocks are put forward at midnight, from Saturday to Sunday
)
WEEK = timedelta(days=7)
NINE = "2026-01-12 08:00"  # on the first Monday, in Berlin


@pytest.fixture
def world(clock: FakeClock) -> World:
    return World(clock)


@pytest.fixture
async def circle(
    settings: Settings, clock: FakeClock, world: World, migrated: Path
) -> AsyncIterator[Circle]:
    """A community in Berlin with a channel for questions, and no meetings."""
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    circle = Circle(settings, clock, WorldSender(world))
    await circle.set_up()
    await circle.application.schedules.pause(circle.organiser)
    await circle.set_questions()
    yield circle
    await circle.close()


async def move_to(circle: Circle, zone: str) -> None:
    """What `/schedule set` does when it is given a zone."""
    await circle.application.schedules.set(circle.organiser, weekday=1, at="17:00", zone=zone)
    await circle.application.schedules.pause(circle.organiser)
    await circle.set_questions()


async def pass_until(circle: Circle, end: datetime) -> None:
    """Time passes; the bot wakes at each instant at which it has said that something is due."""
    await circle.tick()
    while (
        due_at := await circle.application.question_reminders.next_due()
    ) is not None and due_at <= end:
        await circle.at(due_at)
    await circle.at(end)


def digests(world: World) -> list[Message]:
    return world.titled("This week's questions")


@pytest.mark.parametrize("zone", ZONES)
async def test_a_year_of_digests_at_nine_on_the_wall(
    circle: Circle, world: World, clock: FakeClock, zone: str
) -> None:
    """Each Monday has its own, on both sides of every change of the clocks."""
    await move_to(circle, zone)
    await circle.ask("901", "What does nobody know?")
    begin = clock.now()
    await pass_until(circle, begin + 365 * DAY)

    at = [m.sent_at.astimezone(ZoneInfo(zone)) for m in digests(world)]
    assert {(sent.weekday(), sent.hour, sent.minute, sent.second) for sent in at} == {(0, 9, 0, 0)}
    here, end = begin.astimezone(ZoneInfo(zone)), begin + 365 * DAY
    days = (here.date() + timedelta(days=number) for number in range(366))
    nines = (datetime.combine(day, time(9), here.tzinfo) for day in days if day.weekday() == 0)
    assert at == [nine for nine in nines if begin < nine.astimezone(UTC) <= end]
    assert len(at) in (52, 53)
    assert {m.late for m in digests(world)} == {False}
    if zone != "Asia/Kolkata":
        assert len({sent.utcoffset() for sent in at}) == 2


@pytest.mark.parametrize("before", ["2026-03-23 08:00", "2026-10-19 07:00"])
async def test_an_answer_is_in_one_digest_whenever_it_is_accepted(
    circle: Circle, world: World, before: str
) -> None:
    """Also in the hour by which a week is shorter or longer when the clocks change."""
    monday = utc(before)
    await pass_until(circle, monday - DAY)
    for minutes in (-30, 30):
        number = await circle.ask("901", f"Which one is {minutes + 50}?")
        answer = await circle.reply("905", number, f"It is {minutes + 50}.")
        await pass_until(circle, monday + timedelta(minutes=minutes))
        await circle.application.acceptance.accept(circle.member("901"), answer)
    await pass_until(circle, monday + 3 * WEEK)

    said = "\n".join(text_of(m.post) for m in digests(world))
    assert [said.count(f"> It is {number}.") for number in (20, 80)] == [1, 1]


def named(digest: Message, world: World) -> str:
    """What the digest shows: the names of threads in the place of their numbers."""
    text = text_of(digest.post)
    for ref, name in world.threads.items():
        text = text.replace(f"<#{ref}>", name)
    return text


async def test_it_tells_what_is_open_and_what_was_answered_best(
    circle: Circle, world: World
) -> None:
    app = circle.application
    wanted = await circle.ask("901", "Who wants to know this?")
    await circle.ask("901", "Nobody else wants it, do they?")
    for number in range(4):
        asked = await circle.ask("902", f"Solved riddle {number}{number}{number}")
        answer = await circle.reply("905", asked, f"Solution {number}.")
        for voter in range(number):
            await app.answers.upvote(circle.member(f"91{voter}"), answer)
        await app.acceptance.accept(circle.member("902"), answer)
    await circle.ask("903", "Is P equal to NP?", research=True)
    for who in ("904", "905"):
        await app.followers.me_too(circle.member(who), wanted)
    await circle.at(utc(NINE))

    (digest,) = digests(world)
    assert digest.place == QUESTIONS
    lines = named(digest, world).splitlines()
    assert "Who wants to know this?" in lines[lines.index("**Without an answer**") + 1]
    assert "2 other people want to know" in lines[lines.index("**Without an answer**") + 1]
    assert "Nobody else wants it" in lines[lines.index("**Without an answer**") + 2]
    assert [line for line in lines if line.startswith(">")] == [
        "> Solution 3.",
        "> Solution 2.",
        "> Solution 1.",
    ]
    assert "NP" not in text_of(digest.post)


async def test_ten_unanswered_questions_are_named_and_the_others_counted(
    circle: Circle, world: World
) -> None:
    for number in range(12):
        await circle.ask("901", f"Where is room {number}{number}?")
    await circle.at(utc(NINE))
    (digest,) = digests(world)
    assert named(digest, world).count("Where is room") == 10
    assert "12 questions are open; see `/question list`." in text_of(digest.post)


async def test_there_is_none_when_there_is_nothing_to_say(
    circle: Circle, world: World, clock: FakeClock
) -> None:
    """What is answered and closed is no news any more; a new question is, the week after."""
    number = await circle.ask("901", "Is it over?")
    answer = await circle.reply("905", number, "Yes.")
    await circle.application.acceptance.accept(circle.member("901"), answer)
    await pass_until(circle, utc(NINE))
    await pass_until(circle, utc(NINE) + 3 * WEEK)
    assert [m.sent_at for m in digests(world)] == [utc(NINE)]
    await circle.ask("901", "Is there more?")
    await pass_until(circle, utc(NINE) + 4 * WEEK)
    assert [m.sent_at for m in digests(world)] == [utc(NINE), utc(NINE) + 4 * WEEK]


async def test_there_is_none_when_it_is_switched_off(circle: Circle, world: World) -> None:
    await circle.ask("901", "What does nobody know?")
    await circle.set_questions(digest=False)
    await pass_until(circle, utc(NINE) + 2 * WEEK)
    assert digests(world) == []
    await circle.set_questions(digest=True)
    await pass_until(circle, utc(NINE) + 3 * WEEK)
    assert [m.sent_at for m in digests(world)] == [utc(NINE) + 3 * WEEK]


async def test_there_is_none_for_questions_to_a_guest_and_for_hidden_ones(
    circle: Circle, world: World
) -> None:
    ama = await circle.open_session("920", "Ask Mina")
    await circle.ask("901", "What do you read?", ama_id=ama)
    hidden = await circle.ask("902", "Something rude?")
    await circle.application.moderation.hide(circle.organiser, hidden)
    await circle.at(utc(NINE))
    assert digests(world) == []


@pytest.mark.parametrize(
    ("late", "sent"), [(HOUR, True), (47 * HOUR, True), (48 * HOUR, False), (60 * HOUR, False)]
)
async def test_a_machine_that_was_off_says_it_late_or_not_at_all(
    circle: Circle, world: World, late: timedelta, sent: bool
) -> None:
    """After two days the week is no news any more. The next one comes at its time."""
    await circle.ask("901", "What does nobody know?")
    await circle.tick()
    await circle.live(iter(()))
    await circle.at(utc(NINE) + late)
    told = [utc(NINE) + late] if sent else []
    assert [(m.sent_at, m.late) for m in digests(world)] == [(at, True) for at in told]
    await pass_until(circle, utc(NINE) + WEEK)
    assert [m.sent_at for m in digests(world)] == [*told, utc(NINE) + WEEK]


async def test_a_digest_that_could_not_be_sent_for_two_days_is_dropped(
    circle: Circle, world: World
) -> None:
    await circle.ask("901", "What does nobody know?")
    await circle.tick()
    world.away(Fault.BUSY)
    await circle.at(utc(NINE))
    await circle.after(2 * DAY)
    world.back()
    await circle.after(2 * HOUR)
    assert digests(world) == []
    await pass_until(circle, utc(NINE) + WEEK)
    assert [m.sent_at for m in digests(world)] == [utc(NINE) + WEEK]


async def test_another_zone_is_followed(circle: Circle, world: World) -> None:
    """To the west Monday's nine o'clock is still to come; to the east it comes earlier."""
    await circle.ask("901", "What does nobody know?")
    await circle.tick()
    await move_to(circle, "America/New_York")
    await pass_until(circle, utc(NINE) + DAY)
    assert [m.sent_at for m in digests(world)] == [utc("2026-01-05 14:00"), utc("2026-01-12 14:00")]
    await move_to(circle, "Asia/Kolkata")
    await pass_until(circle, utc(NINE) + 2 * WEEK)
    assert [m.sent_at for m in digests(world)][2:] == [
        utc("2026-01-19 03:30"),
        utc("2026-01-26 03:30"),
    ]


async def test_another_channel_is_followed(circle: Circle, world: World) -> None:
    await circle.ask("901", "What does nobody know?")
    await pass_until(circle, utc(NINE))
    await circle.set_questions(channel_ref="elsewhere")
    await pass_until(circle, utc(NINE) + WEEK)
    assert [m.place for m in digests(world)] == [QUESTIONS, "elsewhere"]


async def test_a_digest_that_waits_follows_to_another_channel(circle: Circle, world: World) -> None:
    """The channel is gone on Monday; an organiser names another one on Tuesday."""
    await circle.ask("901", "What does nobody know?")
    await circle.tick()
    world.closed.add(QUESTIONS)
    await circle.at(utc(NINE))
    await circle.after(DAY)
    await circle.set_questions(channel_ref="elsewhere")
    await circle.after(HOUR)
    assert [(m.place, m.late) for m in digests(world)] == [("elsewhere", True)]


async def test_a_zone_that_is_set_with_the_schedule_is_followed(
    simcord_env: Env, application: object
) -> None:
    """`/schedule set` is given a zone; nine o'clock is nine there."""
    club = make_club(simcord_env, application)  # type: ignore[arg-type] # a fixture
    await club.set_up(questions=club.guild.create_text_channel("questions"))
    options = {"weekday": 0, "time": "12:00", "zone": "America/New_York"}
    await club.olga.slash(club.papers, "schedule set", **options)
    due_at = await club.application.question_reminders.next_due()
    assert due_at is not None
    assert f"{due_at.astimezone(ZoneInfo('America/New_York')):%a %H:%M}" == "Mon 09:00"
