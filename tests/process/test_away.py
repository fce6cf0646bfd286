"""Discord away for hours, permissions taken, a channel deleted: what is late, dropped, told, kept.

A meeting at T is announced three days before; reminders are due a day and an hour before.
"""

import math
from datetime import timedelta

import pytest

from tests.process.harness import in_days, pings_of, text_of

ATTENTION, RESNET = "arXiv:1706.03762", "arXiv:1512.03385"
LATE = "This is late"
HOUR = 3600


async def started(stage, **how):
    """The process is up, and two papers are nominated."""
    wire = stage.wire
    await stage.run(wait="commands", **how)
    await wire.slash("alice", "#general", "setup start", zone="UTC", papers="papers", **in_days(4))
    await wire.slash("bob", "#general", "paper nominate", link=ATTENTION)
    await wire.slash("carol", "#general", "paper nominate", link=RESNET)
    await stage.quiet()


async def announced(stage, **how):
    """The paper is announced, and bob is going; nothing runs."""
    await started(stage)
    await stage.stop()
    stage.sleep_until_next_step()
    await stage.run(**how)
    await stage.until(lambda: stage.wire.threads("#papers") and stage.wire.events("Reading"))
    await stage.quiet()
    (announcement,) = stage.posted("Paper of the week", "#papers")
    await stage.wire.click("bob", announcement, "Going")
    await stage.quiet()
    await stage.stop()
    return announcement


def notices(stage):
    """What alice, who has set the bot up, was told of trouble."""
    return [text_of(message) for message in stage.wire.dms("alice")]


async def hours_pass(stage, hours):
    """Time passes for the process and for Discord, an attempt's longest pause at a time."""
    wire = stage.wire

    def tried(since):
        return any("/channels/" in request.path for request in wire.requests[since:])

    for _ in range(math.ceil(hours / 1.25)):
        await stage.travel(1.25 * HOUR)
        since = len(wire.requests)
        await wire.wait_for(lambda since=since: tried(since), 4, fail=False)
        await stage.until(lambda: wire.gateway.connections)


@pytest.mark.parametrize(
    ("kind", "how"),
    [(503, {}), ("reset", {}), ("reset", {"when": "after"}), ("hang", {"seconds": 0.2})],
    ids=["errors", "no connection", "lost answers", "timeouts"],
)
async def test_six_hours_without_discord_make_the_announcement_late(faketime, stage, kind, how):
    """It says so, it is there once with thread and event, and the organiser heard of it once."""
    await started(stage, faketime=True)
    before = len(stage.posted(""))
    faults = [
        stage.wire.faults.add(f"{method} /channels/*", kind, **how) for method in ("GET", "POST")
    ]
    await stage.travel_until_next_step()
    await hours_pass(stage, 6)
    assert sum(fault.hits for fault in faults) >= 3
    stage.wire.faults.clear()
    await hours_pass(stage, 2)
    await stage.until(lambda: stage.wire.threads("#papers") and stage.wire.events("Reading"))
    await stage.quiet()
    (announcement,) = stage.posted("Paper of the week", "#papers")
    if how.get("when") != "after":  # else Discord had it in time, and only the bot did not know
        assert LATE in text_of(announcement)
    assert len(stage.posted("")) == before + 2, "the announcement and a word to the organiser"
    (notice,) = notices(stage)
    assert "I couldn't post in <#" in notice
    assert "for a while" in notice
    stage.clean()


async def test_one_channel_in_trouble_for_six_hours_is_told_once(faketime, stage):
    """Direct messages and edits get through meanwhile, which does not end the trouble."""
    await started(stage, faketime=True)
    papers = stage.wire.channel("#papers").id
    stage.wire.faults.add(f"POST /channels/{papers}/messages", 503)
    await stage.travel_until_next_step()
    (card,) = stage.posted("Residual", "#papers")
    for shown in ("**2 votes**", "**1 vote**", "**2 votes**", "**1 vote**"):
        await hours_pass(stage, 1.5)
        await stage.wire.click("dave", card, "Upvote")
        await stage.until(lambda shown=shown: shown in text_of(card))
    assert len(notices(stage)) == 1
    stage.wire.faults.clear()
    await hours_pass(stage, 2)
    await stage.until(lambda: stage.posted("Paper of the week", "#papers"))
    await stage.quiet()
    assert len(notices(stage)) == 1
    stage.clean()


