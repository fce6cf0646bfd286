"""How the process begins, goes on and ends, whatever Discord and the host do."""

import asyncio
import signal
import socket
import subprocess
import sys
import time

import aiohttp
import pytest

from tests.process.harness import in_days, text_of

HOME = ("alice", "#general")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def set_up(stage):
    return await stage.wire.slash(*HOME, "setup start", zone="UTC", papers="papers", **in_days(4))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_cleanly_and_soon_when_asked_to(stage, number):
    bot = await stage.run()
    await stage.until(lambda: "ready in 1 servers" in bot.log)
    began = time.monotonic()
    assert await bot.kill(number) == 0, bot.log
    assert time.monotonic() - began < 5
    assert "stopping" in bot.log
    assert "Traceback" not in bot.log
    assert not stage.wire.gateway.connections, "Discord sees it leave"
    stage.clean()


def test_a_start_loads_nothing_that_only_some_hours_need():
    """Loading is most of what a start takes, and of what the bot weighs at rest."""
    loaded = "import sys, bot.app; print(*{name.partition('.')[0] for name in sys.modules})"
    output = subprocess.check_output([sys.executable, "-c", loaded], text=True)
    seldom = {"alembic", "bs4", "cryptography", "feedparser", "frontmatter", "markdown_it"}
    assert seldom & set(output.split()) == set()
    assert {"discord", "sqlalchemy"} <= set(output.split())


async def test_it_ends_cleanly_in_the_middle_of_a_request(stage):
    await stage.run(wait="commands")
    await set_up(stage)
    fault = stage.wire.faults.add("POST /channels/*/messages", "hang", seconds=30)
    await stage.wire.slash("bob", "#general", "paper nominate", link="arXiv:1706.03762")
    await stage.until(lambda: fault.hits)
    bot = stage.wire.bot
    assert await stage.stop() == 0
    assert "Traceback" not in bot.log


async def test_an_empty_folder_is_enough_and_what_it_makes_is_found_again(new_stage):
    stage = new_stage
    bot = await stage.run(wait="commands")
    assert "migrated the database to" in bot.log
    assert "up already" not in bot.log
    answer = await set_up(stage)
    assert "Paperclub is ready" in text_of(answer.message)
    await stage.stop()
    bot = await stage.run(wait="commands")
    assert "migrated" not in bot.log
    answer = await stage.wire.slash(*HOME, "settings show")
    assert "UTC" in text_of(answer.message)
    stage.clean()


async def test_killed_while_it_migrates_it_begins_anew(new_stage):
    """A first start that is cut off at any instant leaves a file that the next one can use."""
    stage = new_stage
    for seconds in (0.5, 0.8, 1.1, 1.4):
        await stage.run(wait=None)
        await asyncio.sleep(seconds)
        await stage.crash()
    await stage.run(wait="commands")
    assert "Paperclub is ready" in text_of((await set_up(stage)).message)
    stage.clean()


async def test_a_token_that_discord_does_not_know_is_said_in_a_sentence(stage):
    bot = await stage.run(wait=None, env={"DISCORD_TOKEN": "abc.def.ghi"})
    status = await asyncio.wait_for(bot.process.wait(), 60)
    assert status == 2
    assert "Discord does not know this token." in bot.log
    assert "Traceback" not in bot.log
    assert "Unclosed" not in bot.log


async def test_a_token_that_is_reset_while_it_runs_ends_it_with_the_same_sentence(stage):
    bot = await stage.run()
    stage.wire.token = "another"
    await stage.wire.gateway.drop(4004)
    assert await asyncio.wait_for(bot.process.wait(), 60) == 2
    assert "Discord does not know this token." in bot.log
    assert "Traceback" not in bot.log


async def test_discord_being_away_at_the_start_is_waited_for(stage):
    """It neither dies nor hammers; the log says why it waits, and it can be stopped meanwhile."""
    stage.wire.faults.add("GET /users/@me", 503)
    bot = await stage.run(wait=None)
    await stage.until(lambda: "Discord can't be reached" in bot.log)
    assert "Traceback" not in bot.log
    assert await stage.stop() == 0
    bot = await stage.run(wait=None)
    await stage.until(lambda: "Discord can't be reached" in bot.log)
    stage.wire.faults.clear()
    await stage.until(lambda: "ready in 1 servers" in bot.log)
    assert "Unclosed" not in bot.log
    stage.clean()


async def test_commands_that_discord_does_not_take_are_sent_again(stage):
    refused = stage.wire.faults.add("PUT /applications/*/commands", 503, times=1)
    bot = await stage.run()
    await stage.until(lambda: "Discord has the commands now" in bot.log)
    assert refused.hits == 1
    assert "Discord did not take the commands" in bot.log
    assert "Paperclub is ready" in text_of((await set_up(stage)).message)
    stage.clean()


