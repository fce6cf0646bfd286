"""Claim, send, record: in order, once, and as often as it takes."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.core.courier import OUTAGE_AFTER, Courier, Delivery
from bot.core.errors import DeliveryDelayed
from bot.core.outbox import OutboxRow, State
from bot.core.post import Event, EventStatus, Post, Status, Thread
from tests.conftest import START
from tests.core.conftest import PostOffice, add_community
from tests.world import Fault, WorldSender, until

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# The order


async def test_posts_of_one_channel_go_out_in_order(office: PostOffice) -> None:
    for number in range(20):
        await office.put(f"{number}")
    await office.deliver()
    assert office.titles() == [str(number) for number in range(20)]


async def test_a_post_that_waits_holds_up_those_behind_it_and_no_other_channel(
    office: PostOffice,
) -> None:
    for name in ("a", "b"):
        await office.put(f"papers {name}")
        await office.put(f"lounge {name}", destination="lounge")
    office.world.fault = lambda d: Fault.BUSY if d.destination == "papers" else Fault.NONE
    await office.deliver()
    assert office.titles("lounge") == ["lounge a", "lounge b"]

    office.world.back()
    await office.deliver(minutes=2)
    assert office.titles("papers") == ["papers a", "papers b"]


async def test_a_request_that_hangs_holds_up_no_other_channel(office: PostOffice) -> None:
    forever = asyncio.Event()

    async def hang(delivery: Delivery) -> None:
        if delivery.destination == "papers":
            await forever.wait()

    office.world.meanwhile = hang
    await office.put("stuck")
    for number in range(40):
        await office.put(f"{number}", destination=f"channel {number}")
    running = asyncio.create_task(office.deliver())
    await until(lambda: len(office.world.messages) == 40)
    assert not running.done()
    forever.set()
    await running
    assert len(office.world.messages) == 41


async def test_a_slow_request_holds_up_nothing_that_comes_after_it(office: PostOffice) -> None:
    forever = asyncio.Event()

    async def hang(delivery: Delivery) -> None:
        if delivery.destination == "slow":
            await forever.wait()

    office.world.meanwhile = hang
    await office.put("slow", destination="slow")
    running = asyncio.create_task(office.deliver())
    await until(lambda: office.world.sends)
    await office.put("quick")
    await until(lambda: office.titles() == ["quick"])
    assert not running.done()
    forever.set()
    await running
    assert office.titles("slow") == ["slow"]


async def test_a_refused_post_lets_those_behind_it_go(office: PostOffice) -> None:
    await office.put("bad")
    await office.put("good")
    office.world.fault = lambda d: Fault.REFUSED if d.action == Post("bad") else Fault.NONE
    await office.deliver()
    assert office.titles() == ["good"]


async def test_a_lane_of_ones_own_does_not_wait_for_the_channel(office: PostOffice) -> None:
    office.world.fault = lambda d: Fault.BUSY if d.action == Post("post") else Fault.NONE
    await office.put("post")
    await office.put("notice", lane="notices:papers")
    await office.deliver()
    assert office.titles() == ["notice"]


async def test_of_a_private_message_nothing_is_kept_that_tells_who_had_it(
    office: PostOffice,
) -> None:
    sender = WorldSender(office.world)
    courier = Courier(
        office.database, sender, office.clock, office.ledger, reveal=lambda _, __: "user:7"
    )
    await office.put("secret", destination="private:pseudonym", lane="secret")
    await courier.run()
    assert office.titles("user:7") == ["secret"]
    row = await office.row("secret")
    assert (row.state, row.destination) == (State.SENT, "private:pseudonym")
    assert (row.message_ref, row.place_ref) == (None, None)  # they would name its one reader


# Problems


async def test_an_outage_is_ridden_out_with_growing_pauses(office: PostOffice) -> None:
    await office.put("a")
    office.world.away()
    pauses = []
    for _ in range(12):
        again = await office.courier.run()
        assert again is not None
        pauses.append((again - office.clock.now()) / MINUTE)
        office.clock.instant = again

    for pause, wanted in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60], strict=True):
        assert 0.8 * wanted <= pause <= 1.2 * wanted
    assert len({round(pause / 60, 4) for pause in pauses[6:]}) > 1  # not all bots at once

    office.world.back()
    await office.courier.run()
    assert office.titles() == ["a"]


async def test_a_pause_that_the_platform_asks_for_is_kept(office: PostOffice, monkeypatch) -> None:
    async def busy(self: WorldSender, delivery: Delivery) -> str:
        raise DeliveryDelayed("Slow down.", uncertain=False, retry_after=3 * HOUR)

    monkeypatch.setattr(WorldSender, "send", busy)
    await office.put("a")
    assert await office.deliver() == START + 3 * HOUR


async def test_what_certainly_failed_is_not_looked_for(office: PostOffice) -> None:
    await office.put("a")
    office.world.away(Fault.BUSY)
    await office.deliver()
    assert (await office.find("a")).state == State.PENDING
    office.world.back()
    await office.deliver(minutes=2)

    assert office.titles() == ["a"]
    assert office.world.finds == []


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.UNREACHED, Fault.BUG])
async def test_what_may_have_arrived_is_looked_for_before_it_is_sent_again(
    office: PostOffice, fault: Fault
) -> None:
    await office.put("a")
    office.world.away(fault)
    await office.deliver()
    assert (await office.find("a")).state == State.CLAIMED
    office.world.back()
    await office.deliver(minutes=2)

    assert office.titles() == ["a"]
    (look,) = office.world.finds
    assert look.claimed_at == START
    assert len(office.world.sends) == (1 if fault is Fault.LOST else 2)


async def test_it_stays_uncertain_through_any_number_of_failures(office: PostOffice) -> None:
    await office.put("a")
    for fault in (Fault.LOST, Fault.UNREACHED, Fault.BUSY, Fault.UNREACHED, Fault.NONE):
        office.world.away(fault)
        await office.deliver(hours=2)

    assert office.titles() == ["a"]


async def test_not_being_let_in_to_look_leaves_it_uncertain(office: PostOffice) -> None:
    """Sent, the answer lost, then the permission: once it is back, it is still looked for."""
    await office.put("a")
    office.world.away(Fault.LOST)
    await office.deliver()
    office.world.away(Fault.REFUSED)
    await office.deliver(minutes=2)
    assert (await office.find("a")).state == State.FAILED

    office.world.back()
    await office.edit("a", "a, changed")
    await office.revive()
    await office.deliver()
    assert office.titles() == ["a, changed"]


async def test_a_process_that_was_killed_while_it_sent(office: PostOffice) -> None:
    async def die(delivery: Delivery) -> None:
        raise asyncio.CancelledError

    await office.put("a")
    office.world.meanwhile = die
    with pytest.raises(asyncio.CancelledError):
        await office.deliver()
    office.world.meanwhile = None
    await office.deliver()
    assert office.titles() == ["a"]
    assert len(office.world.finds) == 1


async def test_a_failing_record_holds_up_no_other_lane_and_repeats_nothing(
    office: PostOffice, monkeypatch
) -> None:
    """The disk is full for one row; the other lane's request is still under way at that time."""
    record, slow, entered = office.courier._record, asyncio.Event(), asyncio.Event()
    recorded = asyncio.get_running_loop().create_future()

    async def fail(claim, message_ref, closed) -> None:
        if claim.key == "unlucky":
            asyncio.get_running_loop().call_later(0.01, recorded.set_result, None)
            raise OSError("disk full")
        await record(claim, message_ref, closed)

    async def wait(delivery: Delivery) -> None:
        if delivery.destination == "slow":
            entered.set()
            await slow.wait()

    monkeypatch.setattr(office.courier, "_record", fail)
    office.world.meanwhile = wait
    await office.put("slow", destination="slow")
    await office.put("unlucky")
    first = asyncio.create_task(office.deliver())
    await entered.wait()
    await until(lambda: recorded.done())
    assert not first.done()  # or a second run would find the slow row claimed
    slow.set()
    with pytest.raises(ExceptionGroup) as stumbled:
        await first
    assert stumbled.group_contains(OSError, match="disk full")
    monkeypatch.undo()
    await office.deliver()

    assert office.titles("slow") == ["slow"]
    assert office.titles("papers") == ["unlucky"]


