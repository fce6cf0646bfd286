"""The paper of the week from an empty folder to the archive, as members and Discord see it."""

import asyncio
from datetime import timedelta

import pytest

from tests.process.harness import in_days, pings_of, text_of

ATTENTION, RESNET = "arXiv:1706.03762", "https://arxiv.org/abs/1512.03385"
ACTIVE, COMPLETED = 2, 3


async def set_up_and_nominate(stage):
    wire = stage.wire
    ready = await wire.slash(
        "alice", "#general", "setup start", zone="UTC", papers="papers", **in_days(4)
    )
    assert "Paperclub is ready" in text_of(ready.message)
    answer = await wire.slash("bob", "#general", "paper nominate", link=ATTENTION, why="It *is* it")
    assert "is up for vote" in text_of(answer.message)
    await wire.slash("carol", "#general", "paper nominate", link=RESNET)
    await stage.until(lambda: len(stage.posted("Nominated by", "#papers")) == 2)


async def announced(stage):
    """The announcement, once thread and event are there."""
    await stage.until(lambda: stage.wire.threads("#papers") and stage.wire.events("Reading"))
    await stage.quiet()
    (announcement,) = stage.posted("Paper of the week", "#papers")
    return announcement


async def test_a_week_with_a_restart_every_night(stage):
    """Nothing is kept in memory: the process is another one at each step of the round."""
    wire = stage.wire
    await stage.run(wait="commands")
    await set_up_and_nominate(stage)
    assert stage.library.asked == ["1706.03762", "1512.03385"]
    (card,) = stage.posted("Attention", "#papers")
    assert "has 2 votes" in text_of((await wire.click("dave", card, "Upvote")).message)
    await stage.quiet()
    assert "**2 votes**" in text_of(card)
    queue = await wire.slash("bob", "#general", "paper queue")
    assert text_of(queue.message).index("Attention") < text_of(queue.message).index("Residual")

    assert await stage.stop() == 0
    stage.sleep_until_next_step(ahead=3)
    await stage.run()
    votes = await wire.click("alice", card, "Upvote")
    assert "has 3 votes" in text_of(votes.message), "buttons work after a restart"
    announcement = await announced(stage)
    assert "Attention Is All You Need" in text_of(announcement)
    assert "It \\*is\\* it" in text_of(announcement)
    assert "Picked" in text_of(card)
    (thread,), (event,) = wire.threads("#papers"), wire.events("Reading")
    assert thread.id == announcement.id
    assert thread.name == "Attention Is All You Need"
    assert announcement.id in event.entity_metadata["location"]
    await stage.crash()

    await stage.run()
    assert "I'll remind you" in text_of((await wire.click("bob", announcement, "Going")).message)
    await wire.click("carol", announcement, "Maybe")
    await stage.quiet()
    assert "**1** going · **1** maybe" in text_of(announcement)

    for title, times in (("We meet <t:", 1), ("We meet <t:", 2), ("We're starting", 1)):
        await stage.stop()
        stage.sleep_until_next_step(ahead=1)
        await stage.run()
        await stage.until(lambda t=title, n=times: len(stage.posted(t, thread.id)) == n)
        await stage.quiet()
        assert pings_of(stage.posted(title, thread.id)[-1]) == [wire.user("bob").id]
    assert event.status == ACTIVE

    await stage.stop()
    stage.sleep_until_next_step()
    await stage.run(wait="commands")
    await stage.until(lambda: "This meeting is over" in text_of(announcement))
    await stage.quiet()
    assert event.status == COMPLETED
    history = await wire.slash("dave", "#general", "paper history")
    assert "Attention Is All You Need" in text_of(history.message)
    assert f"<#{thread.id}>" in text_of(history.message)
    assert await stage.stop() == 0
    stage.clean()


async def test_a_week_in_one_process(faketime, stage):
    """The same process lives through the week; its timers wake it at each step."""
    wire = stage.wire
    bot = await stage.run(wait="commands", faketime=True)
    await set_up_and_nominate(stage)
    await stage.travel_until_next_step()
    announcement = await announced(stage)
    (thread,), (event,) = wire.threads("#papers"), wire.events("Reading")
    await asyncio.gather(
        wire.click("bob", announcement, "Going"), wire.click("dave", announcement, "Going")
    )
    await stage.quiet()
    for expected in ("We meet", "We meet", "We're starting"):
        before = len(stage.posted(expected, thread.id))
        await stage.travel_until_next_step()
        await stage.until(lambda e=expected, n=before: len(stage.posted(e, thread.id)) == n + 1)
        await stage.quiet()
    assert len(stage.posted("We meet", thread.id)) == 2
    assert len(stage.posted("We're starting", thread.id)) == 1
    assert event.status == ACTIVE
    await stage.travel_until_next_step()
    await stage.until(lambda: "This meeting is over" in text_of(announcement))
    await stage.quiet()
    assert bot.running
    assert event.status == COMPLETED
    assert await stage.stop() == 0
    assert "Traceback" not in bot.log.replace("Attempting a reconnect", "")
    stage.clean()


async def test_an_unavailable_source_completes_the_nomination_later(stage):
    stage.library.away = True
    await stage.run(wait="commands")
    await stage.wire.slash(
        "alice", "#general", "setup start", zone="UTC", papers="papers", **in_days(4)
    )
    await stage.wire.slash("bob", "#general", "paper nominate", link=ATTENTION)
    (card,) = await stage.until(lambda: stage.posted("Nominated by", "#papers"))
    assert "Looking up title and authors…" in text_of(card)
    await stage.stop()
    stage.library.away = False
    stage.sleep(timedelta(hours=2))
    await stage.run()
    await stage.until(lambda: "Ada Lovelace" in text_of(card))
    await stage.quiet()
    assert len(stage.posted("Nominated by", "#papers")) == 1
    stage.clean()


async def test_a_calendar_entry_whose_answer_is_an_error_is_made_once(stage):
    """discord.py repeats the request of its own accord; Discord has done it already."""
    wire = stage.wire
    await stage.run(wait="commands")
    await set_up_and_nominate(stage)
    fault = wire.faults.add("POST /guilds/*/scheduled-events", 502, when="after", times=1)
    await wire.slash("alice", "#general", "schedule pick")
    announcement = await announced(stage)
    assert fault.hits == 1
    (event,) = wire.events("Reading")
    assert announcement.id in event.entity_metadata["location"]
    stage.clean()


@pytest.mark.parametrize(
    ("then", "how"),
    [("cloudflare", {"seconds": 1}), (403, {})],
    ids=["slow down", "refused"],
)
async def test_a_message_whose_repetition_is_refused_is_posted_once(stage, then, how):
    """Discord has posted it and answers with an error; discord.py asks again and gets a no."""
    wire = stage.wire
    await stage.run(wait="commands")
    await set_up_and_nominate(stage)
    await stage.quiet()
    lane = "POST /channels/*/messages"
    lost = wire.faults.add(lane, 502, when="after", times=1)
    no = wire.faults.add(lane, then, times=1, **how)
    await wire.slash("alice", "#general", "schedule pick")
    await stage.until(lambda: no.hits)
    await stage.stop()
    await stage.run()
    announcement = await announced(stage)
    await stage.quiet()
    assert lost.hits == 1
    assert wire.threads("#papers")[0].id == announcement.id
    assert len(stage.posted("Paper of the week", "#papers")) == 1
    stage.clean()
