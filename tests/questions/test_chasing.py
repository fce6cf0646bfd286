"""Nothing stays unanswered unseen: offers to helpers, and a look at what has gone silent."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.env import Env

from bot.adapters.discord.threads import DiscordThreads
from bot.settings import Settings
from tests.conftest import FakeClock
from tests.exactly_once.questions import Circle
from tests.group import DAY, HOUR, MINUTE, text_of
from tests.people import make_club
from tests.world import Fault, Message, World, WorldSender

TITLE = "How do I find a lab?"
OFFER, NUDGE = "Can you help?", "Is question 1 still open?"


@pytest.fixture
def world(clock: FakeClock) -> World:
    return World(clock)


@pytest.fixture
async def circle(
    settings: Settings, clock: FakeClock, world: World, migrated: Path
) -> AsyncIterator[Circle]:
    """A community with a channel for questions, two helpers for papers, and no meetings."""
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    circle = Circle(settings, clock, WorldSender(world))
    await circle.set_up()
    await circle.application.schedules.pause(circle.organiser)
    await circle.set_questions(digest=False)
    for helper in ("906", "907"):
        await circle.help_with(helper, "Papers")
    yield circle
    await circle.close()


async def ask(circle: Circle, who: str = "901", title: str = TITLE, **typed: Any) -> int:
    """Asked and posted, with its thread."""
    number = await circle.ask(who, title, **({"topic": "Papers"} | typed))
    await circle.tick()
    return number


def offers(world: World) -> list[Message]:
    return world.titled(OFFER)


# -- offers --------------------------------------------------------------------------------------


async def test_a_question_without_an_answer_is_offered_after_a_day_and_once(
    circle: Circle, world: World
) -> None:
    number = await ask(circle)
    await circle.after(DAY - MINUTE)
    assert offers(world) == []
    await circle.after(MINUTE)
    for _ in range(10):
        await circle.after(DAY)
    (offer,) = offers(world)
    assert offer.place == await circle.thread_of(number)
    assert offer.post.ping_members == ("906", "907")
    assert "Nobody has answered question 1 yet: How do I find a lab?" in text_of(offer.post)


async def test_an_offer_asks_twenty_helpers_those_longest_not_asked_first(
    circle: Circle, world: World
) -> None:
    for number in range(910, 933):  # 25 in all
        await circle.help_with(str(number), "Papers")
    for title in (TITLE, "Is the deadline strict?", "Who reads theses?"):
        await ask(circle, title=title)
        await circle.after(DAY)
    first, second, third = (set(offer.post.ping_members) for offer in offers(world))
    everybody = {"906", "907", *map(str, range(910, 933))}
    assert [len(pinged) for pinged in (first, second, third)] == [20, 20, 20]
    assert first | second == everybody
    assert second - first <= second & everybody
    assert first - second <= third, "whom the second one has left out"


async def test_helpers_of_other_topics_are_not_asked(circle: Circle, world: World) -> None:
    await circle.help_with("908", "Studies")
    await ask(circle, topic="Studies")
    await ask(circle, "902", "What does nobody help with?", topic="Internships")
    await circle.after(DAY)
    (offer,) = offers(world)
    assert offer.post.ping_members == ("908",)


async def test_who_asked_by_name_is_not_asked_to_help(circle: Circle, world: World) -> None:
    await ask(circle, "906")
    await circle.after(DAY)
    (offer,) = offers(world)
    assert offer.post.ping_members == ("907",)


async def test_who_asked_without_a_name_is_asked_like_the_others(
    circle: Circle, world: World
) -> None:
    """Whom an offer leaves out would be known as the one who asked."""
    await ask(circle, "906", anonymous=True)
    await circle.after(DAY)
    (offer,) = offers(world)
    assert offer.post.ping_members == ("906", "907")


@pytest.mark.parametrize(
    ("asker", "anonymous", "writer", "offered"),
    [
        ("901", False, "905", False),
        ("901", False, "901", True),  # whoever asked adds a word
        ("901", True, "901", False),  # to tell them from others would tell whose it is
    ],
)
async def test_a_reply_in_the_thread_is_an_answer(
    circle: Circle, world: World, asker: str, anonymous: bool, writer: str, offered: bool
) -> None:
    number = await ask(circle, asker, anonymous=anonymous)
    circle.chat.said.append((await circle.thread_of(number), writer))
    for _ in range(3):
        await circle.after(DAY)
    assert len(offers(world)) == offered


async def test_what_was_said_before_in_a_shared_thread_is_no_reply(
    circle: Circle, world: World
) -> None:
    """The thread is asked for what came after the question."""
    number = await ask(circle)
    asked: list[Any] = []

    async def has_reply(thread_ref: str, since: Any, besides: str | None) -> bool:
        asked.append((thread_ref, since, besides))
        return False

    circle.chat.has_reply = has_reply  # type: ignore[method-assign] # what it is asked
    posted_at = circle.clock.now()
    await circle.after(DAY)
    assert asked == [(await circle.thread_of(number), posted_at, "901")]


async def test_a_research_question_is_neither_offered_nor_asked_about(
    circle: Circle, world: World
) -> None:
    await ask(circle, research=True)
    said = len(world.messages)
    for _ in range(8):
        await circle.after(15 * DAY)
    assert len(world.messages) == said


async def test_a_question_with_an_answer_is_not_offered(circle: Circle, world: World) -> None:
    number = await ask(circle)
    await circle.reply("905", number, "Write to them.")
    await circle.after(2 * DAY)
    assert offers(world) == []


async def test_a_closed_question_is_not_offered(circle: Circle, world: World) -> None:
    number = await ask(circle)
    await circle.application.question_lifecycle.close(circle.member("901"), number, key="closed")
    await circle.after(40 * DAY)
    assert offers(world) + world.titled(NUDGE) == []


async def test_who_helps_no_more_is_not_asked(circle: Circle, world: World) -> None:
    await ask(circle)
    await circle.help_with("906", "Papers", wanted=False)
    await circle.after(DAY)
    (offer,) = offers(world)
    assert offer.post.ping_members == ("907",)


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.UNREACHED, Fault.REFUSED])
async def test_an_offer_that_waits_does_not_ping_who_has_opted_out(
    circle: Circle, world: World, fault: Fault
) -> None:
    await ask(circle)
    world.away(fault)
    await circle.after(DAY)
    assert offers(world) == []
    await circle.help_with("906", "Papers", wanted=False)
    await come_back(circle, world)
    (offer,) = offers(world)
    assert offer.post.ping_members == ("907",)
    assert "<@906>" not in offer.post.pinged


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.UNREACHED, Fault.REFUSED])
async def test_an_answer_that_waits_does_not_ping_who_has_unfollowed(
    circle: Circle, world: World, fault: Fault
) -> None:
    number = await ask(circle)
    followers = circle.application.followers
    for who in ("903", "904"):
        await followers.me_too(circle.member(who), number)
    await circle.tick()
    world.away(fault)
    await circle.reply("905", number, "Write to them.")
    await circle.tick()
    await followers.follow(circle.member("903"), number, wanted=False)
    await come_back(circle, world)
    (answer,) = world.titled("Answer to question 1")
    assert answer.post.ping_members == ("901", "904")


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.UNREACHED])
async def test_an_offer_that_waits_is_dropped_when_there_is_an_answer(
    circle: Circle, world: World, fault: Fault
) -> None:
    number = await ask(circle)
    world.away(fault)
    await circle.after(DAY)
    await circle.reply("905", number, "Write to them.")
    await come_back(circle, world)
    assert offers(world) == []
    assert len(world.titled("Answer to question 1")) == 1


async def come_back(circle: Circle, world: World) -> None:
    """The platform is back, what it refused is tried again, and all that waited goes out."""
    world.back()
    await circle.application.communities.problems.retry("discord", circle.ref)
    await circle.after(2 * HOUR)


async def test_a_bot_that_was_off_for_a_week_offers_when_it_is_back(
    circle: Circle, world: World
) -> None:
    await ask(circle)
    await circle.live(iter(()))
    await circle.after(7 * DAY)
    assert len(offers(world)) == 1


# -- what has become of it? ----------------------------------------------------------------------


async def days_of_nudges(circle: Circle, world: World, days: int) -> list[int]:
    """The days from now on which it was asked about."""
    begin = circle.clock.now()
    for _ in range(days):
        await circle.after(DAY)
    return [(m.sent_at - begin) // DAY for m in world.titled(NUDGE) if m.sent_at > begin]


async def test_a_silent_question_is_asked_about_three_times_and_stays_open(
    circle: Circle, world: World
) -> None:
    number = await ask(circle)
    assert await days_of_nudges(circle, world, 200) == [14, 44, 74]
    nudge = world.titled(NUDGE)[0]
    assert nudge.place == await circle.thread_of(number)
    assert nudge.post.ping_members == ("901",)
    assert "Nobody has answered yet. Do you still want to know?" in text_of(nudge.post)
    assert "It stays open until someone closes it." in text_of(nudge.post)
    assert (await circle.application.answers.show(circle.member("902"), number)).state == "open"


async def test_still_open_puts_off_the_next_time(circle: Circle, world: World) -> None:
    number = await ask(circle)
    assert await days_of_nudges(circle, world, 24) == [14]
    await circle.application.question_lifecycle.still_open(circle.member("901"), number)
    assert await days_of_nudges(circle, world, 100) == [30, 60]


async def test_an_answer_breaks_the_silence(circle: Circle, world: World) -> None:
    number = await ask(circle)
    await circle.after(10 * DAY)
    await circle.reply("905", number, "Write to them.")
    assert await days_of_nudges(circle, world, 20) == [14]
    (nudge,) = world.titled(NUDGE)
    assert "It has answers, but none is accepted. Did one of them help?" in text_of(nudge.post)


async def test_an_accepted_answer_ends_it(circle: Circle, world: World) -> None:
    number = await ask(circle)
    answer = await circle.reply("905", number, "Write to them.")
    await circle.application.acceptance.accept(circle.member("901"), answer)
    assert await days_of_nudges(circle, world, 40) == []


async def test_who_asked_without_a_name_is_asked_in_private_as_well(
    circle: Circle, world: World
) -> None:
    """In the thread nobody is pinged; the private one says where its buttons belong."""
    number = await ask(circle, "902", anonymous=True)
    assert await days_of_nudges(circle, world, 100) == [14, 14, 44, 44, 74, 74]
    thread, private = sorted(world.titled(NUDGE)[:2], key=lambda m: m.place)
    assert [thread.place, private.place] == [await circle.thread_of(number), "user:902"]
    assert (thread.post.ping_members, private.post.ping_members) == ((), ())
    assert [button.argument for button in thread.post.buttons] == [str(number)] * 2
    assert [button.argument for button in private.post.buttons] == [f"club.{number}"] * 2


async def test_a_nudge_that_waits_is_dropped_when_the_question_is_closed(
    circle: Circle, world: World
) -> None:
    number = await ask(circle, anonymous=True)
    await circle.after(DAY)
    world.away(Fault.BUSY)
    await circle.after(13 * DAY)
    await circle.application.question_lifecycle.close(circle.member("901"), number, key="closed")
    await come_back(circle, world)
    assert world.titled(NUDGE) == []


async def test_questions_to_a_guest_are_neither_offered_nor_asked_about(
    circle: Circle, world: World
) -> None:
    ama = await circle.open_session("920", "Ask Mina")
    await ask(circle, ama_id=ama)
    await circle.after(40 * DAY)
    assert offers(world) + world.titled(NUDGE) == []


async def test_twenty_five_questions_that_are_due_at_once_are_all_offered(
    circle: Circle, world: World
) -> None:
    """After a standstill, a few at a time."""
    for number in range(25):
        await ask(circle, title=f"Where is room {number}{number}?")
    await circle.after(DAY)
    await circle.after(timedelta(seconds=1))
    assert len(offers(world)) == 25


# -- threads of Discord --------------------------------------------------------------------------


async def test_a_thread_of_discord_knows_who_has_written_in_it(
    simcord_env: Env, application: Any
) -> None:
    """The bot's own messages don't count, nor those of whoever asked by name."""
    club = make_club(simcord_env, application)
    threads = DiscordThreads(application.client)
    channel = simcord_env.bot.get_channel(club.papers.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("a question")
    thread = await message.create_thread(name="its thread")
    await thread.send("a card")
    (handle,) = club.papers.threads
    asked_at, alice = message.created_at - MINUTE, str(club.alice.id)

    assert not await threads.has_reply(str(thread.id), asked_at, alice)
    await club.alice.send(handle, "I should add something.")
    assert not await threads.has_reply(str(thread.id), asked_at, alice)
    assert await threads.has_reply(str(thread.id), asked_at, None)
    await club.bob.send(handle, "Write to them.")
    assert await threads.has_reply(str(thread.id), asked_at, alice)
    later = discord.utils.utcnow() + HOUR
    assert not await threads.has_reply(str(thread.id), later, alice)


async def test_a_thread_that_is_gone_has_no_reply(simcord_env: Env, application: Any) -> None:
    make_club(simcord_env, application)
    threads = DiscordThreads(application.client)
    assert not await threads.has_reply("123456789", discord.utils.utcnow(), None)