async def test_an_announcement_that_cannot_go_out_before_the_meeting_never_does(faketime, stage):
    """The nominations stay for the next round, which picks from them."""
    await started(stage, faketime=True)
    stage.wire.faults.add("POST /channels/*", 503)
    await stage.travel_until_next_step()
    await hours_pass(stage, 6)
    await stage.travel(3 * 24 * HOUR)
    await hours_pass(stage, 2)
    stage.wire.faults.clear()
    await hours_pass(stage, 2)
    await stage.quiet()
    assert stage.posted("Paper of the week") == []
    assert stage.posted("We're starting") == []
    assert stage.wire.threads() == []
    assert stage.wire.events("Reading") == []
    for card in stage.posted("Nominated by", "#papers"):
        assert "Picked" not in text_of(card)
        voted = await stage.wire.click("dave", card, "Upvote")
        assert "Vote added" in text_of(voted.message)
    assert len(notices(stage)) == 1
    await stage.quiet()
    while not stage.posted("Paper of the week", "#papers"):
        await stage.travel_until_next_step()
        await stage.quiet()
    assert len(stage.posted("Paper of the week", "#papers")) == 1
    stage.clean()


async def test_down_from_before_the_pick_until_after_the_meeting(stage):
    await started(stage)
    await stage.stop()
    stage.sleep(timedelta(days=4, hours=2))
    bot = await stage.run(wait="commands")
    await stage.quiet()
    assert stage.posted("Paper of the week") == []
    assert "too late for pick" in bot.log
    queue = await stage.wire.slash("bob", "#general", "paper queue")
    assert "Attention" in text_of(queue.message)
    settings = await stage.wire.slash("alice", "#general", "settings show")
    assert "too late" in text_of(settings.message)
    stage.clean()


async def test_down_while_the_paper_was_to_be_picked_makes_it_late(stage):
    await started(stage)
    await stage.stop()
    stage.sleep_until_next_step(ahead=-6 * HOUR)
    await stage.run()
    await stage.until(lambda: stage.wire.threads("#papers"))
    await stage.quiet()
    (announcement,) = stage.posted("Paper of the week", "#papers")
    assert LATE in text_of(announcement)
    stage.clean()


async def test_down_across_both_reminders_only_the_meeting_is_told(stage):
    """A reminder that is older than the next one, or than the meeting, is dropped."""
    announcement = await announced(stage)
    meets_at = stage.instant("SELECT meets_at FROM round")
    stage.sleep_until(meets_at)
    await stage.run()
    await stage.until(lambda: stage.posted("We're starting", announcement.id))
    await stage.quiet()
    assert stage.posted("We meet <t:", announcement.id) == []
    assert len(stage.posted("We're starting", announcement.id)) == 1
    stage.clean()


async def test_a_reminder_that_is_still_of_use_goes_out_late(stage):
    announcement = await announced(stage)
    stage.sleep_until(stage.instant("SELECT meets_at FROM round") - timedelta(minutes=30))
    await stage.run()
    (reminder,) = await stage.until(lambda: stage.posted("We meet <t:", announcement.id))
    await stage.quiet()
    assert LATE in text_of(reminder)
    assert pings_of(reminder) == [stage.wire.user("bob").id]
    assert len(stage.posted("We meet <t:", announcement.id)) == 1
    stage.clean()


async def test_a_permission_that_comes_back_releases_what_was_kept(stage):
    """The organiser is told once, with the permission's name; nothing has to be pressed."""
    await started(stage)
    stage.deny("#papers", "send_messages")
    await stage.stop()
    stage.sleep_until_next_step()
    await stage.run()
    (notice,) = await stage.until(lambda: notices(stage))
    assert "*Send Messages*" in notice
    assert "I keep what I couldn't post" in notice
    await stage.wire.slash("dave", "#general", "paper nominate", link="arXiv:1412.6980")
    await stage.quiet()
    assert stage.posted("Paper of the week") == []
    stage.deny("#papers")
    await stage.until(lambda: stage.wire.threads("#papers") and stage.posted("Adam", "#papers"))
    await stage.quiet()
    assert len(stage.posted("Paper of the week", "#papers")) == 1
    assert len(stage.posted("Adam", "#papers")) == 1
    assert len(notices(stage)) == 1
    stage.clean()