async def test_health_is_told_as_it_is(stage):
    port = free_port()
    url = f"http://127.0.0.1:{port}/healthz"

    async with aiohttp.ClientSession() as http:

        async def status() -> int:
            try:
                async with http.get(url) as answer:
                    return answer.status
            except aiohttp.ClientConnectionError:
                return 0

        async def becomes(expected: int) -> bool:
            for _ in range(400):
                if await status() == expected:
                    return True
                await asyncio.sleep(0.05)
            return False

        away = stage.wire.faults.add("GET /users/@me", 503)
        bot = await stage.run(wait=None, env={"PAPERCLUB_HTTP_PORT": str(port)})
        assert await becomes(503), "up, but Discord is away"
        away.times = away.hits
        assert await becomes(200)

        stage.wire.gateway.resumable = False
        away = stage.wire.faults.add("GET /gateway*", 503)
        await stage.wire.gateway.drop(1000)
        assert await becomes(503), "the gateway is lost"
        away.times = away.hits
        assert await becomes(200)

        stage.file.rename(stage.file.with_suffix(".away"))
        assert await becomes(503), "the database is gone"
        stage.file.with_suffix(".away").rename(stage.file)
        assert await becomes(200)
    assert bot.running


@pytest.mark.parametrize(
    "disturb",
    [
        lambda gateway: gateway.drop(),
        lambda gateway: gateway.drop(4000),
        lambda gateway: gateway.drop(1001),
        lambda gateway: gateway.ask_reconnect(),
        lambda gateway: gateway.invalidate(resumable=True),
        lambda gateway: gateway.invalidate(resumable=False),
    ],
    ids=["reset", "error", "going away", "reconnect", "resume", "session lost"],
)
async def test_a_lost_gateway_is_taken_up_again(stage, disturb):
    await stage.run(wait="commands")
    await set_up(stage)
    before = len(stage.wire.gateway.log)
    disturbed = disturb(stage.wire.gateway)
    if disturbed is not None:
        await disturbed
    taken_up = {"identify", "resume"}
    await stage.until(lambda: taken_up & {entry[1] for entry in stage.wire.gateway.log[before:]})
    answer = await stage.wire.slash("bob", "#general", "paper nominate", link="arXiv:1706.03762")
    assert "is up for vote" in text_of(answer.message)
    await stage.quiet()
    assert len(stage.posted("Attention", "#papers")) == 1
    stage.clean()


async def test_a_command_that_was_missed_while_the_gateway_was_away_is_replayed(stage):
    """Discord keeps what happens during a short loss, and a resume brings it."""
    await stage.run(wait="commands")
    await set_up(stage)
    await stage.wire.gateway.drop()
    answer = await stage.wire.slash("bob", "#general", "paper queue")
    assert answer.failed is None
    assert "Nothing is up for vote yet" in text_of(answer.message)


@pytest.mark.parametrize("everywhere", [False, True], ids=["one route", "everywhere"])
async def test_a_rate_limit_is_waited_for(stage, everywhere):
    await stage.run(wait="commands")
    await set_up(stage)
    stage.wire.faults.add(
        "POST /channels/*/messages", 429, times=1, seconds=0.5, everywhere=everywhere
    )
    await stage.wire.slash("bob", "#general", "paper nominate", link="arXiv:1706.03762")
    await stage.until(lambda: stage.posted("Attention", "#papers"))
    await stage.quiet()
    assert len(stage.posted("Attention", "#papers")) == 1
    stage.clean()


async def test_an_answer_that_gets_lost_does_not_say_that_nothing_was_done(stage):
    await stage.run(wait="commands")
    await set_up(stage)
    await stage.wire.slash("bob", "#general", "paper nominate", link="arXiv:1706.03762")
    (card,) = await stage.until(lambda: stage.posted("Attention", "#papers"))
    stage.wire.faults.add("POST /interactions/*/callback", "reset", times=1)
    answer = await stage.wire.click("carol", card, "Upvote")
    assert "may already be done" in text_of(answer.message)
    await stage.until(lambda: "**2 votes**" in text_of(card))
    assert "Traceback" not in stage.wire.bot.log
    stage.clean()


async def test_it_notices_being_removed_and_coming_back(stage):
    await stage.run(wait="commands")
    await set_up(stage)
    await stage.quiet()
    world, left = stage.wire.world, "SELECT left_at IS NOT NULL FROM community"
    guild = world.guild("Reading")
    world.remove_bot(guild)
    await stage.until(lambda: stage.query(left) == [(1,)])
    world.join_bot(guild)
    await stage.until(lambda: stage.query(left) == [(0,)])
    stage.clean()


async def test_it_notices_what_happened_while_it_was_down(stage):
    """Otherwise a group that invites it back would never hear from it again."""
    await stage.run(wait="commands")
    await set_up(stage)
    world, left = stage.wire.world, "SELECT left_at IS NOT NULL FROM community"
    guild = world.guild("Reading")
    await stage.stop()
    world.remove_bot(guild)
    await stage.run()
    await stage.until(lambda: stage.query(left) == [(1,)])
    await stage.stop()
    world.join_bot(guild)
    await stage.run()
    await stage.until(lambda: stage.query(left) == [(0,)])
    stage.clean()
