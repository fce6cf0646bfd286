"""Servers that invite the bot, while it runs and while it does not, as Discord tells of them."""

from tests.process.harness import text_of


async def test_a_new_server_is_greeted_once_and_set_up_by_a_form(stage):
    world = stage.wire.world
    await stage.run()
    await stage.until(lambda: "ready in" in stage.wire.bot.log)  # until then nobody is new
    alice = world.user("alice")
    guild = world.add_guild("Second group", alice, with_bot=False)
    channel = world.add_channel(guild, "hall")
    world.join_bot(guild)
    await stage.until(lambda: stage.wire.bot_messages(channel))
    await stage.crash()
    late = world.add_guild("Third group", alice, with_bot=False)
    porch = world.add_channel(late, "porch")
    world.join_bot(late)
    for _ in range(2):
        await stage.run()
        await stage.until(lambda: stage.wire.bot_messages(porch))
        await stage.quiet()
        await stage.crash()
    await stage.run()
    assert len(stage.wire.bot_messages(porch)) == 1
    (greeting,) = stage.wire.bot_messages(channel)
    assert "Hello, I'm Paperclub" in text_of(greeting)
    opened = await stage.wire.click("alice", greeting, "Set up")
    sent = await stage.wire.submit_modal(
        "alice",
        opened,
        {"Time zone": "서울", "Papers": [channel.id], "You meet on": ["4"], "At": "19:00"},
    )
    assert "Fridays at 19:00 (Asia/Seoul)" in text_of(sent.message)
    assert not stage.wire.violations