async def test_the_organisers_hear_of_trouble_that_lasts_and_not_of_a_hiccup(
    office: PostOffice,
) -> None:
    await office.put("a")
    office.world.away()
    again = await office.courier.run()
    while again is not None and again - START < OUTAGE_AFTER:
        office.clock.instant = again
        again = await office.courier.run()
    assert office.ledger.problems == []

    assert again is not None
    office.clock.instant = again
    await office.courier.run()
    (trouble,) = office.ledger.problems
    assert (trouble.key, trouble.destination, trouble.lasting) == ("a", "papers", False)
    assert trouble.since == START
    assert "reach" in trouble.reason


async def test_a_bug_in_the_sender_is_logged_and_retried(office: PostOffice, caplog) -> None:
    await office.put("a")
    office.world.away(Fault.BUG)
    await office.deliver()
    assert "a met a bug in the sender" in caplog.text

    office.world.back()
    await office.deliver(minutes=2)
    assert office.titles() == ["a"]


async def test_a_refusal_is_told_at_once_and_not_tried_again_by_itself(office: PostOffice) -> None:
    office.world.closed.add("papers")
    await office.put("a")
    assert await office.deliver() is None
    assert await office.deliver(days=1) is None

    (trouble,) = office.ledger.problems
    assert trouble.lasting
    assert len(office.world.sends) == 1


