"""`../shared/cases/locked-thread`, and threads that are closed in other ways.

What was to stand in the thread stands in its channel, pings there, and organisers hear of the
thread.
"""

from datetime import UTC, datetime, timedelta

import pytest

from bot.papers.schedule.setup import Wanted
from tests.process.harness import Stage, group, in_days, pings_of, text_of
from tests.process.test_main_flow import announced

REMINDERS = (("We meet <t:", 1), ("We meet <t:", 2), ("We're starting", 1))


async def going(stage):
    """A paper is announced, and bob goes; returns its thread."""
    wire = stage.wire
    at = datetime.now(UTC) + timedelta(days=4)
    async with stage.seed() as application:
        await application.setup.start(
            stage.actor("alice", organiser=True),
            Wanted("UTC", wire.channel("#papers").id, weekday=at.weekday(), at=f"{at:%H:%M}"),
        )
        await application.nominations.nominate(stage.actor("bob"), "arXiv:1706.03762")
    stage.sleep_until_next_step(ahead=3)
    await stage.run()
    announcement = await announced(stage)
    await wire.click("bob", announcement, "Going")
    await stage.quiet()
    (thread,) = wire.threads("#papers")
    return thread


async def reminded(stage, place, reminders=REMINDERS[:1]):
    """The day's reminder, or all of them and the beginning, in this place, pinging bob."""
    for title, times in reminders:
        await stage.stop()
        stage.sleep_until_next_step(ahead=1)
        await stage.run()
        await stage.until(lambda t=title, n=times: len(stage.posted(t, place)) == n)
        await stage.quiet()
        assert pings_of(stage.posted(title, place)[-1]) == [stage.wire.user("bob").id]


def notices(stage):
    return [text_of(message) for message in stage.wire.dms("alice")]


async def test_a_locked_thread_loses_nothing_and_is_named(shared, stage):
    assert "locked=True" in (shared / "cases" / "locked-thread" / "README.md").read_text()
    thread = await going(stage)
    thread.thread_metadata.update(archived=True, locked=True)
    await reminded(stage, "#papers", REMINDERS)
    assert stage.posted("We", thread.id) == []
    (notice,) = notices(stage)
    assert f"I can't post in <#{thread.id}>" in notice
    assert "The thread is locked. Please unlock it, or give me *Manage Threads*." in notice
    assert f"Until then, I'll post in <#{stage.wire.channel('#papers').id}> instead." in notice
    assert stage.unfinished() == []
    assert stage.query("SELECT id FROM outbox WHERE state = 'failed'") == []


async def test_what_is_unlocked_is_used_again_and_named_again_if_it_is_locked(stage):
    thread = await going(stage)
    thread.thread_metadata.update(archived=True, locked=True)
    await stage.stop()
    stage.sleep_until_next_step(ahead=1)
    await stage.run()
    await stage.until(lambda: stage.posted("We meet", "#papers"))
    await stage.quiet()
    thread.thread_metadata.update(archived=False, locked=False)
    guild = stage.wire.world.guilds[thread.guild_id]
    stage.wire.world.emit("THREAD_UPDATE", thread, guild, thread)
    await stage.until(lambda: stage.query("SELECT id FROM incident WHERE closed_at IS NULL") == [])
    await stage.stop()
    stage.sleep_until_next_step(ahead=1)
    await stage.run()
    await stage.until(lambda: stage.posted("We meet", thread.id))
    thread.thread_metadata.update(archived=True, locked=True)
    await stage.stop()
    stage.sleep_until_next_step(ahead=1)
    await stage.run()
    await stage.until(lambda: stage.posted("We're starting", "#papers"))
    await stage.until(lambda: len(notices(stage)) == 2)


async def test_an_archived_thread_is_opened_by_writing_in_it(stage):
    thread = await going(stage)
    thread.thread_metadata.update(archived=True)
    await reminded(stage, thread.id)
    assert not thread.thread_metadata["archived"]
    assert notices(stage) == []
    stage.clean()


async def test_a_locked_thread_is_opened_where_that_is_allowed(stage):
    thread = await going(stage)
    bot = stage.wire.world.bot.id
    stage.wire.channel("#papers").permission_overwrites = [
        {"id": bot, "type": 1, "allow": str(stage.permission["manage_threads"]), "deny": "0"}
    ]
    thread.thread_metadata.update(archived=True, locked=True)
    await reminded(stage, thread.id)
    assert notices(stage) == []
    stage.clean()


