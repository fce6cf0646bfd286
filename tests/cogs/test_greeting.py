"""The greeting of a server that the bot joins, and the form behind *Set up*."""

import discord

from tests.people import Club, buttons_of, fill_in, message_of, reply, text_of


async def join(club: Club) -> None:
    """What Discord tells when the bot is invited; the simulator never does."""
    client = club.application.client
    guild = client.get_guild(club.guild.id)
    assert guild is not None
    with club.env._bot_scope():
        await client.on_guild_join(guild)
    await club.application.tick()


def greetings(club: Club) -> list[discord.Message]:
    return [card for card in club.cards() if "Hello, I'm Paperclub" in text_of(card)]


async def form(club: Club):
    (greeting,) = greetings(club)
    return await club.olga.click(greeting, label="Set up")


async def test_a_server_is_greeted_once(newcomers: Club) -> None:
    await join(newcomers)
    await newcomers.application.communities.left("discord", str(newcomers.guild.id))
    await join(newcomers)
    (greeting,) = greetings(newcomers)
    assert list(buttons_of(greeting)) == ["Set up"]


async def test_a_server_that_is_set_up_is_not_greeted(club: Club) -> None:
    await join(club)
    assert not greetings(club)


async def test_nobody_is_greeted_after_setting_up(newcomers: Club) -> None:
    communities, place = newcomers.application.communities, str(newcomers.papers.id)
    await newcomers.application.scheduler.stop()  # the greeting waits
    await communities.joined("discord", str(newcomers.guild.id), greet_in=place)
    await newcomers.set_up()
    await newcomers.application.tick()
    assert not greetings(newcomers)


async def test_the_form_sets_the_server_up(newcomers: Club) -> None:
    club = newcomers
    await join(club)
    sent = await fill_in(
        club.olga,
        await form(club),
        **{"Time zone": "서울", "Papers": [club.papers], "You meet on": "1", "At": "7pm"},
    )
    said = reply(sent)
    assert "Paperclub is ready" in said
    assert "Tuesdays at 19:00 (Asia/Seoul)" in said
    assert "already set up" in reply(await form(club))


async def test_what_cannot_be_read_comes_back_to_be_edited(newcomers: Club) -> None:
    club = newcomers
    await join(club)
    sent = await fill_in(
        club.olga,
        await form(club),
        **{"Time zone": "CST", "Papers": [club.papers], "You meet on": "1", "At": "7pm"},
    )
    assert "doesn't say where the group is" in reply(sent)
    again = await club.olga.click(message_of(sent), label="Edit and send again")
    said = reply(await fill_in(club.olga, again, **{"Time zone": "NYC", "Papers": [club.papers]}))
    assert "Tuesdays at 19:00 (America/New_York)" in said
    club.refused()


async def test_members_cannot_set_it_up(newcomers: Club) -> None:
    await join(newcomers)
    (greeting,) = greetings(newcomers)
    assert "Only organisers" in reply(await newcomers.alice.click(greeting, label="Set up"))


async def test_it_is_said_where_the_bot_may_post(newcomers: Club) -> None:
    club = newcomers
    quiet = discord.PermissionOverwrite(send_messages=False)
    bot = club.guild.roles["TestBot"]
    closed = club.guild.create_text_channel("closed", overwrites={bot: quiet})
    club.env.backend.guilds[club.guild.id].system_channel_id = closed.id
    await join(club)
    assert len(greetings(club)) == 1