async def test_two_communities_do_not_wait_for_each_other(office: PostOffice) -> None:
    other = await add_community(office.database, "other")
    office.world.closed.add("papers")
    await office.put("a")
    await office.put("b", community_id=other, destination="elsewhere")
    await office.deliver()
    assert office.titles("elsewhere") == ["b"]
    assert [t.community_id for t in office.ledger.problems] == [office.community_id]


# Too late


async def test_what_is_too_late_is_dropped_with_a_line_in_the_log(
    office: PostOffice, caplog
) -> None:
    await office.put("reminder", expires_at=START + HOUR)
    await office.put("other")
    with caplog.at_level(logging.WARNING):
        await office.deliver(hours=1)

    assert office.titles() == ["other"]
    assert (await office.find("reminder")).state == State.EXPIRED
    assert "reminder was due" in caplog.text


async def test_what_has_arrived_is_not_dropped_however_late_it_is_found(
    office: PostOffice,
) -> None:
    await office.put("reminder", expires_at=START + HOUR)
    office.world.away(Fault.LOST)
    await office.deliver()
    office.world.back()
    await office.deliver(hours=2)
    assert (await office.find("reminder")).state == State.SENT


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (15, False), (16, True), (600, True)])
async def test_a_post_that_is_late_says_so_and_still_says_so_when_edited(
    office: PostOffice, minutes: int, late: bool
) -> None:
    await office.put("a")
    await office.deliver(minutes=minutes)
    assert [m.late for m in office.world.messages] == [late]

    await office.edit("a", "a, changed")
    await office.deliver(days=2)
    (message,) = office.world.messages
    assert (message.post, message.late) == (Post("a, changed"), late)


async def test_a_post_that_was_decided_late_says_so(office: PostOffice) -> None:
    await office.put("a", due_at=START - 2 * HOUR)
    await office.deliver()
    assert [m.late for m in office.world.messages] == [True]


async def test_an_edit_of_a_punctual_message_never_says_late(office: PostOffice) -> None:
    await office.put("a")
    await office.deliver()
    await office.edit("a", "b")
    await office.deliver(days=1)  # Discord was away
    assert [m.late for m in office.world.messages] == [False]


# All kinds of actions


async def test_a_calendar_entry_is_made_once_and_goes_through_its_states(
    office: PostOffice,
) -> None:
    await office.put("announce")
    await office.put(
        "event",
        Event("Meeting", "", START + HOUR, START + 2 * HOUR),
        destination="community:club",
        anchor="announce",
    )
    await office.put(
        "event:active", EventStatus(Status.ACTIVE), destination="community:club", anchor="event"
    )
    office.world.fault = lambda d: Fault.LOST if isinstance(d.action, Event) else Fault.NONE
    await office.deliver()
    office.world.back()
    await office.deliver(minutes=2)

    (entry,) = office.world.calendar
    assert entry.status == Status.ACTIVE


async def test_a_thread_whose_answer_was_lost_is_opened_once(office: PostOffice) -> None:
    await office.put("announce")
    await office.put("thread", Thread("On Tests"), anchor="announce")
    await office.put("in it", anchor="thread")
    office.world.fault = lambda d: Fault.LOST if isinstance(d.action, Thread) else Fault.NONE
    await office.deliver()
    office.world.back()
    await office.deliver(minutes=2)

    (thread,) = office.world.threads
    assert office.titles(thread) == ["in it"]


# When there is nothing to do


async def test_the_courier_says_when_it_wants_to_be_woken(office: PostOffice) -> None:
    assert await office.deliver() is None
    async with office.database.transaction() as session:
        session.add(
            OutboxRow(
                community_id=office.community_id,
                dedupe_key="later",
                destination="papers",
                lane="papers",
                kind="post",
                action='{"kind": "post", "title": "later"}',
                due_at=START,
                not_before=START + HOUR,
            )
        )
    assert await office.deliver() == START + HOUR
    assert await office.deliver(hours=1) is None
    assert office.titles() == ["later"]