async def test_a_thread_that_is_archived_the_hard_way_is_opened_first(stage):
    """Discord may want it opened before anything is posted; whoever may do that does."""
    thread = await going(stage)
    thread.thread_metadata.update(archived=True)
    fault = stage.wire.faults.add(f"POST /channels/{thread.id}/messages", 400, times=1)
    fault.body = {"message": "Thread is archived", "code": 50083}
    await stage.stop()
    stage.sleep_until_next_step(ahead=1)
    await stage.run()
    await stage.until(lambda: stage.posted("We meet", thread.id))
    assert fault.hits == 1
    assert notices(stage) == []


async def test_a_thread_that_is_locked_and_open_is_named(stage):
    thread = await going(stage)
    thread.thread_metadata.update(locked=True)
    fault = stage.wire.faults.add(f"POST /channels/{thread.id}/messages", 400)
    fault.body = {"message": "This thread is locked", "code": 160005}
    await reminded(stage, "#papers")
    assert len(notices(stage)) == 1


async def test_of_a_thread_that_was_deleted_nobody_is_told(stage):
    thread = await going(stage)
    stage.wire.world.delete_channel(thread)
    await reminded(stage, "#papers")
    assert notices(stage) == []


@pytest.mark.parametrize("closed", ["locked", "archived", "deleted"])
async def test_an_answer_reaches_whoever_asked(stage, closed):
    wire = stage.wire
    await stage.run(wait="commands")
    where = {"papers": "papers", "questions": "general"}
    await wire.slash("alice", "#general", "setup start", zone="UTC", **where, **in_days(4))
    form = await wire.slash("bob", "#general", "ask")
    await wire.submit_modal(
        "bob", form, {"Your question": "Why does attention need no recurrence?"}
    )
    (card,) = await stage.until(lambda: stage.posted("Why does attention", "#general"))
    await stage.until(lambda: wire.threads("#general"))
    await stage.quiet()
    (thread,) = wire.threads("#general")
    if closed == "deleted":
        wire.world.delete_channel(thread)
    else:
        thread.thread_metadata.update(archived=True, locked=closed == "locked")
    form = await wire.click("carol", card, "Answer")
    await wire.submit_modal("carol", form, {"Your answer": "It looks at everything at once."})
    place = thread.id if closed == "archived" else "#general"
    (answer,) = await stage.until(lambda: stage.posted("everything at once", place))
    await stage.quiet()
    assert wire.user("bob").id in pings_of(answer)
    named = [notice for notice in notices(stage) if f"<#{thread.id}>" in notice]
    assert len(named) == (closed == "locked")


@pytest.fixture
async def forum(wire, tmp_path, migrated):
    """A group whose questions go to a forum."""
    reading = group()
    reading["channels"].append({"name": "forum", "type": "forum"})
    async with Stage(wire, tmp_path, reading).use(migrated) as stage:
        yield stage


async def test_in_a_forum_an_answer_waits_until_the_thread_is_unlocked(forum):
    """There is no channel to post it in: it is kept, and the thread is named."""
    wire = forum.wire
    await forum.run(wait="commands")
    where = {"papers": "papers", "questions": "forum"}
    await wire.slash("alice", "#general", "setup start", zone="UTC", **where, **in_days(4))
    form = await wire.slash("bob", "#general", "ask")
    await wire.submit_modal("bob", form, {"Your question": "Why does attention work at all?"})
    (card,) = await forum.until(lambda: forum.posted("Why does attention"))
    await forum.quiet()
    (thread,) = wire.threads("#forum")
    thread.thread_metadata.update(archived=True, locked=True)
    form = await wire.click("carol", card, "Answer")
    fault = wire.faults.add(f"PATCH /channels/{thread.id}", 403)  # Discord lets nobody else
    fault.body = {"message": "Missing Permissions", "code": 50013}
    await wire.submit_modal("carol", form, {"Your answer": "It looks at everything at once."})
    await forum.until(lambda: notices(forum))
    await forum.quiet()
    (notice,) = notices(forum)
    assert f"I can't post in <#{thread.id}>" in notice
    assert "The thread is locked." in notice
    assert "I keep what I couldn't post" in notice
    assert forum.posted("everything at once") == []
    wire.faults.clear()
    thread.thread_metadata.update(archived=False, locked=False)
    wire.world.emit("THREAD_UPDATE", thread, wire.world.guilds[thread.guild_id], thread)
    (answer,) = await forum.until(lambda: forum.posted("everything at once", thread.id))
    assert wire.user("bob").id in pings_of(answer)
    await forum.quiet()
    assert "1 answer" in text_of(card)
    assert len(notices(forum)) == 1