async def test_try_again_releases_what_was_kept(stage):
    """For what the bot does not hear of; pressed too early, it is refused in silence."""
    await started(stage)
    stage.deny("#papers", "send_messages")
    await stage.stop()
    stage.sleep_until_next_step()
    await stage.run(wait="commands")
    await stage.until(lambda: notices(stage))
    await stage.quiet()
    (notice,) = stage.wire.dms("alice")
    pressed = await stage.wire.click("alice", notice, "Try again")
    assert "I'm trying again" in text_of(pressed.message)
    await stage.quiet()
    assert stage.posted("Paper of the week") == []
    stage.deny("#papers", said=False)
    await stage.wire.click("alice", notice, "Try again")
    await stage.until(lambda: stage.wire.threads("#papers"))
    await stage.quiet()
    assert len(stage.posted("Paper of the week", "#papers")) == 1
    assert len(notices(stage)) == 1
    pressed = await stage.wire.click("alice", notice, "Try again")
    assert "Nothing is waiting" in text_of(pressed.message)
    stage.clean()


async def test_a_permission_that_comes_back_while_it_is_down_is_noticed_at_the_start(stage):
    await started(stage)
    stage.deny("#papers", "view_channel")
    await stage.stop()
    stage.sleep_until_next_step()
    await stage.run()
    await stage.until(lambda: notices(stage))
    await stage.quiet()
    await stage.stop()
    stage.deny("#papers")
    await stage.run()
    await stage.until(lambda: stage.wire.threads("#papers"))
    await stage.quiet()
    assert len(stage.posted("Paper of the week", "#papers")) == 1
    assert len(notices(stage)) == 1
    stage.clean()


async def test_without_a_thread_the_reminders_go_to_the_channel(stage):
    """The announcement does not wait for the permission to open threads."""
    await started(stage)
    stage.deny("#papers", "create_public_threads")
    await stage.stop()
    stage.sleep_until_next_step()
    await stage.run()
    await stage.until(lambda: stage.posted("Paper of the week", "#papers"))
    (notice,) = await stage.until(lambda: notices(stage))
    assert "*Create Public Threads*" in notice
    await stage.quiet()
    await stage.stop()
    stage.sleep_until(stage.instant("SELECT meets_at FROM round") - timedelta(hours=24))
    await stage.run()
    await stage.until(lambda: stage.posted("We meet <t:", "#papers"))
    stage.deny("#papers")
    await stage.until(lambda: stage.wire.threads("#papers"))
    await stage.quiet()
    assert len(stage.posted("We meet <t:")) == 1
    assert len(notices(stage)) == 1
    stage.clean()


async def test_what_was_meant_for_a_deleted_channel_goes_to_the_new_one(stage):
    await started(stage)
    await stage.stop()
    stage.wire.world.delete_channel(stage.wire.channel("#papers"))
    stage.sleep_until_next_step()
    await stage.run(wait="commands")
    (notice,) = await stage.until(lambda: notices(stage))
    assert "The channel is gone. Please choose another one with `/setup start`." in notice
    await stage.quiet()
    await stage.wire.slash(
        "alice", "#general", "setup start", zone="UTC", papers="staff", **in_days(1)
    )
    await stage.until(lambda: stage.wire.threads("#staff") and stage.wire.events("Reading"))
    await stage.quiet()
    assert len(stage.posted("Paper of the week", "#staff")) == 1
    assert len(notices(stage)) == 1
    stage.clean()


async def test_an_organiser_who_takes_no_messages_holds_nothing_up(stage):
    """With the direct messages closed the notice is kept too; the rest goes on."""
    stage.wire.world.closed_dms.add(stage.wire.user("alice").id)
    await started(stage)
    stage.deny("#papers", "send_messages")
    await stage.stop()
    stage.sleep_until_next_step()
    bot = await stage.run()
    await stage.until(lambda: "accept messages" in bot.log)
    stage.deny("#papers")
    await stage.until(lambda: stage.wire.threads("#papers"))
    await stage.quiet()
    assert notices(stage) == []
    stage.clean()
