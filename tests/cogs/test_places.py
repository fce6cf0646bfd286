"""Where a meeting is: on its card, in its thread and in the server's calendar."""

from collections.abc import Callable
from typing import Any

import discord
import pytest
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle
from simcord.enums import OverwriteType

from tests.people import Club, buttons_of, message_of, reply, text_of

STAGE, VOICE, OUTSIDE = 1, 2, 3
LINK = "https://meet.example.org/papers?room=5"
Makes = Callable[[Club], ChannelHandle]


def lounge(club: Club) -> ChannelHandle:
    return club.guild.create_voice_channel("Lounge")


def stage(club: Club) -> ChannelHandle:
    return club.guild.create_stage_channel("Stage")


def let_in(club: Club, channel: ChannelHandle, *, but: str = "") -> None:
    """The bot may do everything there, but for one thing."""
    allow = discord.Permissions.all()
    deny = discord.Permissions(**{but: True}) if but else discord.Permissions.none()
    bot = club.guild.roles["TestBot"].id
    club.env.backend.set_overwrite(
        channel.id,
        Overwrite(bot, OverwriteType.ROLE, allow=allow.value & ~deny.value, deny=deny.value),
    )


async def announce(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")


async def meet_in(club: Club, place: str, date: str | None = None) -> str:
    options = {"place": place} | ({"date": date} if date else {})
    return reply(await club.olga.slash(club.papers, "schedule place", **options))


def event_of(club: Club) -> Any:
    (event,) = club.guild._guild.scheduled_events.values()
    return event


def announcement_link(club: Club) -> str:
    card = club.card("Paper of the week")
    return f"https://discord.com/channels/{club.guild.id}/{club.papers.id}/{card.id}"


@pytest.mark.parametrize(("make", "entity"), [(lounge, VOICE), (stage, STAGE)])
async def test_a_channel_to_talk_in_is_the_place_of_card_event_and_thread(
    club: Club, clock, make: Makes, entity: int
) -> None:
    channel = make(club)
    let_in(club, channel)
    typed = channel.name[:3].lower()
    (offered,) = await club.olga.autocomplete(club.papers, "schedule place", "place", typed)
    said = await meet_in(club, offered["value"])
    assert said == f"Place set for all meetings: <#{channel.id}>."
    await announce(club)
    assert f"**Where** <#{channel.id}>" in text_of(club.card("Paper of the week"))
    event = event_of(club)
    assert (event.entity_type, event.channel_id) == (entity, channel.id)
    assert event.description.endswith(announcement_link(club))
    assert [r.method for r in club.env.http_requests if "/scheduled-events" in r.path].count(
        "PATCH"
    ) == 0
    await club.alice.click(club.card("Paper of the week"), label="Going")
    clock.advance(days=6)
    await club.application.tick()
    (thread,) = club.papers.threads
    assert f"**Where** <#{channel.id}>" in text_of(thread.history()[-1])


@pytest.mark.parametrize("place", [LINK, "Room 5, second floor"])
async def test_another_place_stands_in_the_calendar_as_it_is(club: Club, place: str) -> None:
    channel = lounge(club)
    await meet_in(club, f"<#{channel.id}>")
    await announce(club)
    assert event_of(club).channel_id == channel.id
    await meet_in(club, place, "12 January")  # this one meeting is elsewhere
    card = text_of(club.card("Paper of the week"))
    assert place in card
    event = event_of(club)
    assert (event.entity_type, event.channel_id) == (OUTSIDE, None)
    assert event.entity_metadata == {"location": place}
    (edit,) = [r for r in club.env.http_requests if r.method == "PATCH" and "scheduled" in r.path]
    assert edit.json["scheduled_end_time"], "Discord wants it where an event becomes external"
    await meet_in(club, "none", "12 January")
    assert event_of(club).channel_id == channel.id


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("discord.gg/abcdef", "I don't show invites to other servers."),
        ("javascript:alert(1)", "I can't use that link."),
        ("x" * 2000, "Please write up to 200 characters; that place has 2,000."),
        (" ", "I need a place."),
        ("<#1>", "I can't see that channel. It may have been deleted, or I'm missing"),
        ("https://discord.com/channels/1/2", "I can't see that channel."),
        ("papers", ""),
    ],
)
async def test_a_place_that_is_none_is_refused(club: Club, place: str, sentence: str) -> None:
    if not sentence:  # a channel in which people write
        place, sentence = f"<#{club.papers.id}>", f"<#{club.papers.id}> isn't a voice or stage"
    for command in ("schedule place", "schedule set"):
        said = reply(await club.olga.slash(club.papers, command, place=place))
        club.refused()
        assert said.startswith(sentence)
    assert "Where" not in reply(await club.alice.slash(club.papers, "schedule show"))


@pytest.mark.parametrize(
    ("make", "lacks", "missing", "entity"),
    [
        (lounge, "view_channel", "*View Channel*, *Connect*", VOICE),
        (lounge, "connect", "*Connect*", VOICE),
        (stage, "move_members", "*Move Members*", STAGE),
    ],
)
async def test_a_place_that_the_bot_may_not_use_costs_no_event(
    club: Club, make: Makes, lacks: str, missing: str, entity: int
) -> None:
    """It leads to the announcement until the bot is let in; organisers hear how."""
    channel, office = make(club), club.guild.create_text_channel("office")
    await club.set_up(organisers=office)
    let_in(club, channel, but=lacks)
    for command in ("schedule set", "schedule place"):
        said = await club.olga.slash(club.papers, command, place=f"<#{channel.id}>")
        assert f"I'm missing {missing} in <#{channel.id}>." in reply(said)
    await announce(club)
    event = event_of(club)
    assert (event.entity_type, event.channel_id) == (OUTSIDE, None)
    assert event.entity_metadata == {"location": announcement_link(club)}
    told = club.card(f"I'm missing {missing} in <#{channel.id}>", office)
    assert "or set another place with `/schedule place`" in text_of(told)
    assert "Try again" in buttons_of(told)
    let_in(club, channel)
    await club.application.tick()
    await club.olga.click(told, label="Try again")
    event = event_of(club)
    assert (event.entity_type, event.channel_id) == (entity, channel.id)
    assert len(club.cards(office)) == 1
    queue = reply(await club.olga.slash(club.papers, "moderate queue"))
    assert "Nothing is waiting" in queue


async def test_a_place_that_was_deleted_leaves_the_announcement_and_is_told(club: Club) -> None:
    channel, office = lounge(club), club.guild.create_text_channel("office")
    await club.set_up(organisers=office)
    await meet_in(club, f"<#{channel.id}>")
    await announce(club)
    club.env.backend.delete_channel(channel.id)
    await club.env.settle()
    told = text_of(club.card("The channel you meet in was deleted", office))
    assert "`/schedule place`" in told
    assert "Where" not in text_of(club.card("Paper of the week"))
    assert event_of(club).entity_metadata == {"location": announcement_link(club)}
    skipped = await club.olga.slash(club.papers, "schedule skip", date="12 January")
    await club.olga.click(message_of(skipped), label="Undo")
    assert [e.entity_type for e in club.guild._guild.scheduled_events.values()] == [OUTSIDE] * 2
    assert len(club.cards(office)) == 1
