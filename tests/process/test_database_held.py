"""Another program holds the database, or takes away what it may write, while the bot runs."""

import sqlite3
from contextlib import closing

import aiohttp

from tests.process.harness import in_days, text_of
from tests.process.test_running import free_port

HOME = ("alice", "#general")


async def test_who_acts_while_the_database_is_held_reads_a_sentence_and_nothing_is_done(stage):
    port = free_port()
    bot = await stage.run(wait="commands", env={"PAPERCLUB_HTTP_PORT": str(port)})
    await stage.wire.slash(*HOME, "setup start", zone="UTC", papers="papers", **in_days(4))
    await stage.quiet()
    with closing(sqlite3.connect(stage.file)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        answer = await stage.wire.slash(
            "bob", "#general", "paper nominate", link="arXiv:1706.03762", settle=30
        )
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/healthz") as health,
        ):
            assert health.status == 503
    said = text_of(answer.message) + "".join(map(text_of, answer.followups))
    assert "I couldn't save that" in said
    assert "try again" in said
    assert stage.query("SELECT count(*) FROM nomination") == [(0,)]
    assert "Traceback" not in bot.log
    again = await stage.wire.slash("bob", "#general", "paper nominate", link="arXiv:1706.03762")
    assert "is up for vote" in text_of(again.message)
