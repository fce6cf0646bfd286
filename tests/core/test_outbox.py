"""What is put into the outbox, and what becomes of it before it is sent."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.courier import Delivery
from bot.core.outbox import State
from bot.core.post import (
    Button,
    Edit,
    Event,
    EventStatus,
    LinkButton,
    Post,
    Status,
    Thread,
    from_json,
    pinging,
    to_json,
)
from tests.conftest import START
from tests.core.conftest import PostOffice, add_community
from tests.world import Fault


async def test_the_same_key_is_said_once(office: PostOffice) -> None:
    assert await office.put("round:1:announce", Post("first"))
    assert not await office.put("round:1:announce", Post("second"))
    await office.deliver()
    assert not await office.put("round:1:announce", Post("third"))
    await office.deliver(hours=1)

    assert office.titles() == ["first"]


async def test_a_decision_that_is_undone_says_nothing(office: PostOffice) -> None:
    woken = []
    office.outbox.on_new = lambda: woken.append(1)

    async def decide() -> None:
        async with office.database.transaction() as session:
            await office.outbox.put(session, office.queued("a"), now=START)
            raise RuntimeError("the decision failed")

    with pytest.raises(RuntimeError):
        await decide()
    await office.deliver()

    assert office.titles() == []
    assert woken == []


async def test_the_courier_is_woken_after_the_commit_and_once(office: PostOffice) -> None:
    woken = []
    office.outbox.on_new = lambda: woken.append(1)
    async with office.database.transaction() as session:
        for key in ("a", "b"):
            await office.outbox.put(session, office.queued(key), now=START)
            assert woken == []
    assert woken == [1]


# Edits


async def test_an_edit_before_the_message_is_sent_changes_the_message(office: PostOffice) -> None:
    await office.put("card", Post("no votes"))
    await office.edit("card", "1 vote")
    await office.deliver()

    (message,) = office.world.messages
    assert message.post == Post("1 vote")
    assert message.edits == 0


async def test_an_edit_after_the_message_was_sent_changes_it_there(office: PostOffice) -> None:
    await office.put("card", Post("no votes"))
    await office.deliver()
    await office.edit("card", "1 vote")
    await office.deliver()

    (message,) = office.world.messages
    assert message.post == Post("1 vote")


async def test_only_the_newest_content_is_sent(office: PostOffice) -> None:
    await office.put("card")
    await office.deliver()
    for votes in range(5):
        await office.edit("card", f"{votes} votes")
    await office.deliver()

    (message,) = office.world.messages
    assert message.post == Post("4 votes")
    assert message.edits == 1


async def test_an_edit_while_the_message_is_on_its_way_follows_it(office: PostOffice) -> None:
    await office.put("card", Post("no votes"))

    async def vote() -> None:
        await office.edit("card", "1 vote")

    await _during_the_next_send(office, vote)
    await office.deliver()

    (message,) = office.world.messages
    assert message.post == Post("1 vote")


async def test_an_edit_while_an_edit_is_on_its_way_is_not_lost(office: PostOffice) -> None:
    await office.put("card")
    await office.deliver()
    await office.edit("card", "1 vote")

    async def vote() -> None:
        await office.edit("card", "2 votes")

    await _during_the_next_send(office, vote)
    await office.deliver()

    (message,) = office.world.messages
    assert message.post == Post("2 votes")
    assert (await office.find("card:edit")).state == State.SENT


async def test_an_edit_waits_for_a_message_that_may_have_arrived(office: PostOffice) -> None:
    await office.put("card", Post("no votes"))
    office.world.away(Fault.LOST)
    await office.deliver()
    office.world.back()
    await office.edit("card", "1 vote")
    await office.deliver(minutes=2)

    (message,) = office.world.messages
    assert message.post == Post("1 vote")


async def test_an_edit_of_something_unknown_is_nothing(office: PostOffice) -> None:
    await office.edit("card", "1 vote")
    assert await office.deliver() is None


# Called off


async def test_what_is_called_off_in_time_is_not_said(office: PostOffice) -> None:
    await office.put("reminder")
    await office.put("other")
    await office.cancel("reminder", "never put")
    await office.deliver()

    assert office.titles() == ["other"]
    assert (await office.find("reminder")).state == State.EXPIRED


async def test_what_has_been_said_cannot_be_called_off(office: PostOffice) -> None:
    await office.put("reminder")
    await office.deliver()
    await office.cancel("reminder")
    assert (await office.find("reminder")).state == State.SENT


@pytest.mark.parametrize(
    ("fault", "said", "state"),
    [(Fault.LOST, ["reminder"], State.SENT), (Fault.UNREACHED, [], State.EXPIRED)],
)
async def test_what_may_have_been_said_is_looked_for_when_called_off_and_not_said_again(
    office: PostOffice, fault: Fault, said: list[str], state: State
) -> None:
    await office.put("reminder")
    office.world.away(fault)
    await office.deliver()
    await office.cancel("reminder")
    office.world.back()
    await office.deliver()

    assert office.titles() == said
    assert (await office.find("reminder")).state == state


@pytest.mark.parametrize("hours", [0, -1], ids=["now", "by a clock that then goes back"])
@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.UNREACHED, Fault.REFUSED, Fault.BUG])
async def test_what_is_called_off_on_its_way_and_does_not_arrive_was_called_off(
    office: PostOffice, fault: Fault, hours: int
) -> None:
    async def organiser(_: Delivery) -> None:
        await office.cancel("reminder")
        office.clock.advance(hours=hours)

    await office.put("reminder")
    office.world.meanwhile = organiser
    office.world.away(fault)
    await office.deliver()
    office.world.back()
    await office.deliver(minutes=30)

    row = await office.row("reminder")
    assert (row.state, row.last_error) == (State.EXPIRED, "called off")
    assert office.titles() == []
    assert office.ledger.problems == [], "nobody waits for it"


async def test_what_was_refused_and_is_called_off_stays_unsaid_when_let_in(
    office: PostOffice,
) -> None:
    office.world.closed.add("papers")
    await office.put("reminder")
    await office.deliver()
    await office.cancel("reminder")
    office.world.closed.clear()

    assert await office.revive() == 0
    await office.deliver()
    assert office.titles() == []


async def test_an_edit_that_was_called_off_goes_out_when_it_is_asked_for_anew(
    office: PostOffice,
) -> None:
    """As the card of a meeting that is called off while the last answer still waits to be shown."""
    await office.put("a")
    await office.deliver()
    await office.edit("a", "one more goes")
    await office.cancel("a", "a:edit")
    await office.edit("a", "called off")
    await office.deliver(minutes=1)
    assert office.titles() == ["called off"]


# Revived and redirected


async def test_what_was_refused_is_parked_and_goes_out_when_revived(office: PostOffice) -> None:
    office.world.closed.add("papers")
    await office.put("a")
    await office.put("b")
    assert await office.deliver() is None
    office.world.closed.clear()
    assert await office.deliver(days=3) is None
    assert office.titles() == []

    assert await office.revive(community_id=office.community_id) == 2
    await office.deliver()
    assert office.titles() == ["a", "b"]


async def test_what_is_no_longer_worth_saying_is_not_revived(office: PostOffice) -> None:
    office.world.closed.add("papers")
    await office.put("a", expires_at=START + timedelta(hours=1))
    await office.deliver()
    office.clock.advance(hours=1)
    assert await office.revive() == 0


async def test_reviving_one_place_leaves_the_others(office: PostOffice) -> None:
    other = await add_community(office.database, "other")
    office.world.closed |= {"papers", "elsewhere"}
    await office.put("a")
    await office.put("b", destination="elsewhere")
    await office.put("c", community_id=other)
    await office.deliver()

    assert await office.revive(community_id=office.community_id, destination="papers") == 1
    assert await office.revive(community_id=other) == 1
    assert await office.revive() == 1


async def test_what_waits_for_a_channel_follows_to_the_new_one(office: PostOffice) -> None:
    office.world.closed.add("papers")
    await office.put("refused")
    await office.deliver()
    await office.put("announce")
    await office.put("thread", Thread("t"), anchor="announce")
    await office.put("in thread", anchor="thread")
    await office.put("notice", destination="organisers", lane="notices:organisers")
    await office.redirect("lounge")
    await office.deliver()

    assert office.titles("lounge") == ["refused", "announce"]
    assert office.titles("organisers") == ["notice"]
    (thread,) = office.world.threads
    assert office.titles(thread) == ["in thread"]


async def test_what_is_said_stays_where_it_is_and_so_does_what_follows_it_up(
    office: PostOffice,
) -> None:
    await office.put("announce")
    await office.deliver()
    await office.put("thread", Thread("t"), anchor="announce")
    await office.edit("announce", "changed")
    await office.redirect("lounge")
    await office.deliver()

    assert office.titles("papers") == ["changed"]
    assert office.titles("lounge") == []
    assert len(office.world.threads) == 1


async def test_moving_twice_catches_up_with_what_was_uncertain_at_the_first_time(
    office: PostOffice,
) -> None:
    """The channel is deleted while a post may or may not be in it."""
    await office.put("announce")
    office.world.away(Fault.UNREACHED)
    await office.deliver()
    office.world.back()
    office.world.closed.add("papers")
    await office.redirect("lounge")
    await office.deliver(minutes=2)
    assert office.titles("lounge") == []

    await office.redirect("lounge")  # what the notice tells the organisers to do
    await office.deliver()
    assert office.titles("lounge") == ["announce"]


# Anchors


async def test_a_follow_up_goes_out_when_what_it_follows_is_there(office: PostOffice) -> None:
    await office.put("announce")
    await office.put("thread", Thread("On Tests"), anchor="announce")
    await office.put("reminder", anchor="thread")
    office.world.fault = lambda d: Fault.BUSY if isinstance(d.action, Thread) else Fault.NONE
    await office.deliver()
    assert office.titles() == ["announce"]

    office.world.back()
    await office.deliver(minutes=2)
    (thread,) = office.world.threads
    assert office.titles(thread) == ["reminder"]


async def test_without_a_thread_its_posts_go_to_the_channel(office: PostOffice) -> None:
    office.world.fault = lambda d: Fault.REFUSED if isinstance(d.action, Thread) else Fault.NONE
    await office.put("announce")
    await office.put("thread", Thread("On Tests"), anchor="announce")
    await office.put("reminder", anchor="thread")
    await office.deliver()

    assert office.titles() == ["announce", "reminder"]


async def test_what_went_to_the_channel_is_found_there_when_the_thread_has_come(
    office: PostOffice,
) -> None:
    faults = {"thread": Fault.REFUSED, "post": Fault.NONE}
    office.world.fault = lambda d: faults[d.action.kind]
    await office.put("announce")
    await office.put("thread", Thread("On Tests"), anchor="announce")
    await office.deliver()
    await office.put("reminder", anchor="thread")
    faults["post"] = Fault.LOST
    await office.deliver()
    office.world.back()
    await office.revive()
    await office.deliver(minutes=2)

    (thread,) = office.world.threads
    assert office.titles() == ["announce", "reminder"]
    assert office.titles(thread) == []


async def test_what_follows_up_something_that_was_dropped_is_dropped(office: PostOffice) -> None:
    await office.put("announce", expires_at=START)
    await office.put("thread", Thread("On Tests"), anchor="announce")
    await office.put("reminder", anchor="thread")
    await office.edit("announce", "changed")
    assert await office.deliver() is None

    assert office.world.messages == []
    for key in ("announce", "thread", "reminder"):
        assert (await office.find(key)).state == State.EXPIRED


# The JSON round trip


@pytest.mark.parametrize(
    "action",
    [
        Post(
            "제목 — «naïve»",
            text="t",
            details=("a", "b"),
            buttons=(Button("vote", "1", "Upvote"), LinkButton("https://example.org", "Paper")),
            ping_members=("1",),
        ),
        Edit(Post("x")),
        Thread("name"),
        Event("name", "text", START, START + timedelta(hours=1)),
        EventStatus(Status.CANCELLED),
    ],
)
def test_what_is_stored_reads_back_the_same(action) -> None:
    assert from_json(to_json(action)) == action


async def _during_the_next_send(office: PostOffice, happens: Callable[[], Awaitable[None]]) -> None:
    """Run the courier; `happens` while its next request is under way."""

    async def once(delivery: Delivery) -> None:
        office.world.meanwhile = None
        await happens()

    office.world.meanwhile = once
    await office.deliver()


async def test_an_edit_from_before_a_refusal_brings_nothing_old_back(office: PostOffice) -> None:
    """It was made while the message might have been there; then it was not, and changed again."""
    office.world.away()
    await office.put("a")
    await office.deliver()
    await office.edit("a", "older")
    looked_and_sent = iter([Fault.NONE, Fault.REFUSED])
    office.world.fault = lambda delivery: next(looked_and_sent)
    await office.deliver(hours=1)
    assert (await office.find("a")).state == State.FAILED
    office.world.back()
    await office.edit("a", "newer")
    await office.revive()
    await office.deliver()
    assert office.titles() == ["newer"]


@pytest.mark.parametrize(("still_pings", "pinged"), [(True, ("7", "8")), (False, ())])
async def test_what_changes_before_it_is_sent_pings_if_it_still_is_to(
    office: PostOffice, still_pings: bool, pinged: tuple[str, ...]
) -> None:
    await office.put("a", pinging(Post("a"), ["7", "8"]))
    async with office.database.transaction() as session:
        await office.outbox.put_edit(
            session, "a", Post("changed"), still_pings=still_pings, now=office.clock.now()
        )
    await office.deliver()
    (message,) = office.world.within("papers")
    assert (message.post.title, message.post.ping_members) == ("changed", pinged)


async def test_whoever_is_spared_is_not_pinged_by_what_may_have_arrived(
    office: PostOffice,
) -> None:
    """It has not, and is sent again, without them."""
    office.world.away()
    await office.put("a", pinging(Post("a"), ["7", "8"]))
    await office.deliver()
    async with office.database.transaction() as session:
        await office.outbox.spare(session, office.community_id, "a", "7")
    office.world.back()
    await office.deliver(hours=1)
    (message,) = office.world.within("papers")
    assert message.post.ping_members == ("8",)
